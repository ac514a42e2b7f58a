"""Jobs: one table says what can follow what, and what is said of how long it takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.errors import StateError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.jobs import (
    JOB_TRANSITIONS,
    UNFINISHED,
    Job,
    JobEvent,
    JobState,
    after,
    span_words,
)

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def job(**changes: Any) -> Job:
    usual: dict[str, Any] = {
        "id": uuid7(),
        "kind": "test",
        "asked_by_id": uuid7(),
        "asked_at": NOON,
        "arguments": {},
        "state": JobState.RUNNING,
        "done_count": 0,
        "total_count": 10,
        "position": None,
        "taken_up_at": NOON,
        "taken_up_count": 0,
        "ended_at": None,
        "failure": "",
    }
    return Job(**usual | changes)


@given(st.lists(st.sampled_from(JobEvent)))
def test_no_path_leads_out_of_what_is_finished_or_cancelled(events: list[JobEvent]) -> None:
    state = JobState.WAITING
    for event in events:
        was = state
        if was.allows(event):
            state = after(was, event)
        else:
            with pytest.raises(StateError):
                after(was, event)
        if was in {JobState.FINISHED, JobState.CANCELLED}:
            assert state is was
        if state is JobState.FINISHED and was is not state:
            assert was is JobState.RUNNING  # never without having been taken up


def test_each_state_follows_one_event_in_one_way() -> None:
    arrows = [(each.source, each.event) for each in JOB_TRANSITIONS]
    assert len(arrows) == len(set(arrows))
    assert {each.target for each in JOB_TRANSITIONS} | {JobState.WAITING} == set(JobState)
    assert {JobState.WAITING, JobState.RUNNING} == set(UNFINISHED)


def test_whoever_is_refused_reads_why() -> None:
    with pytest.raises(StateError, match="cannot be cancelled, because it is finished already"):
        after(JobState.FINISHED, JobEvent.CANCEL)


def test_what_is_left_follows_from_the_pace_since_it_was_taken_up() -> None:
    later = NOON + timedelta(minutes=3)
    assert job(done_count=7, taken_up_count=4).left(later) == timedelta(minutes=3)
    assert job().left(later) is None
    assert job(taken_up_at=None).left(later) is None
    assert job(done_count=10, state=JobState.FINISHED).left(later) is None


def test_a_job_that_nobody_begins_is_noticed() -> None:
    waiting = job(state=JobState.WAITING, taken_up_at=None)
    assert not waiting.is_slow_to_start(NOON + timedelta(seconds=60))
    assert waiting.is_slow_to_start(NOON + timedelta(seconds=61))
    assert not job().is_slow_to_start(NOON + timedelta(hours=1))


def test_a_further_try_has_its_own_minute_to_begin() -> None:
    tried = NOON + timedelta(hours=1)
    again = job(state=JobState.WAITING, taken_up_at=tried)
    assert not again.is_slow_to_start(tried + timedelta(seconds=60))
    assert again.is_slow_to_start(tried + timedelta(seconds=61))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (49, "less than a minute"),
        (50, "about a minute"),
        (61, "about 2 minutes"),
        (89 * 60, "about 89 minutes"),
        (91 * 60, "about 2 hours"),
    ],
)
def test_a_span_in_words(seconds: int, words: str) -> None:
    assert span_words(timedelta(seconds=seconds)) == words
