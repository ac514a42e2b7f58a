"""Taking an assessment from its start to its submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from dash_forms.assessment.add_ons import owed_add_ons
from dash_forms.assessment.closing import Closing, Standing, sent, undecided
from dash_forms.domain.answers import AnswerValue, Source, tally
from dash_forms.domain.assessment import Event, State, after, offered, outcome
from dash_forms.domain.audit_events import Name
from dash_forms.domain.duties import asked_after
from dash_forms.domain.errors import InvalidError, StaleError, StateError
from dash_forms.domain.grading import Stated
from dash_forms.domain.ids import uuid7
from dash_forms.domain.incidents import Interpreter, Mode, Purpose
from dash_forms.domain.instruments import FollowUpKind, Instrument, Item
from dash_forms.domain.permissions import Permission
from dash_forms.domain.prompts import threshold_of
from dash_forms.domain.sync import AnswerContent, AnswerOperation, Receipt
from dash_forms.domain.text import clean
from dash_forms.store.access import (
    AssessmentHead,
    assessment_for,
    held_head,
    instrument_of,
    require_assessable,
)
from dash_forms.store.add_ons import begun_set
from dash_forms.store.answers import (
    Applied,
    apply,
    first_result,
    given,
    logged_content,
    stored_answers,
)
from dash_forms.store.authorisers import authorisers
from dash_forms.store.cameras import keep_camera, own_camera
from dash_forms.store.children import linked_children
from dash_forms.store.duties import (
    keep_authority,
    keep_duties,
    stored_authority,
    stored_duties,
)
from dash_forms.store.endings import outcome_of, recorded_ending
from dash_forms.store.grades import add_to_ledger
from dash_forms.store.language import needs_interpreter
from dash_forms.store.marac_requests import ask_for_decision
from dash_forms.store.models import AnswerLogEntry, Assessment
from dash_forms.store.reoffers import contact_stop, note_offer_made
from dash_forms.store.safeguarding import owe_to_answers, owe_to_children
from dash_forms.store.versions import keep_version
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class Offer:
    """How the assessment was offered."""

    mode: Mode | None
    seen_alone: Stated | None
    interpreter: Interpreter | None = None
    purpose: Purpose | None = None
    """None where an older tablet did not ask."""


def start(work: Work, assessment_id: UUID, offer: Offer) -> None:
    """Begin asking."""
    assessment, incident = assessment_for(
        work, assessment_id, Permission.RECORD_ASSESSMENTS, lock=True
    )
    require_assessable(work, assessment)
    note_offer_made(work, assessment)
    assessment.state = after(offered(assessment.state), Event.START)
    assessment.mode, assessment.seen_alone = offer.mode, offer.seen_alone
    assessment.interpreter, assessment.purpose = offer.interpreter, offer.purpose
    assessment.attempted_at = assessment.attempted_at or work.now
    work.audit(Name.ASSESSMENT_STARTED, "assessment", assessment.id)
    owe_to_children(work, incident.id)


def save_answers(
    work: Work, assessment_id: UUID, operations: Sequence[AnswerOperation]
) -> list[Applied]:
    """Apply answers to one assessment, each once, none over another's back (design §3)."""
    assessment = held_head(work, assessment_id, Permission.RECORD_ASSESSMENTS)
    try:
        _require_open(assessment)
    except StateError:
        # A device that never heard the answer may ask again after the submission.
        known = [found for each in operations if (found := first_result(work, each))]
        if not known or len(known) < len(operations):
            raise
        return known
    asked = {part: _asked(work, assessment, part) for part in {each.part for each in operations}}
    for each in operations:
        _require_gate(asked[each.part], each)
    applied = [
        apply(
            work,
            _checked(operation, asked[operation.part].item(operation.item)),
            cause=operation.gate,
        )
        for operation in operations
    ]
    for part in asked:
        changed = [
            each.item
            for each, operation in zip(applied, operations, strict=True)
            if operation.part == part and each.receipt is not Receipt.DUPLICATE
        ]
        if changed:
            of_part = {"part": part} if part else {}
            work.audit(Name.ANSWERS_SAVED, "assessment", assessment_id, items=changed, **of_part)
    return applied


def _require_gate(question_set: Instrument, operation: AnswerOperation) -> None:
    """That the gate which a tablet closed gives this answer to this item."""
    if operation.gate:
        gate = question_set.gate(operation.gate)
        if operation.item not in gate.items or operation.content.value is not gate.sets:
            raise InvalidError("This gate does not give this answer", field="gate")


def _asked(work: Work, assessment: Assessment | AssessmentHead, part: str) -> Instrument:
    """The question set of the assessment, or of the add-on that was begun with it."""
    return begun_set(work, assessment.id, part) if part else instrument_of(assessment)


def save_changed_answers(
    work: Work, assessment_id: UUID, operations: Sequence[AnswerOperation], part: str = ""
) -> list[Applied]:
    """As `save_answers`, leaving out cards that say what is already stored.

    A plain form sends every card of its section, changed or not.
    """
    stored = stored_answers(work, assessment_id, part)
    changed = []
    for operation in operations:
        known = stored.get(operation.item)
        if known and known.in_conflict and operation.content.value is None:
            continue  # a conflict is settled by choosing, never by a form that happens to be sent
        if (
            known is None
            or known.in_conflict
            or _trimmed(known.content) != _trimmed(operation.content)
        ):
            changed.append(operation)
    return save_answers(work, assessment_id, changed)


def _trimmed(content: AnswerContent) -> AnswerContent:
    if content.value in {AnswerValue.DECLINED, AnswerValue.NOT_ASKED}:
        content = replace(content, source=Source.VICTIM)  # nobody answered: it has no source
    details = {key: values for key, values in content.details.items() if any(values)}
    return replace(content, note=content.note.replace("\r\n", "\n").strip(), details=details)


def _require_open(assessment: Assessment | AssessmentHead) -> None:
    if not assessment.state.is_open:
        raise StateError("This assessment has been submitted, so its answers can no longer change.")
    if assessment.state in {State.REQUIRED, State.OFFERED}:
        raise StateError("Start the assessment before answering.")


def _checked(operation: AnswerOperation, item: Item) -> AnswerOperation:
    """The operation with clean text and only the follow-ups that apply to its answer."""
    content = operation.content
    details: dict[str, tuple[str, ...]] = {}
    cleaned: tuple[str, ...]
    for follow_up in item.applying(content.value) if content.value else ():
        values = content.details.get(follow_up.id, ())
        if follow_up.kind is FollowUpKind.TEXT:
            cleaned = (clean(values[0], field=f"q{item.number}-{follow_up.id}"),) if values else ()
        else:
            cleaned = tuple(dict.fromkeys(values))
            if not set(cleaned) <= {option.value for option in follow_up.options}:
                raise InvalidError("Choose from the list", field=f"q{item.number}-{follow_up.id}")
            if follow_up.kind is FollowUpKind.CHOICE and len(cleaned) > 1:
                raise InvalidError("Choose one", field=f"q{item.number}-{follow_up.id}")
        if any(cleaned):
            details[follow_up.id] = cleaned
    note = clean(content.note, field=f"q{item.number}-note")
    return replace(operation, content=replace(content, note=note, details=details))


def set_gate(
    work: Work,
    assessment_id: UUID,
    gate_id: str,
    base_revs: Mapping[int, int],
    *,
    closed: bool,
    part: str = "",
) -> None:
    """Close a gate ("no children or dependants"), or take that back.

    Closing makes its items not applicable; taking it back gives each the answer it had before, or
    none. `base_revs` are the revisions the officer was looking at: an answer given elsewhere since
    then is kept beside the gate's as a conflict, and a conflict is never settled by a gate.
    """
    assessment, _ = assessment_for(work, assessment_id, Permission.RECORD_ASSESSMENTS, lock=True)
    _require_open(assessment)
    gate = _asked(work, assessment, part).gate(gate_id)
    stored = stored_answers(work, assessment_id, part)
    for refusal in undecided({n: answer for n, answer in stored.items() if n in gate.items}):
        raise refusal
    for number in gate.items:
        current = stored.get(number)
        is_closed = current is not None and current.content.value is gate.sets
        if is_closed == closed or (current is None and not closed):
            continue
        content = (
            AnswerContent(gate.sets, Source.VICTIM)
            if closed
            else _before_gate(work, assessment_id, part, number, gate_id)
        )
        rev = base_revs.get(number, 0)
        operation = AnswerOperation(
            uuid7(), assessment_id, number, content, rev, work.now, part=part
        )
        apply(work, operation, cause=gate_id if closed else f"{gate_id}:undo")
    work.audit(Name.ANSWERS_SAVED, "assessment", assessment_id, items=list(gate.items))


def _before_gate(
    work: Work, assessment_id: UUID, part: str, item: int, gate_id: str
) -> AnswerContent:
    entry = work.session.scalar(
        select(AnswerLogEntry)
        .where(
            AnswerLogEntry.assessment_id == assessment_id,
            AnswerLogEntry.part == part,
            AnswerLogEntry.item == item,
            AnswerLogEntry.receipt == Receipt.APPLIED,
            AnswerLogEntry.cause != gate_id,
        )
        .order_by(AnswerLogEntry.rev.desc())
        .limit(1)
    )
    if entry is None:
        return AnswerContent(None, Source.VICTIM)
    return logged_content(work, entry)


def save_closing(work: Work, assessment_id: UUID, closing: Closing) -> Assessment:
    """Keep what has been entered so far, complete or not; a colleague's entries are not undone."""
    assessment, incident = assessment_for(
        work, assessment_id, Permission.RECORD_ASSESSMENTS, lock=True
    )
    _require_open(assessment)
    if closing.duties.searched_at and closing.duties.searched_at > work.now:
        raise InvalidError("That time has not come yet", field="searched_at")
    if assessment.rev != closing.rev:
        raise StaleError(
            "This page was saved elsewhere while you had it open. What is stored now is shown"
            " below; what you entered is still here and replaces it if you send it again.",
            now=assessment.rev,
        )
    closing = closing.keeping(assessment.interpreter, assessment.purpose)
    assessment.mode, assessment.seen_alone = closing.mode, closing.seen_alone
    assessment.interpreter, assessment.purpose = closing.interpreter, closing.purpose
    assessment.children_stated = closing.children
    assessment.observed_sealed = work.vault.seal_text(assessment.id, "observed", closing.observed)
    assessment.grade = closing.grade
    assessment.rationale_sealed = work.vault.seal_text(
        assessment.id, "rationale", closing.rationale
    )
    if asked_after(outcome_of(work, assessment, recorded_ending(work, assessment_id))):
        duties = closing.duties
        if contact_stop(work, assessment.pair_id):
            duties = duties.keeping_contact_of(stored_duties(work, assessment_id))
        keep_duties(work, assessment_id, duties)
    if closing.authority != stored_authority(work, assessment_id):
        keep_authority(work, assessment_id, closing.authority)
    if closing.marac is not None:
        ask_for_decision(work, assessment_id, closing.marac)
    if closing.camera and closing.camera.adds_to(own_camera(work, incident.id)):
        keep_camera(work, incident.id, work.by.id, closing.camera)
    assessment.rev += 1
    work.audit(Name.CLOSING_SAVED, "assessment", assessment.id)
    return assessment


def submit(work: Work, assessment_id: UUID, closing: Closing) -> None:
    """Close the attempt with a person's grade; refuses in words whatever is still owed.

    Sending the same submission twice has one effect; another one is refused.
    """
    assessment, incident = assessment_for(
        work, assessment_id, Permission.RECORD_ASSESSMENTS, lock=True
    )
    if assessment.state in {State.SUBMITTED, State.IN_REVIEW}:
        _require_same(work, assessment, closing)
        return
    require_assessable(work, assessment)
    question_set = instrument_of(assessment)
    stored = stored_answers(work, assessment_id)
    counts = tally(given(stored), question_set.numbers)
    ended = outcome(recorded_ending(work, assessment_id), counts)
    threshold = threshold_of(question_set, given(stored))
    possible = authorisers(work, incident.team_id, work.by.id, assessment.author_id)
    closing = closing.naming(possible).keeping(assessment.interpreter, assessment.purpose)
    add_ons = tuple(owed_add_ons(work, assessment, stored, ended, closing.children))
    stopped = contact_stop(work, assessment.pair_id) is not None
    standing = Standing(
        stored,
        counts,
        ended,
        threshold,
        possible,
        add_ons,
        stopped=stopped,
        needs_interpreter=needs_interpreter(work, assessment_id),
        children_at_home=linked_children(work, assessment_id).at_home,
    )
    judgement, state = sent(closing, standing, assessment.state)
    save_closing(work, assessment_id, closing)
    assessment.state = state
    assessment.submitted_at = work.now
    assessment.version += 1
    assessment.review_due_at = assessment.review_due_at or work.clocks.review_due(
        judgement.grade, work.now
    )
    keep_version(work, assessment, incident, ended)
    owe_to_answers(work, assessment, incident.id)
    add_to_ledger(work, assessment.id, judgement)
    work.audit(
        Name.ASSESSMENT_SUBMITTED,
        "assessment",
        assessment.id,
        outcome=ended.value,
        grade=judgement.grade.value,
        version=assessment.version,
    )


def _require_same(work: Work, assessment: Assessment, closing: Closing) -> None:
    opened = work.vault.open_text
    stored = (
        opened(assessment.id, "observed", assessment.observed_sealed),
        assessment.children_stated,
        assessment.grade,
        opened(assessment.id, "rationale", assessment.rationale_sealed),
    )
    if stored != (closing.observed, closing.children, closing.grade, closing.rationale):
        raise StateError("This assessment has been submitted already. Nothing was changed.")
