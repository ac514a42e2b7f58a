"""Pages of alleged perpetrators: the list, one of them, and what is outstanding against them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.domain.errors import StaleError, StateError
from dash_forms.domain.offenders import JUSTIFIED_FOR
from dash_forms.domain.permissions import Permission
from dash_forms.offenders import commands, queries, reasons
from dash_forms.offenders.forms import ActionForm, ChangeForm, EndForm, FilterForm, ReasonForm
from dash_forms.store.offenders import alleged
from dash_forms.store.teams import teams
from dash_forms.store.work import Work
from dash_forms.web.guard import permits

if TYPE_CHECKING:
    from collections.abc import Callable

blueprint = Blueprint("offenders", __name__, template_folder="templates")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
_LIST = "/alleged-perpetrators"
_PERSON = f"{_LIST}/<uuid:person_id>"
_ACTION = f"{_PERSON}/actions/<uuid:person_action_id>"


@blueprint.get(_LIST)
@permits(Permission.VIEW_OFFENDERS)
def show_list(work: Work) -> ResponseReturnValue:
    if reasons.running(work) is None:
        return _why(_LIST, ReasonForm(formdata=None))
    form = FilterForm(request.args, teams(work))
    if not form.validate():
        return render_template("offenders/list.html", form=form, found=None), _UNPROCESSABLE
    page = request.args.get("page", 1, type=int)
    found = queries.offender_list(work, form.wanted(page))
    return render_template("offenders/list.html", form=form, found=found)


@blueprint.post(_LIST)
@permits(Permission.VIEW_OFFENDERS)
def justify_list(work: Work) -> ResponseReturnValue:
    form = ReasonForm()
    if form.validate() and form.attempt(work, lambda: commands.justify(work, None, form.command())):
        return redirect(_LIST, 303)
    return _why(_LIST, form), _UNPROCESSABLE


@blueprint.get(f"{_LIST}/outstanding")
@permits(Permission.VIEW_OFFENDERS)
def show_outstanding(work: Work) -> ResponseReturnValue:
    if reasons.running(work) is None:
        return redirect(_LIST)
    page = queries.outstanding_actions(work, request.args.get("page", 1, type=int))
    return render_template("offenders/outstanding.html", page=page)


@blueprint.get(_PERSON)
@permits(Permission.VIEW_OFFENDERS)
def show_person(work: Work, person_id: UUID) -> ResponseReturnValue:
    reason_id = reasons.running(work, alleged(work, person_id))
    if reason_id is None:
        return _why(f"{_LIST}/{person_id}", ReasonForm(formdata=None))
    page = queries.offender_page(work, person_id, reason_id)
    return render_template("offenders/person.html", page=page, done=request.args.get("done", ""))


@blueprint.post(_PERSON)
@permits(Permission.VIEW_OFFENDERS)
def justify_person(work: Work, person_id: UUID) -> ResponseReturnValue:
    form = ReasonForm()
    there = f"{_LIST}/{person_id}"
    if form.validate() and form.attempt(
        work, lambda: commands.justify(work, person_id, form.command())
    ):
        return redirect(there, 303)
    return _why(there, form), _UNPROCESSABLE


def _why(action: str, form: ReasonForm) -> str:
    """Why somebody looks, asked before any name is shown."""
    minutes = JUSTIFIED_FOR.seconds // 60
    return render_template(
        "offenders/why.html", form=form, action=action, of_one=action != _LIST, minutes=minutes
    )


@blueprint.get(f"{_PERSON}/actions/new")
@permits(Permission.MANAGE_OFFENDER_ACTIONS)
def new_action(work: Work, person_id: UUID) -> ResponseReturnValue:
    of = alleged(work, person_id)
    reason_id = reasons.running(work, of)
    if reason_id is None:
        return redirect(f"{_LIST}/{person_id}")
    form = ActionForm(teams(work), formdata=None)
    form.team.data = str(queries.latest_team(work, of) or work.by.team_id or "")
    whose = queries.whose_page(work, of, reason_id)
    return render_template("offenders/new_action.html", form=form, whose=whose)


@blueprint.post(f"{_PERSON}/actions/new")
@permits(Permission.MANAGE_OFFENDER_ACTIONS)
def add_action(work: Work, person_id: UUID) -> ResponseReturnValue:
    form = ActionForm(teams(work))
    if form.validate() and form.attempt(
        work, lambda: commands.add_action(work, person_id, form.command())
    ):
        return redirect(f"{_LIST}/{person_id}?done=add", 303)
    of = alleged(work, person_id)
    whose = queries.whose_page(work, of, reasons.require_begun(work, of))
    return render_template("offenders/new_action.html", form=form, whose=whose), _UNPROCESSABLE


@blueprint.get(f"{_ACTION}/change")
@permits(Permission.MANAGE_OFFENDER_ACTIONS)
def show_change(work: Work, person_id: UUID, person_action_id: UUID) -> ResponseReturnValue:
    whose = _to_begin(work, person_id, person_action_id)
    if whose is None:
        return redirect(f"{_LIST}/{person_id}#ended")
    form = ChangeForm(formdata=None, obj=whose.action)
    return render_template("offenders/change_action.html", form=form, whose=whose)


@blueprint.post(f"{_ACTION}/change")
@permits(Permission.MANAGE_OFFENDER_ACTIONS)
def change_action(work: Work, person_id: UUID, person_action_id: UUID) -> ResponseReturnValue:
    form = ChangeForm()

    def change() -> None:
        commands.change_action(work, person_id, person_action_id, form.command())

    return _sent(work, person_id, person_action_id, form=form, command=change, page="change")


@blueprint.get(f"{_ACTION}/end")
@permits(Permission.MANAGE_OFFENDER_ACTIONS)
def show_end(work: Work, person_id: UUID, person_action_id: UUID) -> ResponseReturnValue:
    whose = _to_begin(work, person_id, person_action_id)
    if whose is None:
        return redirect(f"{_LIST}/{person_id}#ended")
    form = EndForm(formdata=None, data={"rev": whose.action.rev})
    return render_template("offenders/end_action.html", form=form, whose=whose)


@blueprint.post(f"{_ACTION}/end")
@permits(Permission.MANAGE_OFFENDER_ACTIONS)
def end_action(work: Work, person_id: UUID, person_action_id: UUID) -> ResponseReturnValue:
    form = EndForm()

    def end() -> None:
        commands.end_action(work, person_id, person_action_id, form.command())

    return _sent(work, person_id, person_action_id, form=form, command=end, page="end")


def _to_begin(work: Work, person_id: UUID, action_id: UUID) -> queries.WhoseAction | None:
    """An action for a form that begins; None where it has ended, or somebody has to say why first.

    Either way the person's own page says so.
    """
    of = alleged(work, person_id)
    reason_id = reasons.running(work, of)
    if reason_id is None:
        return None
    whose = queries.action_page(work, of, action_id, reason_id)
    return whose if whose.action.state.is_open else None


def _sent(
    work: Work,
    person_id: UUID,
    action_id: UUID,
    *,
    form: ChangeForm | EndForm,
    command: Callable[[], None],
    page: str,
) -> ResponseReturnValue:
    """Do it and go back to the person, or show the form with what is wrong and what was typed."""
    status = _UNPROCESSABLE
    try:
        if form.validate() and form.attempt(work, command):
            return redirect(f"{_LIST}/{person_id}?done={page}", 303)
    except (StaleError, StateError) as error:
        form.refuse(error)
        status = HTTPStatus.CONFLICT
    of = alleged(work, person_id)
    whose = queries.action_page(work, of, action_id, reasons.require_begun(work, of))
    if form.now:  # whoever sends it again has seen what it is now
        form.rev.data, form.rev.raw_data = whose.action.rev, None
    return render_template(f"offenders/{page}_action.html", form=form, whose=whose), status
