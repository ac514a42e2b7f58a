"""What administrators see of accounts and teams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.ids import tablet_name
from dash_forms.domain.permissions import Role
from dash_forms.store.models import Account, SignInSession, TabletKey, Team
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in the administrator's list."""

    id: UUID
    username: str
    display_name: str
    role: Role
    team: str
    closed_at: datetime | None
    session_count: int
    tablet_count: int
    """On how many tablets it has a key, revoked or not."""


def accounts(work: Work) -> list[AccountRow]:
    """Every account, open ones first, by name."""
    live = (
        select(SignInSession.account_id, func.count().label("session_count"))
        .where(SignInSession.revoked_at.is_(None), SignInSession.expires_at > work.now)
        .group_by(SignInSession.account_id)
        .subquery()
    )
    keys = (
        select(TabletKey.account_id, func.count().label("tablet_count"))
        .group_by(TabletKey.account_id)
        .subquery()
    )
    rows = work.session.execute(
        select(
            Account.id,
            Account.username,
            Account.display_name,
            Account.role,
            func.coalesce(Team.name, "").label("team"),
            Account.closed_at,
            func.coalesce(live.c.session_count, 0).label("session_count"),
            func.coalesce(keys.c.tablet_count, 0).label("tablet_count"),
        )
        .outerjoin(Team, Team.id == Account.team_id)
        .outerjoin(live, live.c.account_id == Account.id)
        .outerjoin(keys, keys.c.account_id == Account.id)
        .order_by(Account.closed_at.is_not(None), Account.display_name, Account.username)
    )
    work.audit(Name.ACCOUNTS_LISTED, "account")
    return [AccountRow(*row) for row in rows]


def account(work: Work, account_id: UUID) -> Account:
    """One account, or NotFoundError."""
    found = work.session.get(Account, account_id)
    if found is None:
        raise NotFoundError("There is no such account.")
    work.audit(Name.ACCOUNT_VIEWED, "account", account_id)
    return found


def own_username(work: Work) -> str:
    """What the signed-in person signs in with."""
    named = select(Account.username).where(Account.id == work.by.id)
    return work.session.scalars(named).one()


@dataclass(frozen=True, slots=True)
class TabletRow:
    """A tablet on which an account has a key."""

    device_id: UUID
    made_at: datetime
    seen_at: datetime
    revoked_at: datetime | None

    @property
    def name(self) -> str:
        """What the tablet calls itself on its own page."""
        return tablet_name(self.device_id)


def tablets(work: Work, account_id: UUID) -> list[TabletRow]:
    """The tablets on which an account has a key, those that still give it out first."""
    key = TabletKey
    rows = work.session.execute(
        select(key.device_id, key.made_at, key.seen_at, key.revoked_at)
        .where(key.account_id == account_id)
        .order_by(key.revoked_at.is_not(None), key.seen_at.desc(), key.device_id)
    )
    return [TabletRow(*row) for row in rows]


def tablet(work: Work, account_id: UUID, device_id: UUID) -> TabletRow:
    """One of an account's tablets, or NotFoundError."""
    found = [row for row in tablets(work, account_id) if row.device_id == device_id]
    if not found:
        raise NotFoundError("This account has no key on such a tablet.")
    return found[0]
