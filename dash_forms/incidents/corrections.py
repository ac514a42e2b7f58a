"""Who the victim and the alleged perpetrator are as recorded, and as they were before."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from dash_forms.domain.corrections import LABELS, IncidentFacts, PairDetails
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.identity import UNNAMED
from dash_forms.domain.ids import uuid7
from dash_forms.domain.incidents import Relationship
from dash_forms.domain.periods import LONDON
from dash_forms.domain.permissions import Permission
from dash_forms.incidents.people import PersonDetails
from dash_forms.store.access import incident_for
from dash_forms.store.models import Account, Correction, Incident, Pair, Person, Team
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class Corrected:
    """One correction, as the incident page tells it."""

    at: datetime
    by: str
    was: dict[str, str]
    """What was recorded, by field; of a phone number only that it was another one."""


def keep(
    work: Work,
    was: dict[str, str],
    *,
    pair_id: UUID | None = None,
    child_id: UUID | None = None,
    incident_id: UUID | None = None,
    former_index: bytes | None = None,
) -> None:
    """Keep what was recorded of a pair, a child or an incident."""
    correction_id = uuid7()
    work.session.add(
        Correction(
            id=correction_id,
            incident_id=incident_id,
            pair_id=pair_id,
            child_id=child_id,
            corrected_by_id=work.by.id,
            corrected_at=work.now,
            was_sealed=work.vault.seal(correction_id, "was", json.dumps(was)),
            former_index=former_index,
        )
    )


def recorded_details(work: Work, incident_id: UUID, pair_id: UUID) -> PairDetails:
    """What is recorded of a pair of this incident, or NotFoundError."""
    incident = incident_for(work, incident_id, Permission.CORRECT_PEOPLE)
    return pair_details(work, pair_of(work, incident, pair_id))


def pair_details(work: Work, pair: Pair) -> PairDetails:
    """A pair as it is recorded, in the clear."""
    victim = opened(work, pair.victim_id)
    perpetrator = opened(work, pair.perpetrator_id)
    return PairDetails(
        victim_name=victim.name,
        born_on=victim.born_on,
        victim_phone=victim.phone,
        perpetrator_name=perpetrator.name,
        perpetrator_born_on=perpetrator.born_on,
        relationship=pair.relationship,
    )


def corrections_of(work: Work, ids: Collection[UUID]) -> Mapping[UUID, list[Corrected]]:
    """The corrections of each incident, pair and child, the latest first."""
    found: dict[UUID, list[Corrected]] = defaultdict(list)
    rows = work.session.execute(
        select(
            Correction,
            func.coalesce(Correction.incident_id, Correction.pair_id, Correction.child_id),
            Account.display_name,
        )
        .join(Account, Account.id == Correction.corrected_by_id)
        .where(
            or_(
                Correction.incident_id.in_(ids),
                Correction.pair_id.in_(ids),
                Correction.child_id.in_(ids),
            )
        )
        .order_by(Correction.corrected_at.desc(), Correction.id.desc())
    )
    for row, of, by in rows:
        was = json.loads(work.vault.open(row.id, "was", row.was_sealed))
        told = {LABELS[field]: _in_words(field, text) for field, text in was.items()}
        found[of].append(Corrected(row.corrected_at, by, told))
    return found


def _in_words(field: str, text: str) -> str:
    """An earlier number may be one that is not safe to ring, so it is never shown again."""
    if field == "victim_phone":
        return "another number" if text else "not given"
    if field == "relationship":
        return Relationship(text).label
    if field.endswith("born_on") and text:
        return f"{date.fromisoformat(text):%-d %B %Y}"
    return text or "not given"


def facts_of(work: Work, incident: Incident) -> IncidentFacts:
    """An incident as it is recorded, in words."""
    team = work.session.get_one(Team, incident.team_id)
    return IncidentFacts(
        urn=incident.urn,
        reported_at=_moment(incident.reported_at),
        dispatched_at=_moment(incident.dispatched_at),
        arrived_at=_moment(incident.arrived_at),
        response_grade=incident.response_grade.label if incident.response_grade else "",
        location_type=incident.location_type.label if incident.location_type else "",
        address=work.vault.open_text(incident.id, "address", incident.address_sealed),
        team=team.name,
    )


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(LONDON):%-d %b %Y, %H:%M}" if at else ""


def pair_of(work: Work, incident: Incident, pair_id: UUID) -> Pair:
    """A pair of this incident, or NotFoundError."""
    pair = work.session.get(Pair, pair_id)
    if pair is None or pair.incident_id != incident.id:
        raise NotFoundError("There is no such victim in this incident.")
    return pair


def opened(work: Work, person_id: UUID | None) -> PersonDetails:
    """Somebody in the clear; nobody is known by nothing."""
    row = work.session.get(Person, person_id) if person_id else None
    if row is None:
        return PersonDetails()
    text = work.vault.open_text
    name = text(row.id, "name", row.name_sealed)
    born_on = text(row.id, "born_on", row.born_on_sealed)
    return PersonDetails(
        name="" if name == UNNAMED else name,
        born_on=date.fromisoformat(born_on) if born_on else None,
        phone=text(row.id, "phone", row.phone_sealed),
        address=text(row.id, "address", row.address_sealed),
    )
