"""The audit log: append-only, hash-chained, and ready to be anchored outside the database."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.audit_events import Category
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class AuditEvent(Base):
    """One link of the chain. `seq` has no gaps; `hash` covers every other field and the link
    before; the key alone sees to it that no two follow the same one. There are no foreign keys: the
    log outlives what it speaks of."""

    __tablename__ = "audit_events"
    __table_args__ = (
        CheckConstraint("seq > 0", name="seq_positive"),
        CheckConstraint("length(hash) = 64 AND length(previous_hash) = 64", name="hash_length"),
        Index("ix_audit_events_subject", "subject_kind", "subject_id"),
        Index("ix_audit_events_actor", "actor_id", "seq"),
    )

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    category: Mapped[Category] = mapped_column(one_of(Category, "category"))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64))
    justification: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str] = mapped_column(String(36))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
