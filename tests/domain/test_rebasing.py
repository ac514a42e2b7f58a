"""What limits rest on: locked to twelve months, until somebody signs that they begin anew."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.periods import Month
from dash_forms.domain.rebasing import Rebase, first_month_refusals, in_force, stretches
from dash_forms.domain.report_counts import FORCE
from dash_forms.domain.statistics import p_chart

JANUARY = Month(2024, 1)


def month(index: int) -> Month:
    return JANUARY.back(-index)


def rebase(index: int) -> Rebase:
    return Rebase(FORCE, month(index), "The new form is in use.", "Insp Invented", date(2026, 4, 5))


def history(*counts: tuple[int, int]) -> dict[Month, tuple[int, int]]:
    return {month(index): each for index, each in enumerate(counts)}


def test_a_rebase_says_from_when_by_whom_and_why() -> None:
    signed = Rebase(FORCE, Month(2026, 3), "New form.", "Insp Invented", date(2026, 4, 5))
    assert signed.words == (
        "Limits from March 2026 on, by Insp Invented on 5 April 2026, because: New form."
    )


def test_a_later_signature_takes_the_place_of_what_was_to_begin_then_or_after() -> None:
    early, late, same, before = rebase(12), rebase(24), rebase(24), rebase(6)
    assert in_force([]) == ()
    assert in_force([early, late]) == (early, late)
    assert in_force([early, late, same]) == (early, same)
    assert in_force([early, late, before]) == (before,)


def test_limits_are_locked_to_the_first_twelve_months() -> None:
    counts = [(40, 100)] * 12 + [(20, 100)] * 12
    [only] = stretches(history(*counts))
    assert only.rests_on == tuple(month(index) for index in range(12))
    assert only.chart is not None
    assert only.chart.centre == pytest.approx(0.4)
    assert not only.chart.is_trial
    assert only.chart == p_chart(counts, baseline=slice(0, 12))


def test_months_without_cases_do_not_count_towards_the_twelve() -> None:
    counts = [(0, 0), (4, 10)] * 15
    [only] = stretches(history(*counts))
    assert only.rests_on == tuple(month(index) for index in range(1, 25, 2))
    assert only.chart is not None
    assert not only.chart.is_trial


def test_with_fewer_than_twelve_months_the_limits_are_trial_limits() -> None:
    [only] = stretches(history(*[(4, 10)] * 11))
    assert only.chart is not None
    assert only.chart.is_trial


def test_a_rebase_begins_a_stretch_and_leaves_the_one_before_as_it_was() -> None:
    counts = [(40, 100)] * 14 + [(20, 100)] * 13
    before = stretches(history(*counts[:14]))
    old, new = stretches(history(*counts), [month(14)])
    assert (old,) == before
    assert new.months == tuple(month(index) for index in range(14, 27))
    assert new.rests_on == new.months[:12]
    assert new.chart is not None
    assert new.chart.centre == pytest.approx(0.2)


def test_nothing_counted_has_no_chart() -> None:
    assert stretches({}) == ()
    [only] = stretches(history((0, 0)))
    assert (only.chart, only.rests_on) == (None, ())


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(5, 40)), min_size=1, max_size=40),
    st.lists(st.integers(-3, 45), max_size=4),
)
def test_every_month_is_in_one_stretch_and_new_months_move_no_firm_limit(
    counts: list[tuple[int, int]], starts: list[int]
) -> None:
    kept = history(*counts)
    found = stretches(kept, [month(index) for index in starts])
    assert [each for stretch in found for each in stretch.months] == list(kept)
    more = stretches(history(*counts, (5, 5)), [month(index) for index in starts])
    for before, after in zip(found, more, strict=False):
        if len(before.rests_on) == 12:
            assert before.chart is not None
            assert after.chart is not None
            assert after.rests_on == before.rests_on
            assert after.chart.points[: len(before.chart.points)] == before.chart.points


@pytest.mark.parametrize(
    ("first_month", "began", "refused"),
    [
        (Month(2026, 3), Month(2025, 1), ""),
        (Month(2026, 4), Month(2025, 1), ""),
        (Month(2026, 5), Month(2025, 1), "This month has not begun yet"),
        (Month(2025, 1), Month(2025, 1), "Recording began in January 2025"),
        (Month(2024, 1), Month(2025, 1), "Recording began in January 2025"),
        (Month(2026, 3), None, "Nothing has been recorded there yet"),
    ],
)
def test_a_chart_is_rebased_within_what_was_recorded(
    first_month: Month, began: Month | None, refused: str
) -> None:
    found = list(first_month_refusals(first_month, began=began, today=date(2026, 4, 5)))
    assert [each.field for each in found] == (["first_month"] if refused else [])
    assert not refused or found[0].sentence.startswith(refused)
