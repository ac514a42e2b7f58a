"""Pages of imports: the file, how far it is, and the rows that were refused."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request

from dash_forms.calls import import_queries
from dash_forms.calls.forms import LogForm
from dash_forms.calls.importing import cancel_import, put_by, try_import_again
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.logs import Log
from dash_forms.domain.permissions import Permission
from dash_forms.domain.text import clean
from dash_forms.web.guard import current_store, permits
from dash_forms.web.uploads import takes_large_files, text_lines

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from dash_forms.store.work import Work

blueprint = Blueprint("call_imports", __name__)
PATH = "/calls/imports"
REFRESH_SECONDS = 3


@blueprint.get(PATH)
@permits(Permission.IMPORT_CALLS)
def show_imports(work: Work) -> ResponseReturnValue:
    return _list(work, LogForm(formdata=None))


@blueprint.post(PATH)
@takes_large_files
@permits(Permission.IMPORT_CALLS)
def take_log(work: Work) -> ResponseReturnValue:
    """Keep the rows of a file; they are taken in afterwards."""
    form = LogForm()
    sent = request.files.get("file")
    made: list[UUID] = []

    def keep() -> None:
        if sent is None or not sent.filename:
            raise InvalidError("Choose the file", field="file")
        lines = text_lines(sent)
        try:
            name = clean(sent.filename, field="file", limit=10_000)[-100:]
            made.append(put_by(work, form.log.member, name, lines))
        finally:
            lines.detach()

    if form.validate() and form.attempt(work, keep):
        return redirect(f"{PATH}/{made[0]}", 303)
    return _list(work, form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get(f"{PATH}/<uuid:import_id>")
@permits(Permission.IMPORT_CALLS)
def show_import(work: Work, import_id: UUID) -> ResponseReturnValue:
    """Show how far it is; the browser asks again by itself, unless told to keep still."""
    found = import_queries.import_page(work, import_id)
    is_still = "still" in request.args
    page = render_template(
        "calls/import.html", found=found, is_still=is_still, seconds=REFRESH_SECONDS
    )
    if found.job.state.is_over or is_still:
        return page
    return page, {"Refresh": str(REFRESH_SECONDS)}


@blueprint.post(f"{PATH}/<uuid:import_id>/cancel")
@permits(Permission.IMPORT_CALLS)
def cancel(work: Work, import_id: UUID) -> ResponseReturnValue:
    cancel_import(work, import_id)
    return redirect(f"{PATH}/{import_id}", 303)


@blueprint.post(f"{PATH}/<uuid:import_id>/again")
@permits(Permission.IMPORT_CALLS)
def try_again(work: Work, import_id: UUID) -> ResponseReturnValue:
    try_import_again(work, import_id)
    return redirect(f"{PATH}/{import_id}", 303)


@blueprint.get(f"{PATH}/<uuid:import_id>/refused.csv")
@permits(Permission.IMPORT_CALLS)
def refused(work: Work, import_id: UUID) -> ResponseReturnValue:
    import_queries.import_page(work, import_id)
    headers = {"Content-Disposition": f'attachment; filename="refused-{import_id}.csv"'}
    content = import_queries.problems_as_csv(current_store(), import_id)
    return Response(content, content_type="text/csv; charset=utf-8", headers=headers)


def _list(work: Work, form: LogForm) -> str:
    found = import_queries.imports(work)
    return render_template("calls/imports.html", found=found, form=form, logs=tuple(Log))
