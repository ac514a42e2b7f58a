"""What every measure is computed from: facts of pairs and attempts, and their counts."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.body_worn_video import FirstContact, Standing
from dash_forms.domain.declines import Basis
from dash_forms.domain.grading import Grade
from dash_forms.domain.incidents import Mode
from dash_forms.domain.report_counts import Grain
from dash_forms.domain.response import CallGrade
from dash_forms.store.models.base import Base, index_on
from dash_forms.store.types import one_of


class PairFact(Base):
    """How a pair stands, kept in the transaction that changes it: see `domain.facts.Fact`.

    `outcome` is the first countable outcome once there is one, else the latest attempt's.
    `counted_on` is the Europe/London day of that attempt, or of the incident's report while there
    is none (domain guide §6: the pair belongs to the period of its countable attempt). What later
    releases know besides is empty until `dash-forms reports rebuild` has run.
    """

    __tablename__ = "pair_facts"
    __table_args__ = (
        CheckConstraint(
            "outcome NOT IN ('declined', 'unable', 'not_offered', 'exempt') OR reason IS NOT NULL",
            name="reason_when_not_answered",
        ),
        CheckConstraint(
            "outcome NOT IN ('pending', 'completed') OR reason IS NULL", name="no_reason_otherwise"
        ),
        CheckConstraint("(reason IS NULL) = (reason_basis IS NULL)", name="reason_has_basis"),
        CheckConstraint(
            "converted_on IS NULL OR outcome = 'declined'", name="converted_from_declined"
        ),
        Index("ix_pair_facts_reported_at", "reported_at"),
        Index("ix_pair_facts_counted", "counted_on", "team_id", "outcome"),
    )

    pair_id: Mapped[UUID] = mapped_column(ForeignKey("pairs.id"), primary_key=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    victim_key: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    reported_at: Mapped[datetime | None]
    question_set: Mapped[str | None] = mapped_column(String(60))
    counted_on: Mapped[date]
    hour: Mapped[int | None]
    attempt: Mapped[int] = mapped_column(default=1)
    """Which attempt the outcome is of. A later one never changes a countable outcome."""
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome, "outcome"))
    reason: Mapped[str | None] = mapped_column(String(40))
    reason_basis: Mapped[Basis | None] = mapped_column(one_of(Basis, "reason_basis"))
    converted_on: Mapped[date | None]
    """The day of the first later attempt that was completed or partial, after a decline (D5)."""
    mode: Mapped[Mode | None] = mapped_column(one_of(Mode, "mode"))
    delay_minutes: Mapped[int | None]
    is_repeat: Mapped[bool] = mapped_column(default=False, server_default=false())
    has_children: Mapped[bool] = mapped_column(default=False, server_default=false())
    was_unable: Mapped[bool] = mapped_column(default=False, server_default=false())
    was_not_offered: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_blanket_no: Mapped[bool] = mapped_column(default=False, server_default=false())
    seconds: Mapped[int | None]
    grade: Mapped[Grade | None] = mapped_column(one_of(Grade, "grade"))
    has_red_flag: Mapped[bool] = mapped_column(default=False, server_default=false())
    marac_decided: Mapped[bool] = mapped_column(default=False, server_default=false())
    encompass_due_on: Mapped[date | None]
    encompass_in_time: Mapped[bool] = mapped_column(default=False, server_default=false())
    camera: Mapped[Standing | None] = mapped_column(one_of(Standing, "camera"))
    response_grade: Mapped[CallGrade | None] = mapped_column(one_of(CallGrade, "response_grade"))


class AttemptFactRow(Base):
    """How the review of an attempt went: see `domain.facts.AttemptFact`."""

    __tablename__ = "attempt_facts"
    __table_args__ = (
        Index("ix_attempt_facts_review", "review_due_on", "team_id"),
        Index("ix_attempt_facts_reoffer", "reoffer_due_on", "team_id"),
    )

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    pair_id: Mapped[UUID] = mapped_column(ForeignKey("pairs.id"), index=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    question_set: Mapped[str] = mapped_column(String(60))
    review_due_on: Mapped[date | None]
    review_in_time: Mapped[bool]
    decided_on: Mapped[date | None]
    officer_grade: Mapped[Grade | None] = mapped_column(one_of(Grade, "officer_grade"))
    supervisor_grade: Mapped[Grade | None] = mapped_column(one_of(Grade, "supervisor_grade"))
    graded_again_on: Mapped[date | None]
    specialist_grade: Mapped[Grade | None] = mapped_column(one_of(Grade, "specialist_grade"))
    reoffer_due_on: Mapped[date | None]
    reoffer_in_time: Mapped[bool]


class AttendanceFactRow(Base):
    """How an incident was attended, if it was: see `domain.facts.AttendanceFact`."""

    __tablename__ = "attendance_facts"
    __table_args__ = (
        Index("ix_attendance_facts_attended", "attended_on", "team_id"),
        Index("ix_attendance_facts_reported", "reported_on", "team_id"),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    attended_at: Mapped[datetime | None]
    attended_on: Mapped[date | None]
    standing: Mapped[Standing] = mapped_column(one_of(Standing, "standing"))
    reported_on: Mapped[date | None]
    response_grade: Mapped[CallGrade | None] = mapped_column(one_of(CallGrade, "response_grade"))
    delay_minutes: Mapped[int | None]


class CameraFactRow(Base):
    """What one officer's camera did in an incident: see `domain.facts.CameraFact`."""

    __tablename__ = "camera_facts"
    __table_args__ = (Index("ix_camera_facts_attended", "attended_on", "team_id"),)

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    officer_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    attended_on: Mapped[date]
    said: Mapped[FirstContact] = mapped_column(one_of(FirstContact, "said"))


class ReportCount(Base):
    """One kept count: how often something was so, on a day or in a month, in a team or the force.

    `scope` is a team, or `domain.report_counts.FORCE`. A row that has come down to 0 may stay.
    The key finds the days of a team, and on PostgreSQL the index the teams of a day. SQLite would
    have to write every count twice for that.
    """

    __tablename__ = "report_counts"
    __table_args__ = (
        index_on("postgresql", "ix_report_counts_by_day", "code", "grain", "starts_on", "scope"),
        {"sqlite_with_rowid": False},
    )

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    grain: Mapped[Grain] = mapped_column(one_of(Grain, "grain"), primary_key=True)
    scope: Mapped[UUID] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    question_set: Mapped[str] = mapped_column(String(60), primary_key=True)
    number: Mapped[int]
