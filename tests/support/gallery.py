"""Draws every component and a sample question card to HTML files, to look at them in a browser."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment, FileSystemLoader

from dash_forms.web import assets_build
from dash_forms.web.assets import manifest
from dash_forms.web.filters import FILTERS

PACKAGE = Path(assets_build.__file__).resolve().parent.parent
SUPPORT = Path(__file__).resolve().parent

WHO = SimpleNamespace(display_name="PC 4127 Invented", role_label="Response officer")
NAVIGATION = [
    {"text": "My assessments", "href": "#", "current": True},
    {"text": "New incident", "href": "#", "current": False},
    {"text": "Reports", "href": "#", "current": False},
]


def environment() -> Environment:
    """Jinja as the application sets it up, with stand-ins for what Flask provides."""
    jinja = Environment(
        loader=FileSystemLoader([PACKAGE / "templates", SUPPORT / "gallery_pages"]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    jinja.filters.update(FILTERS)
    names = manifest()
    jinja.globals["asset"] = lambda name: (assets_build.DIST / names[name]).as_uri()
    jinja.globals["csrf_token"] = lambda: "token"
    return jinja


def main(target: Path) -> None:
    """Write one HTML file per page of the gallery."""
    target.mkdir(parents=True, exist_ok=True)
    assets_build.build()
    jinja = environment()
    for template in sorted((SUPPORT / "gallery_pages").glob("*.html")):
        page = jinja.get_template(template.name).render(
            signed_in=WHO,
            navigation=NAVIGATION,
            settings_demo=True,
            force_name="Northmere Police",
            now=datetime(2026, 3, 27, 21, 40, tzinfo=UTC),
            status=503,
        )
        (target / template.name).write_text(page, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
