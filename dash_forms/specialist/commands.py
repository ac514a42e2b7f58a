"""What a specialist does: grade again, decide on MARAC, and see to the tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.assessment import Event, State, after
from dash_forms.domain.audit_events import Name
from dash_forms.domain.authority import lone_refusal
from dash_forms.domain.errors import (
    InvalidError,
    NotFoundError,
    NotPermittedError,
    StateError,
    require_none,
)
from dash_forms.domain.grading import Grade, Judgement, rationale_refusal
from dash_forms.domain.ids import uuid7
from dash_forms.domain.marac import MaracDecision
from dash_forms.domain.permissions import Permission
from dash_forms.domain.referrals import Channel, TaskKind, TaskState, require_open
from dash_forms.domain.review import FollowUpKind, require_words
from dash_forms.specialist.people import has_had_a_say, owners
from dash_forms.store.access import assessment_for
from dash_forms.store.grades import add_to_ledger
from dash_forms.store.models import (
    Assessment,
    FollowUp,
    Incident,
    IncidentChild,
    MaracRecord,
    Task,
)
from dash_forms.store.owed import close_if_nothing_owed, held_assessments
from dash_forms.store.prompts import count_of
from dash_forms.store.reoffers import hasten_offer
from dash_forms.store.tasks import NewTask, add_task
from dash_forms.store.work import Work

_CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SecondAssessment:
    """The specialist's own grade and why, and the decision on MARAC."""

    grade: Grade
    rationale: str
    marac: MaracDecision


@dataclass(frozen=True, slots=True)
class TaskEnding:
    """How a task ended. A school that was told was told in some way, at some time."""

    state: TaskState
    words: str
    channel: Channel | None
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Referral:
    """A task that the specialist adds to a case."""

    task_id: UUID
    kind: TaskKind
    owner_id: UUID
    due_at: datetime | None
    asked: str


def assess_again(work: Work, assessment_id: UUID, second: SecondAssessment) -> State:
    """Give the second grade and decide on MARAC; the state that follows is given back.

    The officer's and the supervisor's grades stay in the ledger. A case that is referred gets the
    task of sending the referral.
    """
    assessment, incident = assessment_for(work, assessment_id, Permission.WORK_DESK, lock=True)
    follow_up = work.session.scalar(
        select(FollowUp)
        .where(FollowUp.assessment_id == assessment_id, FollowUp.kind == FollowUpKind.SECONDARY)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if follow_up is None or assessment.state is State.VOID:
        raise StateError("No second assessment is due on this record.")
    follow_up.state = after(follow_up.state, Event.GRADE_AGAIN)
    if has_had_a_say(work, assessment):
        raise NotPermittedError(
            "You graded or reviewed this already, so somebody else has to assess it again."
        )
    count = count_of(work, assessment)
    alone = lone_refusal(second.grade, assessment.grade, count)
    refused = [rationale_refusal(second.rationale), alone, *second.marac.refusals]
    refused.append(second.marac.door_refusal(count))
    require_none(each for each in refused if each)
    follow_up.ended_at, follow_up.ended_by_id = work.now, work.by.id
    add_to_ledger(work, assessment.id, Judgement(second.grade, second.rationale))
    assessment.grade = second.grade
    hasten_offer(work, assessment)
    _record_decision(work, assessment, incident, second.marac)
    work.audit(Name.GRADED_AGAIN, "assessment", assessment.id, grade=second.grade.value)
    close_if_nothing_owed(work, assessment)
    return assessment.state


def _record_decision(
    work: Work, assessment: Assessment, incident: Incident, marac: MaracDecision
) -> None:
    record_id = uuid7()
    work.session.add(
        MaracRecord(
            id=record_id,
            assessment_id=assessment.id,
            referred=marac.refer,
            door=marac.door,
            reason_sealed=work.vault.seal(record_id, "reason", marac.reason),
            decided_by_id=work.by.id,
            decided_at=work.now,
        )
    )
    if marac.refer:
        sending = NewTask(incident.id, assessment.id, TaskKind.MARAC_REFERRAL, owner_id=work.by.id)
        add_task(work, sending)
    work.audit(
        Name.MARAC_DECIDED,
        "assessment",
        assessment.id,
        referred=marac.refer,
        door=marac.door.value if marac.door else "",
    )


def add_referral(work: Work, assessment_id: UUID, referral: Referral) -> None:
    """Put a task on the list of a case; the same form sent twice adds one."""
    assessment, incident = assessment_for(work, assessment_id, Permission.WORK_DESK, lock=True)
    if assessment.state is State.VOID:
        raise StateError("This record was made in error, so nothing is to be done because of it.")
    if known := work.session.get(Task, referral.task_id):
        if known.assessment_id != assessment_id:
            raise StateError("This form belongs to another record. Reload the page.")
        return
    if referral.kind.is_automatic:
        raise InvalidError("Choose from the list; schools are on it by themselves", field="kind")
    if referral.kind is TaskKind.OTHER:
        require_words(referral.asked, "Say what is to be done", field="asked")
    if referral.due_at and referral.due_at < work.now - _CLOCKS_DIFFER:
        raise InvalidError("This time has passed already", field="due_at")
    if referral.owner_id not in {owner_id for owner_id, _ in owners(work, incident)}:
        raise InvalidError("Choose from the list", field="owner")
    add_task(
        work,
        NewTask(
            incident.id,
            assessment_id,
            referral.kind,
            owner_id=referral.owner_id,
            due_at=referral.due_at,
            asked=referral.asked,
            task_id=referral.task_id,
        ),
    )


def take_task(work: Work, task_id: UUID) -> None:
    """Become the owner of an open task, whoever had it before."""
    task, _ = _held(work, task_id)
    require_open(task.state)
    if task.owner_id != work.by.id:
        before = str(task.owner_id) if task.owner_id else ""
        task.owner_id = work.by.id
        work.audit(Name.TASK_TAKEN, "task", task.id, before=before)


def end_task(work: Work, task_id: UUID, ending: TaskEnding) -> None:
    """Say that a task is done or not needed; records that owe nothing more are closed."""
    task, assessments = _held(work, task_id)
    require_open(task.state)
    if ending.state is TaskState.NOT_NEEDED:
        require_words(ending.words, "Say why it is not needed: it stands in the record")
    elif task.kind is TaskKind.IDENTIFY_CHILDREN:
        require_words(ending.words, "Say who was found and linked: no school is told of others")
        _require_linked(work, task)
    elif task.kind.tells_school:
        _require_told(work, task, ending)
        task.channel, task.told_at = ending.channel, ending.told_at
    task.state = ending.state
    task.ended_at, task.ended_by_id = work.now, work.by.id
    task.outcome_sealed = work.vault.seal_text(task.id, "outcome", ending.words)
    work.audit(Name.TASK_ENDED, "task", task.id, what=task.kind.value, state=ending.state.value)
    for assessment in assessments:
        if task.assessment_id in {None, assessment.id}:
            close_if_nothing_owed(work, assessment)


def _require_linked(work: Work, task: Task) -> None:
    """Nobody has been found out about while nobody is linked."""
    linked = select(IncidentChild.id).where(IncidentChild.incident_id == task.incident_id).limit(1)
    if work.session.scalar(linked) is None:
        raise InvalidError(
            "Nobody is linked yet, so no school can be told. Link a child first, or say that it is"
            " not needed and why",
            field="state",
        )


def _held(work: Work, task_id: UUID) -> tuple[Task, list[Assessment]]:
    """A task with the assessments of its incident, all held: ends come one after another."""
    incident_id = work.session.scalar(select(Task.incident_id).where(Task.id == task_id))
    if incident_id is None:
        raise NotFoundError("There is no such task.")
    assessments = held_assessments(work, incident_id)
    return work.session.get_one(Task, task_id, populate_existing=True), assessments


def _require_told(work: Work, task: Task, ending: TaskEnding) -> None:
    missing = []
    if ending.channel is None:
        missing.append(InvalidError("Say how the school was told", field="channel"))
    if ending.told_at is None:
        missing.append(InvalidError("Say when the school was told", field="told_at"))
    elif ending.told_at > work.now + _CLOCKS_DIFFER:
        missing.append(InvalidError("This time is in the future", field="told_at"))
    else:
        incident = work.session.get_one(Incident, task.incident_id)
        if ending.told_at < incident.reported_at:
            missing.append(InvalidError("This is before the incident", field="told_at"))
    require_none(missing)
