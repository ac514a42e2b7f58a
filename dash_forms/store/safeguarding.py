"""Children, and adults at risk: the tasks owed for them however the assessment goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, exists, not_, select

from dash_forms.domain.assessment import State
from dash_forms.domain.declines import NOT_DOMESTIC
from dash_forms.domain.incidents import ADULT_FROM_AGE
from dash_forms.domain.periods import london_date
from dash_forms.domain.referrals import TaskKind
from dash_forms.domain.safeguarding import WHO_THEY_ARE, children_not_linked, referrals_called_for
from dash_forms.domain.school_days import is_of_school_age
from dash_forms.store.add_ons import sets_asked
from dash_forms.store.children import linked_children
from dash_forms.store.models import (
    Assessment,
    AssessmentReason,
    Incident,
    IncidentChild,
    Pair,
    Person,
    Task,
)
from dash_forms.store.tasks import NewTask, add_task
from dash_forms.store.work import Work

_NOT_DOMESTIC = and_(
    Assessment.state.in_((State.EXEMPT_PENDING, State.EXEMPT)),
    exists().where(
        AssessmentReason.assessment_id == Assessment.id, AssessmentReason.code == NOT_DOMESTIC
    ),
)
_ATTEMPTED = (
    Assessment.attempted_at.is_not(None),
    Assessment.state != State.VOID,
    not_(_NOT_DOMESTIC),
)


def owe_to_children(work: Work, incident_id: UUID) -> None:
    """Make the tasks that an incident owes for its children, each once.

    They are owed from the first attempt to assess anybody in it, because from then on an officer
    treats it as domestic abuse; neither grade, consent nor completion is waited for (domain guide
    §2). Only an attempt that is exempt as not domestic does not count. A victim under 18 is a
    child as well. To be called whenever an attempt begins or ends and whenever a child is linked;
    the incident's row is held, so that of two such moments the later one sees the earlier.
    """
    work.session.flush()
    incident = work.session.scalars(
        select(Incident)
        .where(Incident.id == incident_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    attempted = {
        row.victim_id: row
        for row in work.session.execute(
            select(Pair.victim_id, Pair.victim_age, Assessment.id)
            .join(Assessment, Assessment.pair_id == Pair.id)
            .where(Pair.incident_id == incident_id, *_ATTEMPTED)
            .order_by(Assessment.attempt.desc())
        )
    }
    if not attempted:
        return
    owed = [
        *_schools_to_tell(work, incident),
        *(
            _Owed(kind, victim_id, row.id)
            for victim_id, row in attempted.items()
            if row.victim_age is not None and row.victim_age < ADULT_FROM_AGE
            for kind in (TaskKind.ENCOMPASS, TaskKind.CHILD_REFERRAL)
        ),
    ]
    known = {
        (row.kind, row.person_id)
        for row in work.session.execute(
            select(Task.kind, Task.person_id).where(
                Task.incident_id == incident_id, Task.person_id.is_not(None)
            )
        )
    }
    for each in owed:
        if (each.kind, each.person_id) not in known:
            add_task(
                work, NewTask(incident_id, each.assessment_id, each.kind, person_id=each.person_id)
            )


@dataclass(frozen=True, slots=True)
class _Owed:
    kind: TaskKind
    person_id: UUID
    assessment_id: UUID | None
    """The victim's own, where the child is the victim: another victim's page must not show it."""


def owe_to_answers(work: Work, assessment: Assessment, incident_id: UUID) -> None:
    """Make the tasks that what was sent of an attempt calls for, each once for the pair.

    A "yes" about harm to a child or dependant asks for a referral, and a child who is known of but
    not linked for finding out who it is: no school is told of a child without a name. A later
    version that takes an answer back leaves the task for a person to end with a reason.
    """
    owe_to_children(work, incident_id)  # it holds the incident's row as well
    asked = sets_asked(work, assessment)
    called_for = referrals_called_for(asked)
    linked = linked_children(work, assessment.id).linked
    if children_not_linked(asked, assessment.children_stated, linked):
        called_for[TaskKind.IDENTIFY_CHILDREN] = WHO_THEY_ARE
    known = set(
        work.session.scalars(
            select(Task.kind)
            .join(Assessment, Assessment.id == Task.assessment_id)
            .where(
                Assessment.pair_id == assessment.pair_id,
                Assessment.state != State.VOID,
                Task.person_id.is_(None),
            )
        )
    )
    for kind, words in called_for.items():
        if kind not in known:
            add_task(work, NewTask(incident_id, assessment.id, kind, asked=words))


def _schools_to_tell(work: Work, incident: Incident) -> Iterator[_Owed]:
    reported_on = london_date(incident.reported_at)
    children = work.session.scalars(
        select(Person)
        .join(IncidentChild, IncidentChild.person_id == Person.id)
        .where(IncidentChild.incident_id == incident.id)
        .order_by(IncidentChild.created_at, IncidentChild.id)
    )
    for child in children:
        written = work.vault.open_text(child.id, "born_on", child.born_on_sealed)
        if is_of_school_age(date.fromisoformat(written) if written else None, reported_on):
            yield _Owed(TaskKind.ENCOMPASS, child.id, None)
