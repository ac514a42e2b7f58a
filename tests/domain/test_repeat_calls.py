"""The rule for repeat callers at its edges: 168 and 720 hours of elapsed time, to the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.periods import LONDON
from dash_forms.domain.repeat_calls import Raised, Rule, Standing, flags

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _at(*hours: float) -> list[datetime]:
    return [NOON + timedelta(hours=each) for each in hours]


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        (_at(0, 1, 2), []),
        (_at(0, 1, 2, 3), [Raised(Rule.WEEK, 3)]),
        (_at(0, 1, 2, 168), [Raised(Rule.WEEK, 3)]),
        (_at(0, 1, 2, 168 + 1 / 3600), []),
        (_at(0, 200, 400, 500, 600, 720), [Raised(Rule.MONTH, 5)]),
        (_at(0, 200, 400, 500, 600, 720 + 1 / 3600), []),
        (_at(0, 1, 2, 3, 4, 5), [Raised(Rule.WEEK, 3), Raised(Rule.MONTH, 5)]),
    ],
    ids=["third", "fourth", "exactly-168-h", "168-h-and-1-s", "exactly-720-h", "720-h-and-1-s",
         "fourth-and-sixth"],
)  # fmt: skip
def test_the_flag_is_raised_on_the_fourth_and_the_sixth_call(
    moments: list[datetime], expected: list[Raised]
) -> None:
    assert list(flags(moments)) == expected


def test_whoever_never_stops_is_flagged_anew_once_a_whole_window_has_passed() -> None:
    daily = _at(*(24 * day for day in range(30)))
    assert [each.at for each in flags(daily) if each.rule is Rule.WEEK] == [3, 11, 19, 27]
    assert [each.at for each in flags(daily) if each.rule is Rule.MONTH] == [5]


def test_further_calls_raise_no_second_flag_until_the_window_has_emptied() -> None:
    first = _at(0, 1, 2, 3, 4)
    again = [each + timedelta(hours=2_000) for each in first]
    week = [each.at for each in flags([*first, *again]) if each.rule is Rule.WEEK]
    assert week == [3, 8]


@pytest.mark.parametrize(
    ("first", "last", "is_within"),
    [
        # Seven days on the clock that gained an hour on 25 October are 169 hours.
        ("2026-10-21 12:00", "2026-10-28 12:00", False),
        ("2026-10-21 12:00", "2026-10-28 11:00", True),
        # Those that lost one on 29 March are 167: an hour later still counts.
        ("2026-03-25 12:00", "2026-04-01 13:00", True),
        ("2026-03-25 12:00", "2026-04-01 13:01", False),
        # Midnight is a moment like any other.
        ("2026-06-01 00:00", "2026-06-08 00:00", True),
        ("2026-05-31 23:59", "2026-06-08 00:00", False),
    ],
)  # fmt: skip
def test_a_window_is_elapsed_time_whatever_the_clocks_do(
    first: str, last: str, is_within: bool
) -> None:
    local = [datetime.fromisoformat(each).replace(tzinfo=LONDON) for each in (first, last)]
    ends = [each.astimezone(UTC) for each in local]
    moments = sorted([*ends, ends[0] + timedelta(hours=20), ends[0] + timedelta(hours=40)])
    assert bool([each for each in flags(moments) if each.rule is Rule.WEEK]) is is_within


def test_a_caller_who_is_one_call_away_is_told_by_the_same_windows() -> None:
    standing = Standing.at(NOON, _at(-1, -2, -168, -169, 1))
    assert (standing.in_week, standing.in_month) == (3, 4)
    assert standing.next_over == (Rule.WEEK,)
    assert standing.over == ()
    assert Standing.at(NOON, _at(0, -1, -2, -3)).over == (Rule.WEEK,)


@given(st.lists(st.integers(0, 3_000), max_size=40))
def test_flags_are_those_of_a_plain_recomputation(hours: list[int]) -> None:
    moments = sorted(_at(*hours))
    found = {(each.rule, each.at) for each in flags(moments)}
    for rule in Rule:
        full = [
            sum(0 <= (moment - each).total_seconds() <= rule.span.total_seconds()
                for each in moments[: at + 1]) > rule.most
            for at, moment in enumerate(moments)
        ]  # fmt: skip
        edges: set[int] = set()
        for at in (at for at, is_over in enumerate(full) if is_over):
            since = [each for each in edges if all(full[each:at])]
            if not since or moments[at] - moments[max(since)] > rule.span:
                edges.add(at)
        assert {at for each, at in found if each is rule} == edges


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=12))
def test_who_stands_next_over_is_flagged_by_one_more_call(hours: list[int]) -> None:
    moments = sorted(_at(*hours))
    now = moments[-1] + timedelta(hours=1)
    for rule in Standing.at(now, moments).next_over:
        assert Raised(rule, len(moments)) in set(flags([*moments, now]))
