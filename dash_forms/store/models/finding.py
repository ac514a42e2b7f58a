"""Searches that were made, and records of other teams that were opened, each with its reason."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.finding import Purpose, SearchKind
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class Search(Base):
    """What somebody searched for, sealed: an address has only its id. What it found is not kept."""

    __tablename__ = "searches"
    __table_args__ = (Index("ix_searches_account_id", "account_id", "kind", "made_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[SearchKind] = mapped_column(one_of(SearchKind, "kind"))
    sought_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    purpose: Mapped[Purpose | None] = mapped_column(one_of(Purpose, "purpose"))
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]


class Opening(Base):
    """That somebody opened an incident of another team, and why."""

    __tablename__ = "openings"
    __table_args__ = (
        Index("ix_openings_account_id", "account_id", "opened_at"),
        Index("ix_openings_incident_id", "incident_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    purpose: Mapped[Purpose | None] = mapped_column(one_of(Purpose, "purpose"))
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime]
