"""Addresses of the baselines and of the rebases of charts."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, redirect, render_template, request

from dash_forms.domain.audit_events import Name
from dash_forms.domain.permissions import Permission
from dash_forms.reporting import baselines as room
from dash_forms.reporting.baseline_forms import BaselineForm, RebaseForm, WithdrawForm
from dash_forms.reporting.disclosed import baseline_for_reader
from dash_forms.web.disclosure import rules_in_force
from dash_forms.web.guard import permits

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from dash_forms.store.work import Work

blueprint = Blueprint("baselines", __name__)
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/reports/baselines")
@permits(Permission.VIEW_REPORTS)
def show_baselines(work: Work) -> ResponseReturnValue:
    """What the reports compare with, and from when limits count: all of it, and by whom."""
    work.audit(Name.REPORT_VIEWED, "report", "baselines")
    return render_template(
        "reporting/baselines.html",
        entries=[
            replace(entry, baseline=shown)
            for entry in room.baseline_entries(work)
            if (shown := baseline_for_reader(work.by, entry.baseline, rules_in_force()))
        ],
        rebases=room.rebase_entries(work),
        may_add=work.by.may(Permission.MANAGE_BASELINES),
        may_rebase=work.by.may(Permission.REBASE_CHARTS),
        done=request.args.get("done", ""),
    )


@blueprint.get("/reports/baselines/new")
@permits(Permission.MANAGE_BASELINES)
def new_baseline(work: Work) -> ResponseReturnValue:
    return _baseline_page(work, BaselineForm(formdata=None))


@blueprint.post("/reports/baselines/new")
@permits(Permission.MANAGE_BASELINES)
def add_baseline(work: Work) -> ResponseReturnValue:
    form = BaselineForm()
    if form.validate() and form.attempt(work, lambda: room.add_baseline(work, form.command())):
        return redirect("/reports/baselines?done=added", 303)
    return _baseline_page(work, form), _UNPROCESSABLE


@blueprint.get("/reports/baselines/<uuid:baseline_id>/withdraw")
@permits(Permission.MANAGE_BASELINES)
def show_withdraw(work: Work, baseline_id: UUID) -> ResponseReturnValue:
    entry = room.baseline_entry(work, baseline_id)
    if entry.withdrawn:
        return redirect("/reports/baselines")
    return _withdraw_page(work, entry, WithdrawForm(formdata=None))


@blueprint.post("/reports/baselines/<uuid:baseline_id>/withdraw")
@permits(Permission.MANAGE_BASELINES)
def withdraw(work: Work, baseline_id: UUID) -> ResponseReturnValue:
    form = WithdrawForm()
    if form.validate() and form.attempt(
        work, lambda: room.withdraw_baseline(work, baseline_id, form.reason.data or "")
    ):
        return redirect("/reports/baselines?done=withdrawn", 303)
    return _withdraw_page(work, room.baseline_entry(work, baseline_id), form), _UNPROCESSABLE


@blueprint.get("/reports/baselines/rebase")
@permits(Permission.REBASE_CHARTS)
def show_rebase(work: Work) -> ResponseReturnValue:
    return _rebase_page(work, _rebase_form(work, sent=False))


@blueprint.post("/reports/baselines/rebase")
@permits(Permission.REBASE_CHARTS)
def rebase(work: Work) -> ResponseReturnValue:
    form = _rebase_form(work, sent=True)
    if form.validate() and form.attempt(work, lambda: room.rebase_chart(work, form.command())):
        return redirect("/reports/baselines?done=rebased#limits", 303)
    return _rebase_page(work, form), _UNPROCESSABLE


def _rebase_form(work: Work, *, sent: bool) -> RebaseForm:
    charts, months = room.charts_to_rebase(work), room.months_to_rebase_from(work)
    return RebaseForm(charts, months) if sent else RebaseForm(charts, months, formdata=None)


def _baseline_page(work: Work, form: BaselineForm) -> str:
    return render_template("reporting/new_baseline.html", form=form, signer=work.by.display_name)


def _withdraw_page(work: Work, entry: room.BaselineEntry, form: WithdrawForm) -> str:
    return render_template(
        "reporting/withdraw_baseline.html", form=form, entry=entry, signer=work.by.display_name
    )


def _rebase_page(work: Work, form: RebaseForm) -> str:
    return render_template("reporting/rebase.html", form=form, signer=work.by.display_name)
