"""The web app manifest: what a tablet shows of the application once it is installed there."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from dash_forms.store.work import Work
from dash_forms.web.assets import asset_url
from dash_forms.web.guard import public
from dash_forms.web.icons import SIZES, name_of

blueprint = Blueprint("web_manifest", __name__)

NAME = "Forms"
"""On a home screen that the alleged abuser may see: it says nothing of what the forms are."""

_ICONS = (
    ("icons/favicon.svg", "any", "image/svg+xml", "any"),
    ("icons/maskable.svg", "any", "image/svg+xml", "maskable"),
    *((name_of(each), f"{each}x{each}", "image/png", "any") for each in SIZES),
)


@blueprint.get("/manifest.webmanifest")
@public
def show(_work: Work) -> ResponseReturnValue:
    response = jsonify(
        {
            "id": "/tablet",
            "name": NAME,
            "short_name": NAME,
            "lang": "en-GB",
            "start_url": "/tablet",
            "scope": "/",
            "display": "standalone",
            "theme_color": "#16263b",
            "background_color": "#f4f2ee",
            "icons": [
                {"src": asset_url(name), "sizes": sizes, "type": kind, "purpose": purpose}
                for name, sizes, kind, purpose in _ICONS
            ],
        }
    )
    response.mimetype = "application/manifest+json"
    return response
