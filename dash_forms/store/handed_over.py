"""How much that was handed over waits for a person's decision."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from dash_forms.domain.permissions import PERMISSIONS, Permission, Scope
from dash_forms.store.models import HandedOver
from dash_forms.store.work import Work


def in_reach(
    work: Work, team_id: InstrumentedAttribute[UUID] = HandedOver.team_id
) -> list[ColumnElement[bool]]:
    """What a supervisor decides on: the own team's, or the whole force's."""
    if PERMISSIONS[work.by.role].get(Permission.REVIEW_ASSESSMENTS) is Scope.FORCE:
        return []
    return [team_id == work.by.team_id]


def count_open(work: Work) -> int:
    """How many cases have something that was handed over and is not settled."""
    owed = select(func.count(HandedOver.case_id.distinct()))
    return work.session.scalar(owed.where(HandedOver.settled_at.is_(None), *in_reach(work))) or 0
