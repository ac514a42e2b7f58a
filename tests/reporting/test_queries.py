"""The counts behind the decline report, against a database small enough to count by hand."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.declines import Basis
from dash_forms.domain.disclosure import exact
from dash_forms.domain.periods import Period
from dash_forms.reporting.figures import DeclineFigures, DeclineFilter, TeamChoice
from dash_forms.reporting.queries import decline_counts, decline_figures, teams_to_choose
from tests.reporting.ledger import Ledger

pytestmark = pytest.mark.rows_by_hand

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def figures_for(ledger: Ledger, period: Period = MARCH, team: str | None = None) -> DeclineFigures:
    with ledger.store.work(writes=False) as work:
        teams = teams_to_choose(work)
        chosen = next((each for each in teams if each.name == team), None)
        return decline_figures(work, DeclineFilter(period, chosen), teams)


def test_teams_come_in_alphabetical_order(ledger: Ledger) -> None:
    with ledger.store.work(writes=False) as work:
        assert teams_to_choose(work) == (
            TeamChoice(ledger.force.teams["north"], "North"),
            TeamChoice(ledger.force.teams["south"], "South"),
        )


def test_an_empty_database_has_figures_and_no_rate(ledger: Ledger) -> None:
    figures = figures_for(ledger)
    assert figures.counts.all == 0
    assert figures.rate.rate is None
    assert figures.reasons == ()
    assert len(figures.months) == 24
    assert not figures.are_poorly_explained


def test_every_outcome_is_counted_and_only_three_make_the_rate(ledger: Ledger) -> None:
    for count, outcome in enumerate(Outcome, start=1):
        ledger.record(count, outcome, date(2026, 3, 10))
    counts = figures_for(ledger).counts
    assert [counts[outcome] for outcome in Outcome] == list(range(1, len(Outcome) + 1))
    expected = sum(count for count, outcome in enumerate(Outcome, start=1) if outcome.is_countable)
    assert counts.countable == expected


def test_both_ends_of_the_period_belong_to_it(ledger: Ledger) -> None:
    for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)):
        ledger.record(1, Outcome.COMPLETED, day)
    assert figures_for(ledger).counts.all == 2


def test_a_team_narrows_everything_but_the_list_of_teams(ledger: Ledger) -> None:
    ledger.record(3, Outcome.DECLINED, date(2026, 3, 5), reason="not_abuse", basis=Basis.SAID)
    ledger.record(5, Outcome.DECLINED, date(2026, 3, 5), team="south")
    ledger.record(4, Outcome.COMPLETED, date(2026, 3, 5), team="south")
    figures = figures_for(ledger, team="South")
    assert (figures.rate.numerator, figures.rate.denominator) == (5, 9)
    assert [reason.code for reason in figures.reasons] == ["distrust"]
    assert figures.months[-1].counts.all == 9
    assert [(each.team.name, each.rate.counts) for each in figures.teams] == [
        ("North", "3 of 3"),
        ("South", "5 of 9"),
    ]


def test_the_teams_add_up_to_the_headline(ledger: Ledger) -> None:
    ledger.record(3, Outcome.DECLINED, date(2026, 3, 5))
    ledger.record(6, Outcome.PARTIAL, date(2026, 3, 6), team="south")
    figures = figures_for(ledger)
    assert (
        sum(exact(team.rate.denominator) for team in figures.teams) == figures.rate.denominator == 9
    )
    assert sum(exact(team.rate.numerator) for team in figures.teams) == figures.rate.numerator == 3


def test_the_trend_is_two_years_up_to_the_end_of_the_period(ledger: Ledger) -> None:
    ledger.record(1, Outcome.DECLINED, date(2024, 3, 31))
    ledger.record(2, Outcome.DECLINED, date(2024, 4, 1))
    ledger.record(3, Outcome.DECLINED, date(2026, 3, 20))
    ledger.record(4, Outcome.DECLINED, date(2026, 3, 21))
    months = figures_for(ledger, Period(date(2026, 2, 10), date(2026, 3, 20))).months
    assert [month.month.key for month in months][::23] == ["2024-04", "2026-03"]
    assert (months[0].rate.numerator, months[-1].rate.numerator) == (2, 3)
    assert [month.in_period for month in months[-3:]] == [False, True, True]
    assert [month.is_part for month in months[-2:]] == [False, True]


def test_reasons_are_sorted_by_count_and_kept_apart_by_whose_word_they_are(ledger: Ledger) -> None:
    day = date(2026, 3, 2)
    ledger.record(2, Outcome.DECLINED, day, reason="distrust", basis=Basis.SAID)
    ledger.record(1, Outcome.DECLINED, day, reason="distrust", basis=Basis.INFERRED)
    ledger.record(4, Outcome.DECLINED, day, reason="not_abuse", basis=Basis.INFERRED)
    ledger.record(9, Outcome.UNABLE, day)
    reasons = figures_for(ledger).reasons
    assert [(each.code, each.said, each.inferred, each.total) for each in reasons] == [
        ("not_abuse", 0, 4, 4),
        ("distrust", 2, 1, 3),
    ]


@pytest.mark.parametrize(("unexplained", "poorly"), [(1, False), (2, True)])
def test_many_declines_without_a_reason_are_noticed(
    ledger: Ledger, unexplained: int, poorly: bool
) -> None:
    day = date(2026, 3, 2)
    ledger.record(unexplained, Outcome.DECLINED, day, reason="none_given", basis=Basis.SAID)
    ledger.record(3, Outcome.DECLINED, day)
    figures = figures_for(ledger)
    assert figures.unexplained == unexplained
    assert figures.are_poorly_explained is poorly


def test_the_whole_report_takes_thirteen_statements_and_the_headline_one(ledger: Ledger) -> None:
    statements: list[str] = []
    event.listen(
        ledger.store.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_rest: statements.append(statement),
    )
    figures_for(ledger)
    assert sum("SELECT" in statement for statement in statements) == 13
    statements.clear()
    with ledger.store.work(writes=False) as work:
        decline_counts(work, DeclineFilter(MARCH))
    assert sum("SELECT" in statement for statement in statements) == 1


def test_the_counts_read_ranges_of_the_primary_key(ledger: Ledger) -> None:
    if ledger.store.engine.dialect.name != "sqlite":
        pytest.skip("the plan is read in SQLite's words")
    with ledger.store.engine.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT code, sum(number) FROM report_counts"
            " WHERE code IN ('a', 'b') AND grain = 'day' AND scope IN ('x') AND"
            " starts_on BETWEEN '2026-03-01' AND '2026-03-31' GROUP BY code"
        )
        assert "PRIMARY KEY (code=? AND grain=? AND scope=? AND starts_on>?" in str(plan.fetchall())
