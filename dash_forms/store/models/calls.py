"""Calls to the force as its call system logged them, who made them, and how they were imported."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.call_log import Channel
from dash_forms.domain.callers import Kind, Verdict, Why
from dash_forms.domain.log_layout import REFERENCE_LENGTH
from dash_forms.domain.logs import Log
from dash_forms.domain.repeat_calls import Rule
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class Caller(Base):
    """Somebody who called, as the first call of theirs told it.

    `counted_as_id` is the first of those that were decided to be one person; often itself.
    """

    __tablename__ = "callers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    counted_as_id: Mapped[UUID] = mapped_column(ForeignKey("callers.id"), index=True)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    born_on_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class CallerKey(Base):
    """A keyed, one-way key under which a caller is found again; one may have several phones."""

    __tablename__ = "caller_keys"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own

    kind: Mapped[Kind] = mapped_column(one_of(Kind, "kind"), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    caller_id: Mapped[UUID] = mapped_column(ForeignKey("callers.id"), primary_key=True, index=True)


class Call(Base):
    """One log of a call. Logs of the same contact have its first one's number as `contact`."""

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint("length(reference) > 0", name="reference_given"),
        Index("ix_calls_caller", "counted_as_id", "called_at"),
        Index("ix_calls_called_at", "called_at"),
        Index("ix_calls_contact", "contact"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(REFERENCE_LENGTH), unique=True)
    contact: Mapped[str] = mapped_column(String(REFERENCE_LENGTH))
    called_at: Mapped[datetime]
    channel: Mapped[Channel] = mapped_column(one_of(Channel, "channel"))
    caller_id: Mapped[UUID | None] = mapped_column(ForeignKey("callers.id"), index=True)
    counted_as_id: Mapped[UUID | None] = mapped_column(ForeignKey("callers.id"))
    incident_urn: Mapped[str] = mapped_column(String(REFERENCE_LENGTH))


class CallerFlag(Base):
    """That a call made its caller a repeat caller; worked out anew whenever the calls change."""

    __tablename__ = "caller_flags"
    __table_args__ = (
        Index("ix_caller_flags_caller_id", "caller_id"),
        Index("ix_caller_flags_raised_at", "raised_at"),
        {"sqlite_with_rowid": False},
    )

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    rule: Mapped[Rule] = mapped_column(one_of(Rule, "rule"), primary_key=True)
    caller_id: Mapped[UUID] = mapped_column(ForeignKey("callers.id"))
    raised_at: Mapped[datetime]


class CallerMatch(Base):
    """Two callers who may be one person. `verdict` is the last that somebody gave, if any."""

    __tablename__ = "caller_matches"
    __table_args__ = (
        UniqueConstraint("one_id", "other_id"),
        CheckConstraint("one_id <> other_id", name="two_callers"),
        Index("ix_caller_matches_verdict", "verdict", "found_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    one_id: Mapped[UUID] = mapped_column(ForeignKey("callers.id"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("callers.id"), index=True)
    why: Mapped[Why] = mapped_column(one_of(Why, "why"))
    found_at: Mapped[datetime]
    verdict: Mapped[Verdict | None] = mapped_column(one_of(Verdict, "verdict"))


class CallerDecision(Base):
    """What somebody decided about a match, and why; never changed, another one may follow."""

    __tablename__ = "caller_decisions"
    __table_args__ = (CheckConstraint("length(reason_sealed) > 0", name="reason_given"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    match_id: Mapped[UUID] = mapped_column(ForeignKey("caller_matches.id"), index=True)
    verdict: Mapped[Verdict] = mapped_column(one_of(Verdict, "verdict"))
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime]


class CallImport(Base):
    """A log that was imported, or is being, and what became of its rows; its job says how far."""

    __tablename__ = "call_imports"
    __table_args__ = (
        CheckConstraint(
            "new_count + known_count + refused_count <= row_count", name="rows_counted_once"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), unique=True)
    log: Mapped[Log] = mapped_column(one_of(Log, "log"))
    file_name: Mapped[str] = mapped_column(String(100))
    columns: Mapped[str] = mapped_column(String(400))
    """The columns of the file in its order, with commas between them."""
    row_count: Mapped[int]
    new_count: Mapped[int] = mapped_column(default=0)
    known_count: Mapped[int] = mapped_column(default=0)
    refused_count: Mapped[int] = mapped_column(default=0)


class CallImportPart(Base):
    """Some rows of a file that wait to be imported, sealed; gone once they are."""

    __tablename__ = "call_import_parts"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own

    import_id: Mapped[UUID] = mapped_column(ForeignKey("call_imports.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    row_count: Mapped[int]
    rows_sealed: Mapped[bytes] = mapped_column(LargeBinary)


class CallImportProblem(Base):
    """A row that was refused, by its line in the file: the columns that are wrong and why.

    What it said is not kept but for the number of the call, where that could be read.
    """

    __tablename__ = "call_import_problems"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own

    import_id: Mapped[UUID] = mapped_column(ForeignKey("call_imports.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    column: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(2000))
    reference: Mapped[str] = mapped_column(
        String(REFERENCE_LENGTH), default="", server_default=text("''")
    )
