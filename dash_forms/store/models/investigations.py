"""Dip samples of closed cases: how each was drawn, its cases, and what supervisors found."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.investigations import Finding, SkipReason
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class InvestigationSample(Base):
    """The draw of one team and month: made once, and never changed."""

    __tablename__ = "investigation_samples"
    __table_args__ = (
        UniqueConstraint("team_id", "month_on"),
        CheckConstraint("size >= 1", name="size_from_one"),
        CheckConstraint("frame_count >= 1", name="frame_from_one"),
        CheckConstraint("length(frame_digest) = 64", name="digest_length"),
        CheckConstraint("length(seed) = 64", name="seed_length"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    month_on: Mapped[date]
    """The first day of the month."""
    size: Mapped[int]
    """How many were asked for; fewer are drawn where fewer were closed."""
    seed: Mapped[str] = mapped_column(String(64))
    frame_count: Mapped[int]
    frame_digest: Mapped[str] = mapped_column(String(64))
    checklist: Mapped[str] = mapped_column(Text)
    """JSON: the questions, as `domain.checklists.Checklist` writes them."""
    drawn_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    drawn_at: Mapped[datetime]


class SampledFrom(Base):
    """One incident that could have been drawn: all of a sample are its frame."""

    __tablename__ = "investigation_frames"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own

    sample_id: Mapped[UUID] = mapped_column(
        ForeignKey("investigation_samples.id"), primary_key=True
    )
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), primary_key=True)


class InvestigationCase(Base):
    """One incident that was drawn; `version` counts how often it was checked or corrected."""

    __tablename__ = "investigation_cases"
    __table_args__ = (
        UniqueConstraint("sample_id", "place"),
        UniqueConstraint("sample_id", "incident_id"),
        CheckConstraint("place >= 1", name="place_from_one"),
        CheckConstraint("version >= 0", name="version_from_none"),
        CheckConstraint(
            "(skipped_at IS NULL) = (skipped_by_id IS NULL)"
            " AND (skipped_at IS NULL) = (skip_reason IS NULL)"
            " AND (skipped_at IS NULL) = (skip_words_sealed IS NULL)",
            name="skipped_with_a_reason",
        ),
        CheckConstraint("skipped_at IS NULL OR version = 0", name="skipped_or_checked"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("investigation_samples.id"))
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    place: Mapped[int]
    """Its place in the order of the draw, from 1."""
    version: Mapped[int] = mapped_column(default=0)
    skipped_at: Mapped[datetime | None]
    skipped_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    skip_reason: Mapped[SkipReason | None] = mapped_column(one_of(SkipReason, "skip_reason"))
    skip_words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class InvestigationCheck(Base):
    """One version of what was found in a case; rows are only ever added."""

    __tablename__ = "investigation_checks"
    __table_args__ = (
        UniqueConstraint("case_id", "version"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("(version = 1) = (reason_sealed IS NULL)", name="corrected_with_a_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("investigation_cases.id"))
    version: Mapped[int]
    checked_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    checked_at: Mapped[datetime]
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class InvestigationAnswer(Base):
    """What was found to one question."""

    __tablename__ = "investigation_answers"
    __table_args__ = (
        CheckConstraint("finding <> 'no' OR note_sealed IS NOT NULL", name="no_with_a_note"),
        {"sqlite_with_rowid": False},
    )

    check_id: Mapped[UUID] = mapped_column(ForeignKey("investigation_checks.id"), primary_key=True)
    question: Mapped[str] = mapped_column(String(40), primary_key=True)
    finding: Mapped[Finding] = mapped_column(one_of(Finding, "finding"))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
