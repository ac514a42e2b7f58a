"""Who can stand, beside the one who grades, with a grade lower than what the count means."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.grading import RATIONALE_AT_LEAST
from dash_forms.domain.permissions import PERMISSIONS, Permission, Scope
from dash_forms.domain.text import letter_count
from dash_forms.store.models import Account
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can be named, or asked."""

    id: UUID
    name: str


def authorisers(work: Work, team_id: UUID, *without: UUID) -> list[Colleague]:
    """Who reviews this team's assessments, without the people named, by name."""
    of_team = [role for role, rows in PERMISSIONS.items() if _scope(rows) is Scope.TEAM]
    of_force = [role for role, rows in PERMISSIONS.items() if _scope(rows) is Scope.FORCE]
    rows = work.session.execute(
        select(Account.id, Account.display_name)
        .where(
            Account.closed_at.is_(None),
            Account.id.not_in(without),
            Account.role.in_(of_force) | (Account.role.in_(of_team) & (Account.team_id == team_id)),
        )
        .order_by(Account.display_name, Account.id)
    )
    return [Colleague(row.id, row.display_name) for row in rows]


def require_authoriser(
    chosen: UUID | None, because: str, possible: list[Colleague]
) -> tuple[UUID, str]:
    """Somebody of the list and a reason that says something; InvalidError for what is missing."""
    owed = []
    if chosen not in {each.id for each in possible}:
        owed.append(
            InvalidError(
                "This grade is lower than what the count means. Say who else stands with it, or"
                " grade high",
                field="authoriser",
            )
        )
    if len(because) < RATIONALE_AT_LEAST or letter_count(because) < RATIONALE_AT_LEAST // 2:
        owed.append(
            InvalidError(
                f"Say in at least {RATIONALE_AT_LEAST} characters why the grade is lower than what"
                " the count means",
                field="authorised_because",
            )
        )
    if owed or chosen is None:
        raise InvalidError(owed[0].sentence, field=owed[0].field, also=owed[1:])
    return chosen, because


def _scope(rows: dict[Permission, Scope]) -> Scope | None:
    return rows.get(Permission.REVIEW_ASSESSMENTS)
