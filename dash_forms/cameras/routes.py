"""Pages of body-worn video: an incident's cameras, one officer's, and whose record is missing."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.cameras import commands, queries
from dash_forms.cameras.forms import CameraForm, ColleagueForm
from dash_forms.domain.permissions import Permission
from dash_forms.store.work import Work
from dash_forms.web.guard import permits

blueprint = Blueprint("cameras", __name__, template_folder="templates")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/cameras")
@permits(Permission.SUPERVISE_CAMERAS)
def show_missing(work: Work) -> ResponseReturnValue:
    return render_template("cameras/missing.html", missing=queries.missing_cameras(work))


@blueprint.get("/incidents/<uuid:incident_id>/cameras")
@permits(Permission.RECORD_CAMERAS)
def show_cameras(work: Work, incident_id: UUID) -> ResponseReturnValue:
    return _cameras(work, incident_id, None)


@blueprint.post("/incidents/<uuid:incident_id>/cameras")
@permits(Permission.RECORD_CAMERAS)
def name_colleague(work: Work, incident_id: UUID) -> ResponseReturnValue:
    form = ColleagueForm(())
    if form.validate() and form.attempt(
        work, lambda: commands.name_colleague(work, incident_id, form.command())
    ):
        return redirect(f"/incidents/{incident_id}/cameras", 303)
    return _cameras(work, incident_id, form), _UNPROCESSABLE


@blueprint.get("/incidents/<uuid:incident_id>/cameras/<uuid:officer_id>")
@permits(Permission.RECORD_CAMERAS)
def show_camera(work: Work, incident_id: UUID, officer_id: UUID) -> ResponseReturnValue:
    page = queries.officer_page(work, incident_id, officer_id)
    latest = page.camera(officer_id).latest
    form = CameraForm(formdata=None, obj=latest)
    return _camera(page, officer_id, form)


@blueprint.post("/incidents/<uuid:incident_id>/cameras/<uuid:officer_id>")
@permits(Permission.RECORD_CAMERAS)
def record_camera(work: Work, incident_id: UUID, officer_id: UUID) -> ResponseReturnValue:
    form = CameraForm()
    if form.validate() and form.attempt(
        work,
        lambda: commands.record_camera(
            work, incident_id, officer_id, form.command(), is_tap=bool(form.tap.data)
        ),
    ):
        return redirect(_back_to(incident_id), 303)
    page = queries.officer_page(work, incident_id, officer_id)
    return _camera(page, officer_id, form), _UNPROCESSABLE


def _back_to(incident_id: UUID) -> str:
    """The list that led here, or the incident."""
    found = {"list": "/incidents", "missing": "/cameras"}.get(request.args.get("from", ""))
    return found or f"/incidents/{incident_id}#cameras"


def _cameras(work: Work, incident_id: UUID, form: ColleagueForm | None) -> str:
    page = queries.cameras_page(work, incident_id)
    shown = ColleagueForm(page.colleagues)
    if form is not None:
        shown.colleague.errors = form.colleague.errors
    return render_template("cameras/cameras.html", page=page, form=shown)


def _camera(page: queries.CamerasView, officer_id: UUID, form: CameraForm) -> str:
    return render_template(
        "cameras/camera.html",
        page=page,
        camera=page.camera(officer_id),
        form=form,
        back=_back_to(page.incident_id),
    )
