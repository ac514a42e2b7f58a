"""Reading the audit log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain import offenders
from dash_forms.domain.audit_events import Category, Name
from dash_forms.domain.finding import Purpose
from dash_forms.store.models import Account, AuditEvent, OffenderReason, Opening, Search
from dash_forms.store.work import Work

PAGE_LENGTH = 50


@dataclass(frozen=True, slots=True)
class LogLine:
    """An event as the page shows it."""

    seq: int
    at: datetime
    actor: str
    name: str
    category: Category
    subject: str
    detail: str
    why: str
    """The purpose that was chosen, and what was written with it."""
    hash: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log, newest first; `older_than` asks for the next."""

    lines: list[LogLine]
    older_than: int | None
    name: str


def log_page(work: Work, *, name: str = "", before: int | None = None) -> LogPage:
    """Events, newest first, of one name or of all, below a sequence number or from the end."""
    query = (
        select(AuditEvent, Account.username)
        .outerjoin(Account, Account.id == AuditEvent.actor_id)
        .order_by(AuditEvent.seq.desc())
        .limit(PAGE_LENGTH + 1)
    )
    if name:
        query = query.where(AuditEvent.name == name)
    if before is not None:
        query = query.where(AuditEvent.seq < before)
    rows = work.session.execute(query).all()
    given = _given(work, [event for event, _ in rows[:PAGE_LENGTH]])
    lines = [
        LogLine(
            seq=event.seq,
            at=event.at,
            actor=username or "–",
            name=event.name,
            category=event.category,
            subject=f"{event.subject_kind} {event.subject_id}".strip(),
            detail="" if event.detail == "{}" else event.detail,
            why=given.get(event.seq, ""),
            hash=event.hash,
        )
        for event, username in rows[:PAGE_LENGTH]
    ]
    work.audit(Name.AUDIT_VIEWED, "audit", wanted=name or "all")
    more = len(rows) > PAGE_LENGTH
    return LogPage(lines, lines[-1].seq if more else None, name)


def _given(work: Work, events: list[AuditEvent]) -> dict[int, str]:
    """Why it was done, by the number of each event of which that was asked.

    What was written is removed after its months; the purpose stays.
    """
    found = {}
    words = _words(work, [event for event in events if event.justification])
    for event in events:
        if event.justification:
            purpose = Purpose(event.justification)
            found[event.seq] = _why(purpose.label, words.get(event.subject_id, ""))
    looks = {
        event.seq: json.loads(event.detail)
        for event in events
        if event.name == Name.OFFENDERS_JUSTIFIED
    }
    written = _written_of_looks(work, [UUID(look["reason"]) for look in looks.values()])
    for seq, look in looks.items():
        purpose_of_look = offenders.Purpose(look["purpose"])
        found[seq] = _why(purpose_of_look.label, written.get(look["reason"], ""))
    return found


def _why(purpose: str, words: str) -> str:
    return f"{purpose}: {words}" if words else purpose


def _written_of_looks(work: Work, ids: list[UUID]) -> dict[str, str]:
    """What was written of why alleged perpetrators were looked at, by the justification."""
    if not ids:
        return {}
    query = select(OffenderReason.id, OffenderReason.words_sealed).where(OffenderReason.id.in_(ids))
    return {
        str(row_id): work.vault.open(row_id, "words", sealed)
        for row_id, sealed in work.connection.execute(query)
    }


def _words(work: Work, events: list[AuditEvent]) -> dict[str, str]:
    """What was written of why, by the search or the opening that it was written of."""
    found = {}
    for kind, model in (("search", Search), ("opening", Opening)):
        ids = [UUID(event.subject_id) for event in events if event.subject_kind == kind]
        if not ids:
            continue
        for row_id, sealed in work.connection.execute(
            select(model.id, model.words_sealed).where(
                model.id.in_(ids), model.words_sealed.is_not(None)
            )
        ):
            found[str(row_id)] = work.vault.open_text(row_id, "words", sealed)
    return found
