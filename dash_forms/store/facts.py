"""Keeping the fact row of a pair, in the transaction that changes the pair."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from dash_forms.domain.answers import tally
from dash_forms.domain.assessment import Outcome, State, outcome
from dash_forms.domain.declines import Ending
from dash_forms.domain.periods import london_date
from dash_forms.domain.reoffers import Result, converted_on
from dash_forms.store.access import instrument_of
from dash_forms.store.answers import given, stored_answers
from dash_forms.store.endings import recorded_ending
from dash_forms.store.models import (
    Assessment,
    AssessmentReason,
    Incident,
    Pair,
    PairFact,
    Submission,
)
from dash_forms.store.work import Work


def record_outcome(
    work: Work, assessment: Assessment, incident: Incident, outcome: Outcome
) -> None:
    """Note how an attempt ended. The first countable outcome stands for ever (domain guide §6).

    The attempt that brought it may still correct it, when a supervisor has returned it. What a
    later one wins is noted beside it.
    """
    fact = work.session.get_one(PairFact, assessment.pair_id, with_for_update=True)
    if not fact.outcome.is_countable or fact.attempt == assessment.attempt:
        _set_outcome(work, fact, assessment, incident, outcome)
    made_on = london_date(assessment.attempted_at or work.now)
    _note_conversion(work, fact, [Result(assessment.attempt, outcome, made_on)])


def _set_outcome(
    work: Work, fact: PairFact, assessment: Assessment, incident: Incident, outcome: Outcome
) -> None:
    primary = work.session.execute(
        select(AssessmentReason.code, AssessmentReason.basis).where(
            AssessmentReason.assessment_id == assessment.id, AssessmentReason.is_primary
        )
    ).first()
    has_reason = primary is not None and outcome not in {Outcome.COMPLETED, Outcome.PENDING}
    fact.outcome = outcome
    fact.attempt = assessment.attempt
    fact.reason = primary.code if primary and has_reason else None
    fact.reason_basis = primary.basis if primary and has_reason else None
    fact.team_id = incident.team_id
    fact.counted_on = london_date(assessment.attempted_at or work.now)


def _note_conversion(work: Work, fact: PairFact, now: Sequence[Result] = ()) -> None:
    """Work out anew whether a later attempt won what the countable one did not.

    `now` are results that are just being stored, in place of what is known of the same attempts.
    """
    known = work.session.execute(
        select(Assessment.attempt, Submission.outcome, Assessment.attempted_at)
        .join(Submission, Submission.assessment_id == Assessment.id)
        .where(
            Assessment.pair_id == fact.pair_id,
            Assessment.state != State.VOID,
            Submission.version == Assessment.version,
            Assessment.attempt.not_in([each.attempt for each in now]),
        )
    )
    results = [
        Result(row.attempt, row.outcome, london_date(row.attempted_at or work.now)) for row in known
    ]
    fact.converted_on = converted_on(fact.outcome, fact.attempt, [*results, *now])


def outcome_of(work: Work, assessment: Assessment, ending: Ending | None) -> Outcome:
    """How an attempt ends by its answers as they are stored now."""
    answers = given(stored_answers(work, assessment.id))
    return outcome(ending, tally(answers, instrument_of(assessment).numbers))


def forget_attempt(work: Work, assessment: Assessment) -> None:
    """Take an attempt that was made in error out of every measure.

    The pair is then counted by the first of its other attempts that counts, or else by the last
    of them; with none left it is in no measure at all.
    """
    fact = work.session.get(PairFact, assessment.pair_id, with_for_update=True)
    if fact is None:
        return
    if fact.attempt != assessment.attempt:
        work.session.flush()
        _note_conversion(work, fact)
        return
    work.session.delete(fact)
    work.session.flush()
    others = work.session.scalars(
        select(Assessment)
        .where(
            Assessment.pair_id == assessment.pair_id,
            Assessment.id != assessment.id,
            Assessment.state != State.VOID,
        )
        .order_by(Assessment.attempt)
    ).all()
    if not others:
        return
    incident = work.session.scalars(
        select(Incident).join(Pair).where(Pair.id == assessment.pair_id)
    ).one()
    work.session.add(
        PairFact(
            pair_id=assessment.pair_id,
            team_id=incident.team_id,
            counted_on=london_date(incident.reported_at),
            outcome=Outcome.PENDING,
            attempt=others[0].attempt,
        )
    )
    work.session.flush()
    for other in others:
        if other.submitted_at or other.state is State.EXEMPT:
            ended = outcome_of(work, other, recorded_ending(work, other.id))
            record_outcome(work, other, incident, ended)
