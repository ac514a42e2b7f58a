"""The prompts that a case raises, from its answers, its history and the last MARAC referral."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from dash_forms.domain.assessment import State
from dash_forms.domain.history import History
from dash_forms.domain.periods import london_date
from dash_forms.domain.prompts import Prompt, Threshold, prompts, threshold_of
from dash_forms.store.access import instrument_of
from dash_forms.store.add_ons import sets_asked
from dash_forms.store.answers import given, stored_answers
from dash_forms.store.endings import recorded_codes
from dash_forms.store.marac_requests import marac_requests
from dash_forms.store.models import Assessment, Incident, MaracRecord, Pair, Person
from dash_forms.store.work import Work


def count_of(work: Work, assessment: Assessment) -> Threshold | None:
    """The count with a threshold, where the question set defines one."""
    return threshold_of(instrument_of(assessment), given(stored_answers(work, assessment.id)))


def raised_prompts(work: Work, assessment: Assessment, history: History) -> tuple[Prompt, ...]:
    """Every prompt, as things are stored now."""
    (main, answers), *add_ons = sets_asked(work, assessment)
    return prompts(
        main,
        answers,
        history,
        work.limits,
        marac_on=last_referral_on(work, assessment),
        add_ons=add_ons,
        reasons=recorded_codes(work, assessment.id),
        marac_asked_for=bool(marac_requests(work, assessment.id)),
    )


def last_referral_on(work: Work, assessment: Assessment) -> date | None:
    """When the same two people were last referred to MARAC before this incident was reported.

    What was referred since is no reason to call this incident a repeat, nor does it hide one.
    """
    victim, perpetrator = aliased(Person), aliased(Person)
    two = (
        select(victim.identity_index, perpetrator.identity_index, Incident.reported_at)
        .select_from(Pair)
        .join(Incident, Incident.id == Pair.incident_id)
        .join(victim, victim.id == Pair.victim_id)
        .join(perpetrator, perpetrator.id == Pair.perpetrator_id)
    )
    here = work.session.execute(two.where(Pair.id == assessment.pair_id)).first()
    if here is None or here[0] is None or here[1] is None:
        return None
    last = work.session.scalar(
        select(func.max(MaracRecord.decided_at))
        .join(Assessment, Assessment.id == MaracRecord.assessment_id)
        .join(Pair, Pair.id == Assessment.pair_id)
        .join(victim, victim.id == Pair.victim_id)
        .join(perpetrator, perpetrator.id == Pair.perpetrator_id)
        .where(
            victim.identity_index == here[0],
            perpetrator.identity_index == here[1],
            MaracRecord.referred,
            MaracRecord.decided_at <= here[2],
            MaracRecord.assessment_id != assessment.id,
            Assessment.state != State.VOID,
        )
    )
    return london_date(last) if last else None
