"""What surrounds a grade: the duties after a decline, and who else stands with a low one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.duties import NextOffer, OnVideo
from dash_forms.domain.grading import Grade
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class DutiesDone(Base):
    """The duties of one attempt as its last page holds them; codes of `domain.duties` in lists."""

    __tablename__ = "duties"

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    systems: Mapped[list[str]] = mapped_column(JSON)
    searched_at: Mapped[datetime | None]
    on_video: Mapped[OnVideo | None] = mapped_column(one_of(OnVideo, "on_video"))
    contact_ways: Mapped[list[str]] = mapped_column(JSON)
    contact_times: Mapped[list[str]] = mapped_column(JSON)
    contact_never: Mapped[list[str]] = mapped_column(JSON)
    contact_words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    support: Mapped[list[str]] = mapped_column(JSON)
    next_offer: Mapped[NextOffer | None] = mapped_column(one_of(NextOffer, "next_offer"))
    authoriser_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    """Who, on the officer's word, stands with a grade that is lower than what the count means."""
    authorised_because_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class Authorisation(Base):
    """A reviewer's request that a colleague stand with a grade lower than what the count means."""

    __tablename__ = "authorisations"
    __table_args__ = (
        CheckConstraint("asked_by_id <> authoriser_id", name="another_person"),
        CheckConstraint("agreed_at IS NULL OR refused_at IS NULL", name="one_answer"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id"), index=True)
    version: Mapped[int]
    grade: Mapped[Grade] = mapped_column(one_of(Grade, "grade"))
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    authoriser_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    because_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
