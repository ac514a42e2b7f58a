"""For random histories, every measure from the kept counts equals a plain recomputation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.definitions import METRICS
from dash_forms.domain.disclosure import exact
from dash_forms.domain.facts import AttemptFact, Fact
from dash_forms.domain.grading import Grade
from dash_forms.domain.periods import Period
from dash_forms.domain.report_counts import VALUES, Between, Dimension, delay_band
from dash_forms.reporting.figures import DeclineFigures, DeclineFilter
from dash_forms.reporting.queries import decline_figures, teams_to_choose
from dash_forms.store.work import Store
from tests.reporting.histories import DAYS, FIRST, SETS, invented, measured_plainly, put_down
from tests.support.force import Force

if TYPE_CHECKING:
    from dash_forms.reporting.figures import Counts

pytestmark = pytest.mark.rows_by_hand

HISTORIES, PERIODS = 6, 25


def _some_period(chance: Random) -> Period:
    start = FIRST + timedelta(days=chance.randrange(DAYS))
    return Period(start, start + timedelta(days=chance.choice([0, 6, 30, 91, 365, 700])))


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_every_measure_is_what_a_plain_recomputation_finds(
    store: Store, force: Force, seed: int
) -> None:
    """By team and question set, in periods of any length, on any day of looking."""
    chance = Random(seed)
    history = invented(chance, list(force.teams.values()), chance.randrange(150, 500))
    put_down(store, force, history)
    with store.work(writes=False) as work:
        choices = teams_to_choose(work)
        for _ in range(PERIODS):
            period, today = _some_period(chance), FIRST + timedelta(days=chance.randrange(900))
            team = chance.choice([None, *choices])
            question_set = chance.choice([None, None, *SETS])
            work.now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
            found = decline_figures(work, DeclineFilter(period, team, question_set), ()).measures
            expected = measured_plainly(
                history.narrowed(team.id if team else None, question_set),
                period,
                today,
                by_set=question_set is not None,
            )
            assert found.keys() == {metric.code for metric in METRICS} == expected.keys()
            told = {code: (each.numerator, each.denominator) for code, each in found.items()}
            assert told == expected, (period, today, team, question_set)


def test_every_part_of_the_report_is_what_a_plain_recomputation_finds(
    store: Store, force: Force
) -> None:
    chance = Random(99)
    history = invented(chance, list(force.teams.values()), 400)
    put_down(store, force, history)
    period = Period(date(2024, 11, 12), date(2025, 5, 3))
    with store.work(writes=False) as work:
        work.now = datetime(2025, 5, 4, 9, tzinfo=UTC)
        figures = decline_figures(work, DeclineFilter(period), teams_to_choose(work))
    inside = [each for each in history.facts if each.counted_on in period]
    assert _ended(figures.counts) == Counter(each.outcome for each in inside)
    for team in figures.teams:
        own = Counter(each.outcome for each in inside if each.team_id == team.team.id)
        assert _ended(team.counts) == own
    for month in figures.months:
        end = min(month.month.last, period.end)
        own = Counter(
            each.outcome
            for each in history.facts
            if each.counted_on in Period(month.month.first, end)
        )
        assert _ended(month.counts) == own
    declined = [each for each in inside if each.outcome is Outcome.DECLINED]
    assert {
        (each.code, basis): number
        for each in figures.reasons
        for basis, number in (("said", each.said), ("inferred", each.inferred))
        if number
    } == Counter((each.reason, each.reason_basis) for each in declined)
    _check_places(figures, [each for each in inside if each.outcome.is_countable], date(2025, 5, 4))
    for table in figures.grade_tables:
        assert table.total == sum(
            _both(each, table.between, period) is not None for each in history.attempts
        )
        assert table.counts == tuple(
            tuple(
                sum(_both(each, table.between, period) == (a, b) for each in history.attempts)
                for b in Grade
            )
            for a in Grade
        )


def _ended(counts: Counts) -> Counter[Outcome]:
    return Counter({outcome: exact(counts[outcome]) for outcome in Outcome})


def _check_places(figures: DeclineFigures, countable: list[Fact], today: date) -> None:
    place: dict[Dimension, Callable[[Fact], str]] = {
        Dimension.HOUR: lambda fact: f"{fact.hour:02}",
        Dimension.WEEKDAY: lambda fact: str(fact.counted_on.weekday()),
        Dimension.DELAY: lambda fact: delay_band(fact.delay_minutes),
        Dimension.INCIDENT: lambda fact: "repeat" if fact.is_repeat else "first",
        Dimension.CHILDREN: lambda fact: "yes" if fact.has_children else "no",
        Dimension.MODE: lambda fact: fact.mode.value if fact.mode else "not_known",
        Dimension.CAMERA: lambda fact: str(fact.camera),
        Dimension.RESPONSE: lambda fact: f"{fact.response_grade}.{delay_band(fact.delay_minutes)}",
    }
    for dimension, slices in figures.places.items():
        assert [each.value for each in slices] == list(VALUES[dimension])
        days = countable
        if dimension is Dimension.RESPONSE:  # as the waits that stand beside it
            days = [each for each in countable if each.counted_on <= today - timedelta(days=8)]
            assert 0 < len(days) < len(countable)
        for each in slices:
            there = [fact for fact in days if place[dimension](fact) == each.value]
            assert each.countable == len(there)
            assert each.declined == sum(fact.outcome is Outcome.DECLINED for fact in there)
        assert sum(exact(each.countable) for each in slices) == len(days)


def _both(attempt: AttemptFact, between: Between, period: Period) -> tuple[Grade, Grade] | None:
    """The two grades of an attempt that are compared in the period, if both were given."""
    officer, supervisor = attempt.officer_grade, attempt.supervisor_grade
    day, one, other = {
        Between.OFFICER_SUPERVISOR: (attempt.decided_on, officer, supervisor),
        Between.SUPERVISOR_SPECIALIST: (
            attempt.graded_again_on,
            supervisor,
            attempt.specialist_grade,
        ),
        Between.OFFICER_SPECIALIST: (attempt.graded_again_on, officer, attempt.specialist_grade),
    }[between]
    return (one, other) if day and day in period and one and other else None
