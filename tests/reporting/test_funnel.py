"""The funnel: who is drawn, who stands out, and what the teams are held against."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.disclosure import exact
from dash_forms.domain.metrics import OutcomeCounts
from dash_forms.domain.periods import Period
from dash_forms.domain.statistics import LEVEL_99_8, flagged
from dash_forms.reporting.figures import TeamChoice, TeamFigures
from dash_forms.reporting.funnel import FunnelPlot, around, more_words, own_rate
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient

DAY = date(2026, 4, 15)
PERIOD = Period(date(2026, 3, 1), date(2026, 5, 31))
SPRING = "from=2026-03-01&to=2026-05-31"
Counts = list[tuple[int, int]]
counted = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def teams(counts: Counts) -> list[TeamFigures]:
    return [
        TeamFigures(
            TeamChoice(UUID(int=index), f"Team {index}"),
            OutcomeCounts.of([(Outcome.DECLINED, x), (Outcome.COMPLETED, n - x)]),
        )
        for index, (x, n) in enumerate(counts)
    ]


def together(counts: Counts) -> OutcomeCounts:
    return OutcomeCounts.total_of(
        each.counts for each in teams(counts) if isinstance(each.counts, OutcomeCounts)
    )


@given(st.lists(counted, max_size=60))
def test_a_team_below_ten_cases_is_never_drawn_and_below_thirty_never_marked(
    counts: Counts,
) -> None:
    plot = FunnelPlot.of(teams(counts))
    drawn = plot.points if plot else ()
    assert len(drawn) == sum(n >= 10 for _, n in counts)
    for point in drawn:
        assert 0 <= point.across <= 100
        assert 0 <= point.down <= 100
        x, n = exact(point.team.rate.numerator), exact(point.team.rate.denominator)
        if n < 30:
            assert (point.shape, point.is_named) == ("hollow", False)
        else:
            outside = flagged(x, n, 0.38, level=LEVEL_99_8)
            assert (point.shape in {"above", "below"}) == point.is_named == outside


@given(st.lists(counted, min_size=1, max_size=10))
def test_the_ticks_are_round_and_reach_past_every_team(counts: Counts) -> None:
    plot = FunnelPlot.of(teams(counts))
    if plot:
        assert 2 <= len(plot.cases) <= 6
        assert plot.cases[-1].place == 100


def test_the_chosen_team_is_named_and_the_summary_tells_who_stands_out() -> None:
    some = teams([(38, 100), (5, 100), (90, 100), (4, 9)])
    plot = FunnelPlot.of(some, some[0].team)
    assert plot is not None
    assert [point.is_named for point in plot.points] == [True, True, True]
    assert plot.summary == "3 teams drawn. Outside the 99.8% limits: Team 1 below, Team 2 above."
    alone = FunnelPlot.of(some[:1])
    assert alone is not None
    assert alone.summary == "1 team drawn, and none lies outside the 99.8% limits."
    assert FunnelPlot.of(some[3:]) is None


def test_the_forces_own_rate_is_of_all_teams_and_needs_thirty_cases() -> None:
    own = own_rate(together([(20, 100), (30, 100)]), PERIOD)
    assert own is not None
    assert (own.rate, own.percent, own.case_count) == (0.25, "25.0%", 200)
    for counts in ([(3, 29)], [(0, 100)], [(100, 100)], []):
        assert own_rate(together(counts), PERIOD) is None


def test_around_its_own_rate_another_team_stands_out() -> None:
    counts = [(60, 100), (380, 1000), (20, 1000)]
    some = teams(counts)
    own = own_rate(together(counts), PERIOD)
    assert own is not None
    assert [team.stands_out for team in some] == [True, False, True]
    assert [team.stands_out for team in around(some, own)] == [True, True, True]


def test_what_a_team_needs_is_told_where_it_would_help() -> None:
    near, far, few, sure = teams([(10, 40), (379, 1000), (3, 9), (5, 100)])
    assert more_words(near) == "about 63 more cases"
    assert more_words(far) == "more cases than it will have"
    assert more_words(few) == more_words(sure) == ""


@pytest.mark.rows_by_hand
def test_the_page_draws_the_limits_around_either(sergeant: StrictClient, ledger: Ledger) -> None:
    ledger.record_rate(60, 100, DAY)
    ledger.record(10, Outcome.DECLINED, DAY, team="south")
    ledger.record(90, Outcome.COMPLETED, DAY, team="south")
    page = sergeant.page(f"/reports/teams?{SPRING}")
    assert "Limits around the reported 38%." in page.text()
    [other] = [each for each in page.links("/reports/teams") if "around=force" in each]
    own = sergeant.page(other)
    assert "exact 99.8% limits around your force’s 35.0% for" in own.text()
    assert "Stands out: below 35.0%" in own.text()
    assert own.form("/reports/teams").fields["around"] == ["force"]
    assert f"/reports/teams?{SPRING}" in own.links("/reports/teams")


@pytest.mark.rows_by_hand
def test_few_cases_have_no_funnel_and_no_own_rate(sergeant: StrictClient, ledger: Ledger) -> None:
    ledger.record_rate(3, 9, DAY)
    text = sergeant.page(f"/reports/teams?{SPRING}&around=force").text()
    assert "No team has enough cases for a rate." in text
    assert "too few cases to draw the limits around the force’s own rate" in text
    assert "33.3%" not in text
