"""The service worker, served from the top so that it may answer for every page."""

from __future__ import annotations

from functools import cache

from flask import Blueprint
from werkzeug.wrappers import Response

from dash_forms.store.work import Work
from dash_forms.web.assets import DIST, manifest
from dash_forms.web.guard import public

blueprint = Blueprint("service_worker", __name__)


@blueprint.get("/service-worker.js")
@public
def script(_work: Work) -> Response:
    """The script. Browsers ask for it at this one address, so its name carries no digest."""
    return Response(_source(), content_type="text/javascript; charset=utf-8")


@cache
def _source() -> str:
    return (DIST / manifest()["js/service-worker.js"]).read_text("utf-8")
