"""Pages for incidents and the people in them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.config import Settings
from dash_forms.domain.errors import StaleError
from dash_forms.domain.identity import UNNAMED
from dash_forms.domain.ids import NOBODYS
from dash_forms.domain.instruments import current
from dash_forms.domain.permissions import Permission
from dash_forms.incidents import commands, correcting, corrections, queries
from dash_forms.incidents.forms import (
    AboutChildForm,
    ChildForm,
    CorrectionForm,
    DetailsForm,
    FurtherPairForm,
    IncidentForm,
)
from dash_forms.store.children import child_among
from dash_forms.store.teams import teams
from dash_forms.store.work import Work
from dash_forms.web.blank import blank_page
from dash_forms.web.forms import id_or_none, local
from dash_forms.web.guard import permits
from dash_forms.web.waited_posts import may_wait

blueprint = Blueprint("incidents", __name__, template_folder="templates")

# Where the way to link a child can begin, and leads back to.
_LINKED_FROM = {
    "finish": "/assessments/{of}/finish?linked={child}",
    "record": "/assessments/{of}/record?linked={child}",
    "task": "/desk/tasks/{of}?linked={child}#children",
}


@blueprint.get("/incidents")
@permits(Permission.VIEW_INCIDENTS)
def show_list(work: Work) -> ResponseReturnValue:
    page = request.args.get("page", 1, type=int)
    found = queries.incident_list(work, page=page)
    return render_template("incidents/list.html", found=found)


def _incident_form(work: Work) -> IncidentForm:
    return IncidentForm(teams(work))


@blueprint.get("/incidents/new")
@permits(Permission.RECORD_INCIDENTS)
def new_incident(work: Work) -> ResponseReturnValue:
    form = _incident_form(work)
    form.reported_at.data = local(datetime.now(UTC))
    form.team.data = str(work.by.team_id)
    return render_template("incidents/new.html", form=form)


@blueprint.get("/tablet/steps/incident")
@permits(Permission.RECORD_INCIDENTS)
def show_blank_incident(work: Work) -> ResponseReturnValue:
    form = _incident_form(work)
    form.incident_id.data = form.pair_id.data = form.assessment_id.data = str(NOBODYS)
    form.question_set.data = current(work.main_set).key
    settings: Settings = current_app.extensions["dash_settings"]
    return blank_page("incidents/new.html", form=form, urn_pattern=settings.urn_pattern.pattern)


@blueprint.get("/tablet/steps/people")
@permits(Permission.RECORD_INCIDENTS)
def show_blank_people(_work: Work) -> ResponseReturnValue:
    """Who is there, as a tablet without a signal knows it."""
    return blank_page("incidents/blank_people.html", nobodys=NOBODYS)


@blueprint.get("/tablet/steps/pair")
@permits(Permission.RECORD_INCIDENTS)
def show_blank_pair(work: Work) -> ResponseReturnValue:
    form = FurtherPairForm()
    form.pair_id.data = form.assessment_id.data = str(NOBODYS)
    form.question_set.data = current(work.main_set).key
    return blank_page("incidents/pair.html", form=form, incident=queries.BlankIncident())


@blueprint.get("/tablet/steps/child")
@permits(Permission.RECORD_INCIDENTS)
def show_blank_child(_work: Work) -> ResponseReturnValue:
    form = ChildForm()
    form.child_id.data = str(NOBODYS)
    return blank_page("incidents/child.html", form=form, incident=queries.BlankIncident())


@blueprint.get("/tablet/steps/about-child")
@permits(Permission.RECORD_INCIDENTS)
def show_blank_about_child(_work: Work) -> ResponseReturnValue:
    """Corrections to a child who was entered on the tablet; it says itself which one."""
    return blank_page(
        "incidents/about_child.html",
        form=AboutChildForm(data={"rev": 1}),
        incident=queries.BlankIncident(),
        child=None,
    )


@blueprint.get("/tablet/steps/details")
@permits(Permission.RECORD_INCIDENTS)
def show_blank_details(work: Work) -> ResponseReturnValue:
    """The details of an incident that was begun on the tablet, which knows what they are so far."""
    form = DetailsForm(teams(work), data={"rev": 1})
    del form.urn  # which is not asked for without a signal, so that nothing misses it
    return blank_page("incidents/details.html", form=form, incident=queries.BlankIncident())


@blueprint.post("/incidents/new")
@may_wait("New incident", _incident_form)
@permits(Permission.RECORD_INCIDENTS)
def create_incident(work: Work) -> ResponseReturnValue:
    form = _incident_form(work)
    if form.validate() and form.attempt(
        work, lambda: commands.create_incident(work, form.command())
    ):
        return redirect(f"/incidents/{form.incident_id.data}", 303)
    return render_template("incidents/new.html", form=form), 422


@blueprint.get("/incidents/<uuid:incident_id>")
@permits(Permission.VIEW_INCIDENTS)
def show_incident(work: Work, incident_id: UUID) -> ResponseReturnValue:
    incident = queries.incident(work, incident_id)
    linked = child_among(incident.children, id_or_none(request.args.get("linked")))
    return render_template("incidents/incident.html", incident=incident, linked=linked)


@blueprint.get("/incidents/<uuid:incident_id>/details")
@permits(Permission.RECORD_INCIDENTS)
def show_details(work: Work, incident_id: UUID) -> ResponseReturnValue:
    incident = queries.incident(work, incident_id)
    form = DetailsForm(
        teams(work),
        data={
            "rev": incident.rev,
            "reported_at": local(incident.reported_at),
            "dispatched_at": local(incident.dispatched_at),
            "arrived_at": local(incident.arrived_at),
            "location_type": incident.location_type,
            "response_grade": incident.response_grade,
            "address": incident.address,
            "team": str(incident.team_id),
            "urn": incident.urn,
        },
    )
    return render_template("incidents/details.html", form=form, incident=incident)


@blueprint.post("/incidents/<uuid:incident_id>/details")
@may_wait("Incident details", lambda work, **_: DetailsForm(teams(work)))
@permits(Permission.RECORD_INCIDENTS)
def change_details(work: Work, incident_id: UUID) -> ResponseReturnValue:
    form = DetailsForm(teams(work))
    status = 422
    try:
        if form.validate() and form.attempt(
            work, lambda: commands.change_details(work, incident_id, form.command())
        ):
            return redirect(f"/incidents/{incident_id}", 303)
    except StaleError as error:
        form.refuse(error)
        status = 409
    incident = queries.incident(work, incident_id)
    return render_template("incidents/details.html", form=form, incident=incident), status


@blueprint.get("/incidents/<uuid:incident_id>/victims/new")
@permits(Permission.RECORD_INCIDENTS)
def new_pair(work: Work, incident_id: UUID) -> ResponseReturnValue:
    incident = queries.incident(work, incident_id)
    return render_template("incidents/pair.html", form=FurtherPairForm(), incident=incident)


@blueprint.post("/incidents/<uuid:incident_id>/victims/new")
@may_wait("Another victim", lambda _work, **_: FurtherPairForm())
@permits(Permission.RECORD_INCIDENTS)
def link_pair(work: Work, incident_id: UUID) -> ResponseReturnValue:
    form = FurtherPairForm()
    if form.validate() and form.attempt(
        work, lambda: commands.link_pair(work, incident_id, form.pair())
    ):
        return redirect(f"/incidents/{incident_id}", 303)
    incident = queries.incident(work, incident_id)
    return render_template("incidents/pair.html", form=form, incident=incident), 422


@blueprint.get("/incidents/<uuid:incident_id>/victims/<uuid:pair_id>")
@permits(Permission.CORRECT_PEOPLE)
def show_pair(work: Work, incident_id: UUID, pair_id: UUID) -> ResponseReturnValue:
    incident = queries.incident(work, incident_id)
    pair = queries.pair(incident, pair_id)
    recorded = corrections.recorded_details(work, incident_id, pair_id)
    form = CorrectionForm(formdata=None, obj=recorded, data={"rev": incident.rev})
    if pair.is_phone_hidden:
        form.hide_phone()
    return render_template("incidents/correct.html", form=form, incident=incident, pair=pair)


@blueprint.post("/incidents/<uuid:incident_id>/victims/<uuid:pair_id>")
@permits(Permission.CORRECT_PEOPLE)
def correct_pair(work: Work, incident_id: UUID, pair_id: UUID) -> ResponseReturnValue:
    form = CorrectionForm()
    status = 422
    incident = queries.incident(work, incident_id)
    pair = queries.pair(incident, pair_id)
    recorded = corrections.recorded_details(work, incident_id, pair_id)

    def correct() -> None:
        known = form.details(recorded.victim_phone)
        correcting.correct_pair(work, incident_id, pair_id, form.rev.data or 0, known)

    try:
        if form.validate() and form.attempt(work, correct):
            return redirect(f"/incidents/{incident_id}", 303)
    except StaleError as error:
        form.refuse(error)
        status = 409
    page = render_template("incidents/correct.html", form=form, incident=incident, pair=pair)
    return page, status


@blueprint.get("/incidents/<uuid:incident_id>/children/new")
@permits(Permission.LINK_CHILDREN)
def new_child(work: Work, incident_id: UUID) -> ResponseReturnValue:
    return _child_page(work, incident_id, ChildForm())


@blueprint.post("/incidents/<uuid:incident_id>/children/new")
@may_wait("A child", lambda _work, **_: ChildForm())
@permits(Permission.LINK_CHILDREN)
def link_child(work: Work, incident_id: UUID) -> ResponseReturnValue:
    form = ChildForm()
    if form.validate() and form.attempt(
        work, lambda: commands.link_child(work, incident_id, form.command())
    ):
        child = form.child_id.data
        there = _back_to(child) or f"/incidents/{incident_id}?linked={child}#children"
        return redirect(there, 303)
    return _child_page(work, incident_id, form), 422


def _child_page(work: Work, incident_id: UUID, form: ChildForm) -> str:
    incident = queries.incident(work, incident_id)
    return render_template("incidents/child.html", form=form, incident=incident, back=_back_to())


def _back_to(child: str | None = "") -> str:
    """The page that led to linking a child, which confirms it; empty for the incident's own."""
    of = id_or_none(request.args.get("of"))
    page = _LINKED_FROM.get(request.args.get("from", ""))
    return page.format(of=of, child=child) if page and of else ""


@blueprint.get("/incidents/<uuid:incident_id>/children/<uuid:child_id>")
@permits(Permission.LINK_CHILDREN)
def show_child(work: Work, incident_id: UUID, child_id: UUID) -> ResponseReturnValue:
    incident = queries.incident(work, incident_id)
    child = queries.child(incident, child_id)
    known = {"rev": incident.rev, "child_name": "" if child.name == UNNAMED else child.name}
    form = AboutChildForm(formdata=None, obj=child, data=known)
    return render_template("incidents/about_child.html", form=form, incident=incident, child=child)


@blueprint.post("/incidents/<uuid:incident_id>/children/<uuid:child_id>")
@may_wait("What is known of a child", lambda _work, **_: AboutChildForm())
@permits(Permission.LINK_CHILDREN)
def change_child(work: Work, incident_id: UUID, child_id: UUID) -> ResponseReturnValue:
    form = AboutChildForm()
    status = 422
    try:
        if form.validate() and form.attempt(
            work, lambda: correcting.change_child(work, incident_id, child_id, form.command())
        ):
            return redirect(f"/incidents/{incident_id}", 303)
    except StaleError as error:
        form.refuse(error)
        status = 409
    incident = queries.incident(work, incident_id)
    child = queries.child(incident, child_id)
    page = render_template("incidents/about_child.html", form=form, incident=incident, child=child)
    return page, status
