"""The chain: links and hashes recompute from the stored rows, and writers never fork it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier

import pytest
from sqlalchemy import inspect, select, text

from dash_forms.domain.audit_events import FIRST_HASH, Name, Occurrence, link
from dash_forms.store.audit import By, append, hashed_fields
from dash_forms.store.models import AuditEvent
from dash_forms.store.work import Store
from tests.support.force import Force


def stored(store: Store) -> Sequence[AuditEvent]:
    with store.work(writes=False) as work:
        return work.session.scalars(select(AuditEvent).order_by(AuditEvent.seq)).all()


def fields_of(event: AuditEvent) -> dict[str, object]:
    return {column.key: getattr(event, column.key) for column in inspect(AuditEvent).columns}


def breaks(store: Store) -> list[int]:
    """The events that do not follow from the one before them."""
    previous, broken = FIRST_HASH, []
    for place, event in enumerate(stored(store), start=1):
        expected = link(previous, hashed_fields(fields_of(event)))
        if (event.seq, event.previous_hash, event.hash) != (place, previous, expected):
            broken.append(event.seq)
        previous = event.hash
    return broken


def write(store: Store, *names: Name, at: datetime | None = None) -> None:
    by = By(None, "officer", at or datetime.now(UTC), "request")
    with store.writing_engine.begin() as connection:
        append(connection, by, [Occurrence(name, "incident", "1", {"é": [1]}) for name in names])


def test_the_chain_recomputes_from_what_is_stored(store: Store, force: Force) -> None:
    write(store, Name.INCIDENT_VIEWED, Name.INCIDENT_CHANGED)
    write(store, Name.INCIDENT_VIEWED)
    assert len(stored(store)) == 3 + len(force.actors)
    assert breaks(store) == []


@pytest.mark.parametrize(
    "at",
    [
        datetime(2025, 6, 30, 23, 59, 59, 999_999, UTC),
        datetime(2025, 6, 30, 23, 59, 59, 0, UTC),
        datetime(2025, 6, 30, 23, 30, 0, 1, timezone(timedelta(hours=1))),
        datetime(2025, 10, 26, 1, 30, 0, 120, timezone(timedelta(hours=-9, minutes=-30))),
    ],
)
def test_a_time_keeps_its_microseconds_and_its_moment(store: Store, at: datetime) -> None:
    write(store, Name.INCIDENT_VIEWED, at=at)
    [event] = stored(store)
    assert event.at == at
    assert event.at.utcoffset() == timedelta(0)
    assert breaks(store) == []


@pytest.mark.parametrize(
    "column",
    [
        "at", "actor_role", "name", "category", "subject_kind", "subject_id", "justification",
        "detail", "request_id",
    ],
)  # fmt: skip
def test_altering_any_field_of_an_event_breaks_the_chain_there(store: Store, column: str) -> None:
    write(store, Name.INCIDENT_VIEWED, Name.INCIDENT_CHANGED, Name.INCIDENT_VIEWED)
    value = {"at": "2020-01-01 00:00:00", "category": "erasure"}.get(column, "altered")
    with store.writing_engine.begin() as connection:
        connection.execute(
            text(f"UPDATE audit_events SET {column} = '{value}' WHERE seq = 2")  # noqa: S608
        )
    assert breaks(store) == [2]


def test_every_column_but_the_hashes_is_covered_by_the_hash(store: Store) -> None:
    write(store, Name.INCIDENT_VIEWED)
    [event] = stored(store)
    assert len(hashed_fields(fields_of(event))) == len(fields_of(event)) - 2


def test_removing_an_event_breaks_the_chain(store: Store) -> None:
    write(store, Name.INCIDENT_VIEWED, Name.INCIDENT_CHANGED, Name.INCIDENT_VIEWED)
    with store.writing_engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_events WHERE seq = 2"))
    assert breaks(store) == [3]


def test_parallel_writers_leave_no_gap_and_no_fork(store: Store) -> None:
    writers, each = 4, 12
    begin = Barrier(writers)

    def run() -> None:
        begin.wait()
        for _ in range(each):
            with store.work(writes=True) as work:
                work.audit(Name.INCIDENT_CHANGED)
                work.audit(Name.INCIDENT_VIEWED)

    with ThreadPoolExecutor(writers) as pool:
        for future in [pool.submit(run) for _ in range(writers)]:
            future.result()
    assert len(stored(store)) == writers * each * 2
    assert breaks(store) == []


def test_views_and_changes_in_parallel_share_one_chain(store: Store) -> None:
    begin = Barrier(2)

    def run(writes: bool) -> None:
        begin.wait()
        for _ in range(12):
            with store.work(writes=writes) as work:
                work.audit(Name.INCIDENT_VIEWED)

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(run, writes) for writes in (True, False)]:
            future.result()
    assert len(stored(store)) == 24
    assert breaks(store) == []


def test_no_events_take_no_place(store: Store) -> None:
    write(store)
    assert stored(store) == []
