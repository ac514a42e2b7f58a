"""What officers' cameras did at first contact; a ledger of which the latest entry counts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.body_worn_video import FirstContact
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class CameraRecord(Base):
    """That an officer attended, and what their camera did, if that is known yet; never changed.

    A correction is another entry, and the latest counts: the one before stays. Without an answer it
    says that a colleague named the officer, who is still to be asked.
    """

    __tablename__ = "camera_records"
    __table_args__ = (
        CheckConstraint(
            "said IS NOT NULL OR (reference_sealed IS NULL AND words_sealed IS NULL)",
            name="nothing_beside_no_answer",
        ),
        Index("ix_camera_records_ledger", "incident_id", "officer_id", "recorded_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    officer_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    said: Mapped[FirstContact | None] = mapped_column(one_of(FirstContact, "said"))
    reference_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    reference_index: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    """Keyed, so that an incident is found by its footage."""
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    recorded_at: Mapped[datetime]
