"""Who can own a plan or do something under it, and for which teams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import and_, or_, select

from dash_forms.domain.permissions import Role
from dash_forms.domain.plans import may_lead
from dash_forms.store.models import Account
from dash_forms.store.teams import teams

if TYPE_CHECKING:
    from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody with an open account."""

    id: UUID
    name: str
    role: Role

    @property
    def words(self) -> str:
        """As the list to choose from has it."""
        return f"{self.name}, {self.role.label.lower()}"


def candidates(work: Work, team_id: UUID) -> list[Candidate]:
    """The officers and sergeants of a team, and the inspectors; whoever is signed in first."""
    of_team = and_(Account.role.in_((Role.OFFICER, Role.SERGEANT)), Account.team_id == team_id)
    rows = work.connection.execute(
        select(Account.id, Account.display_name, Account.role)
        .where(Account.closed_at.is_(None), or_(of_team, Account.role == Role.INSPECTOR))
        .order_by(Account.id != work.by.id, Account.role.desc(), Account.display_name)
    )
    return [Candidate(row.id, row.display_name, row.role) for row in rows]


def led_teams(work: Work) -> list[tuple[UUID, str]]:
    """The teams whose plans the person opens and gives away."""
    return [each for each in teams(work) if may_lead(work.by, team_id=each[0])]
