"""Whether it is known that a victim needs an interpreter."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, or_, select

from dash_forms.domain.declines import NO_INTERPRETER
from dash_forms.domain.incidents import Interpreter
from dash_forms.domain.referrals import TaskKind, TaskState
from dash_forms.store.models import Assessment, AssessmentReason, Task
from dash_forms.store.work import Work


def needs_interpreter(work: Work, assessment_id: UUID) -> bool:
    """Whether another attempt with the same victim showed it, or a task asks for one.

    Until then nobody is asked: most victims need none, and the question would cost a tap each time.
    """
    pair_id = select(Assessment.pair_id).where(Assessment.id == assessment_id).scalar_subquery()
    others = select(Assessment.id).where(
        Assessment.pair_id == pair_id, Assessment.id != assessment_id
    )
    of_attempt = exists().where(
        Assessment.id.in_(others),
        Assessment.interpreter.in_([each for each in Interpreter if each.is_needed]),
    )
    of_reason = exists().where(
        AssessmentReason.assessment_id.in_(others), AssessmentReason.code.in_(NO_INTERPRETER)
    )
    of_task = exists().where(
        or_(Task.assessment_id.in_(others), Task.assessment_id == assessment_id),
        Task.kind == TaskKind.INTERPRETER,
        Task.state != TaskState.NOT_NEEDED,
    )
    return bool(work.session.scalar(select(or_(of_attempt, of_reason, of_task))))
