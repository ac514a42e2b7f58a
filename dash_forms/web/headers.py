"""Response headers: a policy without inline script or style, and nothing kept by any cache."""

from __future__ import annotations

from uuid import uuid4

from flask import Flask, g
from werkzeug.wrappers import Response

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
    ("Cache-Control", "no-store"),
)


def install(app: Flask, *, https: bool) -> None:
    """Give every response the headers, errors included."""

    @app.before_request
    def name_request() -> None:
        g.request_id = str(uuid4())

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS:
            response.headers[name] = value
        if https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if "request_id" in g:
            response.headers["X-Request-Id"] = g.request_id
        return response
