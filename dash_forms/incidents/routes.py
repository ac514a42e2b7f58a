"""Pages for incidents and the people in them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.config import Settings
from dash_forms.domain.errors import StaleError
from dash_forms.domain.permissions import Permission
from dash_forms.incidents import commands, queries
from dash_forms.incidents.forms import ChildForm, DetailsForm, FurtherPairForm, IncidentForm
from dash_forms.store.work import Work
from dash_forms.web.forms import local
from dash_forms.web.guard import permits

blueprint = Blueprint("incidents", __name__, template_folder="templates")


@blueprint.get("/incidents")
@permits(Permission.VIEW_INCIDENTS)
def show_list(work: Work) -> ResponseReturnValue:
    page = request.args.get("page", 1, type=int)
    urn = request.args.get("urn", "").strip().upper()[:40].encode("ascii", "ignore").decode()
    found = queries.incident_list(work, urn=urn, page=page)
    return render_template("incidents/list.html", found=found)


@blueprint.get("/incidents/new")
@permits(Permission.RECORD_INCIDENTS)
def new_incident(work: Work) -> ResponseReturnValue:
    form = _incident_form(work)
    form.reported_at.data = local(datetime.now(UTC))
    form.team.data = str(work.by.team_id)
    return render_template("incidents/new.html", form=form)


@blueprint.post("/incidents/new")
@permits(Permission.RECORD_INCIDENTS)
def create_incident(work: Work) -> ResponseReturnValue:
    form = _incident_form(work)
    if form.validate() and form.attempt(
        work, lambda: commands.create_incident(work, form.command())
    ):
        return redirect(f"/incidents/{form.incident_id.data}", 303)
    return render_template("incidents/new.html", form=form), 422


def _incident_form(work: Work) -> IncidentForm:
    settings: Settings = current_app.extensions["dash_settings"]
    return IncidentForm(queries.teams(work), settings.urn_pattern, settings.urn_example)


@blueprint.get("/incidents/<uuid:incident_id>")
@permits(Permission.VIEW_INCIDENTS)
def show_incident(work: Work, incident_id: UUID) -> ResponseReturnValue:
    return render_template("incidents/incident.html", incident=queries.incident(work, incident_id))


@blueprint.get("/incidents/<uuid:incident_id>/details")
@permits(Permission.RECORD_INCIDENTS)
def show_details(work: Work, incident_id: UUID) -> ResponseReturnValue:
    incident = queries.incident(work, incident_id)
    form = DetailsForm(
        queries.teams(work),
        data={
            "rev": incident.rev,
            "reported_at": local(incident.reported_at),
            "dispatched_at": local(incident.dispatched_at),
            "arrived_at": local(incident.arrived_at),
            "location_type": incident.location_type,
            "response_grade": incident.response_grade,
            "address": incident.address,
            "team": str(incident.team_id),
        },
    )
    return render_template("incidents/details.html", form=form, incident=incident)


@blueprint.post("/incidents/<uuid:incident_id>/details")
@permits(Permission.RECORD_INCIDENTS)
def change_details(work: Work, incident_id: UUID) -> ResponseReturnValue:
    form = DetailsForm(queries.teams(work))
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
@permits(Permission.RECORD_INCIDENTS)
def link_pair(work: Work, incident_id: UUID) -> ResponseReturnValue:
    form = FurtherPairForm()
    if form.validate() and form.attempt(
        work, lambda: commands.link_pair(work, incident_id, form.pair())
    ):
        return redirect(f"/incidents/{incident_id}", 303)
    incident = queries.incident(work, incident_id)
    return render_template("incidents/pair.html", form=form, incident=incident), 422


@blueprint.get("/incidents/<uuid:incident_id>/children/new")
@permits(Permission.RECORD_INCIDENTS)
def new_child(work: Work, incident_id: UUID) -> ResponseReturnValue:
    incident = queries.incident(work, incident_id)
    return render_template("incidents/child.html", form=ChildForm(), incident=incident)


@blueprint.post("/incidents/<uuid:incident_id>/children/new")
@permits(Permission.RECORD_INCIDENTS)
def link_child(work: Work, incident_id: UUID) -> ResponseReturnValue:
    form = ChildForm()
    if form.validate() and form.attempt(
        work, lambda: commands.link_child(work, incident_id, form.command())
    ):
        return redirect(f"/incidents/{incident_id}", 303)
    incident = queries.incident(work, incident_id)
    return render_template("incidents/child.html", form=form, incident=incident), 422
