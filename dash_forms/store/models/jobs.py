"""What is done in the background: each job, how far it is, and the pieces it has made so far."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.jobs import JobState
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class JobRow(Base):
    """One job: see `domain.jobs.Job`. A worker holds it by `claim`, until `claimed_until`."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("done_count >= 0 AND done_count <= total_count", name="done_of_total"),
        CheckConstraint("(claim IS NULL) = (claimed_until IS NULL)", name="claimed_for_a_while"),
        CheckConstraint("claim IS NULL OR state = 'running'", name="claimed_while_running"),
        Index("ix_jobs_state", "state", "asked_at"),
        Index("ix_jobs_asked_by", "asked_by_id", "kind", "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    asked_at: Mapped[datetime]
    arguments: Mapped[str] = mapped_column(Text)
    """JSON, and of nobody in particular."""
    state: Mapped[JobState] = mapped_column(one_of(JobState, "state"))
    done_count: Mapped[int]
    total_count: Mapped[int]
    position: Mapped[str] = mapped_column(Text)
    """JSON: where the next slice goes on."""
    piece_count: Mapped[int]
    claim: Mapped[UUID | None]
    claimed_until: Mapped[datetime | None]
    tries: Mapped[int]
    """How often it was taken up since the last slice that was kept."""
    taken_up_at: Mapped[datetime | None]
    taken_up_count: Mapped[int]
    ended_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(Text)


class JobPiece(Base):
    """What one slice of a job brought, as the kind of job writes it."""

    __tablename__ = "job_pieces"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
