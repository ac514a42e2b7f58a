"""The add-on sets of an assessment that were begun or skipped."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.add_ons import SkipReason
from dash_forms.store.models.assessments import PART_LENGTH
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class AssessmentAddOn(Base):
    """One round of an add-on set, on the version that was asked. What is only offered has no row.

    Answers given before a skip stay: somebody may stop half-way, and give the reason.
    """

    __tablename__ = "assessment_add_ons"
    __table_args__ = (
        CheckConstraint(
            "skip_reason NOT IN ('not_relevant', 'other') OR words_sealed IS NOT NULL",
            name="words_given",
        ),
    )

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(PART_LENGTH), primary_key=True)
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    skip_reason: Mapped[SkipReason | None] = mapped_column(one_of(SkipReason, "skip_reason"))
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime]
