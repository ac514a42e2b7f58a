"""Facts and counts made anew a few victims at a time, and every difference from them found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, select, update

from dash_forms.demo.seed import seed
from dash_forms.store import facts
from dash_forms.store.models import AttemptFactRow, Pair, PairFact, ReportCount
from dash_forms.store.work import Store

CHEAP = (64, 1)


@pytest.fixture
def history(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A year of a force, worked out one victim at a time and written a few counts at a time."""
    monkeypatch.setattr(facts, "_BATCH", 1)
    monkeypatch.setattr(facts, "_HELD", 100)
    now = datetime(2026, 2, 11, 14, 30, tzinfo=UTC)
    seed(
        store,
        pairs=60,
        seed=3,
        now=now,
        password="invented horse battery",
        cost=CHEAP,
        progress=lambda _done, _all: None,
    )
    return store


def found(store: Store) -> list[str]:
    with store.work(writes=False) as work:
        return list(facts.differences(work.connection, facts.rules_of(work), lambda _: None))


def test_what_is_made_a_victim_at_a_time_is_what_is_made_of_all(history: Store) -> None:
    assert found(history) == []
    with history.work(writes=True) as work:
        before = set(work.connection.execute(select(ReportCount.__table__)))
        told: list[int] = []
        made = facts.rebuild(work.connection, facts.rules_of(work), told.append)
        pairs = work.connection.scalar(select(func.count()).select_from(Pair))
        assert (sum(told), len(told) > 10) == (pairs, True)
        assert made == work.connection.scalar(select(func.count()).select_from(PairFact))
        assert set(work.connection.execute(select(ReportCount.__table__))) == before


def test_every_difference_is_found_and_mended(history: Store) -> None:
    with history.work(writes=True) as work:
        run = work.connection.execute
        pair, gone = work.connection.scalars(
            select(PairFact.pair_id).order_by(PairFact.pair_id).limit(2)
        )
        attempt = work.connection.scalar(select(AttemptFactRow.assessment_id).limit(1))
        run(update(PairFact).where(PairFact.pair_id == pair).values(hour=25))
        run(delete(PairFact).where(PairFact.pair_id == gone))
        run(
            update(AttemptFactRow)
            .where(AttemptFactRow.assessment_id == attempt)
            .values(question_set="x")
        )
        run(
            update(ReportCount)
            .where(ReportCount.code == "outcome.declined", ReportCount.grain == "year")
            .values(number=ReportCount.number + 1)
        )
    lines = found(history)
    assert f"pair {pair}: hour" in lines
    assert f"pair {gone}: not kept" in lines
    assert f"attempt {attempt}: question_set" in lines
    others = [each for each in lines if not each.startswith(("pair", "attempt"))]
    assert others
    assert all(each.startswith("count outcome.declined by year from ") for each in others)
    with history.work(writes=True) as work:
        facts.rebuild(work.connection, facts.rules_of(work), lambda _: None)
    assert found(history) == []
