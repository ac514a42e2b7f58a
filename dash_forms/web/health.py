"""Health for load balancers: /healthz says the process answers, /readyz that the database does."""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from flask import Blueprint
from werkzeug.wrappers import Response

from dash_forms.store.migrate import newest_revision
from dash_forms.store.work import Work
from dash_forms.web.errors import problem
from dash_forms.web.guard import public

blueprint = Blueprint("health", __name__)


def _ok(text: str) -> Response:
    return Response(f'{{"status":"{text}"}}\n', content_type="application/json")


@blueprint.get("/healthz")
@public
def healthz(_work: Work) -> Response:
    return _ok("ok")


@blueprint.get("/readyz")
@public
def readyz(work: Work) -> Response:
    context = MigrationContext.configure(work.session.connection())
    if (found := context.get_current_revision()) != newest_revision():
        return problem(
            503, f"The database is at revision {found or 'none'}; run: dash-forms migrate"
        )
    return _ok("ready")
