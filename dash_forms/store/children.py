"""The children and dependants who are linked to an incident, and whether their schools are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, case, func, select

from dash_forms.domain.grading import Stated
from dash_forms.domain.periods import london_date
from dash_forms.domain.referrals import TaskKind, TaskState
from dash_forms.domain.school_days import is_of_school_age
from dash_forms.store.models import Assessment, Incident, IncidentChild, Pair, Person, Task

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dash_forms.store.work import Work

_LINKED = (
    select(
        func.count(IncidentChild.id),
        func.count(case((IncidentChild.lives_there != Stated.NO, 1))),
    )
    .join(Pair, Pair.incident_id == IncidentChild.incident_id)
    .join(Assessment, Assessment.pair_id == Pair.id)
    .where(Assessment.id == bindparam("assessment_id"))
)


class LinkedChildren(NamedTuple):
    """How many are linked, and how many of them live in the household or may."""

    linked: int
    at_home: int


@dataclass(frozen=True, slots=True)
class SchoolTask:
    """How the task to tell a child's school stands."""

    id: UUID
    state: TaskState
    due_at: datetime
    is_overdue: bool

    @property
    def is_told(self) -> bool:
        """The school has been told."""
        return self.state is TaskState.DONE


@dataclass(frozen=True, slots=True)
class ChildOfIncident:
    """A linked child or dependant in the clear."""

    id: UUID
    name: str
    born_on: date | None
    school: str
    lives_there: Stated
    was_present: Stated
    is_of_school_age: bool
    task: SchoolTask | None
    """None too for a child of school age, until somebody in the incident has been approached."""


def linked_children(work: Work, assessment_id: UUID) -> LinkedChildren:
    """Those of the incident that this assessment is of."""
    return LinkedChildren(*work.connection.execute(_LINKED, {"assessment_id": assessment_id}).one())


def children_of(work: Work, incident: Incident) -> list[ChildOfIncident]:
    """Everyone who is linked to an incident, in the order of it."""
    of_school = and_(
        Task.incident_id == IncidentChild.incident_id,
        Task.person_id == IncidentChild.person_id,
        Task.kind == TaskKind.ENCOMPASS,
    )
    rows: Iterable[Any] = work.session.execute(
        select(IncidentChild, Person, Task)
        .join(Person, Person.id == IncidentChild.person_id)
        .outerjoin(Task, of_school)
        .where(IncidentChild.incident_id == incident.id)
        .order_by(IncidentChild.created_at, IncidentChild.id)
    )
    opened = work.vault.open_text
    reported_on = london_date(incident.reported_at)
    children = []
    for child, person, told in rows:
        written = opened(person.id, "born_on", person.born_on_sealed)
        born_on = date.fromisoformat(written) if written else None
        children.append(
            ChildOfIncident(
                id=child.id,
                name=opened(person.id, "name", person.name_sealed),
                born_on=born_on,
                school=opened(child.id, "school", child.school_sealed),
                lives_there=child.lives_there,
                was_present=child.was_present,
                is_of_school_age=is_of_school_age(born_on, reported_on),
                task=_school_task(work, told) if told else None,
            )
        )
    return children


def child_just_linked(
    work: Work, incident_id: UUID, child_id: UUID | None
) -> ChildOfIncident | None:
    """The child whom a page is to confirm, if there is such a one in the incident."""
    if child_id is None or not (row := work.session.get(Incident, incident_id)):
        return None
    return child_among(children_of(work, row), child_id)


def child_among(
    children: Iterable[ChildOfIncident], child_id: UUID | None
) -> ChildOfIncident | None:
    """The one with this id, if there is such a one."""
    return next((each for each in children if each.id == child_id), None)


def _school_task(work: Work, task: Task) -> SchoolTask:
    is_overdue = task.state is TaskState.OPEN and task.due_at < work.now
    return SchoolTask(task.id, task.state, task.due_at, is_overdue)
