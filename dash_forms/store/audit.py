"""Appending to the audit log: events take their place in the chain just before the commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, insert, select, text

from dash_forms.domain.audit_events import FIRST_HASH, Category, Occurrence, canonical, link
from dash_forms.store.models.audit import AuditEvent

_CHAIN_LOCK = 0x0DA54  # any number, the same for every writer of the chain
_LOCK = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=_CHAIN_LOCK)
_TAIL = select(AuditEvent.seq, AuditEvent.hash).order_by(AuditEvent.seq.desc()).limit(1)
_ADD = insert(AuditEvent)


@dataclass(frozen=True, slots=True)
class By:
    """Who caused the events of one transaction, when, and in which request."""

    actor_id: UUID | None
    actor_role: str
    at: datetime
    request_id: str


def append(connection: Connection, by: By, occurrences: Sequence[Occurrence]) -> None:
    """Add the events to the chain; the caller commits at once afterwards.

    One writer at a time holds the tail: SQLite's write lock does it, and an advisory lock on
    PostgreSQL. That keeps `seq` without gaps.
    """
    if not occurrences:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    tail = connection.execute(_TAIL).first()
    seq, previous = (tail.seq, tail.hash) if tail else (0, FIRST_HASH)
    rows = chained(seq, previous, by, occurrences)
    connection.execute(_ADD, rows)


def chained(
    seq: int, previous: str, by: By, occurrences: Sequence[Occurrence]
) -> list[dict[str, object]]:
    """Rows for the events, each linked to the one before."""
    rows: list[dict[str, object]] = []
    for occurrence in occurrences:
        seq += 1
        row: dict[str, object] = {
            "seq": seq,
            "at": by.at,
            "actor_id": by.actor_id,
            "actor_role": by.actor_role,
            "name": occurrence.name.value,
            "category": occurrence.name.category,
            "subject_kind": occurrence.subject_kind,
            "subject_id": occurrence.subject_id,
            "justification": occurrence.justification,
            "detail": canonical(occurrence.detail),
            "request_id": by.request_id,
            "previous_hash": previous,
        }
        row["hash"] = previous = link(previous, hashed_fields(row))
        rows.append(row)
    return rows


def hashed_fields(row: dict[str, object]) -> tuple[str, ...]:
    """The stored fields of an event as the hash sees them, in a fixed order."""
    at, category = row["at"], row["category"]
    if not isinstance(at, datetime) or not isinstance(category, Category):
        raise TypeError("an audit row needs its time and category")
    return (
        str(row["seq"]),
        at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(row["actor_id"] or ""),
        str(row["actor_role"]),
        str(row["name"]),
        category.value,
        str(row["subject_kind"]),
        str(row["subject_id"]),
        str(row["justification"]),
        str(row["detail"]),
        str(row["request_id"]),
    )
