"""Pages of the review: the queue, a submission section by section, and the decision."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.domain.assessment import Event, State, allows
from dash_forms.domain.errors import StateError
from dash_forms.domain.grading import Grade
from dash_forms.domain.permissions import Permission
from dash_forms.domain.review import Decision
from dash_forms.review import commands, queries
from dash_forms.review.forms import (
    Answer,
    AuthorisationForm,
    ExemptionForm,
    RulingForm,
    VoidForm,
)
from dash_forms.store.work import Work
from dash_forms.web.forms import id_or_none
from dash_forms.web.guard import permits
from dash_forms.web.shown import proof_of, was_shown

blueprint = Blueprint("review", __name__, template_folder="templates")
GRADE_MEANINGS = {grade.value: grade.meaning for grade in Grade}
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/reviews")
@permits(Permission.REVIEW_ASSESSMENTS)
def show_queue(work: Work) -> ResponseReturnValue:
    done, of = request.args.get("done", ""), id_or_none(request.args.get("of"))
    return render_template(
        "review/queue.html",
        queue=queries.queue(work),
        done=done,
        of=queries.named(work, of) if done and of else "",
    )


def _to_queue(done: str, assessment_id: UUID) -> ResponseReturnValue:
    """Back to the queue, which confirms what was done and of which case."""
    return redirect(f"/reviews?done={done}&of={assessment_id}", 303)


@blueprint.post("/reviews/<uuid:assessment_id>/open")
@permits(Permission.REVIEW_ASSESSMENTS)
def open_review(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    commands.open_review(work, assessment_id)
    return redirect(f"/reviews/{assessment_id}", 303)


@blueprint.get("/reviews/<uuid:assessment_id>")
@permits(Permission.REVIEW_ASSESSMENTS)
def show_review(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    """The part that comes next, or the one asked for."""
    page = queries.review_page(work, assessment_id)
    if page.state is State.EXEMPT_PENDING:
        return redirect(f"/reviews/{assessment_id}/exemption")
    wanted = request.args.get("section", "")
    known = {step.id: step for step in page.steps}
    if wanted in known:
        step = known[wanted]
    elif page.unread or not page.is_mine:
        step = (page.unread or list(page.steps))[0]
    else:
        return redirect(f"/reviews/{assessment_id}/decide")
    return render_template(
        "review/read.html",
        page=page,
        step=step,
        may_void=allows(page.state, Event.VOID),
        proof=proof_of(work.by.id, assessment_id, page.version, step.id),
    )


@blueprint.post("/reviews/<uuid:assessment_id>/sections/<section>")
@permits(Permission.REVIEW_ASSESSMENTS)
def mark_read(work: Work, assessment_id: UUID, section: str) -> ResponseReturnValue:
    version = request.form.get("version", 0, type=int)
    proof = request.form.get("proof", "")
    if not was_shown(proof, work.by.id, assessment_id, version, section):
        raise StateError("This part has not been shown to you yet. Open it and read it first.")
    commands.mark_read(work, assessment_id, section, version)
    return redirect(f"/reviews/{assessment_id}", 303)


@blueprint.get("/reviews/<uuid:assessment_id>/decide")
@permits(Permission.REVIEW_ASSESSMENTS)
def show_decision(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    page = queries.review_page(work, assessment_id)
    if not page.is_mine or page.state is not State.IN_REVIEW:
        return redirect(f"/reviews/{assessment_id}?section=ending")
    form = RulingForm(formdata=None, data={"version": page.version, "marac": page.marac})
    return _decision(page, form)


@blueprint.post("/reviews/<uuid:assessment_id>/decide")
@permits(Permission.REVIEW_ASSESSMENTS)
def decide(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    form = RulingForm()
    if form.validate() and form.attempt(
        work, lambda: commands.decide(work, assessment_id, form.command())
    ):
        return _to_queue(_done(work, assessment_id, form), assessment_id)
    return _decision(queries.review_page(work, assessment_id), form), _UNPROCESSABLE


def _done(work: Work, assessment_id: UUID, form: RulingForm) -> str:
    asked = form.decision.member is Decision.REGRADED and queries.is_asked(work, assessment_id)
    return "asked" if asked else form.decision.member.value


@blueprint.get("/reviews/<uuid:assessment_id>/authorise")
@permits(Permission.REVIEW_ASSESSMENTS)
def show_authorisation(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    page = queries.review_page(work, assessment_id)
    if page.asked is None or page.asked.authoriser_id != work.by.id:
        return redirect(f"/reviews/{assessment_id}?section=ending")
    return render_template(
        "review/authorise.html", page=page, form=AuthorisationForm(formdata=None)
    )


@blueprint.post("/reviews/<uuid:assessment_id>/authorise")
@permits(Permission.REVIEW_ASSESSMENTS)
def authorise(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    form = AuthorisationForm()
    if form.validate() and form.attempt(
        work,
        lambda: commands.answer_authorisation(
            work,
            assessment_id,
            agreed=form.answer.member is Answer.AGREED,
            words=form.words.data or "",
        ),
    ):
        return _to_queue(f"authorisation-{form.answer.data}", assessment_id)
    page = queries.review_page(work, assessment_id)
    return render_template("review/authorise.html", page=page, form=form), _UNPROCESSABLE


@blueprint.get("/reviews/<uuid:assessment_id>/exemption")
@permits(Permission.REVIEW_ASSESSMENTS)
def show_exemption(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    page = queries.review_page(work, assessment_id)
    if page.state is not State.EXEMPT_PENDING:
        return redirect(f"/reviews/{assessment_id}?section=ending")
    return render_template("review/exemption.html", page=page, form=ExemptionForm(formdata=None))


@blueprint.post("/reviews/<uuid:assessment_id>/exemption")
@permits(Permission.REVIEW_ASSESSMENTS)
def decide_exemption(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    form = ExemptionForm()
    if form.validate() and form.attempt(
        work,
        lambda: commands.decide_exemption(
            work, assessment_id, form.decision.member, form.words.data or ""
        ),
    ):
        return _to_queue(form.decision.member.value, assessment_id)
    page = queries.review_page(work, assessment_id)
    return render_template("review/exemption.html", page=page, form=form), _UNPROCESSABLE


@blueprint.get("/reviews/<uuid:assessment_id>/void")
@permits(Permission.REVIEW_ASSESSMENTS)
def show_void(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    page = queries.review_page(work, assessment_id)
    return render_template("review/void.html", page=page, form=VoidForm(formdata=None))


@blueprint.post("/reviews/<uuid:assessment_id>/void")
@permits(Permission.REVIEW_ASSESSMENTS)
def void(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    form = VoidForm()
    if form.validate() and form.attempt(
        work, lambda: commands.void(work, assessment_id, form.words.data or "")
    ):
        return _to_queue("void", assessment_id)
    page = queries.review_page(work, assessment_id)
    return render_template("review/void.html", page=page, form=form), _UNPROCESSABLE


def _decision(page: queries.ReviewView, form: RulingForm) -> str:
    form.offer_authorisers(page.colleagues)
    return render_template(
        "review/decide.html", page=page, form=form, grade_meanings=GRADE_MEANINGS
    )
