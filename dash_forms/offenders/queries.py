"""What is shown of alleged perpetrators: who recurs, what is outstanding, and one in full."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.assessment import Outcome, State
from dash_forms.domain.audit_events import Name
from dash_forms.domain.declines import Basis, reason
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.grading import Grade, Stated
from dash_forms.domain.history import GRAVE_ANSWERS
from dash_forms.domain.incidents import Relationship
from dash_forms.domain.marac import Door
from dash_forms.domain.offenders import (
    DESK_KINDS,
    RECURS_FROM,
    SOON_DAYS,
    USUAL_MONTHS,
    ActionKind,
    ActionState,
    Allegation,
    EntryKind,
    Frequency,
    Order,
    Outstanding,
    frequency,
    gaps,
    gaps_in_words,
)
from dash_forms.domain.periods import LONDON, london_date, months_before
from dash_forms.domain.permissions import Permission, Role
from dash_forms.domain.referrals import TaskKind, TaskState
from dash_forms.offenders import reasons
from dash_forms.store.models import (
    Account,
    Answer,
    Assessment,
    GradeEntry,
    Incident,
    IncidentChild,
    MaracRecord,
    OffenderAction,
    OffenderActionEntry,
    Pair,
    PairFact,
    Person,
    Task,
    Team,
)
from dash_forms.store.offenders import (
    Alleged,
    against,
    alleged,
    counts,
    is_counted,
    soonest_first,
    whose,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import InstrumentedAttribute

    from dash_forms.store.work import Work

Given = TypeVar("Given")

PAGE_LENGTH = 25
MOST_INCIDENTS = 100
"""So many of one person are shown, the latest; the counts are of all."""
DESK = "Public-protection desk"
LAST_PAGE = 10_000
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom the list shows, in which order, and which page of it."""

    months: int
    team_id: UUID | None
    order: Order
    page: int


@dataclass(frozen=True, slots=True)
class Listed:
    """An alleged perpetrator in the list: a name, counts and days."""

    person_id: UUID
    name: str
    frequency: Frequency
    last_on: date
    days_ago: int
    outstanding: list[Outstanding]
    desk_tasks: int
    is_also_victim: bool


@dataclass(frozen=True, slots=True)
class OffenderList:
    """Whoever recurs in a period, and who could not be looked for."""

    listed: list[Listed]
    found: int
    since: date
    page: int
    page_count: int
    unlinked: int
    """Victims' records of the period whose alleged perpetrator has no date of birth."""
    unnamed: int
    """And those in which nobody is named."""
    ending: int
    """Outstanding actions of anybody, recurring or not, that have ended or end within a week."""
    opened: list[reasons.Given]
    """Why the list was opened lately, by anybody."""


@dataclass(frozen=True, slots=True)
class EntryView:
    """What somebody did about an action."""

    kind: EntryKind
    ends_on: date | None
    conditions: str
    words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action with everything that was said of it, the last first."""

    id: UUID
    outstanding: Outstanding
    state: ActionState
    conditions: str
    starts_on: date
    team: str
    rev: int
    is_doubtful: bool
    """Whether it was recorded while the person had another name or birthday, or none."""
    ended_at: datetime | None
    entries: list[EntryView]

    @property
    def kind(self) -> ActionKind:
        return self.outstanding.kind

    @property
    def ends_on(self) -> date | None:
        return self.outstanding.ends_on


@dataclass(frozen=True, slots=True)
class ListedAction:
    """An outstanding action in the list of all of them."""

    person_id: UUID
    name: str
    outstanding: Outstanding
    team: str
    is_doubtful: bool
    """Whether it was recorded while the person had another name or birthday, or none."""


@dataclass(frozen=True, slots=True)
class ActionList:
    """One page of everything that is outstanding."""

    listed: list[ListedAction]
    page: int
    page_count: int


@dataclass(frozen=True, slots=True)
class DeskTask:
    """What the desk or a team has to do already because of one of the incidents."""

    id: UUID
    kind: TaskKind
    due_at: datetime
    is_overdue: bool
    urn: str


@dataclass(frozen=True, slots=True)
class Mention:
    """An incident; `opens` where the reader may open it."""

    incident_id: UUID
    urn: str
    on: date
    opens: bool


@dataclass(frozen=True, slots=True)
class GradeGiven:
    """A grade that a person gave of one victim’s risk."""

    grade: Grade
    given_as: Role
    on: date


@dataclass(frozen=True, slots=True)
class MaracGiven:
    """A decision on MARAC about one victim."""

    referred: bool
    door: Door | None
    on: date


@dataclass(frozen=True, slots=True)
class AllegedIncident(Mention):
    """One victim's record in which this person is the alleged perpetrator."""

    team: str
    victim: str
    relationship: Relationship
    children: int
    children_there: int
    outcome: Outcome
    reason: str
    grades: list[GradeGiven]
    """Whoever graded, the first first."""
    marac: list[MaracGiven]
    grave: tuple[str, ...]
    """Grave answers of this victim’s, in words."""

    @property
    def ended(self) -> str:
        """How the assessment ended, and why where it was not answered."""
        if self.outcome is Outcome.PENDING:
            return "Not finished"
        return f"{self.outcome.label}: {self.reason}" if self.reason else self.outcome.label


@dataclass(frozen=True, slots=True)
class OffenderPage:
    """One alleged perpetrator with everything that is recorded."""

    person_id: UUID
    name: str
    born_on: date | None
    is_linked: bool
    in_all: Frequency
    in_period: Frequency
    months: int
    last: Mention | None
    days_ago: int
    gap_words: str
    incidents: list[AllegedIncident]
    is_cut: bool
    """Whether there are more than are shown."""
    as_victim: list[Mention]
    high_on: list[date]
    """The days on which anybody graded high, in any of the incidents, the latest first."""
    referred_on: list[date]
    """And those of referrals to MARAC."""
    actions: list[ActionView]
    desk: list[DeskTask]
    opened: list[reasons.Given]
    may_act: bool

    @property
    def open_actions(self) -> list[ActionView]:
        """Those of which nobody has said how they ended."""
        return [each for each in self.actions if each.state.is_open]

    @property
    def ended_actions(self) -> list[ActionView]:
        """The others, the last ended first."""
        ended = [each for each in self.actions if each.ended_at]
        return sorted(ended, key=lambda each: str(each.ended_at), reverse=True)

    @property
    def grave(self) -> dict[str, list[AllegedIncident]]:
        """Grave answers, each with the records in which it was “yes”, the latest first."""
        found: dict[str, list[AllegedIncident]] = {}
        for incident in self.incidents:
            for words in incident.grave:
                found.setdefault(words, []).append(incident)
        order = [words for rows in GRAVE_ANSWERS.values() for words in rows.values()]
        return {words: found[words] for words in dict.fromkeys(order) if words in found}


@dataclass(frozen=True, slots=True)
class Whose:
    """Of whom a form is."""

    person_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class WhoseAction(Whose):
    """And about which action."""

    action: ActionView


def offender_list(work: Work, wanted: Wanted) -> OffenderList:
    """Whoever is alleged in several incidents or against several victims; names are of one page."""
    since = months_before(london_date(work.now), wanted.months)
    page = min(max(wanted.page, 1), LAST_PAGE)
    rows = work.connection.execute(_recurring(work, wanted, since, page)).all()
    if not rows and page > 1:
        first = work.connection.execute(_recurring(work, wanted, since, 1)).first()
        page = _page_count(first.found if first else 0)
        rows = work.connection.execute(_recurring(work, wanted, since, page)).all()
    found = rows[0].found if rows else 0
    unlinked, unnamed = _not_looked_for(work, wanted, since)
    work.audit(
        Name.OFFENDERS_LISTED,
        "offenders",
        months=wanted.months,
        team=str(wanted.team_id or ""),
        order=wanted.order.value,
        page=page,
        found=found,
        reason=str(reasons.running(work)),
    )
    return OffenderList(
        _listed(work, rows),
        found,
        since,
        page,
        _page_count(found),
        unlinked,
        unnamed,
        _ending(work),
        reasons.given_for(work),
    )


def _page_count(found: int) -> int:
    return max(1, -(-found // PAGE_LENGTH))


def outstanding_actions(work: Work, page: int) -> ActionList:
    """Everything that is outstanding against anybody, whatever ends first at the top."""
    is_open = OffenderAction.state == ActionState.OPEN
    found = work.connection.scalar(select(func.count()).where(is_open)) or 0
    page_count = _page_count(found)
    page = min(max(page, 1), page_count)
    rows = work.connection.execute(
        select(
            Person.id,
            Person.identity_index,
            Person.name_sealed,
            Person.born_on_sealed,
            OffenderAction.kind,
            OffenderAction.ends_on,
            OffenderAction.recorded_for,
            OffenderAction.recorded_as,
            Team.name.label("team"),
        )
        .select_from(OffenderAction)
        .join(Person, Person.id == OffenderAction.person_id)
        .outerjoin(Team, Team.id == OffenderAction.team_id)
        .where(is_open)
        .order_by(*soonest_first())
        .limit(PAGE_LENGTH)
        .offset((page - 1) * PAGE_LENGTH)
    ).all()
    today = london_date(work.now)
    work.audit(
        Name.OFFENDER_ACTIONS_LISTED,
        "offenders",
        page=page,
        found=found,
        reason=str(reasons.running(work)),
    )
    listed = [
        ListedAction(
            row.id,
            work.vault.open(row.id, "name", row.name_sealed),
            Outstanding(row.kind, row.ends_on, today),
            row.team or DESK,
            whose(work, row).is_doubtful(row),
        )
        for row in rows
    ]
    return ActionList(listed, page, page_count)


def offender_page(work: Work, person_id: UUID, reason_id: UUID) -> OffenderPage:
    """One alleged perpetrator, opened under a justification."""
    of = alleged(work, person_id)
    today = london_date(work.now)
    since = _start_of(months_before(today, USUAL_MONTHS))
    rows = _pairs_of(work, of)
    allegations = [Allegation(row.incident_id, row.reported_at, _key(row)) for row in rows]
    assessments = _assessments_of(work, [row.pair_id for row in rows])
    grades, marac = _grades(work, assessments), _marac(work, assessments)
    person = _latest_row(work, of)
    work.audit(Name.OFFENDER_VIEWED, "person", person_id, reason=str(reason_id))
    days = [london_date(row.reported_at) for row in rows]
    born_on = work.vault.open_text(person.id, "born_on", person.born_on_sealed)
    return OffenderPage(
        person_id=person_id,
        name=work.vault.open(person.id, "name", person.name_sealed),
        born_on=date.fromisoformat(born_on) if born_on else None,
        is_linked=of.index is not None,
        in_all=frequency(allegations),
        in_period=frequency(allegations, since),
        months=USUAL_MONTHS,
        last=_mention(work, rows[0]) if rows else None,
        days_ago=(today - days[0]).days if days else 0,
        gap_words=gaps_in_words(gaps(days)),
        incidents=_incidents(work, rows[:MOST_INCIDENTS], grades, marac),
        is_cut=len(rows) > MOST_INCIDENTS,
        as_victim=_as_victim(work, of),
        high_on=_days(each.on for of in grades.values() for each in of if each.grade is Grade.HIGH),
        referred_on=_days(each.on for of in marac.values() for each in of if each.referred),
        actions=_actions(work, of),
        desk=_desk_tasks(work, of),
        opened=reasons.given_for(work, of),
        may_act=work.by.may(Permission.MANAGE_OFFENDER_ACTIONS),
    )


def whose_page(work: Work, of: Alleged, reason_id: UUID) -> Whose:
    """Of whom a form is, which is opened under a justification."""
    person_id = of.person_id
    person = _latest_row(work, of)
    work.audit(Name.OFFENDER_VIEWED, "person", person_id, reason=str(reason_id))
    return Whose(person_id, work.vault.open(person.id, "name", person.name_sealed))


def latest_team(work: Work, of: Alleged) -> UUID | None:
    """The team of the latest incident that names somebody, if one does now."""
    rows = _pairs_of(work, of)
    return rows[0].team_id if rows else None


def action_page(work: Work, of: Alleged, action_id: UUID, reason_id: UUID) -> WhoseAction:
    """The same for a form about one action of somebody; NotFoundError where there is none."""
    page = whose_page(work, of, reason_id)
    for each in _actions(work, of):
        if each.id == action_id:
            return WhoseAction(page.person_id, page.name, each)
    raise NotFoundError("There is no such action of this person.")


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def _recurring(work: Work, wanted: Wanted, since: date, page: int) -> Any:
    incidents = func.count(Pair.incident_id.distinct())
    # A victim without a date of birth has the id of the own row for a key, and no blind index.
    is_linked = func.length(PairFact.victim_key) > _ID_BYTES
    victims = func.count(case((is_linked, PairFact.victim_key)).distinct())
    unlinked = func.sum(case((is_linked, 0), else_=1))
    last = func.max(PairFact.reported_at)
    query = (
        select(
            Person.identity_index,
            incidents.label("incidents"),
            victims.label("victims"),
            unlinked.label("unlinked"),
            last.label("last"),
            func.count().over().label("found"),
        )
        .select_from(PairFact)
        .join(Pair, Pair.id == PairFact.pair_id)
        .join(Person, Person.id == Pair.perpetrator_id)
        .where(_in_period(work, since), Person.identity_index.is_not(None))
        .group_by(Person.identity_index)
        .having(or_(incidents >= RECURS_FROM, victims + unlinked >= RECURS_FROM))
    )
    if wanted.team_id:
        of_team = case((Incident.team_id == wanted.team_id, 1), else_=0)
        query = query.join(Incident, Incident.id == Pair.incident_id).having(func.max(of_team) == 1)
    order: tuple[Any, ...] = {
        Order.RECENT: (),
        Order.INCIDENTS: (incidents.desc(),),
        Order.VICTIMS: (victims.desc(), incidents.desc()),
        Order.OUTSTANDING: (),
    }[wanted.order]
    if wanted.order is Order.OUTSTANDING:
        first = _first_ends()
        query = query.outerjoin(first, first.c.identity_index == Person.identity_index)
        ends_on = func.min(first.c.ends_on)
        is_none = func.count(first.c.identity_index) == 0
        order = (case((is_none, 2), (ends_on.is_(None), 1), else_=0), ends_on)
    ordered = query.order_by(*order, last.desc(), Person.identity_index)
    return ordered.limit(PAGE_LENGTH).offset((page - 1) * PAGE_LENGTH)


def _in_period(work: Work, since: date) -> Any:
    """Whether facts are of an incident that was reported since a day, and is counted."""
    return and_(PairFact.reported_at.between(_start_of(since), work.now), counts(PairFact))


def _first_ends() -> Any:
    """Against whom something is outstanding, and what of it ends first."""
    ends_on = func.min(OffenderAction.ends_on).label("ends_on")
    return (
        select(against().label("identity_index"), ends_on)
        .select_from(OffenderAction)
        .join(Person, Person.id == OffenderAction.person_id)
        .where(OffenderAction.state == ActionState.OPEN, against().is_not(None))
        .group_by(against())
        .subquery()
    )


def _not_looked_for(work: Work, wanted: Wanted, since: date) -> tuple[int, int]:
    query = (
        select(func.count(Person.id), func.sum(case((Pair.perpetrator_id.is_(None), 1), else_=0)))
        .select_from(PairFact)
        .join(Pair, Pair.id == PairFact.pair_id)
        .outerjoin(Person, Person.id == Pair.perpetrator_id)
        .where(_in_period(work, since), Person.identity_index.is_(None))
    )
    if wanted.team_id:
        of_team = Incident.team_id == wanted.team_id
        query = query.join(Incident, Incident.id == Pair.incident_id).where(of_team)
    unlinked, unnamed = work.connection.execute(query).one()
    return unlinked or 0, unnamed or 0


def _listed(work: Work, rows: Sequence[Any]) -> list[Listed]:
    indexes = [row.identity_index for row in rows]
    named = _names(work, indexes)
    outstanding, today = _outstanding_of(work, indexes), london_date(work.now)
    tasks, victims = _desk_counts(work, indexes), _victims_among(work, indexes)
    return [
        Listed(
            *named[row.identity_index],
            Frequency(row.incidents, row.victims, row.unlinked),
            london_date(row.last),
            (today - london_date(row.last)).days,
            outstanding.get(row.identity_index, []),
            tasks.get(row.identity_index, 0),
            row.identity_index in victims,
        )
        for row in rows
    ]


def _names(work: Work, indexes: Collection[bytes]) -> dict[bytes, tuple[UUID, str]]:
    """A row and the name of each, as it was written last; no other name is decrypted."""
    rows = work.connection.execute(
        select(Person.identity_index, Person.id, Person.name_sealed)
        .join(Pair, Pair.perpetrator_id == Person.id)
        .where(Person.identity_index.in_(indexes), is_counted())
        .order_by(Person.created_at, Person.id)
    )
    latest = {row.identity_index: row for row in rows}
    return {
        index: (row.id, work.vault.open(row.id, "name", row.name_sealed))
        for index, row in latest.items()
    }


def _outstanding_of(work: Work, indexes: Collection[bytes]) -> dict[bytes, list[Outstanding]]:
    rows = work.connection.execute(
        select(against().label("identity_index"), OffenderAction.kind, OffenderAction.ends_on)
        .select_from(OffenderAction)
        .join(Person, Person.id == OffenderAction.person_id)
        .where(against().in_(indexes), OffenderAction.state == ActionState.OPEN)
        .order_by(*soonest_first())
    )
    found: defaultdict[bytes, list[Outstanding]] = defaultdict(list)
    today = london_date(work.now)
    for row in rows:
        found[row.identity_index].append(Outstanding(row.kind, row.ends_on, today))
    return found


def _open_desk_task() -> Any:
    """Whether a task is about the alleged perpetrator of a pair, and open still."""
    return and_(
        Task.incident_id == Pair.incident_id,
        Task.kind.in_(DESK_KINDS),
        Task.state == TaskState.OPEN,
        or_(Task.assessment_id.is_(None), Assessment.pair_id == Pair.id),
        or_(Assessment.id.is_(None), Assessment.state != State.VOID),
    )


def _desk_counts(work: Work, indexes: Collection[bytes]) -> dict[bytes, int]:
    rows = work.connection.execute(
        select(Person.identity_index, func.count(Task.id.distinct()))
        .select_from(Person)
        .join(Pair, Pair.perpetrator_id == Person.id)
        .join(Task, Task.incident_id == Pair.incident_id)
        .outerjoin(Assessment, Assessment.id == Task.assessment_id)
        .where(Person.identity_index.in_(indexes), _open_desk_task(), is_counted())
        .group_by(Person.identity_index)
    )
    return {index: count for index, count in rows if index}


def _victims_among(work: Work, indexes: Collection[bytes]) -> set[bytes]:
    query = (
        select(Person.identity_index)
        .join(Pair, Pair.victim_id == Person.id)
        .where(Person.identity_index.in_(indexes), is_counted())
        .distinct()
    )
    return {each for each in work.connection.scalars(query) if each}


def _ending(work: Work) -> int:
    soon = london_date(work.now) + timedelta(days=SOON_DAYS)
    query = select(func.count(OffenderAction.id)).where(
        OffenderAction.state == ActionState.OPEN, OffenderAction.ends_on <= soon
    )
    return work.connection.scalar(query) or 0


def _pairs_of(work: Work, of: Alleged) -> Sequence[Any]:
    victim = aliased(Person)
    return work.connection.execute(
        select(
            Pair.id.label("pair_id"),
            Pair.incident_id,
            Pair.victim_id,
            Pair.relationship,
            Incident.urn,
            Incident.reported_at,
            Incident.team_id,
            Incident.created_by_id,
            Team.name.label("team"),
            victim.identity_index.label("victim"),
            PairFact.outcome,
            PairFact.reason,
            PairFact.reason_basis,
        )
        .join(Incident, Incident.id == Pair.incident_id)
        .join(Team, Team.id == Incident.team_id)
        .join(victim, victim.id == Pair.victim_id)
        .outerjoin(PairFact, PairFact.pair_id == Pair.id)
        .where(of.has(Pair.perpetrator_id), is_counted())
        .order_by(Incident.reported_at.desc(), Pair.id)
    ).all()


def _key(row: Any) -> bytes | None:
    return None if row.victim is None else bytes(row.victim)


def _incidents(
    work: Work,
    rows: Sequence[Any],
    grades: dict[UUID, list[GradeGiven]],
    marac: dict[UUID, list[MaracGiven]],
) -> list[AllegedIncident]:
    names = {
        row.id: work.vault.open(row.id, "name", row.name_sealed)
        for row in work.connection.execute(
            select(Person.id, Person.name_sealed).where(
                Person.id.in_([each.victim_id for each in rows])
            )
        )
    }
    pairs = [row.pair_id for row in rows]
    children = _children(work, [row.incident_id for row in rows])
    grave = _grave_answers(work, pairs)
    return [
        AllegedIncident(
            *_mention_fields(work, row),
            team=row.team,
            victim=names[row.victim_id],
            relationship=row.relationship,
            children=children.get(row.incident_id, (0, 0))[0],
            children_there=children.get(row.incident_id, (0, 0))[1],
            outcome=row.outcome or Outcome.PENDING,
            reason=_reason(row.reason, row.reason_basis),
            grades=grades.get(row.pair_id, []),
            marac=marac.get(row.pair_id, []),
            grave=grave.get(row.pair_id, ()),
        )
        for row in rows
    ]


def _reason(code: str | None, basis: Basis | None) -> str:
    if code is None:
        return ""
    inferred = " (officer’s impression)" if basis is Basis.INFERRED else ""
    return reason(code).label.lower() + inferred


def _mention_fields(work: Work, row: Any) -> tuple[UUID, str, date, bool]:
    opens = work.by.reaches(
        Permission.VIEW_INCIDENTS, team_id=row.team_id, author_id=row.created_by_id
    )
    return row.incident_id, row.urn, london_date(row.reported_at), opens


def _mention(work: Work, row: Any) -> Mention:
    return Mention(*_mention_fields(work, row))


def _children(work: Work, incidents: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    there = func.sum(case((IncidentChild.was_present == Stated.YES, 1), else_=0))
    rows = work.connection.execute(
        select(IncidentChild.incident_id, func.count(), there)
        .where(IncidentChild.incident_id.in_(incidents))
        .group_by(IncidentChild.incident_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _assessments_of(work: Work, pairs: Collection[UUID]) -> dict[UUID, UUID]:
    """The assessments of some pairs that stand, each with its pair."""
    found: dict[UUID, UUID] = {}
    for some in _batches(pairs):
        rows = work.connection.execute(
            select(Assessment.id, Assessment.pair_id).where(
                Assessment.pair_id.in_(some), Assessment.state != State.VOID
            )
        )
        found.update((row.id, row.pair_id) for row in rows)
    return found


def _grave_answers(work: Work, pairs: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    known = [
        and_(Assessment.instrument_id == instrument_id, Answer.item.in_(rows))
        for instrument_id, rows in GRAVE_ANSWERS.items()
    ]
    rows = work.connection.execute(
        select(Assessment.pair_id, Assessment.instrument_id, Answer.item)
        .join(Answer, Answer.assessment_id == Assessment.id)
        .where(
            Assessment.pair_id.in_(pairs),
            Assessment.state != State.VOID,
            Answer.part == "",
            Answer.value == AnswerValue.YES,
            or_(false(), *known),
        )
    )
    said: defaultdict[UUID, set[str]] = defaultdict(set)
    for row in rows:
        said[row.pair_id].add(GRAVE_ANSWERS[row.instrument_id][row.item])
    order = dict.fromkeys(words for each in GRAVE_ANSWERS.values() for words in each.values())
    return {pair: tuple(each for each in order if each in words) for pair, words in said.items()}


def _as_victim(work: Work, of: Alleged) -> list[Mention]:
    rows = work.connection.execute(
        select(
            Pair.incident_id,
            Incident.urn,
            Incident.reported_at,
            Incident.team_id,
            Incident.created_by_id,
        )
        .join(Incident, Incident.id == Pair.incident_id)
        .where(of.has(Pair.victim_id), is_counted())
        .order_by(Incident.reported_at.desc(), Pair.id)
        .limit(MOST_INCIDENTS)
    )
    return [_mention(work, row) for row in rows]


def _grades(work: Work, assessments: dict[UUID, UUID]) -> dict[UUID, list[GradeGiven]]:
    query = select(
        GradeEntry.assessment_id, GradeEntry.grade, GradeEntry.given_as, GradeEntry.given_at
    ).order_by(GradeEntry.given_at, GradeEntry.id)
    return _dated(work, query, GradeEntry.assessment_id, assessments, GradeGiven)


def _marac(work: Work, assessments: dict[UUID, UUID]) -> dict[UUID, list[MaracGiven]]:
    query = select(
        MaracRecord.assessment_id, MaracRecord.referred, MaracRecord.door, MaracRecord.decided_at
    ).order_by(MaracRecord.decided_at, MaracRecord.id)
    return _dated(work, query, MaracRecord.assessment_id, assessments, MaracGiven)


def _dated(
    work: Work,
    query: Select[*tuple[Any, ...]],
    of: InstrumentedAttribute[UUID],
    assessments: dict[UUID, UUID],
    given: Callable[..., Given],
) -> dict[UUID, list[Given]]:
    """What was decided of assessments, by what they belong to; the first column is the assessment
    and the last the time, of which the day in London is told."""
    found: defaultdict[UUID, list[Given]] = defaultdict(list)
    for some in _batches(assessments):
        for assessment, *what, at in work.connection.execute(query.where(of.in_(some))):
            found[assessments[assessment]].append(given(*what, london_date(at)))
    return found


def _days(days: Iterable[date]) -> list[date]:
    """Each day once, the latest first."""
    return sorted(set(days), reverse=True)


def _latest_row(work: Work, of: Alleged) -> Any:
    """How the person was written last, of somebody in an incident or else of anybody."""
    is_named = exists().where(Pair.perpetrator_id == Person.id)
    return work.connection.execute(
        select(Person.id, Person.name_sealed, Person.born_on_sealed)
        .where(of.has(Person.id))
        .order_by(is_named.desc(), Person.created_at.desc(), Person.id.desc())
        .limit(1)
    ).one()


def _actions(work: Work, of: Alleged) -> list[ActionView]:
    rows = work.session.execute(
        select(OffenderAction, Team.name)
        .outerjoin(Team, Team.id == OffenderAction.team_id)
        .where(of.is_against)
        .order_by(*soonest_first())
    ).all()
    entries = _entries(work, [action.id for action, _ in rows])
    today = london_date(work.now)
    return [
        ActionView(
            id=action.id,
            outstanding=Outstanding(action.kind, action.ends_on, today),
            state=action.state,
            conditions=work.vault.open_text(action.id, "conditions", action.conditions_sealed),
            starts_on=action.starts_on,
            team=team or DESK,
            rev=action.rev,
            is_doubtful=of.is_doubtful(action),
            ended_at=action.ended_at,
            entries=entries[action.id],
        )
        for action, team in rows
    ]


def _entries(work: Work, actions: Collection[UUID]) -> dict[UUID, list[EntryView]]:
    rows = work.session.execute(
        select(OffenderActionEntry, Account.display_name)
        .join(Account, Account.id == OffenderActionEntry.by_id)
        .where(OffenderActionEntry.action_id.in_(actions))
        .order_by(OffenderActionEntry.at.desc(), OffenderActionEntry.id.desc())
    )
    found: dict[UUID, list[EntryView]] = {each: [] for each in actions}
    for entry, name in rows:
        found[entry.action_id].append(
            EntryView(
                entry.kind,
                entry.ends_on,
                work.vault.open_text(entry.id, "conditions", entry.conditions_sealed),
                work.vault.open_text(entry.id, "words", entry.words_sealed),
                name,
                entry.at,
            )
        )
    return found


def _desk_tasks(work: Work, of: Alleged) -> list[DeskTask]:
    rows = work.connection.execute(
        select(Task.id, Task.kind, Task.due_at, Incident.urn)
        .select_from(Pair)
        .join(Task, Task.incident_id == Pair.incident_id)
        .join(Incident, Incident.id == Pair.incident_id)
        .outerjoin(Assessment, Assessment.id == Task.assessment_id)
        .where(of.has(Pair.perpetrator_id), _open_desk_task(), is_counted())
        .distinct()
        .order_by(Task.due_at, Task.id)
    )
    return [DeskTask(row.id, row.kind, row.due_at, row.due_at < work.now, row.urn) for row in rows]


def _batches(items: Iterable[UUID]) -> Iterable[list[UUID]]:
    listed = list(items)
    return (listed[at : at + 500] for at in range(0, len(listed), 500))
