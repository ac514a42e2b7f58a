"""What a specialist decides and sees to: MARAC decisions, and the tasks that follow."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.marac import Door
from dash_forms.domain.referrals import Channel, TaskKind, TaskState
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class MaracRecord(Base):
    """Whether a case was referred to MARAC, through which door and why; never changed."""

    __tablename__ = "marac_decisions"
    __table_args__ = (
        UniqueConstraint("assessment_id"),
        CheckConstraint("referred = (door IS NOT NULL)", name="door_if_referred"),
        CheckConstraint("length(reason_sealed) > 0", name="reason_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"))
    referred: Mapped[bool]
    door: Mapped[Door | None] = mapped_column(one_of(Door, "door"))
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime]


class MaracRequest(Base):
    """That somebody asks a specialist to decide on MARAC by judgement, and what it rests on.

    One of each person: the officer's and the supervisor's stand beside each other.
    """

    __tablename__ = "marac_requests"
    __table_args__ = (
        CheckConstraint("length(words_sealed) > 0", name="words_given"),
        {"sqlite_with_rowid": False},
    )

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime]


class Task(Base):
    """Something to be done because of an incident, by somebody, by a time.

    Of one victim's assessment, or of the whole incident where `assessment_id` is empty. `person_id`
    is the child whose school is to be told: one task of a kind for each child and incident.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("incident_id", "kind", "person_id"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by"),
        CheckConstraint(
            "state <> 'not_needed' OR outcome_sealed IS NOT NULL", name="not_needed_with_a_reason"
        ),
        CheckConstraint("(channel IS NULL) = (told_at IS NULL)", name="told"),
        CheckConstraint(
            "kind <> 'encompass' OR (person_id IS NOT NULL"
            " AND (state = 'done') = (channel IS NOT NULL))",
            name="school_told",
        ),
        Index("ix_tasks_due", "state", "due_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    assessment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assessments.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[TaskKind] = mapped_column(one_of(TaskKind, "kind"))
    state: Mapped[TaskState] = mapped_column(one_of(TaskState, "state"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    due_at: Mapped[datetime]
    asked_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What exactly is to be done, where the kind does not say it all."""
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    channel: Mapped[Channel | None] = mapped_column(one_of(Channel, "channel"))
    told_at: Mapped[datetime | None]
    outcome_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]
