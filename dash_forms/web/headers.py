"""Response headers: a policy without inline script or style, and nothing kept by any cache.

The feed alone may be kept, by the program that read it: it asks whether it has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from flask import Flask, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_REQUEST_ID = "dash.request_id"

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_HEADERS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
FEED = "/feed/v1/"
_UNKEPT = (("Cache-Control", "no-store"),)
_KEPT_BY_ITS_READER = (("Cache-Control", "private, no-cache"), ("Vary", "Authorization"))
_HSTS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def install(app: Flask, *, https: bool) -> None:
    """Give every response the headers, errors included; none is left to a view to choose.

    They go on outside Flask, as one list: set one by one they were a tenth of a saved answer.
    """
    fixed = (*_HEADERS, _HSTS) if https else _HEADERS
    inner = app.wsgi_app

    def with_headers(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[_REQUEST_ID] = number = str(uuid4())
        is_feed = environ.get("PATH_INFO", "").startswith(FEED)
        caching = _KEPT_BY_ITS_READER if is_feed else _UNKEPT

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
        ) -> Callable[[bytes], object]:
            headers += [*fixed, *caching, ("X-Request-Id", number)]
            return start_response(status, headers, exc_info)

        return inner(environ, start)

    app.wsgi_app = with_headers  # type: ignore[method-assign]


def request_id() -> str:
    """The number of the request, which its response, its log lines and its events carry."""
    return str(request.environ.get(_REQUEST_ID, ""))
