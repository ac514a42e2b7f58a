"""Who can own a plan or do something under it, and for which teams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import and_, or_, select, true

from dash_forms.domain.permissions import Role
from dash_forms.domain.plans import may_lead
from dash_forms.store.models import Account, Team
from dash_forms.store.teams import teams

if TYPE_CHECKING:
    from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody with an open account; an inspector has no team and may work for any."""

    id: UUID
    name: str
    role: Role
    team_id: UUID | None
    team: str

    @property
    def words(self) -> str:
        """As the list to choose from has it."""
        return f"{self.name}, {self.role.label.lower()}" + (f", {self.team}" if self.team else "")

    def works_for(self, team_id: UUID) -> bool:
        """Whether they may have something to do for a team."""
        return self.role is Role.INSPECTOR or self.team_id == team_id


def candidates(work: Work, team_id: UUID | None = None) -> list[Candidate]:
    """The officers and sergeants of a team, or of every team, and the inspectors; by team.

    Whoever is signed in stands first.
    """
    of_team = and_(
        Account.role.in_((Role.OFFICER, Role.SERGEANT)),
        true() if team_id is None else Account.team_id == team_id,
    )
    rows = work.connection.execute(
        select(Account.id, Account.display_name, Account.role, Account.team_id, Team.name)
        .outerjoin(Team, Team.id == Account.team_id)
        .where(Account.closed_at.is_(None), or_(of_team, Account.role == Role.INSPECTOR))
        .order_by(Account.id != work.by.id, Team.name, Account.role.desc(), Account.display_name)
    )
    return [
        Candidate(row.id, row.display_name, row.role, row.team_id, row.name or "") for row in rows
    ]


def led_teams(work: Work) -> list[tuple[UUID, str]]:
    """The teams whose plans the person opens and gives away."""
    return [each for each in teams(work) if may_lead(work.by, team_id=each[0])]
