"""Who can stand, beside the one who grades, with a grade lower than what the count means."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.permissions import PERMISSIONS, Permission, Scope
from dash_forms.store.models import Account
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can be named, or asked."""

    id: UUID
    name: str
    username: str = ""


def authorisers(work: Work, team_id: UUID, *without: UUID) -> list[Colleague]:
    """Who reviews this team's assessments, without the people named, by name."""
    of_team = [role for role, rows in PERMISSIONS.items() if _scope(rows) is Scope.TEAM]
    of_force = [role for role, rows in PERMISSIONS.items() if _scope(rows) is Scope.FORCE]
    rows = work.session.execute(
        select(Account.id, Account.display_name, Account.username)
        .where(
            Account.closed_at.is_(None),
            Account.id.not_in(without),
            Account.role.in_(of_force) | (Account.role.in_(of_team) & (Account.team_id == team_id)),
        )
        .order_by(Account.display_name, Account.id)
    )
    return [Colleague(row.id, row.display_name, row.username) for row in rows]


def _scope(rows: dict[Permission, Scope]) -> Scope | None:
    return rows.get(Permission.REVIEW_ASSESSMENTS)
