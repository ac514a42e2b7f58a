"""Addresses of the long exports: what one would hold, how far it is, and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request

from dash_forms.domain.permissions import Permission
from dash_forms.reporting import long_exports
from dash_forms.reporting.filters import any_days_form
from dash_forms.web.disclosure import rules_in_force
from dash_forms.web.guard import current_store, permits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

    from dash_forms.store.work import Work

blueprint = Blueprint("long_exports", __name__)
PATH = "/reports/exports/long"
REFRESH_SECONDS = 5


@blueprint.get("/reports/exports")
@permits(Permission.VIEW_REPORTS)
def show_own(work: Work) -> ResponseReturnValue:
    """List one's own exports, long and short."""
    made, kept = long_exports.own_exports(work)
    done = request.args.get("done", "")
    return render_template("reporting/exports.html", made=made, kept=kept, done=done)


@blueprint.get(PATH)
@permits(Permission.VIEW_REPORTS)
def show_plan(work: Work) -> ResponseReturnValue:
    """Say what an export of this filter would hold, before it is asked for."""
    wanted = any_days_form(work).filter()
    if wanted is None:
        return redirect("/reports", 303)  # the pages offer no such filter
    return render_template(
        "reporting/new_long_export.html",
        filter=wanted,
        plan=long_exports.plan(work, wanted),
        rules=rules_in_force(),
    )


@blueprint.post(PATH)
@permits(Permission.VIEW_REPORTS)
def ask(work: Work) -> ResponseReturnValue:
    """Have it made, and show how far it is."""
    wanted = any_days_form(work).filter()
    if wanted is None:
        return redirect("/reports", 303)
    job_id = long_exports.ask_for_export(work, wanted, rules_in_force())
    return redirect(f"{PATH}/{job_id}", 303)


@blueprint.get(f"{PATH}/<uuid:job_id>")
@permits(Permission.VIEW_REPORTS)
def show(work: Work, job_id: UUID) -> ResponseReturnValue:
    """Show how far it is; the browser asks again by itself, unless told to keep still."""
    found = long_exports.progress(work, job_id)
    is_still = "still" in request.args
    page = render_template(
        "reporting/long_export.html", found=found, is_still=is_still, seconds=REFRESH_SECONDS
    )
    if found.job.state.is_over or is_still:
        return page
    return page, {"Refresh": str(REFRESH_SECONDS)}


@blueprint.post(f"{PATH}/<uuid:job_id>/cancel")
@permits(Permission.VIEW_REPORTS)
def cancel(work: Work, job_id: UUID) -> ResponseReturnValue:
    long_exports.cancel_export(work, job_id)
    return redirect(f"{PATH}/{job_id}", 303)


@blueprint.post(f"{PATH}/<uuid:job_id>/again")
@permits(Permission.VIEW_REPORTS)
def try_again(work: Work, job_id: UUID) -> ResponseReturnValue:
    long_exports.try_export_again(work, job_id)
    return redirect(f"{PATH}/{job_id}", 303)


@blueprint.post(f"{PATH}/<uuid:job_id>/remove")
@permits(Permission.VIEW_REPORTS)
def remove(work: Work, job_id: UUID) -> ResponseReturnValue:
    long_exports.remove_export(work, job_id)
    return redirect("/reports/exports?done=removed", 303)


@blueprint.get(f"{PATH}/<uuid:job_id>.csv")
@permits(Permission.VIEW_REPORTS)
def as_csv(work: Work, job_id: UUID) -> ResponseReturnValue:
    job = long_exports.finished_export(work, job_id)
    content = long_exports.as_csv(current_store(), job)
    return _file(content, "text/csv; charset=utf-8", f"by-month-{job_id}.csv")


@blueprint.get(f"{PATH}/<uuid:job_id>.xlsx")
@permits(Permission.VIEW_REPORTS)
def as_xlsx(work: Work, job_id: UUID) -> ResponseReturnValue:
    job = long_exports.finished_export(work, job_id)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    content = long_exports.as_xlsx(current_store(), job)
    return _file(content, kind, f"by-month-{job_id}.xlsx")


@blueprint.get(f"{PATH}/<uuid:job_id>.json")
@permits(Permission.VIEW_REPORTS)
def as_json(work: Work, job_id: UUID) -> ResponseReturnValue:
    job = long_exports.finished_export(work, job_id)
    content = long_exports.as_json(current_store(), job)
    return _file(content, "application/json", f"by-month-{job_id}.json")


def _file(content: Iterator[bytes], kind: str, name: str) -> Response:
    """Sent as it is read: the request's own unit of work is over by then."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=headers)
