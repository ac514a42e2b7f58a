"""Sums of kept counts against the days added up one by one, of few teams and of many."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import insert

from dash_forms.domain.periods import Period
from dash_forms.domain.report_counts import FORCE, Grain, Key
from dash_forms.store.models import ReportCount
from dash_forms.store.report_counts import sums, sums_by_scope
from dash_forms.store.work import Store

pytestmark = pytest.mark.rows_by_hand

TEAMS = [UUID(int=number) for number in range(1, 13)]
CODES = ("outcome.declined", "outcome.completed")
FIRST = date(2024, 11, 20)
PERIODS = [
    Period(date(2025, 1, 1), date(2025, 12, 31)),
    Period(date(2025, 3, 30), date(2025, 6, 29)),
    Period(date(2025, 3, 16), date(2025, 6, 15)),
    Period(date(2024, 12, 20), date(2026, 1, 9)),
    Period(date(2025, 5, 5), date(2025, 5, 5)),
]
SETS = ("dash.1", "dash.2")
Days = list[tuple[UUID, str, date, str, int]]


@pytest.fixture
def days(store: Store) -> Days:
    """Invented counts of fourteen months, kept by day, month and year, with the force's own."""
    random = Random(38)
    days = [
        (scope, code, FIRST + timedelta(days=day), each, random.randint(1, 9))
        for scope in (FORCE, *TEAMS)
        for code in (*CODES, "grade.high")
        for day in range(430)
        for each in SETS
        if random.random() < 0.2
    ]
    kept: Counter[Key] = Counter()
    for scope, code, day, each, number in days:
        starts = {Grain.DAY: day, Grain.MONTH: day.replace(day=1)}
        starts[Grain.YEAR] = day.replace(month=1, day=1)
        for grain, starts_on in starts.items():
            kept[Key(code, grain, scope, starts_on, each)] += number
    with store.work(writes=True) as work:
        rows = [key._asdict() | {"number": number} for key, number in kept.items()]
        work.connection.execute(insert(ReportCount), rows)
    return days


@pytest.mark.parametrize("period", PERIODS, ids=lambda each: f"{each.start} {each.end}")
@pytest.mark.parametrize("asked", [None, SETS[0]])
def test_the_days_of_many_teams_add_up_as_those_of_each(
    store: Store, days: Days, period: Period, asked: str | None
) -> None:
    """PostgreSQL finds those of many teams by another key than those of a few."""
    plainly: dict[UUID, Counter[str]] = {scope: Counter() for scope in (FORCE, *TEAMS)}
    for scope, code, day, each, number in days:
        if period.start <= day <= period.end and code in CODES and asked in {None, each}:
            plainly[scope][code] += number
    with store.work(writes=False) as work:
        for wanted in ([], TEAMS[:2], TEAMS, [FORCE, *TEAMS]):
            found = sums_by_scope(work.connection, CODES, period, wanted, question_set=asked)
            assert found == {scope: plainly[scope] for scope in wanted}
        alone = sums(work.connection, CODES, period, scope=TEAMS[0], question_set=asked)
    assert alone == plainly[TEAMS[0]]
