"""Looking up what is sought: by keys and unique numbers alone, and nothing is opened to compare it.

Each statement reads through an index, and none depends on how many records there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import BindParameter, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from dash_forms.domain.callers import Kind
from dash_forms.domain.finding import Part, Sought, spellings, with_prefix
from dash_forms.domain.permissions import Permission
from dash_forms.store.callers import names_of
from dash_forms.store.models import (
    Account,
    Call,
    Caller,
    CallerKey,
    CameraRecord,
    Correction,
    Incident,
    IncidentChild,
    Pair,
    Person,
    Plan,
    Team,
)
from dash_forms.store.plans import PlanLine, reachable_plans
from dash_forms.store.work import Work

if TYPE_CHECKING:
    from dash_forms.store.crypto import Vault

MOST = 25
"""Of each kind; a phone that more share, as a hostel’s, tells nobody apart."""
_MOST_PEOPLE = 200
_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_people: BindParameter[Any] = bindparam("people", expanding=True)
_keys: BindParameter[Any] = bindparam("keys", expanding=True)
_texts: BindParameter[Any] = bindparam("texts", expanding=True)

# Put together once. A list of ids for each side, and not a join on either column, which PostgreSQL
# would read the table for.
# Ids are in the order in which people were recorded.
_LATEST = select(Person.id).order_by(Person.id.desc()).limit(_MOST_PEOPLE)
_BY_NAME = _LATEST.where(Person.identity_index.in_(_keys))
_BY_PHONE = _LATEST.where(Person.phone_index.in_(_keys))
_PARTS: tuple[tuple[Part, Select[UUID]], ...] = (
    (Part.VICTIM, select(Pair.incident_id).where(Pair.victim_id.in_(_people))),
    (Part.PERPETRATOR, select(Pair.incident_id).where(Pair.perpetrator_id.in_(_people))),
    (Part.CHILD, select(IncidentChild.incident_id).where(IncidentChild.person_id.in_(_people))),
)
_INCIDENTS = (
    select(
        Incident.id,
        Incident.urn,
        Incident.reported_at,
        Incident.team_id,
        Incident.created_by_id,
        Team.name.label("team"),
    )
    .join(Team, Team.id == Incident.team_id)
    .order_by(Incident.reported_at.desc(), Incident.id)
    .limit(MOST + 1)
)
_INCIDENTS_BY_ID = _INCIDENTS.where(Incident.id.in_(_ids))
_INCIDENTS_BY_NUMBER = _INCIDENTS.where(Incident.urn.in_(_texts))
_CALLS = select(Call.counted_as_id, Call.incident_urn).where(Call.reference.in_(_texts))
_RENUMBERED = select(Correction.incident_id).where(
    Correction.former_index == bindparam("number"),
    Correction.incident_id.is_not(None),
)
_later = aliased(CameraRecord)
_FOOTAGE = select(CameraRecord.incident_id).where(
    CameraRecord.reference_index == bindparam("footage"),
    # A reference that was corrected stays in the ledger, and is no longer the incident's.
    ~exists().where(
        _later.incident_id == CameraRecord.incident_id,
        _later.officer_id == CameraRecord.officer_id,
        _later.said.is_not(None),
        or_(
            _later.recorded_at > CameraRecord.recorded_at,
            and_(_later.recorded_at == CameraRecord.recorded_at, _later.id > CameraRecord.id),
        ),
    ),
)
_CALLERS = (
    select(Caller.counted_as_id)
    .distinct()
    .join(CallerKey, CallerKey.caller_id == Caller.id)
    .where(CallerKey.kind == bindparam("kind"), CallerKey.key.in_(_keys))
    .limit(_MOST_PEOPLE)
)
_PLANS = (
    select(
        Plan.id,
        Team.name,
        Account.display_name,
        Plan.opened_at,
        Plan.closed_at,
        Plan.outcome,
    )
    .select_from(Plan)
    .join(Caller, Caller.id == Plan.caller_id)
    .join(Team, Team.id == Plan.team_id)
    .join(Account, Account.id == Plan.owner_id)
    .where(Caller.counted_as_id.in_(_ids))
    .order_by(Plan.opened_at.desc(), Plan.id)
    .limit(MOST + 1)
)
_CALL_COUNTS = (
    select(
        Call.counted_as_id,
        func.count(Call.contact.distinct()).label("number"),
        func.max(Call.called_at).label("last_at"),
    )
    .where(Call.counted_as_id.in_(_ids))
    .group_by(Call.counted_as_id)
    .order_by(func.max(Call.called_at).desc(), Call.counted_as_id)
    .limit(MOST + 1)
)


@dataclass(frozen=True, slots=True)
class FoundIncident:
    """An incident by its number; no names, because whoever stands near may see the list."""

    id: UUID
    urn: str
    reported_at: datetime
    team: str
    parts: tuple[Part, ...]
    opens: bool
    """Whether it is within the person’s reach; of another one no more is said than its team."""


@dataclass(frozen=True, slots=True)
class FoundCaller:
    """Somebody who called, by whom they count as."""

    id: UUID
    name: str
    calls: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, of each kind; of more than so many the latest."""

    incidents: Sequence[FoundIncident] = ()
    callers: Sequence[FoundCaller] = ()
    plans: Sequence[PlanLine] = ()
    has_more: bool = False

    @property
    def number(self) -> int:
        """How many there are in all."""
        return len(self.incidents) + len(self.callers) + len(self.plans)


def keys_of(vault: Vault, sought: Sought) -> list[tuple[Kind, bytes]]:
    """The keys of a person who is sought: of the name in both orders, and of the phone."""
    found = []
    if sought.born_on:
        indexes = (vault.identity_index(name, sought.born_on) for name in sought.names)
        found = [(Kind.IDENTITY, each) for each in dict.fromkeys(indexes) if each]
    if phone := vault.phone_index(sought.phone):
        found.append((Kind.PHONE, phone))
    return found


def look_up(work: Work, sought: Sought, example: str) -> Found:
    """Whatever the person may see of what is sought."""
    if sought.reference:
        return _by_reference(work, sought.reference, example)
    keys = keys_of(work.vault, sought)
    return _shown(
        work,
        _incidents_of_person(work, keys),
        {each for kind, key in keys for each in _callers_by(work, kind, key)},
    )


def _by_reference(work: Work, reference: str, example: str) -> Found:
    texts = spellings(reference, example)
    calls = work.connection.execute(_CALLS, {"texts": texts}).all()
    numbers = {*texts, *(call.incident_urn for call in calls if call.incident_urn)}
    rows: list[FoundIncident] = []
    if work.by.may(Permission.VIEW_INCIDENTS):
        rows = _incidents(work, _INCIDENTS_BY_NUMBER, {"texts": sorted(numbers)}, {})
        if not rows:
            number = work.vault.number_index(reference)
            renumbered = work.connection.scalars(_RENUMBERED, {"number": number}).all()
            rows = _incidents(work, _INCIDENTS_BY_ID, {"ids": list(renumbered)}, {})
        if not rows:
            given = {"footage": work.vault.footage_index(reference)}
            filmed = work.connection.scalars(_FOOTAGE, given).all()
            rows = _incidents(work, _INCIDENTS_BY_ID, {"ids": list(filmed)}, {})
        if not rows and (whole := with_prefix(reference, example)):
            rows = _incidents(work, _INCIDENTS_BY_NUMBER, {"texts": list(whole)}, {})
    return _shown(work, rows, {call.counted_as_id for call in calls if call.counted_as_id})


def _shown(work: Work, incidents: Sequence[FoundIncident], people: set[UUID]) -> Found:
    callers = _callers(work, people) if work.by.may(Permission.VIEW_CALLERS) else []
    plans = _plans(work, people) if work.by.may(Permission.VIEW_PLANS) else []
    return Found(
        incidents[:MOST],
        callers[:MOST],
        plans[:MOST],
        has_more=any(len(each) > MOST for each in (incidents, callers, plans)),
    )


def _incidents_of_person(work: Work, keys: Iterable[tuple[Kind, bytes]]) -> Sequence[FoundIncident]:
    if not work.by.may(Permission.VIEW_INCIDENTS):
        return ()
    parts = _parts(work, keys)
    return _incidents(work, _INCIDENTS_BY_ID, {"ids": list(parts)}, parts) if parts else ()


def parts_in(work: Work, sought: Sought, incident_id: UUID) -> tuple[Part, ...]:
    """What the person who is sought was in an incident that is open to whoever searched."""
    found = _parts(work, keys_of(work.vault, sought)).get(incident_id, ())
    return tuple(dict.fromkeys(found))


def _parts(work: Work, keys: Iterable[tuple[Kind, bytes]]) -> dict[UUID, list[Part]]:
    people: set[UUID] = set()
    for query, kind in ((_BY_NAME, Kind.IDENTITY), (_BY_PHONE, Kind.PHONE)):
        if wanted := [key for of, key in keys if of is kind]:
            people.update(work.connection.scalars(query, {"keys": wanted}))
    parts: dict[UUID, list[Part]] = {}
    for part, query in _PARTS if people else ():
        for incident in work.connection.scalars(query, {"people": list(people)}):
            parts.setdefault(incident, []).append(part)
    return parts


def _incidents(
    work: Work,
    query: Select[*tuple[Any, ...]],
    given: dict[str, Any],
    parts: dict[UUID, list[Part]],
) -> list[FoundIncident]:
    found = []
    for row in work.connection.execute(query, given):
        opens = work.by.reaches(
            Permission.VIEW_INCIDENTS, team_id=row.team_id, author_id=row.created_by_id
        )
        as_what = tuple(dict.fromkeys(parts.get(row.id, ()))) if opens else ()
        found.append(FoundIncident(row.id, row.urn, row.reported_at, row.team, as_what, opens))
    return found


def _callers_by(work: Work, kind: Kind, key: bytes) -> Iterable[UUID]:
    return work.connection.scalars(_CALLERS, {"kind": kind, "keys": [key]})


def _callers(work: Work, people: set[UUID]) -> list[FoundCaller]:
    if not people:
        return []
    rows = work.connection.execute(_CALL_COUNTS, {"ids": list(people)}).all()
    names = names_of(work.connection, work.vault, [row.counted_as_id for row in rows])
    return [
        FoundCaller(row.counted_as_id, names[row.counted_as_id], row.number, row.last_at)
        for row in rows
    ]


def _plans(work: Work, people: set[UUID]) -> list[PlanLine]:
    if not people:
        return []
    rows = work.connection.execute(_PLANS.where(reachable_plans(work)), {"ids": list(people)})
    return [PlanLine(*row) for row in rows]
