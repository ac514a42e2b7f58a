"""The key of each officer on each tablet, and what waited there for a signal."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.handed_over import Settlement
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class TabletKey(Base):
    """A key that one browser gets for one person; revoked, it is not given out again."""

    __tablename__ = "tablet_keys"

    device_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id"), primary_key=True, index=True
    )
    key_sealed: Mapped[bytes]
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class WaitedPost(Base):
    """A form that was filled in without signal and has been applied, so that it is applied once."""

    __tablename__ = "waited_posts"

    op_id: Mapped[UUID] = mapped_column(primary_key=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    endpoint: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime]
    """When it was filled in, by the server's clock."""
    received_at: Mapped[datetime]


class HandedOver(Base):
    """An operation that the server refused, kept here until a supervisor has settled it."""

    __tablename__ = "handed_over"
    __table_args__ = (
        CheckConstraint("(settlement IS NULL) = (settled_at IS NULL)", name="settled_at"),
        CheckConstraint("(settlement IS NULL) = (settled_by_id IS NULL)", name="settled_by"),
        CheckConstraint(
            "settlement <> 'closed' OR reason_sealed IS NOT NULL", name="closed_with_a_reason"
        ),
        Index("ix_handed_over_owed", "team_id", "settled_at"),
    )

    op_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    """Of the assessment or the incident, as the tablet made it: the server may not have it."""
    author_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    """The author's, whose supervisors decide."""
    device_id: Mapped[UUID]
    brought_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    received_at: Mapped[datetime]
    place: Mapped[int]
    """Among those that came with it, in the order in which they were made."""
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON: the operation, why it was refused, and the tablet's time when it came."""
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    settlement: Mapped[Settlement | None] = mapped_column(one_of(Settlement, "settlement"))
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
