"""Fetching by id goes through what the person may reach; the unreachable looks like nothing."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.permissions import Permission
from dash_forms.store.access import assessment_for, incident_for
from tests.store.conftest import Case, Opener

VIEW, RECORD = Permission.VIEW_INCIDENTS, Permission.RECORD_ASSESSMENTS


def refusal(work_of: Opener, username: str, incident_id: UUID) -> str:
    with work_of(username, writes=False) as work, pytest.raises(NotFoundError) as caught:
        incident_for(work, incident_id, VIEW)
    return caught.value.sentence


@pytest.mark.parametrize("username", ["officer1", "officer3", "sergeant1", "specialist1"])
def test_the_team_and_the_specialist_reach_a_case(
    work_of: Opener, case: Case, username: str
) -> None:
    with work_of(username, writes=False) as work:
        assert incident_for(work, case.incident_id, VIEW).id == case.incident_id
        found, incident = assessment_for(work, case.assessment_id, Permission.VIEW_ASSESSMENTS)
    assert (found.id, incident.id) == (case.assessment_id, case.incident_id)


@pytest.mark.parametrize("username", ["officer2", "analyst1", "admin1", "auditor1"])
def test_a_foreign_case_is_refused_in_the_same_words_as_one_that_does_not_exist(
    work_of: Opener, case: Case, username: str
) -> None:
    assert refusal(work_of, username, case.incident_id) == refusal(work_of, username, uuid7())


@pytest.mark.parametrize("username", ["officer2", "sergeant1", "specialist1", "admin1"])
def test_who_may_not_record_does_not_reach_an_assessment_to_record_on(
    work_of: Opener, case: Case, username: str
) -> None:
    with work_of(username) as work, pytest.raises(NotFoundError):
        assessment_for(work, case.assessment_id, RECORD, lock=True)


def test_an_officer_reaches_what_they_began_in_another_team_and_their_team_does_not(
    work_of: Opener, new_case: Callable[..., Case]
) -> None:
    away = new_case(by="officer1", team="south")
    with work_of("officer1") as work:
        assert incident_for(work, away.incident_id, VIEW, lock=True).id == away.incident_id
        assessment, _ = assessment_for(work, away.assessment_id, RECORD, lock=True)
        assert assessment.id == away.assessment_id
    refusal(work_of, "officer3", away.incident_id)


def test_a_lock_sees_what_was_written_since_the_row_was_first_read(
    work_of: Opener, case: Case
) -> None:
    """Whoever waits for a lock must not go on with what the session remembered."""
    with work_of("officer1") as work:
        incident = incident_for(work, case.incident_id, VIEW)
        work.session.connection().exec_driver_sql("UPDATE incidents SET rev = 7")
        assert incident.rev == 1
        assert incident_for(work, case.incident_id, VIEW, lock=True).rev == 7
