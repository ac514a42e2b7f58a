"""What administrators see of accounts and teams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.permissions import Role
from dash_forms.store.models import Account, SignInSession, Team
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


def accounts(work: Work) -> list[AccountRow]:
    """Every account, open ones first, by name."""
    live = (
        select(SignInSession.account_id, func.count().label("session_count"))
        .where(SignInSession.revoked_at.is_(None), SignInSession.expires_at > work.now)
        .group_by(SignInSession.account_id)
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
        )
        .outerjoin(Team, Team.id == Account.team_id)
        .outerjoin(live, live.c.account_id == Account.id)
        .order_by(Account.closed_at.is_not(None), Account.display_name, Account.username)
    )
    work.audit(Name.ACCOUNTS_LISTED, "account")
    return [AccountRow(*row) for row in rows]


def teams(work: Work) -> list[tuple[UUID, str]]:
    """Every team as (id, name), by name."""
    rows = work.session.execute(select(Team.id, Team.name).order_by(Team.name))
    return [(row.id, row.name) for row in rows]


def account(work: Work, account_id: UUID) -> Account:
    """One account, or NotFoundError."""
    found = work.session.get(Account, account_id)
    if found is None:
        raise NotFoundError("There is no such account.")
    work.audit(Name.ACCOUNT_VIEWED, "account", account_id)
    return found
