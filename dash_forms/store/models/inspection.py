"""Grades that inspectors published, and the history of areas for improvement; only added to."""

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
)
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.inspection import GradeWord, ItemEvent
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of

AREA_LENGTH = 40
ASSESSMENT_LENGTH = 60
SOURCE_LENGTH = 200


class InspectionGrade(Base):
    """A grade as it was published. It is text: nothing is worked out from it."""

    __tablename__ = "inspection_grades"
    __table_args__ = (
        CheckConstraint("length(source) > 0", name="source_given"),
        CheckConstraint("length(assessment) > 0", name="assessment_given"),
        Index("ix_inspection_grades_area", "area", "published_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(String(AREA_LENGTH))
    """A code of `domain.inspection.AREAS`; a force may change the list."""
    grade: Mapped[GradeWord] = mapped_column(one_of(GradeWord, "grade"))
    assessment: Mapped[str] = mapped_column(String(ASSESSMENT_LENGTH))
    published_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(SOURCE_LENGTH))
    """Public, so in the clear."""
    entered_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    entered_at: Mapped[datetime]


class InspectionGradeWithdrawal(Base):
    """That a grade was entered wrongly, and why. It stays to be seen."""

    __tablename__ = "inspection_grade_withdrawals"
    __table_args__ = (CheckConstraint("length(reason_sealed) > 0", name="reason_given"),)

    grade_id: Mapped[UUID] = mapped_column(ForeignKey("inspection_grades.id"), primary_key=True)
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    withdrawn_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    withdrawn_at: Mapped[datetime]


class InspectionItem(Base):
    """An area for improvement; everything else about it is in its entries."""

    __tablename__ = "inspection_items"
    __table_args__ = (
        CheckConstraint("length(assessment) > 0", name="assessment_given"),
        Index("ix_inspection_items_area", "area"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(String(AREA_LENGTH))
    assessment: Mapped[str] = mapped_column(String(ASSESSMENT_LENGTH))


class InspectionEntry(Base):
    """One line of an item's history: who, when, why, and what it set, named or took out."""

    __tablename__ = "inspection_entries"
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        CheckConstraint("number > 0", name="number_above_nought"),
        CheckConstraint("length(note_sealed) > 0", name="note_given"),
        CheckConstraint(
            "(event IN ('add', 'change')) = (words_sealed IS NOT NULL)"
            " AND (words_sealed IS NULL) = (due_on IS NULL)",
            name="task_set",
        ),
        CheckConstraint(
            "(words_sealed IS NULL AND owner_id IS NULL AND owner_role_sealed IS NULL)"
            " OR (words_sealed IS NOT NULL"
            " AND (owner_id IS NULL) <> (owner_role_sealed IS NULL))",
            name="one_owner",
        ),
        CheckConstraint(
            "(event = 'name_measure') = (measure IS NOT NULL)"
            " AND (measure IS NULL) = (numerator IS NULL)"
            " AND (measure IS NULL) = (denominator IS NULL)"
            " AND (measure IS NULL) = (starts_on IS NULL)"
            " AND (measure IS NULL) = (ends_on IS NULL)"
            " AND (measure IS NULL) = (was_complete IS NULL)",
            name="measure_named",
        ),
        CheckConstraint(
            "numerator >= 0 AND denominator >= numerator AND starts_on <= ends_on",
            name="counts_of_a_period",
        ),
        CheckConstraint(
            "(event = 'note_evidence') = (dated_on IS NOT NULL)", name="evidence_dated"
        ),
        CheckConstraint(
            "(event = 'take_out') = (evidence_id IS NOT NULL)", name="evidence_taken_out"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("inspection_items.id"))
    number: Mapped[int]
    """Its place in the history, from 1 on."""
    event: Mapped[ItemEvent] = mapped_column(one_of(ItemEvent, "event"))
    note_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    owner_role_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    due_on: Mapped[date | None]
    measure: Mapped[str | None] = mapped_column(String(10))
    """A code of `domain.definitions.METRICS`."""
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    was_complete: Mapped[bool | None]
    """Whether enough of the cases had an outcome to judge by, when the measure was named."""
    dated_on: Mapped[date | None]
    evidence_id: Mapped[UUID | None] = mapped_column(ForeignKey("inspection_entries.id"))
    entered_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    entered_at: Mapped[datetime]
