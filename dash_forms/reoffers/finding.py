"""The one way to an offer by its id: through what the person may reach."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.permissions import Permission
from dash_forms.domain.review import FollowUpKind
from dash_forms.store.models import Assessment, FollowUp, Incident, Pair
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class Found:
    """An offer with the attempt that owes it, and the incident."""

    owed: FollowUp
    assessment: Assessment
    incident: Incident


def found_offer(work: Work, offer_id: UUID, permission: Permission, *, lock: bool = False) -> Found:
    """The offer, or NotFoundError: another team's looks like none at all."""
    query = (
        select(FollowUp, Assessment, Incident)
        .join(Assessment, Assessment.id == FollowUp.assessment_id)
        .join(Pair, Pair.id == Assessment.pair_id)
        .join(Incident, Incident.id == Pair.incident_id)
        .where(FollowUp.id == offer_id, FollowUp.kind == FollowUpKind.REOFFER)
    )
    if lock:
        query = query.with_for_update(of=FollowUp).execution_options(populate_existing=True)
    row = work.session.execute(query).first()
    if row is None or not work.by.reaches(permission, team_id=row.Incident.team_id):
        raise NotFoundError("There is no such offer, or it is not one you can open.")
    return Found(row.FollowUp, row.Assessment, row.Incident)
