"""What a search found, and what is shown of a record of another team."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from dash_forms.domain.assessment import State
from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.finding import (
    KEPT_FOR,
    OPEN_FOR,
    Part,
    SearchKind,
    Sought,
    Why,
    plain_reference,
)
from dash_forms.domain.grading import Grade
from dash_forms.domain.history import Stopped
from dash_forms.domain.incidents import Relationship
from dash_forms.domain.permissions import Permission
from dash_forms.finding.lookups import Found, look_up, parts_in
from dash_forms.store.attempts import is_latest
from dash_forms.store.duties import last_contact
from dash_forms.store.models import (
    Assessment,
    Incident,
    IncidentChild,
    Opening,
    Pair,
    Person,
    Search,
    Team,
)
from dash_forms.store.reoffers import ContactStop, contact_stops, stops_elsewhere
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class Results:
    """A search and what it finds now."""

    id: UUID
    kind: SearchKind
    sought: Sought
    found: Found

    @property
    def leads_to(self) -> UUID | None:
        """The one incident that was meant: found by its own number, with nothing else, and open."""
        if self.found.number != 1 or not self.found.incidents:
            return None
        [only] = self.found.incidents
        is_meant = plain_reference(only.urn) == plain_reference(self.sought.reference)
        return only.id if only.opens and is_meant else None


@dataclass(frozen=True, slots=True)
class Named:
    """Who somebody is."""

    name: str
    born_on: date | None


@dataclass(frozen=True, slots=True)
class PairElsewhere:
    """Two people of an incident of another team's, and how the assessment stands."""

    victim: Named
    victim_age: int | None
    perpetrator: Named | None
    relationship: Relationship
    state: State
    grade: Grade | None
    stop: ContactStop | None
    stops_elsewhere: tuple[Stopped, ...]
    is_unsafe: bool
    """Whoever was there last knew of no safe way to contact the victim."""


@dataclass(frozen=True, slots=True)
class IncidentElsewhere:
    """An incident of another team: who is in it and how it stands; nobody's answers or phone."""

    id: UUID
    urn: str
    team: str
    reported_at: datetime
    open_until: datetime
    pairs: list[PairElsewhere]
    children: list[Named]
    parts: tuple[Part, ...]
    """What the person who was searched for is in it; nothing after another search."""


@dataclass(frozen=True, slots=True)
class ClosedIncident:
    """An incident before it is opened. `is_own`: there is no need to say why."""

    id: UUID
    urn: str
    team: str
    is_own: bool


def results(work: Work, search_id: UUID, example: str) -> Results:
    """One of the person's own searches, looked up anew; of anybody else's there is none."""
    row = _own_search(work, search_id)
    if row is None:
        raise NotFoundError("There is no such search of yours, or it is over. Search again.")
    sought = _sought(work.vault.open(row.id, "sought", row.sought_sealed))
    found = look_up(work, sought, example)
    work.audit(Name.SEARCH_VIEWED, "search", row.id, found=found.number)
    return Results(row.id, row.kind, sought, found)


def _own_search(work: Work, search_id: UUID | None) -> Search | None:
    row = work.session.get(Search, search_id) if search_id else None
    if row is None or row.account_id != work.by.id or row.made_at < work.now - KEPT_FOR:
        return None
    return row


def why_just_said(work: Work, search_id: UUID | None) -> Why | None:
    """Why the person searched for somebody, if that led here and was said within the hour."""
    row = _own_search(work, search_id)
    if row is None or row.purpose is None or row.made_at <= work.now - OPEN_FOR:
        return None
    return Why(row.purpose, work.vault.open_text(row.id, "words", row.words_sealed))


def packed(sought: Sought) -> str:
    """What was sought as text, to be sealed."""
    born_on = sought.born_on.isoformat() if sought.born_on else ""
    return json.dumps([sought.reference, sought.given_name, sought.surname, born_on, sought.phone])


def _sought(text: str) -> Sought:
    reference, given_name, surname, born_on, phone = json.loads(text)
    day = date.fromisoformat(born_on) if born_on else None
    return Sought(reference, given_name, surname, day, phone)


def closed_incident(work: Work, incident_id: UUID, search_id: UUID | None) -> ClosedIncident:
    """An incident of any team, as far as it is shown to whoever has not said why yet.

    Without a search that led there one of another team's looks like none at all, as elsewhere.
    """
    row = work.connection.execute(
        select(Incident.urn, Incident.team_id, Incident.created_by_id, Team.name)
        .join(Team, Team.id == Incident.team_id)
        .where(Incident.id == incident_id)
    ).first()
    if row is None:
        raise NotFoundError("There is no such incident.")
    is_own = work.by.reaches(
        Permission.VIEW_INCIDENTS, team_id=row.team_id, author_id=row.created_by_id
    )
    if not is_own and not _own_search(work, search_id) and not _opened_at(work, incident_id):
        raise NotFoundError("There is no such incident.")
    return ClosedIncident(incident_id, row.urn, row.name, is_own)


def opened_incident(
    work: Work, incident_id: UUID, search_id: UUID | None
) -> IncidentElsewhere | None:
    """What is shown of it to whoever said why within the hour; None while nobody has."""
    opened_at = _opened_at(work, incident_id)
    if opened_at is None:
        return None
    incident = work.connection.execute(
        select(Incident.urn, Incident.reported_at, Team.name)
        .join(Team, Team.id == Incident.team_id)
        .where(Incident.id == incident_id)
    ).one()
    work.audit(Name.INCIDENT_VIEWED, "incident", incident_id)
    return IncidentElsewhere(
        incident_id,
        incident.urn,
        incident.name,
        incident.reported_at,
        opened_at + OPEN_FOR,
        _pairs(work, incident_id),
        _children(work, incident_id),
        _parts_found(work, incident_id, search_id),
    )


def _opened_at(work: Work, incident_id: UUID) -> datetime | None:
    return work.connection.scalar(
        select(Opening.opened_at)
        .where(
            Opening.account_id == work.by.id,
            Opening.incident_id == incident_id,
            Opening.opened_at > work.now - OPEN_FOR,
        )
        .order_by(Opening.opened_at.desc())
        .limit(1)
    )


def _parts_found(work: Work, incident_id: UUID, search_id: UUID | None) -> tuple[Part, ...]:
    row = _own_search(work, search_id)
    if row is None or row.kind is not SearchKind.PERSON:
        return ()
    sought = _sought(work.vault.open(row.id, "sought", row.sought_sealed))
    return parts_in(work, sought, incident_id)


def _pairs(work: Work, incident_id: UUID) -> list[PairElsewhere]:
    victim, perpetrator = aliased(Person), aliased(Person)
    rows = work.session.execute(
        select(Pair, victim, perpetrator, Assessment.state, Assessment.grade)
        .join(victim, victim.id == Pair.victim_id)
        .outerjoin(perpetrator, perpetrator.id == Pair.perpetrator_id)
        .join(Assessment, Assessment.pair_id == Pair.id)
        .where(Pair.incident_id == incident_id, is_latest())
        .order_by(Pair.created_at, Pair.id)
    ).all()
    pair_ids = [row.Pair.id for row in rows]
    stops, elsewhere = contact_stops(work, pair_ids), stops_elsewhere(work, pair_ids)
    contact = last_contact(work, pair_ids)
    return [
        PairElsewhere(
            _named(work, victim_row),
            pair.victim_age,
            _named(work, perpetrator_row) if pair.perpetrator_id else None,
            pair.relationship,
            state,
            grade,
            stops.get(pair.id),
            elsewhere[pair.id],
            pair.id in contact and contact[pair.id].says_unsafe,
        )
        for pair, victim_row, perpetrator_row, state, grade in rows
    ]


def _children(work: Work, incident_id: UUID) -> list[Named]:
    rows = work.session.scalars(
        select(Person)
        .join(IncidentChild, IncidentChild.person_id == Person.id)
        .where(IncidentChild.incident_id == incident_id)
        .order_by(IncidentChild.created_at, IncidentChild.id)
    )
    return [_named(work, row) for row in rows]


def _named(work: Work, row: Person) -> Named:
    born_on = work.vault.open_text(row.id, "born_on", row.born_on_sealed)
    return Named(
        work.vault.open(row.id, "name", row.name_sealed),
        date.fromisoformat(born_on) if born_on else None,
    )
