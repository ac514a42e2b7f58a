"""Whom a token of the feed stands for, and how often wrong ones came from an address."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, func, select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.ids import uuid7
from dash_forms.store.models import FeedToken, SignInFailure

if TYPE_CHECKING:
    from dash_forms.domain.feed import Purpose
    from dash_forms.store.work import Work

WINDOW = timedelta(minutes=15)
# With a space, which no username has and no address.
_NAMELESS = "feed token"


@dataclass(frozen=True, slots=True)
class Reader:
    """A token that holds: the one team it reads, or None for the whole force."""

    id: UUID
    team_id: UUID | None


def hash_of(text: str) -> str:
    """What the database keeps of a token; it is random, so that nothing slower is needed."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def reader_with(work: Work, token: str, purpose: Purpose) -> Reader | None:
    """Whom a token stands for; None if there is no such, or it is for something else, has expired
    or was revoked."""
    row = work.connection.execute(
        select(FeedToken.id, FeedToken.team_id).where(
            FeedToken.token_hash == hash_of(token),
            FeedToken.purpose == purpose,
            FeedToken.expires_at > work.now,
            FeedToken.revoked_at.is_(None),
        )
    ).first()
    return Reader(*row) if row else None


def is_one_too_many(work: Work, address: str, most: int) -> bool:
    """Count a wrong token, unless as many have come from the address as are counted at all.

    They stand beside failed sign-ins and apart from them: a program with an old token must not
    keep the people behind the same address from signing in.
    """
    since, whose = work.now - WINDOW, hash_of(f"{_NAMELESS} {address}")
    counted = select(func.count()).select_from(SignInFailure)
    found = work.session.scalar(
        counted.where(SignInFailure.address_hash == whose, SignInFailure.at > since)
    )
    if (found or 0) >= most:
        return True
    work.session.execute(delete(SignInFailure).where(SignInFailure.at < since))
    work.session.add(
        SignInFailure(id=uuid7(), username_hash=hash_of(_NAMELESS), address_hash=whose, at=work.now)
    )
    work.audit(Name.FEED_ACCESS_REFUSED, "feed_token")
    return False
