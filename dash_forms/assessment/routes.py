"""Pages of an assessment: its start, its cards, its last page; and answers sent by a device."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import fields
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.assessment import add_ons, commands, queries
from dash_forms.assessment.cards import as_sent, cards_of, drawn
from dash_forms.assessment.forms import (
    ClosingForm,
    SkipForm,
    StartForm,
    base_revs_from_form,
    operation_from_json,
    operations_from_form,
)
from dash_forms.domain.assessment import State
from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import (
    DomainError,
    InvalidError,
    NotFoundError,
    NotPermittedError,
    StaleError,
)
from dash_forms.domain.grading import Grade
from dash_forms.domain.ids import uuid7
from dash_forms.domain.permissions import Permission
from dash_forms.store.answers import Applied
from dash_forms.store.history import history_of
from dash_forms.store.work import Work
from dash_forms.web.forms import local
from dash_forms.web.guard import permits
from dash_forms.web.json_body import json_body

blueprint = Blueprint("assessment", __name__, template_folder="templates")

MOST_OPERATIONS = 100
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
    history = history_of(work, page.id)
    return render_template("assessment/start.html", page=page, form=form, history=history)


def _cards(work: Work, page: queries.AssessmentView, refusal: InvalidError | None = None) -> str:
    cards = cards_of(page)
    if refusal:
        cards = {n: as_sent(card, request.form, refusal) for n, card in cards.items()}
    return render_template(
        "assessment/cards.html",
        page=page,
        cards=cards,
        came_from=_came_from(),
        history=None if page.part else history_of(work, page.id),
        drawn=drawn(page.instrument.id, page.instrument.version),
        form_id=UUID(int=uuid7().int & ~0xFFF),
        saved=request.args.get("saved"),
        refusal=refusal,
        refused=next((n for n, card in cards.items() if card.error), None),
    )


@blueprint.post("/assessments/<uuid:assessment_id>/start")
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
@permits(Permission.RECORD_ASSESSMENTS)
def begin_set(work: Work, assessment_id: UUID, part: str) -> ResponseReturnValue:
    if "another" in request.form:
        part = add_ons.next_round(work, assessment_id, part)
    add_ons.begin(work, assessment_id, part)
    return redirect(f"/assessments/{assessment_id}/sets/{part}{_from_there()}", 303)


@blueprint.get("/assessments/<uuid:assessment_id>/sets/<part>/skip")
@permits(Permission.RECORD_ASSESSMENTS)
def show_skip(work: Work, assessment_id: UUID, part: str) -> ResponseReturnValue:
    return _skip(work, assessment_id, part, SkipForm())


@blueprint.post("/assessments/<uuid:assessment_id>/sets/<part>/skip")
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
    """Apply operations, each wholly or not at all, and answer with a receipt for each."""
    body = json_body()
    operations = body.get("operations") if isinstance(body, dict) else None
    if not isinstance(operations, list) or not operations:
        raise InvalidError("Send {“operations”: […]} with at least one", field="operations")
    if len(operations) > MOST_OPERATIONS:
        raise InvalidError(f"Send at most {MOST_OPERATIONS} at a time", field="operations")
    # Cases in one order for everybody: each holds its case to the end, and two devices that took
    # the same two cases in opposite orders would wait for each other.
    in_order = sorted(enumerate(operations), key=lambda numbered: _case(numbered[1]))
    alone = len(operations) == 1
    receipts = {number: _receipt(work, raw, alone=alone) for number, raw in in_order}
    return {"receipts": [receipts[number] for number in range(len(operations))]}


def _case(raw: Any) -> str:
    return str(raw.get("assessment_id")).lower() if isinstance(raw, dict) else ""


def _receipt(work: Work, raw: Any, *, alone: bool) -> dict[str, Any]:
    """What became of an operation; one sent alone, like most, has the transaction to itself."""
    try:
        operation = operation_from_json(raw)
        with nullcontext() if alone else work.savepoint():
            [applied] = commands.save_answers(work, operation.assessment_id, [operation])
    except DomainError as error:
        if alone:
            work.session.rollback()
        if isinstance(error, NotFoundError | NotPermittedError):
            work.audit(Name.ACCESS_REFUSED, "assessment", operation.assessment_id)
        op_id = raw.get("op_id") if isinstance(raw, dict) else None
        return {
            "op_id": op_id if isinstance(op_id, str) else None,
            "receipt": "rejected",
            "detail": error.sentence,
            "field": error.field,
        }
    return _receipt_json(work, applied)


def _receipt_json(work: Work, applied: Applied) -> dict[str, Any]:
    return {
        "op_id": str(applied.op_id),
        "receipt": applied.receipt.value,
        "item": applied.item,
        "rev": applied.rev,
        "saved_at": work.now.isoformat(timespec="seconds"),
    }


@blueprint.get("/assessments/<uuid:assessment_id>/finish")
@permits(Permission.RECORD_ASSESSMENTS)
def show_finish(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    closing = queries.closing_page(work, assessment_id)
    if not closing.page.is_editable:
        return redirect(f"/assessments/{assessment_id}/record")
    if closing.page.state is State.REQUIRED:
        return redirect(f"/assessments/{assessment_id}")
    names = ("observed", "children", "mode", "seen_alone", "grade", "rationale", "rev")
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
        },
    )
    form.offer_authorisers(closing.colleagues)
    return render_template(
        "assessment/finish.html", closing=closing, form=form, grade_meanings=GRADE_MEANINGS
    )


@blueprint.post("/assessments/<uuid:assessment_id>/finish")
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
    except StaleError as error:
        form.refuse(error)
        status = HTTPStatus.CONFLICT
    closing = queries.closing_page(work, assessment_id)
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
    return render_template(
        "assessment/record.html", closing=closing, just_submitted="submitted" in request.args
    )


@blueprint.get("/assessments/<uuid:assessment_id>/handover")
@permits(Permission.VIEW_ASSESSMENTS)
def show_handover(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    """The record as plain text for another system; it holds nothing of the other party's."""
    closing = queries.closing_page(work, assessment_id)
    work.audit(Name.HANDOVER_MADE, "assessment", assessment_id)
    drawn_text = render_template("assessment/_handover.txt", closing=closing, page=closing.page)
    text = re.sub(r"\n{3,}", "\n\n", drawn_text)
    return render_template("assessment/handover.html", page=closing.page, text=text)
