"""The children and dependants who are linked to the incident of an assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, case, func, select

from dash_forms.domain.grading import Stated
from dash_forms.store.models import Assessment, IncidentChild, Pair

if TYPE_CHECKING:
    from dash_forms.store.work import Work

_LINKED = (
    select(
        func.count(IncidentChild.id),
        func.count(case((IncidentChild.lives_there != Stated.NO, 1))),
    )
    .join(Pair, Pair.incident_id == IncidentChild.incident_id)
    .join(Assessment, Assessment.pair_id == Pair.id)
    .where(Assessment.id == bindparam("assessment_id"))
)


class LinkedChildren(NamedTuple):
    """How many are linked, and how many of them live in the household or may."""

    linked: int
    at_home: int


def linked_children(work: Work, assessment_id: UUID) -> LinkedChildren:
    """Those of the incident that this assessment is of."""
    return LinkedChildren(*work.connection.execute(_LINKED, {"assessment_id": assessment_id}).one())
