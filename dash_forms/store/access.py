"""The one way to fetch a record by its id: through what the person may reach."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.instruments import Instrument, instrument
from dash_forms.domain.permissions import Permission
from dash_forms.store.models import Assessment, Incident, Pair
from dash_forms.store.work import Work

# Whoever waits for a lock must see what the one before wrote, even where this session has read
# the row already.
_AS_IT_IS_NOW = {"populate_existing": True}


def incident_for(
    work: Work, incident_id: UUID, permission: Permission, *, lock: bool = False
) -> Incident:
    """The incident, or NotFoundError: a foreign one looks like none at all."""
    query = select(Incident).where(Incident.id == incident_id)
    if lock:
        query = query.with_for_update().execution_options(**_AS_IT_IS_NOW)
    incident = work.session.scalar(query)
    if incident is None or not work.by.reaches(
        permission, team_id=incident.team_id, author_id=incident.created_by_id
    ):
        raise NotFoundError("There is no such incident, or it is not one you can open.")
    return incident


def assessment_for(
    work: Work, assessment_id: UUID, permission: Permission, *, lock: bool = False
) -> tuple[Assessment, Incident]:
    """The assessment and its incident, or NotFoundError.

    With `lock` its row is held to the end of the transaction, so that changes to one case come
    one after another.
    """
    query = (
        select(Assessment, Incident)
        .join(Pair, Pair.id == Assessment.pair_id)
        .join(Incident, Incident.id == Pair.incident_id)
        .where(Assessment.id == assessment_id)
    )
    if lock:
        query = query.with_for_update(of=Assessment).execution_options(**_AS_IT_IS_NOW)
    found = work.session.execute(query).first()
    if found is None or not work.by.reaches(
        permission, team_id=found.Incident.team_id, author_id=found.Assessment.author_id
    ):
        raise NotFoundError("There is no such assessment, or it is not one you can open.")
    return found.Assessment, found.Incident


def instrument_of(assessment: Assessment) -> Instrument:
    """The question set of an assessment: always the version that it began with."""
    return instrument(assessment.instrument_id, assessment.instrument_version)
