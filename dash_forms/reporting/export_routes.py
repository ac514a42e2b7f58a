"""Addresses of the exports: make one, read it, and take it as CSV, XLSX or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template

from dash_forms.domain.permissions import Permission
from dash_forms.reporting import exports
from dash_forms.reporting.filters import filter_form
from dash_forms.web.disclosure import rules_in_force
from dash_forms.web.guard import permits

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from dash_forms.store.work import Work

blueprint = Blueprint("exports", __name__)


@blueprint.post("/reports/exports")
@permits(Permission.VIEW_REPORTS)
def make(work: Work) -> ResponseReturnValue:
    """Keep the figures of the filter in the address, and show what was kept."""
    form = filter_form(work)
    wanted = form.filter()
    if wanted is None:
        return redirect("/reports", 303)  # the pages offer no such filter
    rules = rules_in_force()
    return redirect(f"/reports/exports/{exports.make_export(work, wanted, form.teams, rules)}", 303)


@blueprint.get("/reports/exports/<uuid:export_id>")
@permits(Permission.VIEW_REPORTS)
def show(work: Work, export_id: UUID) -> ResponseReturnValue:
    document = exports.export(work, export_id)
    return render_template(
        "reporting/export.html",
        document=document,
        lines=list(exports.preamble(document)),
        is_own=exports.is_own(work, export_id),
    )


@blueprint.post("/reports/exports/<uuid:export_id>/remove")
@permits(Permission.VIEW_REPORTS)
def remove(work: Work, export_id: UUID) -> ResponseReturnValue:
    exports.remove_export(work, export_id)
    return redirect("/reports/exports?done=removed", 303)


@blueprint.get("/reports/exports/<uuid:export_id>.csv")
@permits(Permission.VIEW_REPORTS)
def as_csv(work: Work, export_id: UUID) -> ResponseReturnValue:
    # With a byte order mark, without which a spreadsheet takes it for another encoding.
    document = exports.export(work, export_id)
    text = "\ufeff" + exports.as_csv(document)
    return _file(text, "text/csv; charset=utf-8", f"{_name(document)}.csv")


@blueprint.get("/reports/exports/<uuid:export_id>.xlsx")
@permits(Permission.VIEW_REPORTS)
def as_xlsx(work: Work, export_id: UUID) -> ResponseReturnValue:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    document = exports.export(work, export_id)
    return _file(exports.as_xlsx(document), kind, f"{_name(document)}.xlsx")


@blueprint.get("/reports/exports/<uuid:export_id>.json")
@permits(Permission.VIEW_REPORTS)
def as_json(work: Work, export_id: UUID) -> ResponseReturnValue:
    document = exports.export(work, export_id)
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return _file(text + "\n", "application/json", f"{_name(document)}.json")


def _name(document: dict[str, Any]) -> str:
    return f"{document.get('of', 'declines')}-{document['id']}"


def _file(content: str | bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=headers)
