"""The audit log's page."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.audit import queries
from dash_forms.domain.audit_events import Name
from dash_forms.domain.permissions import Permission
from dash_forms.store.work import Work
from dash_forms.web.guard import permits

blueprint = Blueprint("audit", __name__, template_folder="templates")

_LARGEST = 2**63 - 1


@blueprint.get("/audit")
@permits(Permission.VIEW_AUDIT)
def show_log(work: Work) -> ResponseReturnValue:
    name = request.args.get("name", "")
    known = [member.value for member in Name]
    before = request.args.get("before", type=int)
    log = queries.log_page(
        work,
        name=name if name in known else "",
        before=before if before is None or 0 < before <= _LARGEST else None,
    )
    return render_template("audit/log.html", log=log, names=known)
