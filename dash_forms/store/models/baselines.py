"""What the reports compare with, from when their limits count, and what left; only added to."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.baselines import Origin
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class ReportBaseline(Base):
    """A rate that a force has added to compare with. The counts are known, or n, or neither."""

    __tablename__ = "report_baselines"
    __table_args__ = (
        CheckConstraint("rate > 0 AND rate < 1", name="rate_between"),
        CheckConstraint("cases IS NULL OR cases > 0", name="cases_above_nought"),
        CheckConstraint(
            "declined IS NULL OR (cases IS NOT NULL AND declined > 0 AND declined < cases)",
            name="declined_of_cases",
        ),
        CheckConstraint("starts_on <= ends_on", name="starts_before_it_ends"),
        CheckConstraint("length(source) > 0", name="source_given"),
        CheckConstraint("length(reason_sealed) > 0", name="reason_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    origin: Mapped[Origin] = mapped_column(one_of(Origin, "origin"))
    rate: Mapped[float]
    declined: Mapped[int | None]
    cases: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(200))
    """Public, so in the clear."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    added_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    added_at: Mapped[datetime]


class BaselineWithdrawal(Base):
    """That a baseline was wrong, and why. It stays in the list and can be chosen no longer."""

    __tablename__ = "baseline_withdrawals"
    __table_args__ = (CheckConstraint("length(reason_sealed) > 0", name="reason_given"),)

    baseline_id: Mapped[UUID] = mapped_column(ForeignKey("report_baselines.id"), primary_key=True)
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    withdrawn_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    withdrawn_at: Mapped[datetime]


class ChartRebase(Base):
    """That a chart's limits rest on the months from one on, by whom and why."""

    __tablename__ = "chart_rebases"
    __table_args__ = (
        CheckConstraint("length(reason_sealed) > 0", name="reason_given"),
        Index("ix_chart_rebases_team", "team_id", "signed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))
    """None for the chart of the whole force."""
    first_month: Mapped[date]
    """The first day of the month."""
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    signed_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    signed_at: Mapped[datetime]


class ReportExport(Base):
    """Figures as they left the screen: a JSON document of counts, of nobody in particular."""

    __tablename__ = "report_exports"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    document: Mapped[str] = mapped_column(Text)
