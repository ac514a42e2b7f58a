"""Pages of an assessment: its start, its cards, its last page; and answers sent by a device."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import fields
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.assessment import add_ons, commands, conflicts, queries
from dash_forms.assessment.cards import Card, as_sent, cards_of, drawn
from dash_forms.assessment.closing import asks_offer, owed_at_least
from dash_forms.assessment.forms import ChoiceForm, ClosingForm, SkipForm, StartForm
from dash_forms.assessment.operations import (
    SYNC_VERSION,
    Sent,
    base_revs_from_form,
    operation_from_json,
    operations_from_form,
    post_from_json,
    sent_from_json,
)
from dash_forms.assessment.sync_schema import sync_schema
from dash_forms.domain.add_ons import LETTERS_AT_LEAST, WHY, SkipReason
from dash_forms.domain.assessment import SUBMITTABLE, Outcome, State
from dash_forms.domain.audit_events import Name
from dash_forms.domain.body_worn_video import LETTERS_AT_LEAST as WORDS_AT_LEAST
from dash_forms.domain.body_worn_video import WHY as WHY_NOT_RECORDING
from dash_forms.domain.body_worn_video import FirstContact
from dash_forms.domain.duties import asked_after
from dash_forms.domain.errors import (
    DomainError,
    InvalidError,
    NotFoundError,
    NotPermittedError,
    StaleError,
    StateError,
)
from dash_forms.domain.grading import Grade
from dash_forms.domain.ids import NOBODYS, uuid7
from dash_forms.domain.incidents import DASH_FROM_AGE
from dash_forms.domain.instruments import current, instrument
from dash_forms.domain.permissions import Permission
from dash_forms.domain.sync import Receipt
from dash_forms.store.accounts import display_name
from dash_forms.store.answers import Applied
from dash_forms.store.authorisers import Colleague
from dash_forms.store.children import ChildOfIncident, child_just_linked
from dash_forms.store.envelopes import unsealed
from dash_forms.store.history import history_of
from dash_forms.store.language import needs_interpreter
from dash_forms.store.work import Work
from dash_forms.web.blank import blank_page
from dash_forms.web.forms import id_or_none, local
from dash_forms.web.guard import permits, public
from dash_forms.web.json_body import json_body
from dash_forms.web.waited_posts import WaitedPost, apply_post, may_wait

blueprint = Blueprint("assessment", __name__, template_folder="templates")

_OF_A_CASE = re.compile(r"/assessments/([0-9a-fA-F-]{36})/")
_JUST_NOW = timedelta(minutes=10)
GRADE_MEANINGS = {grade.value: grade.meaning for grade in Grade}


@blueprint.get("/assessments/<uuid:assessment_id>")
@permits(Permission.VIEW_ASSESSMENTS)
def show(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    page = queries.assessment_page(work, assessment_id)
    if not page.is_editable:
        return redirect(f"/assessments/{assessment_id}/record")
    if page.state is State.REQUIRED:
        return _start(work, page, StartForm())
    return _cards(work, page)


def _start(work: Work, page: queries.AssessmentView, form: StartForm) -> str:
    contact, made_safe = queries.said_before(work, page.id)
    return render_template(
        "assessment/start.html",
        page=page,
        form=form,
        contact=contact,
        made_safe=made_safe,
        history=history_of(work, page.id),
        needs_interpreter=needs_interpreter(work, page.id),
    )


def _cards(work: Work, page: queries.AssessmentView, refusal: InvalidError | None = None) -> str:
    cards = cards_of(page)
    if refusal:
        cards = {n: as_sent(card, request.form, refusal) for n, card in cards.items()}
    return _drawn(
        page,
        cards,
        came_from=_came_from(),
        history=None if page.part else history_of(work, page.id),
        form_id=UUID(int=uuid7().int & ~0xFFF),
        saved=request.args.get("saved"),
        refusal=refusal,
        refused=next((n for n, card in cards.items() if card.error), None),
    )


def _drawn(
    page: queries.AssessmentView,
    cards: dict[int, Card],
    draw: Callable[..., str] = render_template,
    **around: Any,
) -> str:
    parts = drawn(page.instrument.id, page.instrument.version)
    return draw("assessment/cards.html", page=page, cards=cards, drawn=parts, **around)


@blueprint.get("/tablet/cards/<set_id>/<int:version>")
@permits(Permission.RECORD_ASSESSMENTS)
def show_blank(_work: Work, set_id: str, version: int) -> ResponseReturnValue:
    """The cards of a question set without a case, which a tablet may keep."""
    page = queries.blank_view(instrument(set_id, version), NOBODYS, State.DRAFT)
    return _drawn(page, cards_of(page), draw=blank_page)


@blueprint.get(f"/tablet/steps/finish/<any({', '.join(SUBMITTABLE)}):how>")
@permits(Permission.RECORD_ASSESSMENTS)
def show_blank_finish(_work: Work, how: str) -> ResponseReturnValue:
    """The last page for an attempt that ended so, with everything that is then owed."""
    ended = Outcome(how)
    return blank_page(
        "assessment/blank_finish.html",
        nobodys=NOBODYS,
        ended=ended,
        form=ClosingForm(data={"rev": 1}),
        asked=asked_after(ended),
        asks_offer=asks_offer(ended),
        owed=owed_at_least(ended),
        grade_meanings=GRADE_MEANINGS,
        camera_needed={
            "data-needed-with": " ".join(each.value for each in FirstContact if each.asks_words),
            "data-at-least": WORDS_AT_LEAST,
            "data-wanted": WHY_NOT_RECORDING,
        },
    )


@blueprint.get("/tablet/steps/start")
@permits(Permission.RECORD_ASSESSMENTS)
def show_blank_start(work: Work) -> ResponseReturnValue:
    page = queries.blank_view(current(work.main_set), NOBODYS, State.REQUIRED)
    return blank_page(
        "assessment/start.html",
        page=page,
        form=StartForm(),
        history=None,
        under_age=DASH_FROM_AGE,
    )


@blueprint.get("/tablet/steps/skip")
@permits(Permission.RECORD_ASSESSMENTS)
def show_blank_skip(_work: Work) -> ResponseReturnValue:
    needed = {
        "data-needed-with": " ".join(each.value for each in SkipReason if each.asks_words),
        "data-at-least": LETTERS_AT_LEAST,
        "data-wanted": WHY,
    }
    page = queries.blank_skip(NOBODYS)
    return blank_page(
        "assessment/skip.html", page=page, form=SkipForm(), came_from="", needed=needed
    )


@blueprint.post("/assessments/<uuid:assessment_id>/start")
@may_wait("Start of the assessment", lambda _work, **_: StartForm())
@permits(Permission.RECORD_ASSESSMENTS)
def start(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    form = StartForm()
    if form.validate():
        commands.start(work, assessment_id, form.command())
        return redirect(f"/assessments/{assessment_id}", 303)
    page = queries.assessment_page(work, assessment_id)
    return _start(work, page, form), 422


@blueprint.get("/assessments/<uuid:assessment_id>/sets/<part>")
@permits(Permission.VIEW_ASSESSMENTS)
def show_set(work: Work, assessment_id: UUID, part: str) -> ResponseReturnValue:
    """The cards of an add-on set, which are those of the main set in all but their questions."""
    page = queries.add_on_page(work, assessment_id, part)
    if not page.is_editable:
        return redirect(f"/assessments/{assessment_id}/record")
    return _cards(work, page)


@blueprint.post("/assessments/<uuid:assessment_id>/sets/<part>/begin")
@may_wait("An add-on set is begun")
@permits(Permission.RECORD_ASSESSMENTS)
def begin_set(work: Work, assessment_id: UUID, part: str) -> ResponseReturnValue:
    if "another" in request.form:
        part = add_ons.next_round(work, assessment_id, part)
    # What a tablet has asked without a signal says in which version.
    add_ons.begin(work, assessment_id, part, request.form.get("version", type=int))
    return redirect(f"/assessments/{assessment_id}/sets/{part}{_from_there()}", 303)


@blueprint.get("/assessments/<uuid:assessment_id>/sets/<part>/skip")
@permits(Permission.RECORD_ASSESSMENTS)
def show_skip(work: Work, assessment_id: UUID, part: str) -> ResponseReturnValue:
    return _skip(work, assessment_id, part, SkipForm())


@blueprint.post("/assessments/<uuid:assessment_id>/sets/<part>/skip")
@may_wait("An add-on set is skipped", lambda _work, **_: SkipForm())
@permits(Permission.RECORD_ASSESSMENTS)
def skip_set(work: Work, assessment_id: UUID, part: str) -> ResponseReturnValue:
    form = SkipForm()
    if form.validate() and form.attempt(
        work, lambda: add_ons.skip(work, assessment_id, part, form.command())
    ):
        return redirect(f"/assessments/{assessment_id}{_came_from()}#add-ons", 303)
    return _skip(work, assessment_id, part, form), 422


def _skip(work: Work, assessment_id: UUID, part: str, form: SkipForm) -> str:
    page = queries.skip_page(work, assessment_id, part)
    return render_template("assessment/skip.html", page=page, form=form, came_from=_came_from())


def _came_from() -> str:
    """Where an add-on set leads back to: the last page, or else the topics."""
    return "/finish" if request.args.get("from") == "finish" else ""


def _from_there() -> str:
    return "?from=finish" if _came_from() else ""


@blueprint.post("/assessments/<uuid:assessment_id>/sections/<section_id>")
@blueprint.post("/assessments/<uuid:assessment_id>/sets/<part>/sections/<section_id>")
@permits(Permission.RECORD_ASSESSMENTS)
def save_section(
    work: Work, assessment_id: UUID, section_id: str, part: str = ""
) -> ResponseReturnValue:
    """Save one section of the plain form, for a browser without JavaScript."""
    page = _page(work, assessment_id, part)
    items = page.instrument.items_in(section_id)
    try:
        with work.savepoint():
            operations = operations_from_form(assessment_id, items, request.form, part)
            commands.save_changed_answers(work, assessment_id, operations, part)
    except InvalidError as error:
        return _cards(work, page, error), 422
    here = {"saved": section_id} | ({"from": "finish"} if _came_from() else {})
    return redirect(f"{page.path}?{urlencode(here)}#{section_id}", 303)


def _page(work: Work, assessment_id: UUID, part: str) -> queries.AssessmentView:
    if part:
        return queries.add_on_page(work, assessment_id, part)
    return queries.assessment_page(work, assessment_id)


@blueprint.post("/assessments/<uuid:assessment_id>/gates/<gate_id>")
@blueprint.post("/assessments/<uuid:assessment_id>/sets/<part>/gates/<gate_id>")
@permits(Permission.RECORD_ASSESSMENTS)
def set_gate(work: Work, assessment_id: UUID, gate_id: str, part: str = "") -> ResponseReturnValue:
    undo = "undo" in request.form
    page = _page(work, assessment_id, part)
    gate = page.instrument.gate(gate_id)
    section = page.instrument.item(gate.items[0]).section
    others = [i for i in page.instrument.items_in(section) if i.number not in gate.items]
    try:
        with work.savepoint():
            operations = operations_from_form(assessment_id, others, request.form, part)
            commands.save_changed_answers(work, assessment_id, operations, part)
            revs = base_revs_from_form(gate.items, request.form)
            commands.set_gate(work, assessment_id, gate_id, revs, closed=not undo, part=part)
    except InvalidError as error:
        return _cards(work, page, error), 422
    following = gate.items[0] if undo else min(gate.items[-1] + 1, page.instrument.numbers[-1])
    return redirect(f"{page.path}{_from_there()}#q{following}", 303)


@blueprint.post("/sync")
@permits(Permission.RECORD_ASSESSMENTS)
def sync(work: Work) -> ResponseReturnValue:
    """Apply operations, each wholly or not at all, and answer with a receipt for each.

    What a tablet can no longer read itself comes in an envelope. An operation is taken from its
    author only, whoever is signed in on the tablet by now.
    """
    sent = sent_from_json(json_body())
    if sent.author not in {None, work.by.id}:
        raise StateError("Somebody else is signed in now. What was recorded waits for its author.")
    operations = [unsealed(each, work.by.id, work.vault.open_envelope) for each in sent.operations]
    # Cases in one order for everybody: each holds its case to the end, and two devices that took
    # the same two cases in opposite orders would wait for each other.
    in_order = sorted(enumerate(operations), key=lambda numbered: _case(numbered[1]))
    alone = len(operations) == 1 and not work.session.in_nested_transaction()
    receipts = {number: _receipt(work, raw, sent, alone=alone) for number, raw in in_order}
    return {
        "version": SYNC_VERSION,
        "receipts": [receipts[number] for number in range(len(operations))],
    }


@blueprint.get("/sync/schema.json")
@public
def show_sync_schema(_work: Work) -> ResponseReturnValue:
    """What `sync` takes and answers, for whoever writes another client."""
    response = jsonify(sync_schema())
    response.mimetype = "application/schema+json"
    return response


def _case(raw: Any) -> str:
    """Whose turn it is: incidents first, in the order in which they came, then case by case."""
    if not isinstance(raw, dict):
        return ""
    if raw.get("kind") == "post":
        found = _OF_A_CASE.match(str(raw.get("path")))
        return found[1].lower() if found else ""
    return str(raw.get("assessment_id")).lower()


def _receipt(work: Work, raw: Any, sent: Sent, *, alone: bool) -> dict[str, Any]:
    """What became of an operation; one sent alone, like most, has the transaction to itself."""
    try:
        with nullcontext() if alone else work.savepoint():
            if isinstance(raw, dict) and raw.get("kind") == "post":
                return _posted(work, post_from_json(raw, sent.sent_at))
            operation = operation_from_json(raw)
            [applied] = commands.save_answers(work, operation.assessment_id, [operation])
            return _receipt_json(work, applied)
    except DomainError as error:
        if alone:
            work.session.rollback()
        if isinstance(error, NotFoundError | NotPermittedError):
            work.audit(Name.ACCESS_REFUSED, "assessment", _case(raw)[:36])
        return _refused(raw, error)


def _refused(raw: Any, error: DomainError) -> dict[str, Any]:
    op_id = raw.get("op_id") if isinstance(raw, dict) else None
    further = error.also if isinstance(error, InvalidError) else ()
    return {
        "op_id": op_id if isinstance(op_id, str) else None,
        "receipt": "rejected",
        "detail": error.sentence,
        "field": error.field,
        "errors": [_error_json(each) for each in (error, *further)],
    }


def _error_json(error: DomainError) -> dict[str, Any]:
    now = {} if error.now is None else {"now": error.now}
    return {"field": error.field, "detail": error.sentence} | now


def _posted(work: Work, post: WaitedPost) -> dict[str, Any]:
    receipt = Receipt.APPLIED if apply_post(work, post) else Receipt.DUPLICATE
    return {
        "op_id": str(post.op_id),
        "receipt": receipt.value,
        "saved_at": work.now.isoformat(timespec="seconds"),
    }


def _receipt_json(work: Work, applied: Applied) -> dict[str, Any]:
    return {
        "op_id": str(applied.op_id),
        "receipt": applied.receipt.value,
        "item": applied.item,
        "rev": applied.rev,
        "saved_at": work.now.isoformat(timespec="seconds"),
    }


@blueprint.get("/assessments/<uuid:assessment_id>/conflicts")
@permits(Permission.DECIDE_CONFLICTS)
def show_conflicts(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    return _conflicts(work, assessment_id)


@blueprint.post("/assessments/<uuid:assessment_id>/conflicts")
@permits(Permission.DECIDE_CONFLICTS)
def decide_conflict(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    """Let one of two answers stand."""
    form = ChoiceForm()
    try:
        if form.validate() and form.attempt(
            work, lambda: conflicts.decide(work, assessment_id, form.command())
        ):
            return redirect(f"/assessments/{assessment_id}/conflicts", 303)
    except StaleError as error:
        return _conflicts(work, assessment_id, error.sentence), HTTPStatus.CONFLICT
    return _conflicts(work, assessment_id, is_refused=True), HTTPStatus.UNPROCESSABLE_ENTITY


def _conflicts(
    work: Work, assessment_id: UUID, changed: str = "", *, is_refused: bool = False
) -> str:
    page = conflicts.conflicts_page(work, assessment_id)
    return render_template(
        "assessment/conflicts.html", page=page, changed=changed, no_choice=is_refused
    )


@blueprint.get("/assessments/<uuid:assessment_id>/finish")
@permits(Permission.RECORD_ASSESSMENTS)
def show_finish(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    closing = queries.closing_page(work, assessment_id)
    if not closing.page.is_editable:
        return redirect(f"/assessments/{assessment_id}/record")
    if closing.page.state is State.REQUIRED:
        return redirect(f"/assessments/{assessment_id}")
    names = (
        "observed",
        "children",
        "mode",
        "seen_alone",
        "interpreter",
        "grade",
        "rationale",
        "rev",
    )
    entered = {name: getattr(closing, name) for name in names}
    duties = {each.name: getattr(closing.duties, each.name) for each in fields(closing.duties)}
    named = closing.authority
    form = ClosingForm(
        formdata=None,
        data=entered
        | duties
        | {
            "searched_at": local(closing.duties.searched_at),
            "authoriser": str(named.authoriser or ""),
            "authorised_because": named.because,
            "marac": closing.marac,
        },
    )
    form.offer_authorisers(closing.colleagues)
    return render_template(
        "assessment/finish.html",
        closing=closing,
        form=form,
        grade_meanings=GRADE_MEANINGS,
        linked=_just_linked(work, closing),
    )


def _just_linked(work: Work, closing: queries.ClosingView) -> ChildOfIncident | None:
    """The child whom the page is to confirm to somebody who may link one."""
    if not work.by.may(Permission.LINK_CHILDREN):
        return None
    child_id = id_or_none(request.args.get("linked"))
    return child_just_linked(work, closing.page.incident_id, child_id)


def _closing_to_read(work: Work) -> ClosingForm:
    form = ClosingForm()
    if named := id_or_none(form.authoriser.data):
        form.offer_authorisers([Colleague(named, display_name(work, named))])
    return form


def _keep_draft(work: Work, assessment_id: UUID, form: ClosingForm) -> None:
    """Keep what a refused submission says: the way to what is still owed leaves the page."""
    with suppress(InvalidError, StaleError, StateError), work.savepoint():
        commands.save_closing(work, assessment_id, form.command())


@blueprint.post("/assessments/<uuid:assessment_id>/finish")
@may_wait("Last page", lambda work, **_: _closing_to_read(work))
@permits(Permission.RECORD_ASSESSMENTS)
def finish(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    form = ClosingForm()
    later = "later" in request.form
    command = commands.save_closing if later else commands.submit
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        if form.validate() and form.attempt(
            work, lambda: command(work, assessment_id, form.command())
        ):
            following = "" if later else "/record?submitted=1"
            return redirect(f"/assessments/{assessment_id}{following}", 303)
        if not later:
            _keep_draft(work, assessment_id, form)
    except StaleError as error:
        form.refuse(error)
        status = HTTPStatus.CONFLICT
    closing = queries.closing_page(work, assessment_id, children=form.children.member)
    form.offer_authorisers(closing.colleagues)
    form.rev.raw_data = [str(closing.rev)]  # sent again, it replaces what is shown as stored
    page = render_template(
        "assessment/finish.html",
        closing=closing,
        form=form,
        grade_meanings=GRADE_MEANINGS,
        stored_elsewhere=status is HTTPStatus.CONFLICT,
    )
    return page, status


@blueprint.get("/assessments/<uuid:assessment_id>/record")
@permits(Permission.VIEW_ASSESSMENTS)
def show_record(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    """The whole record, for reading: what was asked, what was answered, the grade and why."""
    closing = queries.closing_page(work, assessment_id)
    sent_at = closing.submitted_at
    is_fresh = sent_at is not None and work.now - sent_at < _JUST_NOW
    return render_template(
        "assessment/record.html",
        closing=closing,
        just_submitted=is_fresh and "submitted" in request.args,
        linked=_just_linked(work, closing),
    )


@blueprint.get("/assessments/<uuid:assessment_id>/handover")
@permits(Permission.VIEW_ASSESSMENTS)
def show_handover(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    """The record as plain text for another system; it holds nothing of the other party's."""
    handover = queries.handover(work, assessment_id)
    page = handover.closing.page
    drawn_text = render_template(
        "assessment/_handover.txt", handover=handover, closing=handover.closing, page=page
    )
    text = re.sub(r"\n{3,}", "\n\n", drawn_text)
    return render_template("assessment/handover.html", page=page, text=text)
