"""What administrators see of the tokens of the feed, and do with them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import InvalidError, NotFoundError
from dash_forms.domain.feed import Purpose
from dash_forms.store.feed_tokens import hash_of
from dash_forms.store.models import Account, AuditEvent, FeedToken, Team

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dash_forms.domain.feed import Lifetime
    from dash_forms.store.work import Work

WHOLE_FORCE = "The whole force"
CALLS = "Nothing: it sends call logs"
_PREFIX = "dash_"
"""By it a token is known for one where it should not be: in a file, in a log."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as an administrator describes it; no team means the whole force."""

    id: UUID
    name: str
    purpose: Purpose
    team_id: UUID | None
    lifetime: Lifetime


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token in the list."""

    id: UUID
    name: str
    scope: str
    made_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None
    is_over: bool
    """Whether it has expired."""

    @property
    def holds(self) -> bool:
        """Whether it can be used."""
        return self.revoked_at is None and not self.is_over


def make_token(work: Work, new: NewToken) -> str:
    """Add a token; returns it, this once. The same form sent again adds none."""
    if work.session.get(FeedToken, new.id) is not None:
        raise InvalidError(
            "This form was sent before, and its token cannot be shown again. If it was not copied,"
            " revoke it and make another"
        )
    if new.team_id is not None and work.session.get(Team, new.team_id) is None:
        raise InvalidError("Choose from the list", field="team")
    token = _PREFIX + secrets.token_urlsafe(32)
    work.session.add(
        FeedToken(
            id=new.id,
            name=new.name,
            purpose=new.purpose,
            team_id=new.team_id,
            token_hash=hash_of(token),
            created_by_id=work.by.id,
            created_at=work.now,
            expires_at=work.now + new.lifetime.span,
        )
    )
    work.audit(
        Name.FEED_ACCESS_GIVEN,
        "feed_token",
        new.id,
        team=str(new.team_id) if new.team_id else None,
        days=int(new.lifetime),
        purpose=new.purpose.value,
    )
    return token


def revoke_token(work: Work, token_id: UUID) -> None:
    """Let a token be used no more; once is enough."""
    token = work.session.get(FeedToken, token_id, with_for_update=True)
    if token is None:
        raise NotFoundError("There is no such token.")
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by_id = work.now, work.by.id
        work.audit(Name.FEED_ACCESS_REVOKED, "feed_token", token_id)


def tokens(work: Work) -> list[TokenRow]:
    """Every token, those that hold first, then the newest."""
    work.audit(Name.FEED_ACCESS_LISTED, "feed_token")
    return sorted(_tokens(work), key=lambda row: not row.holds)


def token(work: Work, token_id: UUID) -> TokenRow:
    """One of them, or NotFoundError."""
    for row in _tokens(work):
        if row.id == token_id:
            return row
    raise NotFoundError("There is no such token.")


def _tokens(work: Work) -> Iterable[TokenRow]:
    used = (
        select(AuditEvent.subject_id, func.max(AuditEvent.at).label("at"))
        .where(
            AuditEvent.subject_kind == "feed_token",
            AuditEvent.name.in_([Name.FEED_READ.value, Name.CALLS_SENT.value]),
        )
        .group_by(AuditEvent.subject_id)
    )
    used_at = {row.subject_id: row.at for row in work.session.execute(used)}
    rows = work.session.execute(
        select(FeedToken, Team.name.label("team"), Account.display_name.label("made_by"))
        .join(Account, Account.id == FeedToken.created_by_id)
        .outerjoin(Team, Team.id == FeedToken.team_id)
        .order_by(FeedToken.created_at.desc(), FeedToken.id)
    )
    for kept, team, made_by in rows:
        yield TokenRow(
            id=kept.id,
            name=kept.name,
            scope=CALLS if kept.purpose is Purpose.SEND_CALLS else team or WHOLE_FORCE,
            made_by=made_by,
            created_at=kept.created_at,
            expires_at=kept.expires_at,
            revoked_at=kept.revoked_at,
            used_at=used_at.get(str(kept.id)),
            is_over=kept.expires_at <= work.now,
        )
