"""A measure is the same wherever it is read: here, and in the reports."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.definitions import METRICS, Window, metric
from dash_forms.domain.periods import (
    FixedPeriod,
    Length,
    Period,
    london_date,
    rolling_three_months,
)
from dash_forms.reporting.figures import DeclineFilter
from dash_forms.reporting.queries import decline_figures
from dash_forms.store.measures import quarterly, readings
from dash_forms.store.work import Store
from tests.reporting.ledger import Ledger
from tests.support.force import Force


@pytest.mark.rows_by_hand
def test_every_measure_is_what_the_reports_say_of_the_same_days(store: Store, force: Force) -> None:
    ledger = Ledger(store, force)
    with store.work(writes=False) as work:
        today = london_date(work.now)
    for days in (0, 20, 35, 70, 200):
        ledger.record_rate(7, 20, today - timedelta(days=days))
        ledger.record(3, Outcome.UNABLE, today - timedelta(days=days), team="south")
    asked = rolling_three_months(today)
    with store.work(writes=False) as work:
        found = readings(work.connection, METRICS, asked, today)
        reported = decline_figures(work, DeclineFilter(asked), ()).measures
    assert found.keys() == reported.keys() == {each.code for each in METRICS}
    for code, each in found.items():
        other = reported[code]
        assert (each.numerator, each.denominator) == (other.numerator, other.denominator), code
        assert each.period == other.period, code
    assert found["D1"].numerator == 28
    assert found["D6"].period == Period.year_to(today)


@pytest.mark.rows_by_hand
@pytest.mark.parametrize(("pending", "is_complete"), [(5, True), (6, False)])
def test_what_rests_on_outcomes_is_complete_only_with_enough_of_them(
    store: Store, force: Force, pending: int, is_complete: bool
) -> None:
    ledger = Ledger(store, force)
    with store.work(writes=False) as work:
        today = london_date(work.now)
    ledger.record_rate(30, 95 + 5 - pending, today)
    ledger.record(pending, Outcome.PENDING, today)
    with store.work(writes=False) as work:
        found = readings(work.connection, METRICS, rolling_three_months(today), today)
    told = {code for code, each in found.items() if each.is_complete}
    always = {"O4", "R1", "R2", "R3", "R4", "R5", "V1", "V2", "V3"}
    always |= {"T1", "T2", "T3"}  # of incidents
    always |= {"D4", "D5"}  # of older days
    assert told == ({each.code for each in METRICS} if is_complete else always)


@pytest.mark.rows_by_hand
def test_of_a_quarter_that_is_too_young_for_a_measure_the_one_before_is_read(
    store: Store, force: Force
) -> None:
    """D4 waits until 28 days are over: from 29 October on, of July to September."""
    ledger = Ledger(store, force)
    ledger.record_rate(7, 20, date(2025, 6, 30))
    ledger.record_rate(9, 30, date(2025, 9, 30))
    d1, d4 = metric("D1"), metric("D4")
    with store.work(writes=False) as work:
        early = quarterly(work.connection, [d1, d4], date(2025, 10, 28))
        later = quarterly(work.connection, [d1, d4], date(2025, 10, 29))
    assert (early["D1"].denominator, early["D4"].denominator) == (30, 20)
    assert early["D4"].period == FixedPeriod.holding(date(2025, 6, 30), Length.QUARTER)
    assert (later["D1"].denominator, later["D4"].denominator) == (30, 30)


def test_of_a_measure_without_a_day_there_is_no_reading(store: Store) -> None:
    today = date(2026, 3, 1)
    cohort = [each for each in METRICS if each.window is Window.COHORT]
    with store.work(writes=False) as work:
        young = Period(today - timedelta(days=3), today)
        assert readings(work.connection, [*cohort, metric("D1")], young, today).keys() == {"D1"}
