"""How and why an attempt ended without all its answers, as it was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.answers import tally
from dash_forms.domain.assessment import Outcome, outcome
from dash_forms.domain.declines import Basis, Ending, reason
from dash_forms.store.access import instrument_of
from dash_forms.store.answers import given, stored_answers
from dash_forms.store.models import Assessment, AssessmentReason
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class ReasonView:
    """A recorded reason in words."""

    label: str
    basis: Basis
    is_primary: bool
    is_decline: bool
    text: str

    def __str__(self) -> str:
        words = f": {self.text}" if self.text else ""
        basis = f" ({self.basis.label.lower()})" if self.is_decline else ""
        return f"{self.label}{basis}{words}"


def recorded_ending(work: Work, assessment_id: UUID) -> Ending | None:
    """The ending for which reasons were recorded, if one was."""
    return work.session.scalar(
        select(AssessmentReason.ending).where(
            AssessmentReason.assessment_id == assessment_id, AssessmentReason.is_primary
        )
    )


def outcome_of(work: Work, assessment: Assessment, ending: Ending | None) -> Outcome:
    """How an attempt ends by its answers as they are stored now."""
    answers = given(stored_answers(work, assessment.id))
    return outcome(ending, tally(answers, instrument_of(assessment).numbers))


def recorded_codes(work: Work, assessment_id: UUID) -> set[str]:
    """The codes of every reason."""
    return set(
        work.session.scalars(
            select(AssessmentReason.code).where(AssessmentReason.assessment_id == assessment_id)
        )
    )


def recorded_reasons(work: Work, assessment_id: UUID) -> list[ReasonView]:
    """The reasons, the primary one first."""
    rows = work.session.scalars(
        select(AssessmentReason)
        .where(AssessmentReason.assessment_id == assessment_id)
        .order_by(AssessmentReason.is_primary.desc(), AssessmentReason.code)
    )
    return [
        ReasonView(
            reason(row.code).label,
            row.basis,
            row.is_primary,
            row.ending is Ending.DECLINED,
            work.vault.open_text(assessment_id, f"reason:{row.code}", row.text_sealed),
        )
        for row in rows
    ]
