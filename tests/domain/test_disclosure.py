"""No small count leaves, by itself or through a total, and no rate gives one back."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dash_forms.domain.disclosure import Count, Rules, Shown, controlled

RULES = Rules()
sizes = st.integers(0, 60)
parts = st.tuples(sizes, sizes).map(lambda two: Count(min(two), max(two)))
tables = st.lists(parts, max_size=12)
rules_of_forces = st.builds(
    Rules,
    smallest=st.integers(1, 12),
    rounding=st.integers(1, 10),
    fewest_for_a_rate=st.integers(1, 40),
)


@given(tables, rules_of_forces, st.booleans())
def test_nothing_small_is_shown_and_everything_is_rounded(
    rows: list[Count], rules: Rules, is_whole: bool
) -> None:
    shown = controlled(rows, rules, is_whole=is_whole)
    assert len(shown) == len(rows)
    for row, each in zip(rows, shown, strict=True):
        assert row.of is not None
        for count, as_shown in ((row.number, each.number), (row.of, each.of)):
            if as_shown is not None:
                assert not 0 < count < rules.smallest
                assert as_shown % rules.rounding == 0
                assert abs(as_shown - count) * 2 <= rules.rounding
        if each.number is not None:
            assert not 0 < row.of - row.number < rules.smallest


@given(tables, rules_of_forces, st.booleans())
def test_a_rate_is_taken_of_what_is_shown_and_never_of_too_few(
    rows: list[Count], rules: Rules, is_whole: bool
) -> None:
    for row, each in zip(rows, controlled(rows, rules, is_whole=is_whole), strict=True):
        if each.rate is not None:
            assert row.of is not None
            assert row.of >= rules.fewest_for_a_rate
            assert each.number is not None
            assert each.of
            assert each.rate == min(1, each.number / each.of)


@given(st.lists(sizes, max_size=12), rules_of_forces)
def test_a_total_gives_none_away(counts: list[int], rules: Rules) -> None:
    """What is withheld is two counts at least, together no small one; or it is all there is."""
    shown = controlled([Count(each) for each in counts], rules, is_whole=True)
    hidden = [count for count, each in zip(counts, shown, strict=True) if each.number is None]
    others = [count for count, each in zip(counts, shown, strict=True) if each.number and count]
    if hidden and others:
        assert len([each for each in hidden if each]) >= 2
        assert sum(hidden) >= rules.smallest


@given(st.lists(st.integers(0, 12), min_size=2, max_size=4))
@example([4, 4, 4, 7])
@example([4, 7, 7])
@example([1, 8, 8])
@example([12, 12, 4])
def test_whoever_knows_the_exact_total_and_all_that_is_shown_cannot_tell_a_small_count(
    counts: list[int],
) -> None:
    """Every way to fill in the table is tried: a small count that is withheld has two values.

    Counts a little larger than any that is drawn are among them, as in life there is no largest.
    """
    rows = [Count(each) for each in counts]
    shown = controlled(rows, RULES, is_whole=True)
    fitting = [
        (*each, rest)
        for each in product(range(18), repeat=len(counts) - 1)
        if 0 <= (rest := sum(counts) - sum(each)) < 18
        and controlled([Count(n) for n in (*each, rest)], RULES, is_whole=True) == shown
    ]
    if any(each.number for each in shown):  # else the total itself is small, and never shown
        for at, count in enumerate(counts):
            if 0 < count < RULES.smallest:
                assert len({each[at] for each in fitting}) > 1


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # 3 alone would be total less the rest, so another goes as well.
        ([Count(3), Count(9), Count(40)], [None, None, 40]),
        ([Count(2), Count(4), Count(40)], [None, None, 40]),
        ([Count(1), Count(1), Count(7), Count(40)], [None, None, None, 40]),
        # Whichever is smaller: in the order of the rows, so that it tells of no size.
        ([Count(40), Count(9), Count(3)], [None, 10, None]),
        # Each would be the most that it can be, or the least.
        ([Count(4), Count(4), Count(4), Count(40)], [None, None, None, None]),
        ([*[Count(1)] * 5, Count(40)], [None] * 6),
        ([Count(0), Count(9), Count(40)], [0, 10, 40]),
        ([Count(3)], [None]),
    ],
)
def test_examples(rows: list[Count], expected: list[int | None]) -> None:
    assert [each.number for each in controlled(rows, RULES, is_whole=True)] == expected


def test_a_part_is_withheld_where_the_rest_is_small_and_the_whole_is_not() -> None:
    [shown] = controlled([Count(38, 40)], RULES, is_whole=False)
    assert shown == Shown(None, 40, None)


def test_a_rate_of_rounded_counts() -> None:
    [shown] = controlled([Count(13, 32)], RULES, is_whole=False)
    assert shown == Shown(15, 30, 0.5)


@given(rules_of_forces)
def test_rounded_to_what_is_small_no_difference_of_two_numbers_tells_a_small_one(
    rules: Rules,
) -> None:
    """Every number from 1 up to below `smallest` fits where any of them does."""
    screen = rules.on_screen
    assert screen.rounding >= screen.smallest == rules.smallest
    fitting: dict[int, set[int]] = {}
    for whole in range(screen.smallest, 80):
        for small in range(1, min(screen.smallest, whole)):
            seen = screen.rounded(whole) - screen.rounded(whole - small)
            fitting.setdefault(seen, set()).add(small)
    assert all(found == set(range(1, screen.smallest)) for found in fitting.values())


@given(st.integers(0, 200), rules_of_forces)
def test_what_is_shown_of_a_count_says_how_small_it_can_be(count: int, rules: Rules) -> None:
    shown = rules.shown(count)
    alike = [each for each in range(300) if rules.shown(each) == shown]
    assert rules.least_of(shown) == min(alike)
    if rules.has_rate(count):
        assert count >= rules.fewest_for_a_rate
