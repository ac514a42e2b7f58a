"""Recording how and why an attempt ends without all its answers, and taking that back."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select

from dash_forms.domain.answers import Source, tally
from dash_forms.domain.assessment import Event, State, after, ending_event, left_open, offered
from dash_forms.domain.audit_events import Name
from dash_forms.domain.declines import UNDER_16, Ending, RecordedReasons
from dash_forms.domain.errors import InvalidError, StateError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.incidents import is_for_child_process
from dash_forms.domain.permissions import Permission
from dash_forms.domain.sync import AnswerContent, AnswerOperation
from dash_forms.store.access import assessment_for, instrument_of, require_assessable
from dash_forms.store.answers import StoredAnswer, apply, given, stored_answers
from dash_forms.store.endings import recorded_ending
from dash_forms.store.models import Answer, AnswerLogEntry, Assessment, AssessmentReason, Pair
from dash_forms.store.reoffers import note_offer_made, require_contact
from dash_forms.store.safeguarding import owe_to_children
from dash_forms.store.work import Work

_CAUSE = "ending:"

_EVENTS = {
    Ending.DECLINED: Event.DECLINE,
    Ending.UNABLE: Event.CANNOT,
    Ending.NOT_OFFERED: Event.NOT_OFFER,
    Ending.EXEMPT: Event.EXEMPT,
}


def record_ending(work: Work, assessment_id: UUID, reasons: RecordedReasons) -> None:
    """End an attempt for coded reasons.

    What was answered stays. Topics with no answer become "declined" when the victim declined, and
    "not asked" otherwise; the officer can still record on any of them what was seen or known.
    """
    assessment, incident = assessment_for(
        work, assessment_id, Permission.RECORD_ASSESSMENTS, lock=True
    )
    _check_age(work, assessment, reasons)
    stored = stored_answers(work, assessment_id)
    filled = _filled_by_ending(work, assessment_id)
    answered = {item: answer for item, answer in stored.items() if item not in filled}
    counts = tally(given(answered), instrument_of(assessment).numbers)
    event = ending_event(_EVENTS[reasons.ending], counts)
    _check_not_offered(work, assessment, event)
    was_offered = reasons.ending in {Ending.DECLINED, Ending.UNABLE}
    if was_offered:
        note_offer_made(work, assessment)
    state = offered(assessment.state) if was_offered else assessment.state
    assessment.state = after(state, event)
    assessment.attempted_at = assessment.attempted_at or work.now
    _keep_reasons(work, assessment_id, reasons)
    owe_to_children(work, incident.id)
    if event is not Event.EXEMPT:  # which counts once a supervisor has endorsed it
        said = {number: answer.content.value for number, answer in answered.items()}
        cause = f"{_CAUSE}{reasons.ending.value}"
        left = left_open(reasons.ending, instrument_of(assessment).numbers, said)
        for number, value in left.items():
            content = AnswerContent(value, Source.VICTIM, _note(stored.get(number)))
            _set(work, assessment_id, number, content, rev=_rev(stored.get(number)), cause=cause)
    work.audit(
        Name.ENDING_RECORDED,
        "assessment",
        assessment_id,
        ending=reasons.ending.value,
        reasons=[each.code for each in reasons.all],
    )


def _check_not_offered(work: Work, assessment: Assessment, event: Event) -> None:
    """What was sent as an offer cannot come back as none."""
    returned = assessment.state is State.RETURNED
    if event is Event.NOT_OFFER and returned:
        before = recorded_ending(work, assessment.id)
        if before is not Ending.NOT_OFFERED:
            raise StateError("It was offered, so record how it ended instead.")


def _check_age(work: Work, assessment: Assessment, reasons: RecordedReasons) -> None:
    if reasons.ending is not Ending.EXEMPT:
        require_assessable(work, assessment)
    elif reasons.primary.code == UNDER_16:
        age = work.session.scalar(select(Pair.victim_age).where(Pair.id == assessment.pair_id))
        if age is not None and not is_for_child_process(age):
            raise InvalidError(
                f"By the date of birth the victim is {age}, so this reason does not apply",
                field="primary",
            )


def resume(work: Work, assessment_id: UUID) -> None:
    """The victim will answer after all: topics that the ending filled are open again."""
    assessment, _ = assessment_for(work, assessment_id, Permission.RECORD_ASSESSMENTS, lock=True)
    require_contact(work, assessment.pair_id)
    note_offer_made(work, assessment)
    assessment.state = after(assessment.state, Event.RESUME)
    stored = stored_answers(work, assessment_id)
    for number in sorted(_filled_by_ending(work, assessment_id)):
        content = AnswerContent(None, Source.VICTIM, stored[number].content.note)
        _set(work, assessment_id, number, content, rev=stored[number].rev, cause="resume")
    work.session.execute(
        delete(AssessmentReason).where(AssessmentReason.assessment_id == assessment_id)
    )
    work.audit(Name.ASSESSMENT_RESUMED, "assessment", assessment_id)


def _filled_by_ending(work: Work, assessment_id: UUID) -> set[int]:
    """The items whose current value an ending wrote, and nobody has since answered."""
    return set(
        work.session.scalars(
            select(Answer.item)
            .join(AnswerLogEntry, AnswerLogEntry.op_id == Answer.op_id)
            .where(Answer.assessment_id == assessment_id, AnswerLogEntry.cause.startswith(_CAUSE))
        )
    )


def _note(current: StoredAnswer | None) -> str:
    return current.content.note if current else ""


def _rev(current: StoredAnswer | None) -> int:
    return current.rev if current else 0


def _set(
    work: Work, assessment_id: UUID, item: int, content: AnswerContent, *, rev: int, cause: str
) -> None:
    apply(work, AnswerOperation(uuid7(), assessment_id, item, content, rev, work.now), cause=cause)


def _keep_reasons(work: Work, assessment_id: UUID, reasons: RecordedReasons) -> None:
    work.session.execute(
        delete(AssessmentReason).where(AssessmentReason.assessment_id == assessment_id)
    )
    seal = work.vault.seal_text
    work.session.add_all(
        AssessmentReason(
            assessment_id=assessment_id,
            code=each.code,
            ending=reasons.ending,
            basis=each.basis,
            is_primary=each is reasons.primary,
            text_sealed=seal(assessment_id, f"reason:{each.code}", each.text),
        )
        for each in reasons.all
    )
    work.session.flush()
