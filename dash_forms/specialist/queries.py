"""What a specialist sees: the desk, one record with everything known about it, and one task."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import aliased

from dash_forms.domain.answers import Tally, tally
from dash_forms.domain.assessment import Outcome, State
from dash_forms.domain.audit_events import Name
from dash_forms.domain.contradictions import Contradiction, contradictions
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.grading import Grade
from dash_forms.domain.history import History, Stopped
from dash_forms.domain.incidents import age_on
from dash_forms.domain.instruments import Instrument
from dash_forms.domain.marac import Door, facts
from dash_forms.domain.periods import london_date
from dash_forms.domain.permissions import Permission
from dash_forms.domain.prompts import Prompt, Threshold, threshold_of
from dash_forms.domain.referrals import Channel, TaskKind, TaskState
from dash_forms.domain.review import FollowUpKind
from dash_forms.domain.what_follows import Following, what_follows
from dash_forms.specialist.people import has_had_a_say, owners
from dash_forms.store.access import (
    VICTIM_COUNT,
    VICTIM_NUMBER,
    assessment_for,
    instrument_of,
    titled_head,
    which_victim,
)
from dash_forms.store.accounts import display_name
from dash_forms.store.add_ons import sets_asked
from dash_forms.store.answers import StoredAnswer, given, stored_answers
from dash_forms.store.attempts import AttemptView, attempts_of
from dash_forms.store.children import ChildOfIncident, children_of
from dash_forms.store.endings import outcome_of, recorded_ending
from dash_forms.store.grades import GivenGrade, ledger
from dash_forms.store.history import history_of
from dash_forms.store.marac_decisions import Decided, marac_decision
from dash_forms.store.marac_requests import marac_requests
from dash_forms.store.models import (
    Account,
    Assessment,
    FollowUp,
    Incident,
    IncidentChild,
    MaracRequest,
    Pair,
    Person,
    Submission,
    Task,
    Team,
)
from dash_forms.store.prompts import last_referral_on, raised_prompts
from dash_forms.store.reoffers import (
    ContactStop,
    contact_stop,
    contact_stops,
    stops_elsewhere,
)
from dash_forms.store.tasks import TaskLine, tasks_of
from dash_forms.store.versions import closing_of, snapshots
from dash_forms.store.work import Work

QUEUE_LENGTH = 100
# What a record made in error owed falls with it; what its incident owes a child does not.
_OF_A_VOID_RECORD = exists().where(
    Assessment.id == Task.assessment_id, Assessment.state == State.VOID
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A second assessment that is due. It names nobody: lists are seen by whoever stands near."""

    id: UUID
    urn: str
    team: str
    author: str
    grade: Grade | None
    outcome: Outcome | None
    due_at: datetime
    is_overdue: bool
    is_asked_for: bool
    """Somebody asks for a decision on MARAC by judgement."""
    victim: str
    """Which victim of the incident, where there are several."""


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task in the queue, without a name."""

    id: UUID
    urn: str
    kind: TaskKind
    owner: str
    due_at: datetime
    is_overdue: bool
    victim: str
    """Of which victim, where the incident has several and the task is of one of them."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that waits for the specialists of the force."""

    waiting: list[Waiting]
    waiting_found: int
    tasks: list[OpenTask]
    tasks_found: int
    overdue_found: int
    mine_only: bool
    terms_given: bool


@dataclass(frozen=True, slots=True)
class DeskRecord:
    """One assessment, as the specialist reads it. It names nobody."""

    id: UUID
    incident_id: UUID
    urn: str
    whose: str
    state: State
    author: str
    submitted_at: datetime | None
    outcome: Outcome
    grade: Grade | None
    due_at: datetime | None
    """When the second assessment is due, while it is."""
    is_overdue: bool
    is_own: bool
    tally: Tally
    threshold: Threshold | None
    prompts: tuple[Prompt, ...]
    follows: tuple[Following, ...]
    """What the answers set in motion."""
    closing: dict[str, str]
    ledger: list[GivenGrade]
    history: History
    contradictions: tuple[Contradiction, ...]
    attempts: list[AttemptView]
    instrument: Instrument
    answers: dict[int, StoredAnswer]
    doors: dict[Door, str]
    decided: Decided | None
    tasks: list[TaskLine]
    stop: ContactStop | None

    @property
    def was_not_answered(self) -> bool:
        """The victim gave no answer, so that only the judgement door can be argued from facts."""
        return not self.tally.from_victim


@dataclass(frozen=True, slots=True)
class ReferralPage:
    """What a new task is for."""

    id: UUID
    urn: str
    whose: str
    owners: list[tuple[UUID, str]]
    stop: ContactStop | None


@dataclass(frozen=True, slots=True)
class ChildView:
    """Whose school is to be told."""

    name: str
    school: str
    age: int | None


@dataclass(frozen=True, slots=True)
class VictimView:
    """A victim whom the task is near: which, without a name, and whether contact is stopped."""

    whose: str
    stop: ContactStop | None
    stops_elsewhere: tuple[Stopped, ...]


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task."""

    id: UUID
    kind: TaskKind
    state: TaskState
    urn: str
    incident_id: UUID
    assessment_id: UUID | None
    owner: str
    is_mine: bool
    asked: str
    due_at: datetime
    is_overdue: bool
    created_by: str
    created_at: datetime
    child: ChildView | None
    children: list[ChildOfIncident]
    """Everyone who is linked to the incident, where the task is to find out who they are."""
    channel: Channel | None
    told_at: datetime | None
    outcome: str
    ended_by: str
    ended_at: datetime | None
    terms_given: bool
    victims: list[VictimView]


def desk(work: Work, *, mine_only: bool) -> Desk:
    """Second assessments, high first, then what is asked for; tasks by when they are due."""
    wanted = [Task.state == TaskState.OPEN, ~_OF_A_VOID_RECORD]
    if mine_only:
        wanted.append(Task.owner_id == work.by.id)
    counted = select(func.count(Task.id)).where(*wanted)
    waiting, waiting_found = _waiting(work)
    tasks = _open_tasks(work, wanted)
    work.audit(Name.DESK_LISTED, "assessment", count=len(waiting) + len(tasks))
    return Desk(
        waiting=waiting,
        waiting_found=waiting_found,
        tasks=tasks,
        tasks_found=work.session.scalar(counted) or 0,
        overdue_found=work.session.scalar(counted.where(Task.due_at < work.now)) or 0,
        mine_only=mine_only,
        terms_given=bool(work.clocks.school.terms),
    )


def _waiting(work: Work) -> tuple[list[Waiting], int]:
    due = (
        FollowUp.kind == FollowUpKind.SECONDARY,
        FollowUp.state == State.SECONDARY_DUE,
        Assessment.state != State.VOID,
    )
    asked_for = exists().where(MaracRequest.assessment_id == Assessment.id)
    rows: Iterable[Any] = work.session.execute(
        select(
            Assessment.id,
            Incident.urn,
            Team.name.label("team"),
            Account.display_name.label("author"),
            Assessment.grade,
            Submission.outcome,
            FollowUp.due_at,
            (FollowUp.due_at < work.now).label("is_overdue"),
            asked_for.label("is_asked_for"),
            VICTIM_NUMBER,
            VICTIM_COUNT,
        )
        .join(FollowUp, FollowUp.assessment_id == Assessment.id)
        .join(Pair, Pair.id == Assessment.pair_id)
        .join(Incident, Incident.id == Pair.incident_id)
        .join(Team, Team.id == Incident.team_id)
        .join(Account, Account.id == Assessment.author_id)
        .outerjoin(
            Submission,
            (Submission.assessment_id == Assessment.id)
            & (Submission.version == Assessment.version),
        )
        .where(*due)
        .order_by(
            case((Assessment.grade == Grade.HIGH, 0), (asked_for, 1), else_=2),
            FollowUp.created_at,
            Assessment.id,
        )
        .limit(QUEUE_LENGTH)
    )
    found = work.session.scalar(
        select(func.count(FollowUp.id))
        .join(Assessment, Assessment.id == FollowUp.assessment_id)
        .where(*due)
    )
    waiting = []
    for row in rows:
        shown = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name for it
        victim = which_victim(shown.pop("victim_number"), shown.pop("victim_count"))
        waiting.append(Waiting(**shown, victim=victim))
    return waiting, found or 0


def _open_tasks(work: Work, wanted: list[ColumnElement[bool]]) -> list[OpenTask]:
    called_for_by = aliased(Assessment)
    rows = work.session.execute(
        select(
            Task.id,
            Incident.urn,
            Task.kind,
            Account.display_name,
            Task.due_at,
            (Task.due_at < work.now).label("is_overdue"),
            VICTIM_NUMBER,
            VICTIM_COUNT,
        )
        .join(Incident, Incident.id == Task.incident_id)
        .outerjoin(called_for_by, called_for_by.id == Task.assessment_id)
        .outerjoin(Pair, Pair.id == called_for_by.pair_id)
        .outerjoin(Account, Account.id == Task.owner_id)
        .where(*wanted)
        .order_by(Task.due_at, Task.id)
        .limit(QUEUE_LENGTH)
    )
    return [OpenTask(r[0], r[1], r[2], r[3] or "", r[4], r[5], which_victim(*r[-2:])) for r in rows]


def record(work: Work, assessment_id: UUID) -> DeskRecord:
    """Everything known about one assessment, and the facts beside each door to MARAC."""
    assessment, _ = assessment_for(work, assessment_id, Permission.WORK_DESK)
    head = titled_head(work, assessment_id, Permission.WORK_DESK)
    question_set = instrument_of(assessment)
    stored = stored_answers(work, assessment_id)
    answers = given(stored)
    counts = tally(answers, question_set.numbers)
    threshold = threshold_of(question_set, answers)
    ended = outcome_of(work, assessment, recorded_ending(work, assessment_id))
    history = history_of(work, assessment_id)
    due_at = work.session.scalar(
        select(FollowUp.due_at).where(
            FollowUp.assessment_id == assessment_id, FollowUp.state == State.SECONDARY_DUE
        )
    )
    is_due = due_at is not None and assessment.state is not State.VOID
    contents = {number: answer.content for number, answer in stored.items()}
    work.audit(Name.DESK_RECORD_VIEWED, "assessment", assessment_id)
    return DeskRecord(
        id=assessment.id,
        incident_id=head.incident_id,
        urn=head.urn,
        whose=head.whose,
        state=assessment.state,
        author=display_name(work, assessment.author_id),
        submitted_at=assessment.submitted_at,
        outcome=ended,
        grade=assessment.grade,
        due_at=due_at if is_due else None,
        is_overdue=is_due and due_at is not None and due_at < work.now,
        is_own=has_had_a_say(work, assessment),
        tally=counts,
        threshold=threshold,
        prompts=raised_prompts(work, assessment, history),
        follows=what_follows(sets_asked(work, assessment)),
        closing=closing_of(work, assessment, ended, snapshots(work, assessment_id)),
        ledger=ledger(work, assessment_id),
        history=history,
        contradictions=contradictions(
            question_set.id, contents, assessment.children_stated, history, work.limits
        ),
        attempts=attempts_of(work, [head.pair_id])[head.pair_id],
        instrument=question_set,
        answers=stored,
        doors=facts(
            threshold,
            history,
            last_referral_on(work, assessment),
            work.limits,
            was_assessed=counts.from_victim > 0,
            asked_for=marac_requests(work, assessment_id),
        ),
        decided=marac_decision(work, assessment_id),
        tasks=tasks_of(work, assessment_id),
        stop=contact_stop(work, head.pair_id),
    )


def referral_page(work: Work, assessment_id: UUID) -> ReferralPage:
    """Which record the new task is for, and who can be given it."""
    _, incident = assessment_for(work, assessment_id, Permission.WORK_DESK)
    head = titled_head(work, assessment_id, Permission.WORK_DESK)
    return ReferralPage(
        head.id, head.urn, head.whose, owners(work, incident), contact_stop(work, head.pair_id)
    )


def task(work: Work, task_id: UUID) -> TaskView:
    """One task, and the child it is about if it is about one."""
    row = work.session.execute(
        select(Task, Incident)
        .join(Incident, Incident.id == Task.incident_id)
        .where(Task.id == task_id)
    ).first()
    if row is None:
        raise NotFoundError("There is no such task.")
    found, incident = row.Task, row.Incident
    opened = work.vault.open_text
    work.audit(Name.TASK_VIEWED, "task", task_id, incident=str(incident.id))
    return TaskView(
        id=found.id,
        kind=found.kind,
        state=found.state,
        urn=incident.urn,
        incident_id=incident.id,
        assessment_id=found.assessment_id,
        owner=display_name(work, found.owner_id),
        is_mine=found.owner_id == work.by.id,
        asked=opened(found.id, "asked", found.asked_sealed),
        due_at=found.due_at,
        is_overdue=found.state is TaskState.OPEN and found.due_at < work.now,
        created_by=display_name(work, found.created_by_id),
        created_at=found.created_at,
        child=_child(work, incident, found.person_id) if found.person_id else None,
        children=children_of(work, incident) if found.kind.identifies_children else [],
        channel=found.channel,
        told_at=found.told_at,
        outcome=opened(found.id, "outcome", found.outcome_sealed),
        ended_by=display_name(work, found.ended_by_id),
        ended_at=found.ended_at,
        terms_given=bool(work.clocks.school.terms),
        victims=_victims(work, found),
    )


def _victims(work: Work, task: Task) -> list[VictimView]:
    """The victim whose record the task is of, or every victim where it is the whole incident's."""
    pair_ids = work.session.scalars(
        select(Pair.id).where(Pair.incident_id == task.incident_id).order_by(Pair.id)
    ).all()
    of = {pair_id: f"Victim {number}" for number, pair_id in enumerate(pair_ids, start=1)}
    if task.assessment_id:
        own = work.session.get_one(Assessment, task.assessment_id).pair_id
        pair_ids = [own]
    stops, elsewhere = contact_stops(work, pair_ids), stops_elsewhere(work, pair_ids)
    return [
        VictimView(of[each] if len(of) > 1 else "", stops.get(each), elsewhere[each])
        for each in pair_ids
    ]


def _child(work: Work, incident: Incident, person_id: UUID) -> ChildView:
    person = work.session.get_one(Person, person_id)
    link = work.session.scalar(
        select(IncidentChild).where(
            IncidentChild.incident_id == incident.id, IncidentChild.person_id == person_id
        )
    )
    opened = work.vault.open_text
    born_on = opened(person.id, "born_on", person.born_on_sealed)
    return ChildView(
        opened(person.id, "name", person.name_sealed),
        opened(link.id, "school", link.school_sealed) if link else "",
        age_on(date.fromisoformat(born_on), london_date(incident.reported_at)) if born_on else None,
    )
