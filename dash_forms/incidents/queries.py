"""What officers and supervisors see of incidents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from dash_forms.domain.assessment import State
from dash_forms.domain.audit_events import Name
from dash_forms.domain.duties import Duties
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.grading import Grade
from dash_forms.domain.history import Stopped
from dash_forms.domain.ids import NOBODYS
from dash_forms.domain.incidents import (
    LocationType,
    Relationship,
    ResponseGrade,
    is_for_child_process,
)
from dash_forms.domain.permissions import Permission
from dash_forms.domain.referrals import TaskKind, TaskState
from dash_forms.domain.review import Decision
from dash_forms.incidents.corrections import Corrected, corrections_of
from dash_forms.store.access import (
    VICTIM_COUNT,
    VICTIM_NUMBER,
    incident_for,
    reachable_incidents,
    which_victim,
)
from dash_forms.store.attempts import AttemptView, attempts_of, is_latest
from dash_forms.store.cameras import (
    Camera,
    MissingCamera,
    attendance_of,
    cameras_of,
    missing_of_officer,
)
from dash_forms.store.children import ChildOfIncident, children_of
from dash_forms.store.duties import last_contact
from dash_forms.store.models import Account, Answer, Assessment, Incident, Pair, Review, Task, Team
from dash_forms.store.models import Person as PersonRow
from dash_forms.store.offenders import InForce, in_force, named_elsewhere
from dash_forms.store.reoffers import (
    ContactStop,
    OwedOffer,
    contact_stops,
    made_offers,
    owed_offers,
    stops_elsewhere,
)
from dash_forms.store.returns import Returned, last_return
from dash_forms.store.work import Work

PAGE_LENGTH = 25
MISSING_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ListedAssessment:
    """An assessment in a list: no names, because lists are seen by whoever stands near."""

    id: UUID
    incident_id: UUID
    urn: str
    reported_at: datetime
    team: str
    author: str
    state: State
    grade: Grade | None
    done_count: int
    attempt: int
    needs_decision: bool
    """Two answers to one topic were saved, and nobody has chosen yet."""
    due_at: datetime | None
    """When it should have been sent, while it is not."""
    is_overdue: bool
    victim: str
    """Which victim of the incident, where there are several."""
    is_due_after_all: bool
    """An exemption was rejected, and nothing has been begun since."""


@dataclass(frozen=True, slots=True)
class IncidentList:
    """What is still open for this person, and a page of the others."""

    mine: list[ListedAssessment]
    listed: list[ListedAssessment]
    page: int
    page_count: int
    missing_cameras: list[MissingCamera]
    """Attended by this person, who has not said yet what their camera did."""
    missing_camera_count: int


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person in the clear."""

    name: str
    born_on: date | None
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class PairView:
    """A pair on the incident page."""

    id: UUID
    number: int
    victim: PersonView
    victim_age: int | None
    perpetrator: PersonView | None
    perpetrator_elsewhere: UUID | None
    """The alleged perpetrator, where named in other incidents and the reader may look at those."""
    in_force: list[InForce]
    """What is outstanding against them, such as bail with its conditions."""
    relationship: Relationship
    assessment_id: UUID
    state: State
    grade: Grade | None
    attempts: list[AttemptView]
    """The earlier ones and the one above, the first one first."""
    offer: OwedOffer | None
    made_offer_id: UUID | None
    """The offer that was made last, through which contact can still be stopped."""
    stop: ContactStop | None
    stops_elsewhere: tuple[Stopped, ...]
    """Of other incidents of the same victim."""
    rejected: Returned | None
    """Why an assessment is due after all, where an exemption was rejected and none was begun."""
    contact: Duties
    """What was said last of safe contact."""
    corrections: list[Corrected]
    """What was recorded before, the latest correction first."""

    @property
    def is_phone_hidden(self) -> bool:
        """A number that must not be rung is not shown either."""
        return bool(self.stop or self.stops_elsewhere or self.contact.says_unsafe)

    @property
    def is_under_age(self) -> bool:
        """The child process applies, not this assessment (domain guide, scenario 23)."""
        return is_for_child_process(self.victim_age)


@dataclass(frozen=True, slots=True)
class IncidentView:
    """The incident page."""

    id: UUID
    urn: str
    rev: int
    reported_at: datetime
    dispatched_at: datetime | None
    arrived_at: datetime | None
    location_type: LocationType | None
    response_grade: ResponseGrade | None
    address: str
    team_id: UUID
    team: str
    pairs: list[PairView]
    children: list[ChildOfIncident]
    corrections: Mapping[UUID, list[Corrected]]
    """What was recorded before of the incident and of who a child is, the latest first."""
    cameras: list[Camera]
    attended_at: datetime | None
    """As the figures count it; None while nothing says that anybody went there."""
    to_identify: datetime | None
    """By when those children are to be linked who are known of and are not, while they are."""


@dataclass(frozen=True, slots=True)
class BlankIncident:
    """An incident with nobody in it, for the forms that a tablet keeps."""

    id: UUID = NOBODYS
    urn: str = ""
    pairs: tuple[PairView, ...] = ()


def incident_list(work: Work, *, page: int = 1) -> IncidentList:
    """Assessments within the person's reach."""
    reach = [reachable_incidents(work)]
    open_states = [state for state in State if state.is_open]
    mine = _listed(
        work,
        [*reach, Assessment.author_id == work.by.id, Assessment.state.in_(open_states)],
        limit=20,
    )
    counted = select(func.count(Pair.id)).join(Incident, Incident.id == Pair.incident_id)
    wanted = [*reach, Assessment.id.not_in([each.id for each in mine])]
    found = (work.session.scalar(counted.where(*reach)) or 0) - len(mine)
    page_count = max(1, -(-found // PAGE_LENGTH))
    page = min(max(page, 1), page_count)
    listed = _listed(work, wanted, limit=PAGE_LENGTH, offset=(page - 1) * PAGE_LENGTH)
    work.audit(Name.INCIDENTS_LISTED, "incident", page=page)
    missing: list[MissingCamera] = []
    count = 0
    if page == 1 and work.by.may(Permission.RECORD_CAMERAS):
        missing, count = missing_of_officer(work, limit=MISSING_SHOWN)
    return IncidentList(mine, listed, page, page_count, missing, count)


def incident(work: Work, incident_id: UUID) -> IncidentView:
    """One incident with everyone in it."""
    row = incident_for(work, incident_id, Permission.VIEW_INCIDENTS)
    team = work.session.scalar(select(Team.name).where(Team.id == row.team_id)) or ""
    work.audit(Name.INCIDENT_VIEWED, "incident", row.id)
    children = children_of(work, row)
    return IncidentView(
        id=row.id,
        urn=row.urn,
        rev=row.rev,
        reported_at=row.reported_at,
        dispatched_at=row.dispatched_at,
        arrived_at=row.arrived_at,
        location_type=row.location_type,
        response_grade=row.response_grade,
        address=work.vault.open_text(row.id, "address", row.address_sealed),
        team_id=row.team_id,
        team=team,
        pairs=_pairs(work, row.id),
        children=children,
        corrections=corrections_of(work, [row.id, *(each.id for each in children)]),
        cameras=cameras_of(work, row),
        attended_at=attendance_of(work, row.id),
        to_identify=_to_identify(work, row.id),
    )


def pair(found: IncidentView, pair_id: UUID) -> PairView:
    """One of the pairs of an incident, or NotFoundError."""
    for each in found.pairs:
        if each.id == pair_id:
            return each
    raise NotFoundError("There is no such victim in this incident.")


def child(found: IncidentView, child_id: UUID) -> ChildOfIncident:
    """One of the children linked to an incident, or NotFoundError."""
    for each in found.children:
        if each.id == child_id:
            return each
    raise NotFoundError("There is no such child or dependant in this incident.")


def _listed(
    work: Work, conditions: list[ColumnElement[bool]], *, limit: int, offset: int = 0
) -> list[ListedAssessment]:
    done = (
        select(func.count())
        .where(Answer.assessment_id == Assessment.id, Answer.part == "", Answer.value.is_not(None))
        .correlate(Assessment)
        .scalar_subquery()
    )
    waits = exists().where(Answer.assessment_id == Assessment.id, Answer.in_conflict)
    rows = work.session.execute(
        select(
            Assessment.id,
            Incident.id.label("incident_id"),
            Incident.urn,
            Incident.reported_at,
            Team.name.label("team"),
            Account.display_name.label("author"),
            Assessment.state,
            Assessment.grade,
            done.label("done_count"),
            Assessment.attempt,
            waits.label("needs_decision"),
            _due_after_all().label("is_due_after_all"),
            Assessment.created_at,
            VICTIM_NUMBER,
            VICTIM_COUNT,
        )
        .join(Pair, Pair.id == Assessment.pair_id)
        .join(Incident, Incident.id == Pair.incident_id)
        .join(Team, Team.id == Incident.team_id)
        .join(Account, Account.id == Assessment.author_id)
        .where(is_latest(), *conditions)
        .order_by(Incident.created_at.desc(), Assessment.id)
        .limit(limit)
        .offset(offset)
    )
    listed = []
    for row in rows:
        shown = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name for it
        due_at = work.clocks.sending_due(row.state, row.attempt, shown.pop("created_at"))
        late = due_at is not None and due_at < work.now
        victim = which_victim(shown.pop("victim_number"), shown.pop("victim_count"))
        listed.append(ListedAssessment(**shown, due_at=due_at, is_overdue=late, victim=victim))
    return listed


def _due_after_all() -> ColumnElement[bool]:
    rejected = exists().where(
        Review.assessment_id == Assessment.id, Review.decision == Decision.REJECTED
    )
    return and_(Assessment.state == State.REQUIRED, rejected)


def _pairs(work: Work, incident_id: UUID) -> list[PairView]:
    victim, perpetrator = aliased(PersonRow), aliased(PersonRow)
    rows = work.session.execute(
        select(Pair, victim, perpetrator)
        .join(victim, victim.id == Pair.victim_id)
        .outerjoin(perpetrator, perpetrator.id == Pair.perpetrator_id)
        .where(Pair.incident_id == incident_id)
        .order_by(Pair.created_at, Pair.id)
    ).all()
    pair_ids = [row.Pair.id for row in rows]
    attempts = attempts_of(work, pair_ids)
    offers, stops = owed_offers(work, pair_ids), contact_stops(work, pair_ids)
    contact = last_contact(work, pair_ids)
    accused = [row.Pair.perpetrator_id for row in rows if row.Pair.perpetrator_id]
    may_look = work.by.may(Permission.VIEW_OFFENDERS)
    named = named_elsewhere(work, incident_id, accused) if may_look else set()
    holds = in_force(work, accused)
    corrections = corrections_of(work, pair_ids)
    made, elsewhere = made_offers(work, pair_ids), stops_elsewhere(work, pair_ids)
    return [
        PairView(
            id=pair.id,
            number=number,
            victim=_person(work, victim_row),
            victim_age=pair.victim_age,
            perpetrator=_person(work, perpetrator_row) if pair.perpetrator_id else None,
            perpetrator_elsewhere=pair.perpetrator_id if pair.perpetrator_id in named else None,
            in_force=holds.get(pair.perpetrator_id, []) if pair.perpetrator_id else [],
            relationship=pair.relationship,
            assessment_id=attempts[pair.id][-1].id,
            state=attempts[pair.id][-1].state,
            grade=attempts[pair.id][-1].grade,
            attempts=attempts[pair.id],
            offer=offers.get(pair.id),
            made_offer_id=made.get(pair.id),
            stop=stops.get(pair.id),
            stops_elsewhere=elsewhere[pair.id],
            rejected=last_return(work, attempts[pair.id][-1].id)
            if attempts[pair.id][-1].state is State.REQUIRED
            else None,
            contact=contact.get(pair.id, Duties()),
            corrections=corrections.get(pair.id, []),
        )
        for number, (pair, victim_row, perpetrator_row) in enumerate(rows, start=1)
    ]


def _to_identify(work: Work, incident_id: UUID) -> datetime | None:
    return work.session.scalar(
        select(func.min(Task.due_at))
        .outerjoin(Assessment, Assessment.id == Task.assessment_id)
        .where(
            Task.incident_id == incident_id,
            Task.kind == TaskKind.IDENTIFY_CHILDREN,
            Task.state == TaskState.OPEN,
            or_(Task.assessment_id.is_(None), Assessment.state != State.VOID),
        )
    )


def _person(work: Work, row: PersonRow) -> PersonView:
    opened = work.vault.open_text
    born_on = opened(row.id, "born_on", row.born_on_sealed)
    return PersonView(
        name=opened(row.id, "name", row.name_sealed),
        born_on=date.fromisoformat(born_on) if born_on else None,
        phone=opened(row.id, "phone", row.phone_sealed),
        address=opened(row.id, "address", row.address_sealed),
    )
