"""A case to work on, and units of work as people at the door open them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from dash_forms.domain.ids import uuid7
from dash_forms.domain.incidents import Relationship, Times
from dash_forms.incidents.commands import NewIncident, NewPair, create_incident
from dash_forms.incidents.people import PersonDetails
from dash_forms.store.models import Assessment, Pair
from dash_forms.store.work import Store, Work
from tests.support.force import Force, new_urn

Opener = Callable[..., AbstractContextManager[Work]]


@dataclass(frozen=True)
class Case:
    """An incident with one victim, whose assessment has not begun."""

    incident_id: UUID
    pair_id: UUID
    assessment_id: UUID


@pytest.fixture
def work_of(store: Store, force: Force) -> Opener:
    """Open a unit of work for somebody: `with work_of("officer1") as work`."""

    def open_work(username: str, *, writes: bool = True) -> AbstractContextManager[Work]:
        return store.work(writes=writes, actor=force.actors[username])

    return open_work


@pytest.fixture
def new_case(work_of: Opener, force: Force) -> Callable[..., Case]:
    """Record an incident, by officer1 in the north team unless told otherwise."""

    def record(by: str = "officer1", team: str = "north") -> Case:
        with work_of(by) as work:
            incident_id = create_incident(
                work,
                NewIncident(
                    incident_id=uuid7(),
                    urn=new_urn(),
                    times=Times(datetime(2025, 6, 30, 20, tzinfo=UTC)),
                    team_id=force.teams[team],
                    pair=NewPair(
                        victim=PersonDetails(name="Ashdown Invented", phone="07700 900123"),
                        perpetrator=PersonDetails(name="Birch Invented"),
                        relationship=Relationship.PARTNER,
                    ),
                ),
            )
            work.session.flush()
            row = work.session.execute(
                select(Pair.id, Assessment.id)
                .join(Assessment, Assessment.pair_id == Pair.id)
                .where(Pair.incident_id == incident_id)
            ).one()
        return Case(incident_id, row[0], row[1])

    return record


@pytest.fixture
def case(new_case: Callable[..., Case]) -> Case:
    """A case of officer1, in the north team."""
    return new_case()
