"""C1, C2 and C3: people and not flags, at the second when a plan is due, and never of too few."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.disclosure import Rules
from dash_forms.domain.plan_figures import CALLER_MEASURES, Part, PlanFigures, Share, plan_figures
from dash_forms.domain.plans import Run

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WITHIN = timedelta(days=7)
SECOND = timedelta(seconds=1)
ANN, BOB = UUID(int=1), UUID(int=2)


def _of(raised: Collection[datetime], runs: Collection[Run], now: datetime) -> set[Part]:
    figures = plan_figures({ANN: raised}, {ANN: runs}, WITHIN, now)
    return {part for part in Part if ANN in figures.people[part]}


@pytest.mark.parametrize(
    ("late", "now", "parts"),
    [
        (None, NOON + WITHIN, {Part.UNPLANNED}),
        (None, NOON + WITHIN + SECOND, {Part.UNPLANNED, Part.DUE, Part.LATE}),
        (timedelta(), NOON + WITHIN, {Part.PLANNED}),
        (timedelta(), NOON + 2 * WITHIN, {Part.PLANNED, Part.DUE, Part.IN_TIME}),
        (SECOND, NOON + 2 * WITHIN, {Part.PLANNED, Part.DUE, Part.LATE}),
    ],
    ids=["due-just-now", "a-second-over", "not-due", "opened-just-in-time", "a-second-late"],
)
def test_a_plan_is_in_time_up_to_the_second_when_it_is_due(
    late: timedelta | None, now: datetime, parts: set[Part]
) -> None:
    runs = [] if late is None else [Run(NOON + WITHIN + late)]
    assert _of([NOON], runs, now) == {Part.FLAGGED, *parts}


def test_a_flag_after_the_plan_was_closed_needs_another() -> None:
    again, now = NOON + timedelta(days=30), NOON + timedelta(days=60)
    closed = Run(NOON, NOON + timedelta(days=20))
    assert {Part.UNPLANNED, Part.LATE} <= _of([NOON, again], [closed], now)
    assert {Part.PLANNED, Part.IN_TIME} <= _of([NOON, again], [closed, Run(again)], now)
    # A plan that still runs answers the new flag as it is raised.
    assert {Part.PLANNED, Part.IN_TIME} <= _of([NOON, again], [Run(NOON)], now)


def test_a_person_counts_once_however_many_flags() -> None:
    raised = {ANN: [NOON, NOON, NOON + SECOND], BOB: [NOON]}
    figures = plan_figures(raised, {BOB: [Run(NOON)]}, WITHIN, NOON + 2 * WITHIN)
    assert (figures.count(Part.FLAGGED), figures.count(Part.DUE)) == (2, 2)
    assert (figures.exact.with_a_plan, figures.exact.in_time) == (Share(1, 2), Share(1, 2))


_DAYS = st.integers(0, 60)
_MOMENTS = st.lists(_DAYS.map(lambda day: NOON + timedelta(days=day)), min_size=1, max_size=4)
_RUNS = st.lists(
    st.tuples(_DAYS, st.none() | st.integers(1, 30)).map(
        lambda each: Run(
            NOON + timedelta(days=each[0]),
            None if each[1] is None else NOON + timedelta(days=each[0] + each[1]),
        )
    ),
    max_size=3,
)


@given(
    st.dictionaries(st.integers(1, 9).map(lambda at: UUID(int=at)), _MOMENTS, max_size=6),
    st.dictionaries(st.integers(1, 9).map(lambda at: UUID(int=at)), _RUNS, max_size=9),
)
def test_the_parts_of_a_number_make_it_up(
    raised: dict[UUID, list[datetime]], runs: dict[UUID, list[Run]]
) -> None:
    people = plan_figures(raised, runs, WITHIN, NOON + timedelta(days=60)).people
    for whole, one, other in (
        (Part.FLAGGED, Part.PLANNED, Part.UNPLANNED),
        (Part.DUE, Part.IN_TIME, Part.LATE),
    ):
        assert people[one] | people[other] == people[whole]
        assert not people[one] & people[other]
    assert people[Part.DUE] <= people[Part.FLAGGED] == raised.keys()


def test_of_fewer_than_ten_people_there_is_no_rate() -> None:
    assert (Share(9, 9).percent, Share(9, 9).interval) == (None, None)
    assert Share(5, 10).percent == "50.0%"
    assert Share(5, 10).interval == "23.7% to 76.3%"  # Wilson's, as in any table of it
    assert (Share(0, 0).percent, Share(None, 40).interval) == (None, None)


def _figures(planned: int, flagged: int) -> PlanFigures:
    raised = {UUID(int=at): [NOON] for at in range(flagged)}
    runs = {UUID(int=at): [Run(NOON)] for at in range(planned)}
    return plan_figures(raised, runs, WITHIN, NOON + 2 * WITHIN)


@pytest.mark.parametrize(
    ("planned", "flagged", "shown"),
    [
        (0, 0, (0, 0)),
        (0, 4, (None, None)),
        (4, 20, (20, None)),
        (16, 20, (20, None)),  # the other four would be told
        (5, 20, (20, 5)),
        (12, 23, (25, 10)),
        (20, 20, (20, 20)),
        (20, 32, (30, 20)),  # looks as 28 does
        (20, 33, (35, 20)),
    ],
)
def test_whoever_may_not_see_the_people_sees_no_small_number_of_them(
    planned: int, flagged: int, shown: tuple[int | None, int | None]
) -> None:
    figures = _figures(planned, flagged).under(Rules().on_screen, are_due=True)
    counts = figures.counts
    assert (counts[Part.FLAGGED], counts[Part.PLANNED]) == shown
    assert (counts[Part.UNPLANNED] is None) == (counts[Part.PLANNED] is None)
    assert counts[Part.DUE] == counts[Part.FLAGGED]
    assert (figures.with_a_plan.percent is not None) == (shown[1] is not None and flagged > 32)


def test_before_every_plan_is_due_whoever_may_not_see_the_people_is_told_nothing_of_c3() -> None:
    """What is told of a part of the flags could be set against all of them later."""
    figures = _figures(20, 40).under(Rules().on_screen, are_due=False)
    assert (figures.counts[Part.FLAGGED], figures.counts[Part.PLANNED]) == (40, 20)
    assert figures.in_time.percent is None
    assert {figures.counts[part] for part in (Part.DUE, Part.IN_TIME, Part.LATE)} == {None}


def test_nobody_flagged_leaves_nothing_to_divide() -> None:
    figures = plan_figures({}, {}, WITHIN, NOON)
    assert isinstance(figures, PlanFigures)
    assert (figures.exact.with_a_plan.percent, figures.count(Part.LATE)) == (None, 0)


def test_every_measure_says_all_that_defines_it() -> None:
    assert [each.code for each in CALLER_MEASURES] == ["C1", "C2", "C3"]
    for each in CALLER_MEASURES:
        said = (each.numerator, each.denominator, each.unit, each.period, each.leaves_out)
        assert all(said), each.code
