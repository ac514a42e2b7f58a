"""Keeping the fact row of a pair, in the transaction that changes the pair."""

from __future__ import annotations

from sqlalchemy import select

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.periods import london_date
from dash_forms.store.models import Assessment, AssessmentReason, Incident, PairFact
from dash_forms.store.work import Work


def record_outcome(
    work: Work, assessment: Assessment, incident: Incident, outcome: Outcome
) -> None:
    """Note how an attempt ended. The first countable outcome stands for ever (domain guide §6)."""
    fact = work.session.get_one(PairFact, assessment.pair_id, with_for_update=True)
    if fact.outcome.is_countable:
        return
    primary = work.session.execute(
        select(AssessmentReason.code, AssessmentReason.basis).where(
            AssessmentReason.assessment_id == assessment.id, AssessmentReason.is_primary
        )
    ).first()
    has_reason = primary is not None and outcome not in {Outcome.COMPLETED, Outcome.PENDING}
    fact.outcome = outcome
    fact.reason = primary.code if primary and has_reason else None
    fact.reason_basis = primary.basis if primary and has_reason else None
    fact.team_id = incident.team_id
    fact.counted_on = london_date(assessment.attempted_at or work.now)
