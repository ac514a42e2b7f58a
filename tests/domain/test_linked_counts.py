"""Whatever adds up to what, no sum gives a small count away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.disclosure import Rules
from dash_forms.domain.linked_counts import AddsUp, withheld

RULES = Rules()
Cell = tuple[int, int]


@st.composite
def grids(draw: st.DrawFn) -> list[list[int]]:
    """Teams by rows of a table, of which many are empty or small."""
    width = draw(st.integers(1, 6))
    count = st.sampled_from([0, 0, 1, 2, 4, 5, 7, 12, 30])
    row = st.lists(count, min_size=width, max_size=width)
    return draw(st.lists(row, min_size=1, max_size=6))


def linked(grid: list[list[int]]) -> tuple[dict[Cell, int], list[AddsUp[Cell]]]:
    """The counts with row 0 for the force, and what adds up: each column, and each row."""
    force = [sum(column) for column in zip(*grid, strict=True)]
    counts = {
        (team, at): number
        for team, row in enumerate([force, *grid])
        for at, number in enumerate(row)
    }
    width, teams = len(force), range(1, len(grid) + 1)
    columns = [AddsUp(tuple((team, at) for team in teams), (0, at)) for at in range(width)]
    rows = [AddsUp(tuple((team, at) for at in range(width))) for team in (0, *teams)]
    return counts, [*columns, *rows]


@given(grids())
def test_in_no_sum_can_a_withheld_count_be_told(grid: list[list[int]]) -> None:
    counts, sums = linked(grid)
    found = withheld(counts, sums, RULES)
    assert {key for key, count in counts.items() if RULES.is_small(count)} <= found
    assert all(counts[key] for key in found)
    for each in sums:
        parts = [counts[key] for key in each.parts if key in found]
        left = [counts[key] for key in each.parts if key not in found and counts[key]]
        if each.total is not None and each.total in found:
            assert parts, "the parts that are shown add up to the total that is not"
        elif parts and left:  # without any left, there is nothing that could hide it
            assert len(parts) >= 2
            assert not RULES.is_small(sum(parts))


@given(grids())
def test_nothing_is_withheld_where_nothing_is_small(grid: list[list[int]]) -> None:
    large = [[number * 10 for number in row] for row in grid]
    assert withheld(*linked(large), RULES) == set()


def test_a_small_count_takes_the_next_smallest_of_its_team_and_of_its_row_with_it() -> None:
    counts, sums = linked([[3, 20, 30], [40, 50, 60], [70, 80, 90]])
    found = withheld(counts, sums, RULES)
    # (1, 0) is small; (1, 1) hides it in its row and (2, 0) in its column, and (2, 1) both of them.
    assert found == {(1, 0), (1, 1), (2, 0), (2, 1)}


def test_a_total_is_withheld_where_no_other_part_is_there_to_hide_one() -> None:
    counts = {"north": 4, "south": 0, "force": 4}
    assert withheld(counts, [AddsUp(("north", "south"), "force")], RULES) == {"north", "force"}
    counts = {"declined": 12, "all": 12}
    assert withheld(counts, [AddsUp(("declined",), "all")], RULES, ["declined"]) == {
        "declined",
        "all",
    }


def test_what_is_named_is_withheld_as_if_it_were_small_and_what_is_nought_never_is() -> None:
    counts = {"a": 20, "b": 30, "c": 0, "all": 50}
    sums = [AddsUp(("a", "b", "c"), "all")]
    assert withheld(counts, sums, RULES, ["a"]) == {"a", "b"}
    assert withheld(counts, sums, RULES, ["c"]) == set()
