"""Assessments, the append-only log of answers with one current row per item, reasons, grades."""

from __future__ import annotations

from datetime import date, datetime
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

from dash_forms.domain.answers import AnswerValue, Source
from dash_forms.domain.assessment import State
from dash_forms.domain.declines import Basis, Ending
from dash_forms.domain.grading import Grade, Stated
from dash_forms.domain.incidents import Interpreter, Mode, Purpose
from dash_forms.domain.permissions import Role
from dash_forms.domain.sync import Receipt
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of

PART_LENGTH = 60


class Assessment(Base):
    """One attempt to assess one pair, on one version of one question set."""

    __tablename__ = "assessments"
    __table_args__ = (
        UniqueConstraint("pair_id", "attempt"),
        CheckConstraint("attempt >= 1", name="attempt_from_one"),
        CheckConstraint("(submitted_at IS NULL) = (version = 0)", name="submitted_at"),
        CheckConstraint("(submitted_at IS NULL) = (review_due_at IS NULL)", name="review_due_at"),
        CheckConstraint(
            "state NOT IN ('submitted', 'in_review', 'approved', 'closed') OR (version > 0"
            " AND grade IS NOT NULL AND rationale_sealed IS NOT NULL"
            " AND children_stated IS NOT NULL AND attempted_at IS NOT NULL)",
            name="no_submit_without_grade",
        ),
        CheckConstraint("(state = 'void') = (void_reason_sealed IS NOT NULL)", name="void_reason"),
        CheckConstraint(
            "state <> 'closed' OR retention_review_on IS NOT NULL", name="retention_review_on"
        ),
        CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name="closed_at"),
        Index("ix_assessments_review", "state", "review_due_at"),
        Index("ix_assessments_author", "author_id", "state"),
        Index("ix_assessments_closed_at", "closed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pair_id: Mapped[UUID] = mapped_column(ForeignKey("pairs.id"))
    attempt: Mapped[int]
    instrument_id: Mapped[str] = mapped_column(String(40))
    instrument_version: Mapped[int]
    instrument_digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[State] = mapped_column(one_of(State, "state"))
    mode: Mapped[Mode | None] = mapped_column(one_of(Mode, "mode"))
    seen_alone: Mapped[Stated | None] = mapped_column(one_of(Stated, "seen_alone"))
    interpreter: Mapped[Interpreter | None] = mapped_column(one_of(Interpreter, "interpreter"))
    purpose: Mapped[Purpose | None] = mapped_column(one_of(Purpose, "purpose"))
    children_stated: Mapped[Stated | None] = mapped_column(one_of(Stated, "children_stated"))
    observed_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    grade: Mapped[Grade | None] = mapped_column(one_of(Grade, "grade"))
    rationale_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    made_safe_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """How contact was made safe, where nobody knew a safe way before this attempt."""
    attempted_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    """When it was sent last. A version that was returned keeps its time until the next is sent."""
    review_due_at: Mapped[datetime | None]
    """Set by the first submission; the clock keeps running while the officer has it back."""
    version: Mapped[int] = mapped_column(default=0)
    """How often it has been submitted."""
    closed_at: Mapped[datetime | None]
    """When nothing was owed any more. It stays when the record is taken out afterwards."""
    retention_review_on: Mapped[date | None]
    """When it is reviewed whether the record is still needed; set as it closes."""
    void_reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    rev: Mapped[int] = mapped_column(default=1)


class Answer(Base):
    """The current answer to one item; `value` is empty once it has been taken back."""

    __tablename__ = "answers"
    __table_args__ = (
        CheckConstraint("item > 0", name="item_positive"),
        CheckConstraint("rev > 0", name="rev_positive"),
        {"sqlite_with_rowid": False},
    )

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(PART_LENGTH), primary_key=True, default="")
    """The add-on set that the item is of; empty for the main set."""
    item: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[AnswerValue | None] = mapped_column(one_of(AnswerValue, "value"))
    source: Mapped[Source] = mapped_column(one_of(Source, "source"))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    details_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    op_id: Mapped[UUID]
    rev: Mapped[int]
    in_conflict: Mapped[bool] = mapped_column(default=False)


class AnswerLogEntry(Base):
    """One operation as it arrived, with its receipt; rows are only ever added."""

    __tablename__ = "answer_log"
    __table_args__ = (
        CheckConstraint("base_rev >= 0", name="base_rev"),
        Index("ix_answer_log_assessment_item", "assessment_id", "part", "item", "rev"),
        {"sqlite_with_rowid": False},
    )

    op_id: Mapped[UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"))
    part: Mapped[str] = mapped_column(String(PART_LENGTH), default="")
    item: Mapped[int]
    value: Mapped[AnswerValue | None] = mapped_column(one_of(AnswerValue, "value"))
    source: Mapped[Source] = mapped_column(one_of(Source, "source"))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    details_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    asked_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    device_seq: Mapped[int]
    device_id: Mapped[UUID | None]
    base_rev: Mapped[int]
    receipt: Mapped[Receipt] = mapped_column(one_of(Receipt, "receipt"))
    rev: Mapped[int]
    cause: Mapped[str] = mapped_column(String(60), default="")


class AssessmentReason(Base):
    """A coded reason why an attempt ended without all its answers."""

    __tablename__ = "assessment_reasons"
    __table_args__ = (
        Index(
            "uq_assessment_reasons_primary",
            "assessment_id",
            unique=True,
            sqlite_where=text("is_primary"),
            postgresql_where=text("is_primary"),
        ),
    )

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    ending: Mapped[Ending] = mapped_column(one_of(Ending, "ending"))
    basis: Mapped[Basis] = mapped_column(one_of(Basis, "basis"))
    is_primary: Mapped[bool]
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class GradeEntry(Base):
    """A grade given by a person, with the rationale; rows are only ever added."""

    __tablename__ = "grade_ledger"
    __table_args__ = (CheckConstraint("length(rationale_sealed) > 0", name="rationale_given"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"), index=True)
    grade: Mapped[Grade] = mapped_column(one_of(Grade, "grade"))
    rationale_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    given_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    given_as: Mapped[Role] = mapped_column(one_of(Role, "given_as"))
    given_at: Mapped[datetime]
