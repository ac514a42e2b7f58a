"""The counts behind the decline report, against a database small enough to count by hand."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.declines import Basis
from dash_forms.domain.periods import Period
from dash_forms.reporting.figures import DeclineFigures, DeclineFilter, TeamChoice
from dash_forms.reporting.queries import decline_counts, decline_figures, teams_to_choose
from tests.reporting.force import Force

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def figures_for(force: Force, period: Period = MARCH, team: str | None = None) -> DeclineFigures:
    with force.store.work(writes=False) as work:
        teams = teams_to_choose(work)
        chosen = next((each for each in teams if each.name == team), None)
        return decline_figures(work, DeclineFilter(period, chosen), teams)


def test_teams_come_in_alphabetical_order(force: Force) -> None:
    with force.store.work(writes=False) as work:
        assert teams_to_choose(work) == (
            TeamChoice(force.ashdown, "Ashdown"),
            TeamChoice(force.brookfield, "Brookfield"),
        )


def test_an_empty_database_has_figures_and_no_rate(force: Force) -> None:
    figures = figures_for(force)
    assert figures.counts.all == 0
    assert figures.rate.rate is None
    assert figures.reasons == ()
    assert len(figures.months) == 12
    assert not figures.are_poorly_explained


def test_every_outcome_is_counted_and_only_three_make_the_rate(force: Force) -> None:
    for count, outcome in enumerate(Outcome, start=1):
        force.record(count, outcome, date(2026, 3, 10))
    counts = figures_for(force).counts
    assert [counts[outcome] for outcome in Outcome] == list(range(1, len(Outcome) + 1))
    expected = sum(count for count, outcome in enumerate(Outcome, start=1) if outcome.is_countable)
    assert counts.countable == expected


def test_both_ends_of_the_period_belong_to_it(force: Force) -> None:
    for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)):
        force.record(1, Outcome.COMPLETED, day)
    assert figures_for(force).counts.all == 2


def test_a_team_narrows_everything_but_the_list_of_teams(force: Force) -> None:
    force.record(3, Outcome.DECLINED, date(2026, 3, 5), reason="not_abuse", basis=Basis.SAID)
    force.record(5, Outcome.DECLINED, date(2026, 3, 5), team=force.brookfield)
    force.record(4, Outcome.COMPLETED, date(2026, 3, 5), team=force.brookfield)
    figures = figures_for(force, team="Brookfield")
    assert (figures.rate.numerator, figures.rate.denominator) == (5, 9)
    assert [reason.code for reason in figures.reasons] == ["distrust"]
    assert figures.months[-1].counts.all == 9
    assert [(each.team.name, each.rate.counts) for each in figures.teams] == [
        ("Ashdown", "3 of 3"),
        ("Brookfield", "5 of 9"),
    ]


def test_the_teams_add_up_to_the_headline(force: Force) -> None:
    force.record(3, Outcome.DECLINED, date(2026, 3, 5))
    force.record(6, Outcome.PARTIAL, date(2026, 3, 6), team=force.brookfield)
    figures = figures_for(force)
    assert sum(team.rate.denominator for team in figures.teams) == figures.rate.denominator == 9
    assert sum(team.rate.numerator for team in figures.teams) == figures.rate.numerator == 3


def test_the_trend_is_twelve_months_up_to_the_end_of_the_period(force: Force) -> None:
    force.record(1, Outcome.DECLINED, date(2025, 3, 31))
    force.record(2, Outcome.DECLINED, date(2025, 4, 1))
    force.record(3, Outcome.DECLINED, date(2026, 3, 20))
    force.record(4, Outcome.DECLINED, date(2026, 3, 21))
    months = figures_for(force, Period(date(2026, 2, 10), date(2026, 3, 20))).months
    assert [month.month.key for month in months][::11] == ["2025-04", "2026-03"]
    assert (months[0].rate.numerator, months[-1].rate.numerator) == (2, 3)
    assert [month.in_period for month in months[-3:]] == [False, True, True]
    assert [month.is_part for month in months[-2:]] == [False, True]


def test_reasons_are_sorted_by_count_and_kept_apart_by_whose_word_they_are(force: Force) -> None:
    day = date(2026, 3, 2)
    force.record(2, Outcome.DECLINED, day, reason="distrust", basis=Basis.SAID)
    force.record(1, Outcome.DECLINED, day, reason="distrust", basis=Basis.INFERRED)
    force.record(4, Outcome.DECLINED, day, reason="not_abuse", basis=Basis.INFERRED)
    force.record(9, Outcome.UNABLE, day)
    reasons = figures_for(force).reasons
    assert [(each.code, each.said, each.inferred, each.total) for each in reasons] == [
        ("not_abuse", 0, 4, 4),
        ("distrust", 2, 1, 3),
    ]


@pytest.mark.parametrize(("unexplained", "poorly"), [(1, False), (2, True)])
def test_many_declines_without_a_reason_are_noticed(
    force: Force, unexplained: int, poorly: bool
) -> None:
    day = date(2026, 3, 2)
    force.record(unexplained, Outcome.DECLINED, day, reason="none_given", basis=Basis.SAID)
    force.record(3, Outcome.DECLINED, day)
    figures = figures_for(force)
    assert figures.unexplained == unexplained
    assert figures.are_poorly_explained is poorly


def test_the_page_takes_five_statements_and_the_document_two(force: Force) -> None:
    statements: list[str] = []
    event.listen(
        force.store.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_rest: statements.append(statement),
    )
    figures_for(force)
    assert sum("SELECT" in statement for statement in statements) == 5
    statements.clear()
    with force.store.work(writes=False) as work:
        decline_counts(work, DeclineFilter(MARCH))
    assert sum("SELECT" in statement for statement in statements) == 1


def test_the_counts_read_an_index(force: Force) -> None:
    if force.store.engine.dialect.name != "sqlite":
        pytest.skip("the plan is read in SQLite's words")
    with force.store.engine.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT team_id, outcome, count(*) FROM pair_facts"
            " WHERE counted_on BETWEEN '2026-03-01' AND '2026-03-31' GROUP BY team_id, outcome"
        )
        assert "COVERING INDEX ix_pair_facts_counted" in str(plan.fetchall())
