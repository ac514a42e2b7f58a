"""What stands beside the headline: the strip, balancing measures, and how many cases it takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.baselines import REPORTED_DECLINE_RATE, Rate
from dash_forms.domain.definitions import metric
from dash_forms.domain.metrics import decline_rate
from dash_forms.domain.periods import Period
from dash_forms.reporting.changes import Direction
from dash_forms.reporting.figures import DeclineFigures, DeclineFilter, Measured
from dash_forms.reporting.overview import (
    BALANCE,
    Change,
    Overview,
    needed_for,
    needed_words,
)
from dash_forms.reporting.queries import decline_figures, teams_to_choose
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient

pytestmark = pytest.mark.rows_by_hand

BEFORE, NOW = date(2026, 1, 15), date(2026, 4, 15)
PERIOD = Period(date(2026, 3, 1), date(2026, 5, 31))
SPRING = "from=2026-03-01&to=2026-05-31"


def measured(code: str, numerator: int, denominator: int) -> Measured:
    return Measured(metric(code), numerator, denominator, PERIOD)


def overview(ledger: Ledger) -> Overview:
    with ledger.store.work(writes=False) as work:
        wanted = DeclineFilter(PERIOD)
        figures: DeclineFigures = decline_figures(work, wanted, teams_to_choose(work))
        return Overview.of(figures)


@pytest.mark.parametrize(
    ("now", "before", "direction"),
    [
        ((60, 100), (40, 100), Direction.HIGHER),
        ((40, 100), (60, 100), Direction.LOWER),
        ((41, 100), (40, 100), Direction.UNCLEAR),
        ((29, 29), (0, 100), Direction.TOO_FEW),
        ((100, 100), (0, 29), Direction.TOO_FEW),
        ((0, 0), (0, 0), Direction.TOO_FEW),
    ],
)
def test_a_change_is_told_only_where_its_interval_leaves_out_none(
    now: tuple[int, int], before: tuple[int, int], direction: Direction
) -> None:
    assert Change(measured("B1", *now), measured("B1", *before)).direction is direction


def test_of_rounded_counts_no_change_is_told_that_the_exact_ones_do_not_have() -> None:
    """7 of 99 comparisons of an analyst's were false alarms of the rounding."""
    exact = measured("B5", 7, 117), measured("B5", 18, 150)
    now, before = (
        replace(measured("B5", *shown), behind=behind)
        for shown, behind in zip(((5, 115), (20, 150)), exact, strict=True)
    )
    assert Change(*exact).direction is Direction.UNCLEAR
    assert Change(replace(now, behind=None), replace(before, behind=None)).direction.is_change
    assert Change(now, before).direction is Direction.UNCLEAR


def test_a_case_that_is_still_open_makes_no_fall_of_the_offers(ledger: Ledger) -> None:
    """The last days of a period that goes on have some, and the period before has none left."""
    ledger.record_rate(38, 100, BEFORE)
    ledger.record_rate(38, 100, NOW)
    ledger.record(12, Outcome.PENDING, NOW)
    found = {each.now.metric.code: each.direction for each in overview(ledger).balance}
    assert found["O1"] is found["O4"] is Direction.NOT_FINAL
    assert found["O2"] is Direction.UNCLEAR


def test_a_fall_that_was_bought_is_told_beside_the_rate(
    sergeant: StrictClient, ledger: Ledger
) -> None:
    ledger.record_rate(60, 100, BEFORE)
    ledger.record_rate(20, 100, NOW)
    found = overview(ledger)
    assert [each.now.metric.code for each in found.balance] == list(BALANCE)
    assert found.rose_as_declines_fell == ()
    ledger.record(40, Outcome.PARTIAL, NOW)
    assert [each.metric.code for each in overview(ledger).rose_as_declines_fell] == ["B4"]
    text = sergeant.page(f"/reports?{SPRING}").text()
    assert "The decline rate fell while these rose" in text
    assert "B4 partly completed. Look at the records before" in text


def test_a_rise_of_the_rate_itself_has_no_such_notice(ledger: Ledger) -> None:
    ledger.record_rate(20, 100, BEFORE)
    ledger.record_rate(60, 100, NOW)
    ledger.record(40, Outcome.PARTIAL, NOW)
    assert overview(ledger).rose_as_declines_fell == ()


def test_the_strip_says_when_the_way_of_counting_decides(ledger: Ledger) -> None:
    ledger.record_rate(36, 100, NOW)
    assert overview(ledger).strip.words == "All lie below 38%."
    ledger.record(10, Outcome.PARTIAL, NOW)
    words = overview(ledger).strip.words
    assert words == (
        "They lie on different sides of 38%: D1 and D3 below, D2 above. Chance alone could have put"
        " each on its side."
    )
    ledger.record(90, Outcome.PARTIAL, NOW)
    words = overview(ledger).strip.words
    assert words.endswith("Which cases are counted decides the answer here.")


def test_the_strip_has_no_mark_and_says_nothing_below_ten_cases(
    sergeant: StrictClient, ledger: Ledger
) -> None:
    ledger.record_rate(3, 8, NOW)
    strip = overview(ledger).strip
    assert [row.mark for row in strip.rows] == [None] * 3
    assert strip.words == ""
    assert "37.5%" not in sergeant.page(f"/reports?{SPRING}").text()


def test_what_a_team_needs_is_told_in_more_cases() -> None:
    assert needed_words(decline_rate(3, 8)) == ""
    assert needed_words(decline_rate(10, 40)) == (
        "At the present rate it would take about 63 more cases to tell it from the reported 38%,"
        " four times in five."
    )
    assert "about 20 more cases" in needed_words(decline_rate(0, 10))  # a verdict takes 30
    assert "too near to the reported 38%" in needed_words(decline_rate(125, 330))
    assert "enough cases to tell it from the reported 38%" in needed_words(decline_rate(5, 100))
    assert "no number of cases" in needed_words(decline_rate(38, 100))
    of_few = replace(REPORTED_DECLINE_RATE, rate_known=Rate(0.38, 130))
    assert "it is the baseline that rests on too few" in needed_words(
        decline_rate(330, 1000, of_few)
    )


def test_the_golden_numbers_of_cases_stand_on_the_page(sergeant: StrictClient) -> None:
    assert needed_for(REPORTED_DECLINE_RATE) == (
        ("35.0%", 2034),
        ("33.0%", 726),
        ("30.0%", 280),
        ("25.0%", 103),
    )
    assert "2,034 cases for 35.0%" in sergeant.page("/reports").text()
