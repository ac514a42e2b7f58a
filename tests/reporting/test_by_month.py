"""One month of every team: the report's figures, and nothing that adds up to a small one."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

import pytest

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.definitions import Window
from dash_forms.domain.disclosure import Rules
from dash_forms.domain.periods import Month, Period
from dash_forms.domain.report_counts import FORCE
from dash_forms.reporting import by_month
from dash_forms.reporting.by_month import LINES, TABLES, Figure, figures_of, months_to_export
from dash_forms.reporting.exports import tables
from dash_forms.reporting.figures import DeclineFilter, TeamChoice
from dash_forms.reporting.queries import decline_figures
from dash_forms.store.work import Work
from tests.reporting.ledger import Ledger

pytestmark = pytest.mark.rows_by_hand

APRIL = Month(2026, 4)
DAY = date(2026, 4, 15)
TODAY = date(2026, 7, 1)
OPEN = Rules(smallest=1, rounding=1, fewest_for_a_rate=1)
RULES = Rules()


def april(work: Work, ledger: Ledger, rules: Rules, today: date = TODAY) -> list[Figure]:
    teams = list(ledger.force.teams.values())
    return figures_of(work, APRIL, teams, question_set=None, rules=rules, today=today)


@pytest.fixture
def spring(ledger: Ledger) -> Ledger:
    """Many in the north; in the south 3 of 12 declined, and one could not be done."""
    ledger.record_rate(40, 103, DAY)
    ledger.record(12, Outcome.UNABLE, DAY)
    ledger.record(20, Outcome.PARTIAL, DAY)
    ledger.record(9, Outcome.COMPLETED, DAY, team="south")
    ledger.record(3, Outcome.DECLINED, DAY, team="south", reason="fear_of_abuser")
    ledger.record(1, Outcome.UNABLE, DAY, team="south")
    return ledger


def test_the_rows_are_those_of_the_report_where_nothing_has_to_be_withheld(spring: Ledger) -> None:
    """Held against the export of one page, whose figures are asked for in another way."""
    teams = {team_id: TeamChoice(team_id, name) for name, team_id in spring.force.teams.items()}
    with spring.store.work(writes=False) as work:
        found = april(work, spring, OPEN)
        for scope in (FORCE, *teams):
            period = Period(APRIL.first, APRIL.last)
            wanted = DeclineFilter(period, teams.get(scope))
            whole = decline_figures(work, wanted, tuple(teams.values()))
            expected = {
                (table.name, each.label): (each.shown.number, each.shown.of)
                for table in tables(whole)
                for each in table.rows
                if "team" not in table.name and "month" not in table.name
                if each.label.split()[0] not in {"D6", "D7"}  # of a year, which April does not end
            }
            shown = {
                (each.line.table, each.line.row): (each.number, each.of)
                for each in found
                if each.scope == scope
            }
            given = {key: value for key, value in shown.items() if key in expected}
            assert given == expected
            # Reasons that nobody gave are in every team's rows, so that all have the same ones.
            assert {value[0] for key, value in shown.items() if key not in expected} <= {0}


def test_every_team_has_the_same_rows(spring: Ledger) -> None:
    with spring.store.work(writes=False) as work:
        found = april(work, spring, RULES)
    assert Counter(each.scope for each in found) == dict.fromkeys(
        (FORCE, *spring.force.teams.values()),
        sum(each.window is not Window.YEAR for each in LINES),
    )


def test_what_adds_up_in_the_layout_does_so_in_the_figures(spring: Ledger) -> None:
    """Else a sum would be guarded that is none, and the true one would not be."""
    with spring.store.work(writes=False) as work:
        counts = by_month._counts(work, APRIL, [FORCE], LINES, None)
    with_total = [(parts, total) for parts, total in TABLES if total is not None]
    assert len(with_total) > 15
    for parts, total in with_total:
        assert sum(counts[FORCE, False, each] for each in parts) == counts[FORCE, False, total]


def shown(found: list[Figure], scope: object, row: str) -> tuple[int | None, int | None]:
    [wanted] = [each for each in found if each.scope == scope and each.line.row == row]
    return wanted.number, wanted.of


def test_a_small_count_is_withheld_under_every_name_and_so_is_what_gives_it_away(
    spring: Ledger,
) -> None:
    north, south = spring.force.teams["north"], spring.force.teams["south"]
    with spring.store.work(writes=False) as work:
        found = april(work, spring, RULES)
    assert shown(found, south, "Declined") == (None, None)
    assert shown(found, south, "D1 Decline rate")[0] is None
    # The force less the south would be the north; the force less the north the south.
    assert shown(found, FORCE, "Declined") == (45, None)
    assert shown(found, north, "Declined") == (None, None)
    assert shown(found, north, "D1 Decline rate")[0] is None
    assert shown(found, north, "D3 Declined, of all eligible")[0] is None
    # Countable less declined would be completed and, in the south, partial with it.
    assert shown(found, south, "Completed") == (None, None)


def test_no_figure_that_is_shown_can_be_used_to_find_one_that_is_not(ledger: Ledger) -> None:
    """Whatever is recorded: each sum that holds of the true counts leaves two of them open."""
    chance = Random(3)
    for team in ledger.force.teams:
        for outcome in Outcome:
            ledger.record(chance.choice([0, 1, 2, 3, 6, 15]), outcome, DAY, team=team)
    scopes = [FORCE, *ledger.force.teams.values()]
    with ledger.store.work(writes=False) as work:
        found = april(work, ledger, RULES)
        counts = by_month._counts(work, APRIL, scopes, LINES, None)
    assert any(each.number is None for each in found)
    by_name: dict[object, set[bool]] = {}
    for each in found:
        cell = (each.scope, each.line.window, each.line.number)
        if each.of is not None or each.line.of is None:
            by_name.setdefault(cell, set()).add(each.number is None)
        assert each.number is None or not RULES.is_small(each.number)
    assert all(len(answers) == 1 for answers in by_name.values()), "the same count, told once"
    hidden = {
        (each.scope, False, each.line.number)
        for each in found
        if each.number is None and each.line.window != "year"
    }
    for parts, total in TABLES:
        for scope in scopes:
            here = [counts[scope, False, each] for each in parts if (scope, False, each) in hidden]
            rest = [
                counts[scope, False, each] for each in parts if (scope, False, each) not in hidden
            ]
            if total is not None and (scope, False, total) in hidden:
                assert [each for each in here if each] or not any(rest)
            elif any(here) and any(rest):
                assert len([each for each in here if each]) > 1


def test_months_that_are_not_over_are_left_out() -> None:
    period = Period(date(2026, 2, 20), date(2026, 5, 10))
    assert months_to_export(period, date(2026, 5, 10)) == (
        Month(2026, 2),
        Month(2026, 3),
        Month(2026, 4),
    )
    assert months_to_export(period, date(2026, 5, 31)) == months_to_export(
        period, date(2026, 5, 10)
    )
    assert months_to_export(period, date(2026, 6, 1))[-1] == Month(2026, 5)
    assert months_to_export(Period(DAY, DAY), DAY) == ()


def test_a_measure_is_there_once_its_month_is_final(spring: Ledger) -> None:
    """D4 and D5 wait until 28 days are over, in which a victim may yet be assessed; waits for 8."""
    with spring.store.work(writes=False) as work:
        early = {each.line for each in april(work, spring, RULES, date(2026, 5, 27))}
        assert {each.line for each in april(work, spring, RULES, date(2026, 5, 28))} == early
        early, later, late = (
            {each.line for each in april(work, spring, RULES, date(2026, 5, day))}
            for day in (2, 8, 29)
        )
    measures = [
        {line.row.split()[0] for line in lines if line.table == "Measures"}
        for lines in (later - early, late - later)
    ]
    assert measures == [{"T1", "T2", "T3"}, {"D4", "D5"}]
    assert {line.table for line in later - early} > {"Measures", "Time to attend: Telephone"}
    assert {line.table for line in late - later} == {"Measures"}


def test_victims_are_not_counted_by_question_set(spring: Ledger) -> None:
    teams = list(spring.force.teams.values())
    with spring.store.work(writes=False) as work:
        found = figures_of(work, APRIL, teams, question_set="dash-27.1", rules=RULES, today=TODAY)
    rows = {each.line.row.split()[0] for each in found if each.line.table == "Measures"}
    assert "D1" in rows
    assert not {"D6", "D7"} & rows
