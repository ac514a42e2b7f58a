"""Recording incidents, and linking the people in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.callers import check_phone
from dash_forms.domain.corrections import IncidentFacts, replaced
from dash_forms.domain.errors import InvalidError, StaleError
from dash_forms.domain.grading import Stated
from dash_forms.domain.ids import uuid7
from dash_forms.domain.incidents import LocationType, Relationship, ResponseGrade, Times, age_on
from dash_forms.domain.periods import london_date
from dash_forms.domain.permissions import Permission
from dash_forms.incidents.corrections import facts_of, keep, opened
from dash_forms.incidents.people import (
    PersonDetails,
    add_perpetrator,
    add_person,
)
from dash_forms.store.access import incident_for
from dash_forms.store.attempts import new_attempt
from dash_forms.store.models import (
    Assessment,
    Incident,
    IncidentChild,
    Pair,
    Team,
)
from dash_forms.store.safeguarding import owe_to_children
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class NewPair:
    """A victim, the alleged perpetrator, and how they are connected."""

    victim: PersonDetails
    perpetrator: PersonDetails
    relationship: Relationship
    pair_id: UUID = field(default_factory=uuid7)
    assessment_id: UUID = field(default_factory=uuid7)
    """Of the first attempt with this victim."""
    question_set: str = ""
    """The version that a tablet without signal has asked with."""


@dataclass(frozen=True, slots=True)
class NewIncident:
    """What the officer enters at the door; everything else can wait."""

    incident_id: UUID
    urn: str
    times: Times
    team_id: UUID
    pair: NewPair


@dataclass(frozen=True, slots=True)
class IncidentDetails:
    """What can wait. `rev` is the revision that the officer was looking at."""

    rev: int
    times: Times
    team_id: UUID
    location_type: LocationType | None
    response_grade: ResponseGrade | None
    address: str
    urn: str | None = None
    """None where it is not in question."""


@dataclass(frozen=True, slots=True)
class NewChild:
    """A child or dependant, and what is known of where they were."""

    child_id: UUID
    details: PersonDetails
    lives_there: Stated
    was_present: Stated
    school: str = ""


def create_incident(work: Work, new: NewIncident) -> UUID:
    """Record an incident with its first pair; returns the incident's id.

    The id is made with the form, so sending the same form twice makes one incident.
    """
    if work.session.get(Incident, new.incident_id) is not None:
        return incident_for(work, new.incident_id, Permission.RECORD_INCIDENTS).id
    new.times.check(work.now)
    _check_urn(work, new.urn)
    _check_team(work, new.team_id)
    incident = Incident(
        id=new.incident_id,
        urn=new.urn,
        reported_at=new.times.reported_at,
        team_id=new.team_id,
        created_by_id=work.by.id,
        created_at=work.now,
    )
    work.session.add(incident)
    work.session.flush()
    work.audit(Name.INCIDENT_CREATED, "incident", incident.id)
    _link(work, incident, new.pair)
    return incident.id


def change_details(work: Work, incident_id: UUID, details: IncidentDetails) -> None:
    """Complete or correct an incident; a change made since the page was opened is not undone."""
    incident = incident_for(work, incident_id, Permission.RECORD_INCIDENTS, lock=True)
    require_rev(incident, details.rev)
    details.times.check(work.now)
    _check_team(work, details.team_id)
    recorded = facts_of(work, incident)
    if incident.reported_at != details.times.reported_at:
        incident.reported_at = details.times.reported_at
        _age_anew(work, incident)
    incident.dispatched_at = details.times.dispatched_at
    incident.arrived_at = details.times.arrived_at
    incident.location_type = details.location_type
    incident.response_grade = details.response_grade
    incident.address_sealed = work.vault.seal_text(incident.id, "address", details.address)
    if incident.team_id != details.team_id:
        _move(work, incident, details.team_id)
    if details.urn not in {None, incident.urn}:
        _renumber(work, incident, details.urn)
    _keep_what_was(work, incident, recorded)
    incident.rev += 1
    work.audit(Name.INCIDENT_CHANGED, "incident", incident.id, rev=incident.rev)


def _keep_what_was(work: Work, incident: Incident, recorded: IncidentFacts) -> None:
    """What was there is kept; what was not given yet has only been completed."""
    changed = replaced(recorded, facts_of(work, incident))
    was = {name: words for name, words in changed.items() if words}
    if was:
        former = work.vault.number_index(recorded.urn) if "urn" in was else None
        keep(work, was, incident_id=incident.id, former_index=former)


def _age_anew(work: Work, incident: Incident) -> None:
    """Victims are as old as they were on the day of the report; under 18 they are owed more."""
    on = london_date(incident.reported_at)
    for pair in work.session.scalars(select(Pair).where(Pair.incident_id == incident.id)):
        born_on = opened(work, pair.victim_id).born_on
        if born_on and born_on > on:
            raise InvalidError(
                "Somebody in this incident was not born yet on that day", field="reported_at"
            )
        pair.victim_age = age_on(born_on, on) if born_on else None
    owe_to_children(work, incident.id)


def _renumber(work: Work, incident: Incident, urn: str) -> None:
    """Put a mistyped number right; the audit log keeps both."""
    _check_urn(work, urn)
    work.audit(Name.INCIDENT_RENUMBERED, "incident", incident.id, old=incident.urn, new=urn)
    incident.urn = urn


def _move(work: Work, incident: Incident, team_id: UUID) -> None:
    """Give an incident to another team, with the cases of which nothing has been sent yet."""
    work.audit(
        Name.INCIDENT_MOVED, "incident", incident.id, old=str(incident.team_id), new=str(team_id)
    )
    incident.team_id = team_id


def link_pair(work: Work, incident_id: UUID, pair: NewPair) -> UUID:
    """Add another victim to an incident, with an assessment of their own; returns the pair's id.

    The same form sent twice links one.
    """
    incident = incident_for(work, incident_id, Permission.RECORD_INCIDENTS, lock=True)
    if known := work.session.get(Pair, pair.pair_id):
        _require_same_incident(known.incident_id, incident_id)
        return known.id
    return _link(work, incident, pair)


def link_child(work: Work, incident_id: UUID, child: NewChild) -> None:
    """Link a child or dependant to an incident; the same form sent twice links one."""
    incident = incident_for(work, incident_id, Permission.LINK_CHILDREN, lock=True)
    if known := work.session.get(IncidentChild, child.child_id):
        _require_same_incident(known.incident_id, incident_id)
        return
    person = add_person(work, child.details, london_date(incident.reported_at))
    work.session.add(
        IncidentChild(
            id=child.child_id,
            incident_id=incident.id,
            person_id=person.id,
            school_sealed=work.vault.seal_text(child.child_id, "school", child.school),
            lives_there=child.lives_there,
            was_present=child.was_present,
            created_at=work.now,
        )
    )
    work.audit(Name.CHILD_LINKED, "incident", incident.id)
    owe_to_children(work, incident.id)


def require_rev(incident: Incident, rev: int) -> None:
    """StaleError if the incident has changed since the page was opened."""
    if incident.rev != rev:
        raise StaleError(
            "Somebody else changed this incident while you had it open. Nothing was overwritten:"
            " look at it again, then make your change.",
            now=incident.rev,
        )


def _require_same_incident(known: UUID, incident_id: UUID) -> None:
    if known != incident_id:
        raise StaleError(
            "This form belongs to another incident. Reload the page and send it again."
        )


def _link(work: Work, incident: Incident, new: NewPair) -> UUID:
    reported_on = london_date(incident.reported_at)
    check_phone(new.victim.phone, "victim_phone")
    victim = add_person(work, new.victim, reported_on)
    perpetrator = (
        add_perpetrator(work, new.perpetrator, reported_on) if new.perpetrator.is_known else None
    )
    born_on = new.victim.born_on
    pair = Pair(
        id=new.pair_id,
        incident_id=incident.id,
        victim_id=victim.id,
        perpetrator_id=perpetrator.id if perpetrator else None,
        relationship=new.relationship,
        victim_age=age_on(born_on, reported_on) if born_on else None,
        created_at=work.now,
    )
    work.session.add(pair)
    work.session.flush()
    if work.session.get(Assessment, new.assessment_id) is not None:
        raise StaleError("This form was used before. Reload the page and send it again.")
    new_attempt(work, pair.id, 1, new.assessment_id, new.question_set)
    work.audit(Name.PAIR_LINKED, "incident", incident.id, pair=str(pair.id))
    return pair.id


def _check_urn(work: Work, urn: str) -> None:
    if work.session.scalar(select(Incident.id).where(Incident.urn == urn)):
        raise InvalidError(
            "There is already an incident with this number. Search for it under Find", field="urn"
        )


def _check_team(work: Work, team_id: UUID) -> None:
    if work.session.get(Team, team_id) is None:
        raise InvalidError("Choose a team from the list", field="team")
