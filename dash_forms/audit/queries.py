"""Reading the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.audit_events import Category, Name
from dash_forms.domain.finding import Purpose
from dash_forms.store.models import Account, AuditEvent, Opening, Search
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
    words = _words(work, [event for event, _ in rows[:PAGE_LENGTH] if event.justification])
    lines = [
        LogLine(
            seq=event.seq,
            at=event.at,
            actor=username or "–",
            name=event.name,
            category=event.category,
            subject=f"{event.subject_kind} {event.subject_id}".strip(),
            detail="" if event.detail == "{}" else event.detail,
            why=_why(event.justification, words.get(event.subject_id, "")),
            hash=event.hash,
        )
        for event, username in rows[:PAGE_LENGTH]
    ]
    work.audit(Name.AUDIT_VIEWED, "audit", wanted=name or "all")
    more = len(rows) > PAGE_LENGTH
    return LogPage(lines, lines[-1].seq if more else None, name)


def _why(purpose: str, words: str) -> str:
    label = Purpose(purpose).label if purpose else ""
    return f"{label}: {words}" if words else label


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
