"""No part of the report reads more than a few ranges of the kept counts, however many there are."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from dash_forms.domain.assessment import Outcome
from dash_forms.reporting import tabs
from dash_forms.reporting.figures import EVERYTHING
from dash_forms.reporting.tabs import Tab
from dash_forms.store.work import Store
from tests.reporting.histories import invented, put_down
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient
from tests.support.force import Force
from tests.support.statements import selects

pytestmark = pytest.mark.rows_by_hand

PERIODS = ("from=2026-02-10&to=2026-05-09", "from=2016-05-10&to=2026-05-09")


@pytest.mark.parametrize("tab", Tab)
@pytest.mark.parametrize("period", PERIODS)
def test_no_part_reads_facts_or_counts_without_their_key(
    inspector: StrictClient, ledger: Ledger, tab: Tab, period: str
) -> None:
    ledger.record(12, Outcome.DECLINED, date(2026, 4, 15))
    with selects(ledger.store) as statements:
        inspector.page(f"{tab.path}?{period}")
    assert not [each for each, _ in statements if "pair_facts" in each or "attempt_facts" in each]
    if ledger.store.engine.dialect.name != "sqlite":
        return  # the plan is read in SQLite's words
    counting = [each for each in statements if "report_counts" in each[0]]
    assert counting
    with ledger.store.engine.connect() as connection:
        for statement, given in counting:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
            reading = [each.detail for each in plan if "report_counts" in each.detail]
            assert reading
            for each in reading:
                assert "USING PRIMARY KEY (code=? AND grain=? AND scope=?" in each, statement


@pytest.mark.parametrize("tab", Tab)
def test_a_page_says_the_same_as_if_it_had_asked_for_everything(
    inspector: StrictClient, store: Store, force: Force, tab: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_down(store, force, invented(Random(8), list(force.teams.values()), 300))
    path = f"{tab.path}?from=2024-11-12&to=2025-05-03"
    told = inspector.page(path).text()
    monkeypatch.setattr(tabs, "_SHOWS", dict.fromkeys(Tab, EVERYTHING))
    assert inspector.page(path).text() == told
    assert "of" in told


@pytest.mark.parametrize(
    ("tab", "number"),
    [
        (Tab.OVERVIEW, 3),
        (Tab.TREND, 4),
        (Tab.TEAMS, 2),
        (Tab.REASONS, 2),
        (Tab.PLACES, 1),
        (Tab.AFTER, 4),
        (Tab.REVIEW, 2),
        (Tab.CAMERAS, 5),
        (Tab.RESPONSE, 9),
    ],
)
def test_a_page_reads_the_counts_in_few_statements(
    inspector: StrictClient, ledger: Ledger, tab: Tab, number: int
) -> None:
    """Besides the one that finds the question sets to choose from."""
    ledger.record(12, Outcome.DECLINED, date(2026, 4, 15))
    with selects(ledger.store) as statements:
        inspector.page(f"{tab.path}?{PERIODS[0]}")
    assert sum("report_counts" in each for each, _ in statements) == number + 1
