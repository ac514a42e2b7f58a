"""Names and serves the built style sheets, modules and icons, cached under hashed names."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from whitenoise import WhiteNoise  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from wsgiref.headers import Headers

    from _typeshed.wsgi import WSGIApplication

DIST = Path(__file__).resolve().parent.parent / "static" / "dist"
URL_PREFIX = "/static/"
ONE_HOUR = 3600

# A worker takes its policy from the response that carried its script, so a module may connect.
STATIC_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_HASHED = re.compile(r"\.([0-9a-f]{10}|[0-9A-Z]{8})\.\w+$")


class AssetsNotBuiltError(RuntimeError):
    """Nobody has built the style sheets yet."""

    def __init__(self) -> None:
        super().__init__("styles are not built: run ./dash assets")


class UnknownAssetError(LookupError):
    """A template asked for a file that the build did not make."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"no asset is called {name!r}; there are: {', '.join(known)}")


@cache
def manifest(dist: Path = DIST) -> dict[str, str]:
    """Hashed name by plain name, for instance css/app.css: css/app.0123456789.css; read once."""
    try:
        names: dict[str, str] = json.loads((dist / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        raise AssetsNotBuiltError from None
    return names


def asset_url(name: str) -> str:
    """The address of a built file, by the name of its source under static/ (`css/app.css`)."""
    names = manifest()
    try:
        return URL_PREFIX + names[name]
    except KeyError:
        raise UnknownAssetError(name, sorted(names)) from None


def asset_urls() -> list[str]:
    """The addresses of all built files."""
    return sorted(URL_PREFIX + hashed for hashed in manifest().values())


def wrap_whitenoise(wsgi_app: WSGIApplication, *, dist: Path = DIST) -> WSGIApplication:
    """Serve the built files in front of the application, without waking it."""
    names = manifest(dist)
    server = WhiteNoise(
        wsgi_app,
        max_age=ONE_HOUR,
        allow_all_origins=False,
        mimetypes={".mjs": "text/javascript"},
        add_headers_function=_add_static_headers,
        immutable_file_test=_is_hashed,
    )
    for hashed in names.values():
        server.add_file_to_dictionary(URL_PREFIX + hashed, str(dist / hashed))
    application: WSGIApplication = server
    return application


def _is_hashed(_path: str, url: str) -> bool:
    return _HASHED.search(url) is not None


def _add_static_headers(headers: Headers, _path: str, _url: str) -> None:
    for name, value in STATIC_HEADERS.items():
        headers[name] = value
