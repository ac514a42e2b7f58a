"""What comes after a submission: its versions, their reviews, and what is owed afterwards."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.assessment import Outcome, State
from dash_forms.domain.declines import Basis
from dash_forms.domain.incidents import Mode
from dash_forms.domain.review import Decision, FollowUpKind
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class Submission(Base):
    """One version of an assessment as it was sent; rows are only ever added."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("assessment_id", "version"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"))
    version: Mapped[int]
    submitted_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    submitted_at: Mapped[datetime]
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome, "outcome"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))
    """The team that had the incident then, which may move later."""
    attempted_at: Mapped[datetime | None]
    mode: Mapped[Mode | None] = mapped_column(one_of(Mode, "mode"))
    reason: Mapped[str | None] = mapped_column(String(40))
    """The primary reason, where the attempt ended without all its answers."""
    reason_basis: Mapped[Basis | None] = mapped_column(one_of(Basis, "reason_basis"))
    answer_ops: Mapped[str] = mapped_column(Text)
    """JSON: the operation that gave each topic its answer, by number."""
    closing_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON: the last page and the recorded reasons, in the clear once opened."""


class Review(Base):
    """A supervisor's reading of one version, and what came of it."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index(
            "uq_reviews_open",
            "assessment_id",
            "reviewer_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint(
            "decision NOT IN ('returned', 'regraded', 'rejected') OR words_sealed IS NOT NULL",
            name="words_given",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"))
    version: Mapped[int]
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    opened_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decision: Mapped[Decision | None] = mapped_column(one_of(Decision, "decision"))
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class ReviewSection(Base):
    """A section that the reviewer has opened."""

    __tablename__ = "review_sections"

    review_id: Mapped[UUID] = mapped_column(ForeignKey("reviews.id"), primary_key=True)
    section: Mapped[str] = mapped_column(String(80), primary_key=True)
    read_at: Mapped[datetime]


class FollowUp(Base):
    """What an approved attempt still owes: another offer, or a second assessment."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        UniqueConstraint("assessment_id", "kind"),
        CheckConstraint(
            "(state IN ('reoffer_due', 'secondary_due')) = (ended_at IS NULL)", name="ended_at"
        ),
        CheckConstraint(
            "state <> 'reoffer_closed' OR (code IS NOT NULL AND words_sealed IS NOT NULL)",
            name="closed_with_a_reason",
        ),
        Index("ix_follow_ups_due", "state", "due_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"))
    kind: Mapped[FollowUpKind] = mapped_column(one_of(FollowUpKind, "kind"))
    state: Mapped[State] = mapped_column(one_of(State, "state"))
    due_at: Mapped[datetime]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    escalated_at: Mapped[datetime | None]
    """When it was noted that the time had passed; whether it has, the clock says at each look."""
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    code: Mapped[str | None] = mapped_column(String(40))
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
