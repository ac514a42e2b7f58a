"""One fact row per (incident, victim) pair: what every measure is computed from."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.declines import Basis
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class PairFact(Base):
    """How a pair stands, kept in the transaction that changes it.

    `outcome` is the first countable outcome once there is one, else the latest attempt's.
    `counted_on` is the Europe/London day of that attempt, or of the incident's report while there
    is none (domain guide §6: the pair belongs to the period of its countable attempt).
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
        Index("ix_pair_facts_counted", "counted_on", "team_id", "outcome"),
    )

    pair_id: Mapped[UUID] = mapped_column(ForeignKey("pairs.id"), primary_key=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    counted_on: Mapped[date]
    attempt: Mapped[int] = mapped_column(default=1)
    """Which attempt the outcome is of. A later one never changes a countable outcome."""
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome, "outcome"))
    reason: Mapped[str | None] = mapped_column(String(40))
    reason_basis: Mapped[Basis | None] = mapped_column(one_of(Basis, "reason_basis"))
    converted_on: Mapped[date | None]
    """The day of the first later attempt that was completed or partial, after a decline (D5)."""
