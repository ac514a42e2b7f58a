"""Local policing teams: their list, and adding to it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.ids import uuid7
from dash_forms.store.models import Team
from dash_forms.store.work import Work


def teams(work: Work) -> list[tuple[UUID, str]]:
    """Every team as (id, name), by name."""
    rows = work.session.execute(select(Team.id, Team.name).order_by(Team.name))
    return [(row.id, row.name) for row in rows]


def add_teams(work: Work, names: Iterable[str]) -> int:
    """Add the teams that do not exist yet; returns how many."""
    known = set(work.session.scalars(select(Team.name)))
    new = [name for name in dict.fromkeys(name.strip() for name in names) if name]
    new = [name for name in new if name not in known]
    work.session.add_all(Team(id=uuid7(), name=name) for name in new)
    return len(new)
