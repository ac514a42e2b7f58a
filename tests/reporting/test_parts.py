"""When and where, after a decline, review and grades: what these parts of the report say."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.disclosure import exact
from dash_forms.domain.grading import Grade
from dash_forms.domain.periods import Period
from dash_forms.domain.report_counts import VALUES, Between, grades
from dash_forms.domain.statistics import LAST_DAY, still_declined_of
from dash_forms.reporting.figures import DeclineFilter, GradeTable
from dash_forms.reporting.places import ELSEWHERE, PlacesPlot, place_words
from dash_forms.reporting.queries import decline_figures, teams_to_choose
from dash_forms.reporting.survival import SurvivalPlot
from dash_forms.store.work import Store
from tests.reporting.histories import invented, put_down
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient
from tests.support.force import Force

DAY = date(2026, 4, 15)
SPRING = "from=2026-03-01&to=2026-05-31"


@pytest.mark.rows_by_hand
def test_every_part_of_every_breakdown_has_a_row_and_only_ten_cases_a_mark(
    store: Store, force: Force
) -> None:
    put_down(store, force, invented(Random(3), list(force.teams.values()), 300))
    with store.work(writes=False) as work:
        wanted = DeclineFilter(Period(date(2024, 1, 1), date(2026, 12, 31)))
        figures = decline_figures(work, wanted, teams_to_choose(work))
    plot = PlacesPlot.of(figures)
    assert {each.dimension for each in plot.breakdowns} == set(VALUES) - ELSEWHERE
    for breakdown in plot.breakdowns:
        assert [part.value for part in breakdown.parts] == list(VALUES[breakdown.dimension])
        for part in breakdown.parts:
            assert (part.mark is not None) == (exact(part.rate.denominator) >= 10)
            assert place_words(breakdown.dimension, part.value).startswith(breakdown.heading)
            if part.mark:
                assert 0 <= part.mark.start <= part.mark.at <= part.mark.end <= 100
                assert part.mark.shape in {"dot", "hollow"}


@pytest.mark.rows_by_hand
def test_no_part_gets_a_verdict(sergeant: StrictClient, ledger: Ledger) -> None:
    ledger.record_rate(5, 100, DAY)
    text = sergeant.page(f"/reports/when-and-where?{SPRING}").text()
    assert "12:00" in text
    assert "5 of 100" in text
    assert "Stands out" not in text
    assert "none is called different" in text


@given(st.integers(0, 60), st.data())
def test_the_curve_falls_within_its_band_and_needs_ten_declines(
    count: int, data: st.DataObject
) -> None:
    ended: dict[int, int] = {}
    left = count
    for day in data.draw(st.lists(st.integers(0, LAST_DAY), max_size=8, unique=True)):
        ended[day] = data.draw(st.integers(0, left))
        left -= ended[day]
    plot = SurvivalPlot.of(still_declined_of(count, ended))
    assert (plot is not None) == (count >= 10)
    if plot:
        assert plot.band.endswith("Z")
        assert {point.day for point in plot.told} >= {0, 7, 14, 21, 28}
        assert sum(point.ended for point in plot.told) == sum(ended.values())
        assert plot.summary.startswith("Still declined: ")


def test_the_curve_steps_down_at_each_day_on_which_some_were_assessed() -> None:
    plot = SurvivalPlot.of(still_declined_of(20, {0: 5, 7: 5}))
    assert plot is not None
    assert plot.summary == (
        "Still declined: 75.0% at the end of day 0, 75.0% at the end of day 1,"
        " 50.0% at the end of day 7, 50.0% at the end of day 28."
    )
    assert plot.curve.count("L") == 2 * (LAST_DAY + 1) - 1
    assert [tick.label for tick in plot.days] == ["0", "7", "14", "21", "28"]


def table(*cells: tuple[Grade, Grade, int]) -> GradeTable:
    between = Between.OFFICER_SUPERVISOR
    return GradeTable.of(between, {grades(between, one, other): n for one, other, n in cells})


S, M, H = Grade
FAR = table((S, S, 40), (M, M, 30), (H, H, 20), (S, H, 10))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            FAR,
            (
                "The same grade 90 of 100 times: 90.0%. Weighted kappa 0.77"
                " (95% interval 0.65 to 0.90)."
            ),
        ),
        (table((S, S, 4)), "The same grade 4 of 4 times; too few for a rate."),
        (
            table((S, S, 40)),
            "The same grade 40 of 40 times: 100.0%. All have one grade, so there is no kappa.",
        ),
        (
            table((S, S, 40), (H, H, 40)),
            "The same grade 80 of 80 times: 100.0%. Weighted kappa 1.00, without an interval.",
        ),
    ],
)
def test_agreement_is_told_as_far_as_the_numbers_allow(found: GradeTable, words: str) -> None:
    assert found.words == words


@pytest.mark.rows_by_hand
def test_the_page_shows_each_table_with_its_kappa(
    store: Store, force: Force, sergeant: StrictClient
) -> None:
    put_down(store, force, invented(Random(5), list(force.teams.values()), 300))
    text = sergeant.page("/reports/review?from=2024-01-01&to=2026-12-31").text()
    for between in Between:
        assert f"{between.first} and {between.second.lower()}" in text
    assert text.count("Weighted kappa") == 1 + len(Between)


@pytest.mark.rows_by_hand
def test_without_declines_or_grades_the_pages_say_so(
    sergeant: StrictClient, ledger: Ledger
) -> None:
    ledger.record(3, Outcome.COMPLETED, DAY)
    after = sergeant.page(f"/reports/after-a-decline?{SPRING}").text()
    assert "Too few declines have their 28 days behind them for a curve." in after
    review = sergeant.page(f"/reports/review?{SPRING}").text()
    assert review.count("Nothing was graded by both in this period.") == len(Between)


@pytest.mark.rows_by_hand
def test_a_question_set_leaves_victims_over_a_year_uncounted(
    sergeant: StrictClient, ledger: Ledger
) -> None:
    ledger.record(12, Outcome.DECLINED, DAY)
    text = sergeant.page(f"/reports/after-a-decline?{SPRING}&set=dash-27.1").text()
    assert text.count("Not kept by question set") == 2
