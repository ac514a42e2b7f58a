"""When a plan answers a flag, from when one is missing, and what the weeks around a flag hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.permissions import Actor, Role
from dash_forms.domain.plans import (
    LATEST_DAY,
    MOST_WEEKS_SINCE,
    WEEK,
    WEEKS_BEFORE,
    Run,
    answered_at,
    answers_from,
    day_to_come,
    is_past,
    may_lead,
    may_work_on,
    unanswered,
    weeks_around,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TODAY = date(2026, 3, 2)
NORTH, SOUTH, ME, OTHER = (UUID(int=at) for at in range(1, 5))


def _at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def _run(opened: float, closed: float | None = None) -> Run:
    return Run(_at(opened), None if closed is None else _at(closed))


@pytest.mark.parametrize(
    ("runs", "answered"),
    [
        ([], None),
        ([_run(-5)], 0),
        ([_run(0)], 0),
        ([_run(3)], 3),
        ([_run(3), _run(2, 2.5)], 2),
        ([_run(-5, 1)], 0),
        ([_run(-5, 0)], None),
        ([_run(-5, -1)], None),
        ([_run(-5, -1), _run(9)], 9),
    ],
    ids=["none", "runs", "opened-then", "later", "the-first", "closed-since", "closed-then",
         "closed-before", "a-new-one"],
)  # fmt: skip
def test_a_flag_is_answered_by_what_ran_then_or_was_opened_since(
    runs: list[Run], answered: float | None
) -> None:
    assert answered_at(NOON, runs) == (None if answered is None else _at(answered))


_HOURS = st.integers(-500, 500)
_RUNS = st.lists(
    st.tuples(_HOURS, st.none() | st.integers(1, 300)).map(
        lambda each: _run(each[0], None if each[1] is None else each[0] + each[1])
    ),
    max_size=4,
)


@given(st.sets(_HOURS, max_size=6), _RUNS)
def test_once_a_flag_has_no_answer_no_later_one_has(hours: set[int], runs: list[Run]) -> None:
    raised = [_at(each) for each in sorted(hours)]
    missing = [each for each in raised if answered_at(each, runs) is None]
    assert missing == raised[len(raised) - len(missing) :]
    assert unanswered(raised, runs) == (missing[0] if missing else None)


@given(st.sets(_HOURS, min_size=1, max_size=6), _RUNS)
def test_a_plan_opened_now_answers_whatever_was_raised_before(
    hours: set[int], runs: list[Run]
) -> None:
    raised = [_at(each) for each in hours]
    opened = Run(_at(501))
    assert unanswered(raised, [*runs, opened]) is None
    # What it was opened for is what waited for it.
    assert answers_from(opened, raised, runs) == unanswered(raised, runs)


def test_a_plan_opened_before_any_flag_was_opened_for_none() -> None:
    assert answers_from(_run(-1), [NOON], []) is None
    assert answers_from(_run(0), [NOON], []) == NOON


def test_a_second_plan_is_opened_for_the_flag_after_the_first_was_closed() -> None:
    raised, first = [_at(0), _at(50), _at(60)], _run(2, 40)
    assert answers_from(_run(70), raised, [first]) == _at(50)


def test_a_day_is_over_only_on_the_next() -> None:
    assert not is_past(TODAY, TODAY)
    assert is_past(TODAY, TODAY + timedelta(days=1))


def test_a_day_to_come_is_today_at_the_earliest_and_within_a_year() -> None:
    for on in (TODAY, TODAY + LATEST_DAY):
        assert day_to_come(on, TODAY, field="due_on") == on
    for wrong, words in (
        (None, "Enter a day"),
        (TODAY - timedelta(days=1), "passed already"),
        (TODAY + LATEST_DAY + timedelta(days=1), "within a year"),
    ):
        with pytest.raises(InvalidError, match=words) as refused:
            day_to_come(wrong, TODAY, field="due_on")
        assert refused.value.field == "due_on"


@pytest.mark.parametrize(
    ("role", "team", "leads", "works_on_own"),
    [
        (Role.OFFICER, NORTH, False, True),
        (Role.SERGEANT, NORTH, True, True),
        (Role.SERGEANT, SOUTH, False, True),
        (Role.INSPECTOR, None, True, True),
        (Role.SPECIALIST, None, False, True),
        (Role.CONTROL_ROOM, None, False, True),
    ],
)
def test_the_team_s_sergeant_and_an_inspector_lead_and_the_owner_works(
    role: Role, team: UUID | None, leads: bool, works_on_own: bool
) -> None:
    actor = Actor(ME, "Somebody", role, team)
    assert may_lead(actor, team_id=NORTH) is leads
    assert may_work_on(actor, team_id=NORTH, owner_id=OTHER) is leads
    assert may_work_on(actor, team_id=NORTH, owner_id=ME) is works_on_own


_ALL = (NOON - 60 * WEEK, NOON + 60 * WEEK)


def test_the_call_that_raised_the_flag_is_the_last_before_it() -> None:
    weeks = list(weeks_around(NOON, [NOON, NOON + SECOND], NOON + WEEK, _ALL))
    assert [(week.is_before, week.calls) for week in weeks[-2:]] == [(True, 1), (False, 1)]
    assert weeks[-2].end == weeks[-1].start == NOON
    assert len(weeks) == WEEKS_BEFORE + 1


@given(st.lists(st.integers(-9 * 168, 9 * 168), max_size=30), st.integers(0, 9 * 168))
def test_every_call_of_the_weeks_is_in_one_of_them(hours: list[int], now: int) -> None:
    moments = [_at(each) for each in hours if each <= now]
    weeks = list(weeks_around(NOON, moments, _at(now), _ALL))
    inside = [each for each in moments if each > NOON - WEEKS_BEFORE * WEEK]
    assert sum(week.calls or 0 for week in weeks) == len(inside)
    assert [week.end for week in weeks[:-1]] == [week.start for week in weeks[1:]]
    assert sum(not week.is_over for week in weeks) <= 1


@pytest.mark.parametrize(
    ("first", "last", "known"),
    [
        (-1, 1, [None] * 7 + [0, 0, None]),
        (-1 + 1 / 168, 1, [None] * 8 + [0, None]),
        (-1, 1 - 1 / 168, [None] * 7 + [0, None, None]),
        (-1, 1 + 1 / 168, [None] * 7 + [0, 0, 0]),
    ],
    ids=["just", "begins-late", "ends-early", "runs"],
)
def test_what_the_logs_do_not_cover_has_no_number(
    first: float, last: float, known: list[int | None]
) -> None:
    stretch = (NOON + first * WEEK, NOON + last * WEEK)
    weeks = weeks_around(NOON, [], NOON + 1.5 * WEEK, stretch)
    assert [week.calls for week in weeks] == known


def test_without_any_log_no_week_has_a_number() -> None:
    assert {week.calls for week in weeks_around(NOON, [], NOON + WEEK, None)} == {None}


def test_of_very_many_weeks_since_the_last_are_given() -> None:
    weeks = [each for each in weeks_around(NOON, [], NOON + 50 * WEEK, _ALL) if not each.is_before]
    assert (len(weeks), weeks[-1].end) == (MOST_WEEKS_SINCE, NOON + 50 * WEEK)
