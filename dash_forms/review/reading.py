"""What stands between a reviewer and a decision: parts to read, a colleague asked."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select

from dash_forms.domain.assessment import State
from dash_forms.store.access import instrument_of
from dash_forms.store.add_ons import TakenUp, taken_up
from dash_forms.store.answers import StoredAnswer, stored_answers
from dash_forms.store.models import Assessment, Authorisation
from dash_forms.store.work import Work

ENDING = "ending"
"""How it ended, the officer's grade and why: always to be read."""


def sections_to_read(work: Work, assessment: Assessment) -> tuple[str, ...]:
    """`ending`, and every section or add-on set in which anything was answered or noted.

    A section of nothing but refusals says no more than the ending does.
    """
    return to_read(assessment, stored_answers(work, assessment.id), taken_up(work, assessment.id))


def to_read(
    assessment: Assessment, stored: dict[int, StoredAnswer], add_ons: list[TakenUp]
) -> tuple[str, ...]:
    """The same, where the answers are at hand."""
    question_set = instrument_of(assessment)
    told = {number for number, answer in stored.items() if _tells_something(answer)}
    return (
        ENDING,
        *(
            section.id
            for section in question_set.sections
            if any(item.number in told for item in question_set.items_in(section.id))
        ),
        *(
            step_of(each)
            for each in add_ons
            if any(_tells_something(answer) for answer in each.answers.values())
        ),
    )


IS_ASKED = (
    Authorisation.agreed_at.is_(None)
    & Authorisation.refused_at.is_(None)
    & (Authorisation.version == Assessment.version)
    & (Assessment.state == State.IN_REVIEW)
)
"""A colleague's answer is awaited about the version that is being read, not about an older one."""

IS_REFUSED = (
    Authorisation.refused_at.is_not(None)
    & Authorisation.answer_sealed.is_not(None)
    & (Authorisation.version == Assessment.version)
    & (Assessment.state == State.IN_REVIEW)
)
"""A colleague has refused, with reasons, about the version that is being read. What the asker took
back has no answer."""


def open_authorisations(assessment_id: UUID) -> Select[Authorisation]:
    """What colleagues have been asked about this assessment and not answered."""
    return (
        select(Authorisation)
        .join(Assessment, Assessment.id == Authorisation.assessment_id)
        .where(Authorisation.assessment_id == assessment_id, IS_ASKED)
    )


def step_of(add_on: TakenUp) -> str:
    """The name of an add-on set among the parts to read; no section's name has a colon."""
    return f"set:{add_on.part}"


def _tells_something(answer: StoredAnswer) -> bool:
    value = answer.content.value
    return bool(answer.content.note) or (value is not None and value.is_given)
