"""Tasks: adding one, and what the people of a record may read of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from dash_forms.domain.audit_events import Name
from dash_forms.domain.ids import uuid7
from dash_forms.domain.referrals import TaskKind, TaskState
from dash_forms.store.models import Account, Assessment, Pair, Task
from dash_forms.store.work import Work

_owner, _ender = aliased(Account), aliased(Account)


@dataclass(frozen=True, slots=True)
class NewTask:
    """What is to be done. Without a time of its own it is due as its kind says."""

    incident_id: UUID
    assessment_id: UUID | None
    kind: TaskKind
    person_id: UUID | None = None
    owner_id: UUID | None = None
    due_at: datetime | None = None
    asked: str = ""
    task_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as the officer, the sergeant and the specialist of a record see it: no name in it."""

    id: UUID
    kind: TaskKind
    state: TaskState
    owner: str
    asked: str
    due_at: datetime
    ended_at: datetime | None
    ended_by: str
    outcome: str
    is_overdue: bool


def add_task(work: Work, new: NewTask) -> UUID:
    """Put a task on the list; returns its id. A school is told before its next day begins."""
    task_id = new.task_id or uuid7()
    if new.kind.is_automatic:
        due_at = work.clocks.school.next_school_morning(work.now)
    else:
        due_at = new.due_at or work.clocks.task_due(new.kind, work.now)
    work.session.add(
        Task(
            id=task_id,
            incident_id=new.incident_id,
            assessment_id=new.assessment_id,
            person_id=new.person_id,
            kind=new.kind,
            state=TaskState.OPEN,
            owner_id=new.owner_id,
            due_at=due_at,
            asked_sealed=work.vault.seal_text(task_id, "asked", new.asked),
            created_by_id=work.by.id,
            created_at=work.now,
        )
    )
    work.audit(Name.TASK_ADDED, "task", task_id, what=new.kind.value)
    return task_id


def tasks_of(work: Work, assessment_id: UUID) -> list[TaskLine]:
    """What is being done for one victim: the tasks of the assessment and of its whole incident.

    Never those of another victim in the incident, who may be the other party.
    """
    rows = work.session.execute(
        select(Task, _owner.display_name.label("owner"), _ender.display_name.label("ender"))
        .select_from(Task)
        .join(Assessment, Assessment.id == assessment_id)
        .join(Pair, Pair.id == Assessment.pair_id)
        .outerjoin(_owner, _owner.id == Task.owner_id)
        .outerjoin(_ender, _ender.id == Task.ended_by_id)
        .where(
            or_(
                Task.assessment_id == assessment_id,
                and_(Task.assessment_id.is_(None), Task.incident_id == Pair.incident_id),
            )
        )
        .order_by(Task.ended_at.is_not(None), Task.due_at, Task.id)
    )
    opened = work.vault.open_text
    return [
        TaskLine(
            id=task.id,
            kind=task.kind,
            state=task.state,
            owner=owner or "",
            asked=opened(task.id, "asked", task.asked_sealed),
            due_at=task.due_at,
            ended_at=task.ended_at,
            ended_by=ender or "",
            outcome=opened(task.id, "outcome", task.outcome_sealed),
            is_overdue=task.state is TaskState.OPEN and task.due_at < work.now,
        )
        for task, owner, ender in rows
    ]
