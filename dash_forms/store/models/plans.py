"""Problem-solving plans for repeat callers: their stages, what is done, reviews and outcome."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.plans import Outcome, Stage
from dash_forms.domain.referrals import TaskState
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class Plan(Base):
    """A plan for one person who calls often. It stays with the caller that it was opened for."""

    __tablename__ = "plans"
    __table_args__ = (
        Index(
            "uq_plans_open",
            "caller_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_with_outcome"),
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_by"),
        CheckConstraint(
            "outcome NOT IN ('passed_on', 'other') OR closing_sealed IS NOT NULL",
            name="words_given",
        ),
        Index("ix_plans_caller_id", "caller_id"),
        Index("ix_plans_closed_at", "closed_at", "team_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    caller_id: Mapped[UUID] = mapped_column(ForeignKey("callers.id"))
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    opened_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    opened_at: Mapped[datetime]
    review_on: Mapped[date]
    """The day by which it is reviewed next."""
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    outcome: Mapped[Outcome | None] = mapped_column(one_of(Outcome, "outcome"))
    closing_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class PlanEntry(Base):
    """What somebody wrote in a stage of a plan; never changed, the latest one holds."""

    __tablename__ = "plan_entries"
    __table_args__ = (CheckConstraint("length(words_sealed) > 0", name="words_given"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), index=True)
    stage: Mapped[Stage] = mapped_column(one_of(Stage, "stage"))
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    written_at: Mapped[datetime]


class PlanAction(Base):
    """Something to be done under a plan, by somebody, by a day."""

    __tablename__ = "plan_actions"
    __table_args__ = (
        CheckConstraint("length(what_sealed) > 0", name="what_given"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by"),
        CheckConstraint("(ended_at IS NULL) = (outcome_sealed IS NULL)", name="outcome_given"),
        Index("ix_plan_actions_doer_id", "doer_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), index=True)
    what_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    doer_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    due_on: Mapped[date]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    state: Mapped[TaskState] = mapped_column(one_of(TaskState, "state"))
    outcome_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What came of it, or why it is not needed."""
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]


class PlanReview(Base):
    """What was found when a plan was reviewed, and when it is reviewed next; never changed."""

    __tablename__ = "plan_reviews"
    __table_args__ = (CheckConstraint("length(found_sealed) > 0", name="found_given"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), index=True)
    found_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    next_on: Mapped[date]
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    written_at: Mapped[datetime]
