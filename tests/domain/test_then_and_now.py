"""What is shown of a measure then and now, and what may be said of the two."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.disclosure import Rules
from dash_forms.domain.periods import Period
from dash_forms.domain.then_and_now import Change, Figure

SPRING = Period(date(2026, 1, 1), date(2026, 3, 31))
SUMMER = Period(date(2026, 4, 1), date(2026, 6, 30))
LAST_OF_SPRING = Period(date(2026, 3, 31), date(2026, 6, 30))
RULES = Rules()


def test_an_exact_figure_has_its_counts_its_rate_and_its_interval() -> None:
    figure = Figure.exact(30, 100, SPRING)
    assert figure.counts == "30 of 100"
    assert figure.percent == "30.0%"
    assert figure.interval_words == "21.9% to 39.6%"


def test_thousands_are_told_apart() -> None:
    assert Figure.exact(700, 2000, SPRING).counts == "700 of 2,000"


@pytest.mark.parametrize(
    ("numerator", "denominator", "missing"),
    [(0, 0, "No cases"), (4, 9, "Too few for a rate")],
)
def test_of_too_few_there_is_no_rate(numerator: int, denominator: int, missing: str) -> None:
    figure = Figure.exact(numerator, denominator, SPRING)
    assert (figure.percent, figure.interval_words) == (None, None)
    assert (figure.rate, figure.interval) == (None, None)
    assert figure.missing == missing


def test_under_the_rules_counts_are_rounded_and_the_rate_is_of_those() -> None:
    figure = Figure.under(RULES, 62, 202, SPRING)
    assert figure.counts == "60 of 200"
    assert figure.percent == "30%"
    assert figure.interval == Figure.exact(60, 200, SPRING).interval


@pytest.mark.parametrize(
    ("numerator", "denominator", "counts"),
    [
        (3, 200, "withheld of 200"),
        (198, 200, "withheld of 200"),  # which would tell of the other two
        (1, 3, "withheld"),
        (0, 200, "0 of 200"),
    ],
)
def test_under_the_rules_what_is_small_is_withheld(
    numerator: int, denominator: int, counts: str
) -> None:
    figure = Figure.under(RULES, numerator, denominator, SPRING)
    assert figure.counts == counts
    assert (figure.percent is None) is counts.startswith("withheld")


@pytest.mark.parametrize(
    ("then", "now", "period", "change"),
    [
        ((120, 200), (60, 200), SUMMER, Change.LOWER),
        ((60, 200), (120, 200), SUMMER, Change.HIGHER),
        ((60, 200), (66, 200), SUMMER, Change.NONE_SEEN),
        ((140, 320), (110, 314), SUMMER, Change.LOWER),  # whose intervals overlap
        ((120, 200), (60, 200), LAST_OF_SPRING, Change.SHARED_DAYS),
        ((20, 29), (0, 200), SUMMER, Change.TOO_FEW),
        ((120, 200), (0, 29), SUMMER, Change.TOO_FEW),
        ((120, 200), (0, 0), SUMMER, Change.TOO_FEW),
        ((28, 30), (0, 30), SUMMER, Change.LOWER),
    ],
)
def test_no_more_is_said_of_two_figures_than_their_intervals_allow(
    then: tuple[int, int], now: tuple[int, int], period: Period, change: Change
) -> None:
    assert Change.between(Figure.exact(*then, SPRING), Figure.exact(*now, period)) is change


def test_what_is_withheld_is_compared_with_nothing() -> None:
    then, now = Figure.under(RULES, 3, 200, SPRING), Figure.under(RULES, 120, 200, SUMMER)
    assert Change.between(then, now) is Change.between(now, then) is Change.WITHHELD
    assert then.missing == "No rate: a count is withheld"


def test_without_enough_outcomes_nothing_is_said_of_the_two() -> None:
    whole = Figure.exact(120, 200, SPRING), Figure.exact(60, 200, SUMMER)
    part = (
        Figure.exact(120, 200, SPRING, is_complete=False),
        Figure.under(RULES, 60, 200, SUMMER, is_complete=False),
    )
    for then, now in ((whole[0], part[1]), (part[0], whole[1]), part):
        assert Change.between(then, now) is Change.INCOMPLETE


_COUNTS = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(_COUNTS, _COUNTS)
def test_a_change_seen_is_one_of_the_rates_and_turns_with_them(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    then, now = Figure.exact(*one, SPRING), Figure.exact(*other, SUMMER)
    change = Change.between(then, now)
    back = Change.between(Figure.exact(*other, SPRING), Figure.exact(*one, SUMMER))
    turned = {Change.LOWER: Change.HIGHER, Change.HIGHER: Change.LOWER}
    assert back is turned.get(change, change)
    if change is Change.LOWER:
        assert now.rate is not None
        assert then.rate is not None
        assert now.rate < then.rate
    assert change.words


@given(_COUNTS)
def test_under_the_rules_nothing_small_is_ever_told(counts: tuple[int, int]) -> None:
    figure = Figure.under(RULES, *counts, SPRING)
    for shown in (figure.numerator, figure.denominator):
        assert shown is None or not RULES.is_small(shown)
        assert shown is None or shown % RULES.rounding == 0


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        ((5, 28), (23, 28), Change.TOO_FEW),  # 28 is rounded to 30
        ((12, 60), (18, 51), Change.NONE_SEEN),  # 10 of 60 and 20 of 50
        ((20, 100), (60, 100), Change.HIGHER),
    ],
)
def test_of_rounded_figures_no_change_is_told_that_the_exact_ones_do_not_have(
    then: tuple[int, int], now: tuple[int, int], said: Change
) -> None:
    shown = Figure.under(RULES, *then, SPRING), Figure.under(RULES, *now, SUMMER)
    assert Change.between(*shown) is said


@given(st.integers(0, 120), st.integers(0, 120), st.integers(0, 120), st.integers(0, 120))
def test_whatever_is_told_of_rounded_figures_is_true_of_the_exact_ones(
    x: int, n: int, y: int, m: int
) -> None:
    then, now = (min(x, n), n), (min(y, m), m)
    told = Change.between(Figure.under(RULES, *then, SPRING), Figure.under(RULES, *now, SUMMER))
    if told in {Change.LOWER, Change.HIGHER}:
        exact = Figure.exact(*then, SPRING), Figure.exact(*now, SUMMER)
        assert Change.between(*exact) is told
