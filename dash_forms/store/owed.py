"""What an approved assessment still owes, and closing it once it owes nothing."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, or_, select

from dash_forms.domain.assessment import Event, State, after
from dash_forms.domain.referrals import TaskState
from dash_forms.store.models import Assessment, FollowUp, Pair, Task
from dash_forms.store.work import Work


def close_if_nothing_owed(work: Work, assessment: Assessment) -> None:
    """Close an approved assessment with no follow-up and no task open; the caller holds its row.

    A task of the whole incident keeps each of its assessments open.
    """
    if assessment.state is not State.APPROVED:
        return
    work.session.flush()
    follow_up = exists().where(FollowUp.assessment_id == assessment.id, FollowUp.ended_at.is_(None))
    of_incident = (Task.assessment_id.is_(None)) & (
        Task.incident_id
        == select(Pair.incident_id).where(Pair.id == assessment.pair_id).scalar_subquery()
    )
    task = exists().where(
        Task.state == TaskState.OPEN, or_(Task.assessment_id == assessment.id, of_incident)
    )
    if not work.session.scalar(select(or_(follow_up, task))):
        assessment.state = after(assessment.state, Event.CLOSE)
        assessment.closed_at = work.now
        assessment.retention_review_on = work.clocks.retention_review(work.now)


def held_assessments(work: Work, incident_id: UUID) -> list[Assessment]:
    """Every assessment of an incident, held: who ends a task changes what each of them owes."""
    return list(
        work.session.scalars(
            select(Assessment)
            .join(Pair, Pair.id == Assessment.pair_id)
            .where(Pair.incident_id == incident_id)
            .order_by(Assessment.id)
            .with_for_update(of=Assessment)
            .execution_options(populate_existing=True)
        )
    )
