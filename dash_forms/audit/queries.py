"""Reading the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from dash_forms.domain.audit_events import Category, Name
from dash_forms.store.models import Account, AuditEvent
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
    lines = [
        LogLine(
            seq=event.seq,
            at=event.at,
            actor=username or "–",
            name=event.name,
            category=event.category,
            subject=f"{event.subject_kind} {event.subject_id}".strip(),
            detail="" if event.detail == "{}" else event.detail,
            hash=event.hash,
        )
        for event, username in rows[:PAGE_LENGTH]
    ]
    work.audit(Name.AUDIT_VIEWED, "audit", wanted=name or "all")
    more = len(rows) > PAGE_LENGTH
    return LogPage(lines, lines[-1].seq if more else None, name)
