"""Teams, accounts, sign-in sessions and sign-in attempts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.permissions import Role
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class Team(Base):
    """A local policing team or another unit that people and incidents belong to."""

    __tablename__ = "teams"
    __table_args__ = (CheckConstraint("length(trim(name)) > 0", name="name_given"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)


class Account(Base):
    """A person who can sign in."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("username = lower(username) AND length(username) > 0", name="username"),
        CheckConstraint(
            "role NOT IN ('officer', 'sergeant') OR team_id IS NOT NULL", name="team_for_role"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(100))
    role: Mapped[Role] = mapped_column(one_of(Role, "role"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class SignInSession(Base):
    """A signed-in browser; the row is keyed by a hash, so a stolen table signs nobody in."""

    __tablename__ = "sign_in_sessions"
    __table_args__ = (CheckConstraint("expires_at > created_at", name="expires_later"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInFailure(Base):
    """A failed sign-in, kept to slow guessing down; username and address are stored as hashes."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (
        Index("ix_sign_in_failures_username", "username_hash", "at"),
        Index("ix_sign_in_failures_address", "address_hash", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    username_hash: Mapped[str] = mapped_column(String(64))
    address_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
