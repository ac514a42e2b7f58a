"""Correcting who is in an incident, and what is known of its children; what was there is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dash_forms.domain.audit_events import Name
from dash_forms.domain.callers import check_phone
from dash_forms.domain.corrections import (
    PERPETRATOR,
    VICTIM,
    ChildDetails,
    Indexes,
    PairDetails,
    former_index,
    replaced,
)
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.grading import Stated
from dash_forms.domain.incidents import age_on
from dash_forms.domain.periods import london_date
from dash_forms.domain.permissions import Permission
from dash_forms.incidents.commands import require_rev
from dash_forms.incidents.corrections import keep, opened, pair_details, pair_of
from dash_forms.incidents.people import (
    PersonDetails,
    add_perpetrator,
    correct_perpetrator,
    correct_person,
)
from dash_forms.store.access import incident_for
from dash_forms.store.models import IncidentChild, Pair, Person
from dash_forms.store.offenders import is_kept
from dash_forms.store.safeguarding import owe_to_children
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class AboutChild:
    """What is known now of a linked child; `rev` is the incident's, as for its details."""

    rev: int
    lives_there: Stated
    was_present: Stated
    school: str
    who: ChildDetails | None = None
    """None from a page that does not ask who the child is."""


def correct_pair(
    work: Work, incident_id: UUID, pair_id: UUID, rev: int, details: PairDetails
) -> None:
    """Record what is known now of a pair; what was is kept, and a change made since is not undone.

    All that rests on who somebody is follows: earlier incidents, figures, and what is owed to a
    victim who turns out to be a child.
    """
    incident = incident_for(work, incident_id, Permission.CORRECT_PEOPLE, lock=True)
    pair = pair_of(work, incident, pair_id)
    require_rev(incident, rev)
    was = replaced(pair_details(work, pair), details)
    if not was:
        return
    on = london_date(incident.reported_at)
    before = _indexes(work, pair)
    if "victim_phone" in was:  # a number that was taken before may stay as it is
        check_phone(details.victim_phone, "victim_phone")
    if VICTIM & was.keys():
        _correct_victim(work, pair, details, on)
    if PERPETRATOR & was.keys():
        _correct_perpetrator(work, pair, details, on)
    pair.relationship = details.relationship
    after = _indexes(work, pair)
    keep(work, was, pair_id=pair.id, former_index=former_index(before, after))
    incident.rev += 1
    trace = _trace(was, after)
    work.audit(Name.PAIR_CORRECTED, "incident", incident.id, pair=str(pair.id), **trace)
    owe_to_children(work, incident.id)


def change_child(work: Work, incident_id: UUID, child_id: UUID, about: AboutChild) -> None:
    """Correct what is known of a child, and who it is; a change made since is not undone."""
    incident = incident_for(work, incident_id, Permission.LINK_CHILDREN, lock=True)
    child = work.session.get(IncidentChild, child_id)
    if child is None or child.incident_id != incident.id:
        raise NotFoundError("There is no such child or dependant in this incident.")
    require_rev(incident, about.rev)
    child.lives_there, child.was_present = about.lives_there, about.was_present
    child.school_sealed = work.vault.seal_text(child.id, "school", about.school)
    was = _correct_child(work, child, about.who, london_date(incident.reported_at))
    incident.rev += 1
    trace = _trace(was, [_index(work, child.person_id)]) if was else {}
    work.audit(Name.CHILD_CHANGED, "incident", incident.id, child=str(child.id), **trace)
    if was:
        owe_to_children(work, incident.id)


def _indexes(work: Work, pair: Pair) -> Indexes:
    return Indexes(_index(work, pair.victim_id), _index(work, pair.perpetrator_id))


def _index(work: Work, person_id: UUID | None) -> bytes | None:
    row = work.session.get(Person, person_id) if person_id else None
    return row.identity_index if row else None


def _trace(was: Mapping[str, str], people: Iterable[bytes | None]) -> dict[str, list[str]]:
    """What changed, and whom somebody is said to be now, as the log of searches has it.

    A correction looks for earlier incidents as a search does, so it leaves the same trace.
    """
    return {"fields": sorted(was), "people": [each.hex() for each in people if each]}


def _correct_child(
    work: Work, child: IncidentChild, who: ChildDetails | None, on: date
) -> dict[str, str]:
    """What was recorded of who it is, where that is another now; a page may not have asked."""
    recorded = opened(work, child.person_id)
    was = replaced(ChildDetails(recorded.name, recorded.born_on), who) if who else {}
    if who and was:
        known = PersonDetails(who.child_name, who.child_born_on, recorded.phone, recorded.address)
        correct_person(work, work.session.get_one(Person, child.person_id), known, on)
        keep(work, was, child_id=child.id)
    return was


def _correct_victim(work: Work, pair: Pair, details: PairDetails, on: date) -> None:
    address = opened(work, pair.victim_id).address
    known = PersonDetails(details.victim_name, details.born_on, details.victim_phone, address)
    correct_person(work, work.session.get_one(Person, pair.victim_id), known, on)
    pair.victim_age = age_on(details.born_on, on) if details.born_on else None


def _correct_perpetrator(work: Work, pair: Pair, details: PairDetails, on: date) -> None:
    """Nobody known any more is nobody: the row goes, and what it said stays in the correction.

    Unless something is recorded against that person, which stays with whom it was recorded for.
    """
    row = work.session.get(Person, pair.perpetrator_id) if pair.perpetrator_id else None
    was = opened(work, pair.perpetrator_id)
    known = PersonDetails(
        details.perpetrator_name, details.perpetrator_born_on, was.phone, was.address
    )
    if row is None:
        pair.perpetrator_id = add_perpetrator(work, known, on).id
    elif known.is_known:
        correct_perpetrator(work, row, known, on)
    else:
        pair.perpetrator_id = None
        work.session.flush()
        if not is_kept(work, row.id):
            work.session.delete(row)
