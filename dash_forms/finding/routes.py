"""Pages of the search. What is sought never stands in an address: each search has an id."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.config import Settings
from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.finding import SearchKind, Terms
from dash_forms.domain.permissions import Permission
from dash_forms.finding import commands, queries
from dash_forms.finding.forms import OpeningForm, PersonForm, ReferenceForm
from dash_forms.store.work import Work
from dash_forms.web.forms import Form, id_or_none
from dash_forms.web.guard import permits

blueprint = Blueprint("finding", __name__, template_folder="templates")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["dash_settings"]
    return settings


def _terms() -> Terms:
    return Terms(_settings().asks_why, _settings().searches_an_hour)


@blueprint.get("/find")
@permits(Permission.FIND)
def show_search(_work: Work) -> ResponseReturnValue:
    return _page(ReferenceForm(formdata=None), PersonForm(formdata=None))


@blueprint.post("/find")
@permits(Permission.FIND)
def search(work: Work) -> ResponseReturnValue:
    reference, person = ReferenceForm(formdata=None), PersonForm(formdata=None)
    form: ReferenceForm | PersonForm
    if request.form.get("kind") == SearchKind.PERSON:
        form = person = PersonForm()
    else:
        form = reference = ReferenceForm()
    found: list[UUID] = []

    def make() -> None:
        made = commands.search(work, form.command(), form.why(), _terms(), _settings().urn_example)
        found.append(made)

    status = _attempt(work, form, make)
    if found:
        only = queries.results(work, found[0], _settings().urn_example).leads_to
        there = f"/incidents/{only}" if only else f"/find/{found[0]}"
        return redirect(there, HTTPStatus.SEE_OTHER)
    return _page(reference, person, form), status


def _page(
    reference: ReferenceForm, person: PersonForm, form: ReferenceForm | PersonForm | None = None
) -> str:
    """The page with both forms; `form` is the one that was sent and refused."""
    return render_template(
        "finding/search.html", reference=reference, person=person, form=form, terms=_terms()
    )


def _attempt(work: Work, form: Form, command: Callable[[], None]) -> HTTPStatus:
    """Run a command of a form that is sound; gives the status of its page if it is refused."""
    if not form.validate():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with work.savepoint():
            command()
    except commands.TooManyError as error:
        form.refuse(error)
        work.audit(Name.SEARCH_THROTTLED, "account", work.by.id)
        return HTTPStatus.TOO_MANY_REQUESTS
    except InvalidError as error:
        form.refuse(error)
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.SEE_OTHER


@blueprint.get("/find/<uuid:search_id>")
@permits(Permission.FIND)
def show_results(work: Work, search_id: UUID) -> ResponseReturnValue:
    results = queries.results(work, search_id, _settings().urn_example)
    return render_template("finding/results.html", results=results, found=results.found)


@blueprint.get("/find/incidents/<uuid:incident_id>")
@permits(Permission.VIEW_INCIDENTS)
def show_elsewhere(work: Work, incident_id: UUID) -> ResponseReturnValue:
    closed = queries.closed_incident(work, incident_id, _search_id())
    if closed.is_own:
        return redirect(f"/incidents/{incident_id}")
    if incident := queries.opened_incident(work, incident_id, _search_id()):
        return render_template("finding/elsewhere.html", incident=incident, back=_back())
    return _closed(closed, OpeningForm.with_why(queries.why_just_said(work, _search_id())))


@blueprint.post("/find/incidents/<uuid:incident_id>")
@permits(Permission.VIEW_INCIDENTS)
def open_elsewhere(work: Work, incident_id: UUID) -> ResponseReturnValue:
    closed = queries.closed_incident(work, incident_id, _search_id())
    if closed.is_own:
        return redirect(f"/incidents/{incident_id}", HTTPStatus.SEE_OTHER)
    form = OpeningForm()
    status = _attempt(
        work, form, lambda: commands.open_elsewhere(work, incident_id, form.why(), _terms())
    )
    if status is HTTPStatus.SEE_OTHER:
        search = f"?search={_search_id()}" if _search_id() else ""
        return redirect(f"/find/incidents/{incident_id}{search}", status)
    return _closed(closed, form), status


def _closed(incident: queries.ClosedIncident, form: OpeningForm) -> str:
    return render_template(
        "finding/open.html", incident=incident, form=form, terms=_terms(), back=_back()
    )


def _search_id() -> UUID | None:
    """The search that led here, if one did."""
    return id_or_none(request.args.get("search"))


def _back() -> str:
    return f"/find/{_search_id()}" if _search_id() else "/find"
