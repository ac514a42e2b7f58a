"""Tokens with which other programs read the feed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.feed import Purpose
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class FeedToken(Base):
    """A token, of which only the hash is here. When it was last used, the audit log tells."""

    __tablename__ = "feed_tokens"
    __table_args__ = (
        CheckConstraint("length(trim(name)) > 0", name="name_given"),
        CheckConstraint("length(token_hash) = 64", name="hash_length"),
        CheckConstraint("expires_at > created_at", name="expires_later"),
        CheckConstraint("purpose = 'read_figures' OR team_id IS NULL", name="calls_of_no_team"),
        CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_by_somebody"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    """Which program it is for."""
    purpose: Mapped[Purpose] = mapped_column(
        one_of(Purpose, "purpose"), default=Purpose.READ_FIGURES, server_default="read_figures"
    )
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))
    """The one team whose figures it reads; None reads the whole force and each team."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    revoked_at: Mapped[datetime | None]
