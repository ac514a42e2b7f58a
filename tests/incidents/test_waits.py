"""How long the police took, from the details page into what the reports count."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from dash_forms.domain.body_worn_video import Standing
from dash_forms.domain.periods import Period
from dash_forms.domain.report_counts import of_wait
from dash_forms.domain.response import WAITS, CallGrade
from dash_forms.store.models import AttendanceFactRow, PairFact
from dash_forms.store.report_counts import sums
from dash_forms.store.work import Store
from tests.support.client import StrictClient
from tests.support.force import new_incident

DETAILS: dict[str, Any] = {
    "reported_at": ["2026-01-30", "20:00"],
    "dispatched_at": ["2026-01-30", "20:10"],
    "arrived_at": ["2026-01-30", "20:25"],
    "response_grade": "grade_2",
}
CODES = [of_wait(grade, band) for grade in CallGrade for band in WAITS]


def counted(store: Store) -> dict[str, int]:
    with store.work(writes=False) as work:
        found = sums(work.connection, CODES, Period(date(2026, 1, 30), date(2026, 1, 31)))
    return {code: number for code, number in found.items() if number}


def test_the_wait_is_counted_by_grade_and_follows_each_correction(
    officer: StrictClient, store: Store
) -> None:
    path = new_incident(officer)
    for changed, code in (
        ({}, "response.grade_2.within_1_h"),
        ({"arrived_at": ["2026-01-31", "00:01"]}, "response.grade_2.within_12_h"),
        ({"response_grade": "grade_1"}, "response.grade_1.within_1_h"),
        ({"response_grade": ""}, "response.not_graded.within_1_h"),
        ({"arrived_at": ["", ""]}, "response.grade_2.not_known"),
    ):
        officer.submit(f"{path}/details", **(DETAILS | changed))
        assert counted(store) == {code: 1}
    with store.work(writes=False) as work:
        assert work.session.scalar(select(AttendanceFactRow.delay_minutes)) is None
        assert work.session.scalar(select(PairFact.response_grade)) is CallGrade.GRADE_2


def test_an_incident_that_nobody_has_reached_is_one_whose_wait_is_not_known(
    officer: StrictClient, store: Store
) -> None:
    path = new_incident(officer)
    officer.submit(f"{path}/details", **(DETAILS | {"arrived_at": ["", ""]}))
    with store.work(writes=False) as work:
        [fact] = work.session.scalars(select(AttendanceFactRow))
    assert (fact.attended_at, fact.attended_on, fact.delay_minutes) == (None, None, None)
    assert fact.standing is Standing.NOT_ATTENDED
    assert counted(store) == {"response.grade_2.not_known": 1}
