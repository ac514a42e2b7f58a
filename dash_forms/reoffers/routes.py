"""Pages of the offers that are due: the list, one offer, and the end of offers."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.permissions import Permission
from dash_forms.domain.reoffers import EndReason
from dash_forms.reoffers import commands, queries
from dash_forms.reoffers.forms import EndForm, GiveForm, OfferForm
from dash_forms.store.work import Work
from dash_forms.web.guard import permits

blueprint = Blueprint("reoffers", __name__, template_folder="templates")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/reoffers")
@permits(Permission.VIEW_REOFFERS)
def show_list(work: Work) -> ResponseReturnValue:
    return render_template(
        "reoffers/list.html", offers=queries.due_offers(work), done=request.args.get("done", "")
    )


@blueprint.get("/reoffers/<uuid:offer_id>")
@permits(Permission.VIEW_REOFFERS)
def show_offer(work: Work, offer_id: UUID) -> ResponseReturnValue:
    page = queries.offer_page(work, offer_id)
    return _offer(page, GiveForm(page.officers, page.owner_id), OfferForm(formdata=None))


@blueprint.post("/reoffers/<uuid:offer_id>/offer")
@permits(Permission.RECORD_ASSESSMENTS)
def offer_again(work: Work, offer_id: UUID) -> ResponseReturnValue:
    form = OfferForm()
    if form.validate():
        try:
            with work.savepoint():
                made_safe = form.made_safe.data or ""
                assessment_id = commands.offer_again(work, offer_id, made_safe)
            return redirect(f"/assessments/{assessment_id}", 303)
        except InvalidError as error:
            form.refuse(error)
    page = queries.offer_page(work, offer_id)
    return _offer(page, GiveForm(page.officers, page.owner_id), form), _UNPROCESSABLE


@blueprint.post("/reoffers/<uuid:offer_id>/take")
@permits(Permission.RECORD_ASSESSMENTS)
def take_over(work: Work, offer_id: UUID) -> ResponseReturnValue:
    commands.take_over(work, offer_id)
    return redirect("/reoffers?done=taken", 303)


@blueprint.post("/reoffers/<uuid:offer_id>/give")
@permits(Permission.MANAGE_REOFFERS)
def give_to(work: Work, offer_id: UUID) -> ResponseReturnValue:
    page = queries.offer_page(work, offer_id)
    form = GiveForm(page.officers, page.owner_id)
    if form.validate() and form.attempt(
        work, lambda: commands.give_to(work, offer_id, form.command())
    ):
        return redirect("/reoffers?done=given", 303)
    return _offer(page, form, OfferForm(formdata=None)), _UNPROCESSABLE


@blueprint.get("/reoffers/<uuid:offer_id>/end")
@permits(Permission.MANAGE_REOFFERS)
def show_end(work: Work, offer_id: UUID) -> ResponseReturnValue:
    page = queries.offer_page(work, offer_id)
    if not page.is_owed and not page.is_under_way:
        return redirect(f"/reoffers/{offer_id}")
    return _end(work, page, EndForm(formdata=None))


@blueprint.post("/reoffers/<uuid:offer_id>/end")
@permits(Permission.MANAGE_REOFFERS)
def end_offers(work: Work, offer_id: UUID) -> ResponseReturnValue:
    form = EndForm()
    if form.validate() and form.attempt(
        work, lambda: commands.end_offers(work, offer_id, form.command())
    ):
        return redirect("/reoffers?done=ended", 303)
    return _end(work, queries.offer_page(work, offer_id), form), _UNPROCESSABLE


def _offer(page: queries.OfferView, give: GiveForm, offer: OfferForm) -> str:
    return render_template("reoffers/offer.html", page=page, form=give, offer=offer)


def _end(work: Work, page: queries.OfferView, form: EndForm) -> str:
    meanings = {
        EndReason.UNSAFE.value: "Stops all contact: every page of this incident then says so",
        EndReason.DECLINED_AGAIN.value: f"From {work.clocks.reoffer_limit} declined attempts on;"
        f" so far {page.declined_count}",
    }
    return render_template("reoffers/end.html", page=page, form=form, meanings=meanings)
