"""The trend: which chart it is, what its limits rest on, and what is said of it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.baselines import REPORTED_DECLINE_RATE
from dash_forms.domain.disclosure import exact
from dash_forms.domain.metrics import OutcomeCounts
from dash_forms.domain.periods import Month, Period
from dash_forms.domain.rebasing import ChartKind, Rebase, kind_for
from dash_forms.domain.report_counts import FORCE
from dash_forms.domain.statistics import PROPORTIONS, Signal, p_chart, xmr_chart
from dash_forms.reporting.figures import DeclineFilter, MonthFigures
from dash_forms.reporting.queries import decline_history
from dash_forms.reporting.trend import Trend, TrendPlot
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient

JANUARY = Month(2024, 1)
Counts = list[tuple[int, int]]


def trend(
    counts: Counts, *rebased: int, is_force: bool = True, shown: int = 24, part: bool = False
) -> Trend[MonthFigures]:
    """The trend of so many declined of so many by month; the last month may be only begun."""
    months = [JANUARY.back(-index) for index in range(len(counts))]
    figures = [
        MonthFigures(
            month,
            OutcomeCounts.of([(Outcome.DECLINED, x), (Outcome.COMPLETED, n - x)]),
            in_period=index >= len(months) - 3,
            is_part=part and index == len(months) - 1,
        )
        for index, (month, (x, n)) in enumerate(zip(months, counts, strict=True))
    ]
    whole = zip(months, counts, strict=True)
    history = {month: each for month, each in whole if not (part and month == months[-1])}
    starts = [
        Rebase(FORCE, months[each], "New form.", "Insp", date(2026, 1, 1)) for each in rebased
    ]
    return Trend.of(
        figures[-shown:],
        history,
        starts,
        is_force=is_force,
        baseline=REPORTED_DECLINE_RATE,
    )


LEVEL: Counts = [(38, 100), (40, 100)] * 6


def test_the_force_has_an_xmr_chart_and_a_team_a_p_chart() -> None:
    force, team = trend(LEVEL), trend(LEVEL, is_force=False)
    assert (force.kind, team.kind) == (ChartKind.XMR, ChartKind.P)
    rates = [x / n for x, n in LEVEL]
    xmr, p = xmr_chart(rates, within=PROPORTIONS), p_chart(LEVEL)
    assert xmr is not None
    assert p is not None
    assert [each.limits for each in force.months] == [each.limits for each in xmr.points]
    assert [each.limits for each in team.months] == [each.limits for each in p.points]
    assert force.kind_words.startswith("This is an XmR chart, because it is of the whole force")
    assert "p-chart, because a team’s months differ" in team.kind_words


def test_a_force_with_a_month_too_small_for_a_verdict_has_a_p_chart() -> None:
    few = trend([*LEVEL, (3, 29)])
    assert few.kind is ChartKind.P
    assert "because not every month has 30 cases" in few.kind_words
    assert kind_for({}, is_force=True) is ChartKind.P


def test_one_month_is_a_point_of_a_p_chart() -> None:
    one = trend([(38, 100)])
    assert (one.kind, len(one.drawn)) == (ChartKind.P, 1)
    assert "because it takes two months to see how much one differs" in one.kind_words
    late = trend([(3, 9), (38, 100)])
    assert (late.kind, len(late.drawn)) == (ChartKind.P, 1)


def test_a_first_month_that_was_only_begun_is_no_point_of_an_xmr_chart() -> None:
    late = trend([(20, 29), *LEVEL])
    assert late.kind is ChartKind.XMR
    assert not late.months[0].is_drawn
    assert [each.limits for each in late.months[1:]] == [
        each.limits for each in trend(LEVEL).months
    ]


@given(
    st.lists(
        st.integers(0, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=1,
        max_size=30,
    ),
    st.booleans(),
)
def test_a_month_below_ten_cases_is_no_point_and_breaks_no_rule(
    counts: Counts, is_force: bool
) -> None:
    found = trend(counts, is_force=is_force)
    for each in found.months:
        if exact(each.figures.counts.countable) < 10:
            assert not each.is_drawn
            assert not each.fired
    plot = TrendPlot.of(found)
    assert (plot is None) == (not found.drawn)
    if plot:
        assert plot.reported is not None
        downs = [point.down for point in plot.points if point.down is not None]
        assert all(0 <= each <= 100 for each in [*downs, plot.reported])


def test_limits_are_trial_until_twelve_months_and_firm_after() -> None:
    assert trend(LEVEL[:11]).is_trial
    assert "Trial limits: they rest on January 2024 to November 2024, 11 of the 12 months" in (
        trend(LEVEL[:11]).limits_words
    )
    firm = trend([*LEVEL, (80, 100), (90, 100)])
    assert not firm.is_trial
    assert "they rest on January 2024 to December 2024 and do not move" in firm.limits_words
    assert firm.months[-1].limits == trend(LEVEL).months[-1].limits
    assert trend([(38, 100)]).limits_words.startswith("Trial limits: they rest on January 2024, 1")
    assert "no limits" in trend([]).limits_words


def test_the_rules_that_fired_are_named_with_their_months() -> None:
    assert trend(LEVEL).fired == ()
    high = trend([*LEVEL, (80, 100)])
    assert high.fired == ("A point outside the limits: January 2025.",)
    assert (high.months[-1].shape, high.months[-1].rules) == ("above", "a point outside the limits")
    run = trend([*LEVEL, *[(391, 1000), (392, 1000)] * 4])
    assert (
        run.fired[0] == "7 points in a row on one side of the mean: December 2024 to August 2025."
    )
    assert {each.shape for each in run.months[-8:]} == {"run"}


def test_a_run_that_began_before_the_first_month_shown_is_seen() -> None:
    run = trend([*LEVEL, *[(391, 1000), (392, 1000)] * 4], shown=3)
    assert all(Signal.ONE_SIDE in each.fired for each in run.months)


def test_a_rebase_begins_limits_anew_and_no_rule_reaches_over_it() -> None:
    counts = [*LEVEL, *[(20, 100), (22, 100)] * 4]
    assert any("one side" in each for each in trend(counts).fired)
    rebased = trend(counts, 12)
    assert rebased.fired == ()
    assert rebased.is_trial
    assert [each.stretch for each in rebased.months[11:13]] == [0, 1]
    plot = TrendPlot.of(rebased)
    assert plot is not None
    assert (plot.centre.count("M"), plot.limits.count("M")) == (2, 4)
    assert plot.line.count("M") == len(counts) - 2


def test_a_month_that_is_not_over_is_no_point() -> None:
    begun = trend([*LEVEL, (90, 100)], part=True)
    assert not begun.months[-1].is_drawn
    assert begun.fired == ()


@pytest.mark.parametrize(
    ("declined", "words"),
    [
        (10, "The reported 38% lies above the limits: an ordinary month stays below it."),
        (70, "The reported 38% lies below the limits: an ordinary month stays above it."),
        (38, "The reported 38% lies within the limits"),
    ],
)
def test_the_baseline_is_set_against_the_limits_in_words(declined: int, words: str) -> None:
    counts = [(declined, 100), (declined + 1, 100)] * 7
    assert trend(counts).baseline_words.startswith(words)
    assert trend([]).baseline_words == ""


def test_the_drawing_begins_with_the_first_month_that_has_cases() -> None:
    late = trend([(0, 0), (0, 0), *LEVEL])
    assert len(late.months) == 12
    plot = TrendPlot.of(late)
    assert plot is not None
    assert plot.points[0].across == pytest.approx(100 / 24, abs=0.01)
    assert (plot.period_from, plot.period_width) == (75.0, 25.0)
    assert plot.summary == (
        "From March 2024 to February 2025, lowest in March 2024 at 38.0%,"
        " highest in April 2024 at 40.0%."
    )


@pytest.mark.rows_by_hand
class TestHistory:
    def test_it_is_every_whole_month_since_the_first_with_cases(self, ledger: Ledger) -> None:
        ledger.record_rate(1, 4, date(2020, 5, 5))
        ledger.record(2, Outcome.UNABLE, date(2020, 1, 5))
        ledger.record_rate(2, 3, date(2025, 3, 31))
        ledger.record_rate(1, 1, date(2025, 4, 1))
        with ledger.store.work(writes=False) as work:
            period = Period(date(2025, 3, 20), date(2025, 4, 29))
            found = decline_history(work, DeclineFilter(period))
        told = [(month, each.declined_of) for month, each in found.items()]
        assert told[0] == (Month(2020, 5), (1, 4))
        assert told[-1] == (Month(2025, 3), (2, 3))
        assert len(found) == 59

    def test_without_cases_there_is_none(self, ledger: Ledger) -> None:
        period = Period(date(2025, 3, 20), date(2025, 4, 29))
        with ledger.store.work(writes=False) as work:
            assert decline_history(work, DeclineFilter(period)) == {}
        ledger.record_rate(1, 4, date(2025, 4, 5))
        with ledger.store.work(writes=False) as work:
            assert decline_history(work, DeclineFilter(period)) == {}
            assert decline_history(work, DeclineFilter(period, question_set="other.1")) == {}

    def test_the_page_says_which_chart_and_which_rules(
        self, sergeant: StrictClient, ledger: Ledger
    ) -> None:
        for month in range(1, 13):
            ledger.record_rate(19 + month % 2, 50, date(2025, month, 5))
        ledger.record_rate(45, 50, date(2026, 1, 5))
        ledger.record_rate(3, 9, date(2026, 2, 5))
        team = sergeant.page("/reports/trend?from=2026-01-01&to=2026-02-27&team=North").text()
        assert "A point outside the limits: January 2026." in team
        assert "This is a p-chart, because a team’s months differ" in team
        assert "The limits are firm: they rest on January 2025 to December 2025" in team
        assert "to day 27 3 of 9 Too few for a rate Not over yet" in team
        force = sergeant.page("/reports/trend?from=2026-01-01&to=2026-02-27").text()
        assert "This is an XmR chart" in force
        assert "A point outside the limits: January 2026." in force


def test_a_few_quiet_months_do_not_say_that_nothing_has_changed() -> None:
    """Two months made limits from 4% to 26%, within which nothing could have been seen."""
    assert trend(LEVEL[:5]).is_too_soon
    assert not trend(LEVEL[:6]).is_too_soon
    assert trend(LEVEL, 8).is_too_soon  # the limits that a rebase begins are young, too
    assert trend([]).is_too_soon
