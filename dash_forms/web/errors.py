"""Errors become pages for people and problems (RFC 9457) for machines, in one place."""

from __future__ import annotations

import json
from http import HTTPStatus
from urllib.parse import quote

import structlog
from flask import Flask, current_app, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from dash_forms.domain.errors import (
    DomainError,
    InvalidError,
    NotFoundError,
    NotPermittedError,
    StaleError,
    StateError,
)
from dash_forms.web.headers import FEED, request_id
from dash_forms.web.sessions import SignedOutError

_LOG = structlog.get_logger()

_STATUS: dict[type, int] = {
    NotFoundError: 404,
    NotPermittedError: 403,
    StateError: 409,
    StaleError: 409,
    InvalidError: 400,
}


def problem(status: int, detail: str, **members: object) -> Response:
    """An application/problem+json response (RFC 9457)."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body |= {"detail": detail or HTTPStatus(status).description} | members
    return Response(json.dumps(body), status, content_type="application/problem+json")


def wants_json() -> bool:
    """Whether the client is a program: it sends JSON, asks for it, or names a .json address."""
    return (
        request.mimetype == "application/json"
        or request.path.endswith(".json")
        or request.path == "/sync"
        or request.path.startswith(FEED)
        or request.accept_mimetypes.best_match(["text/html", "application/json"])
        == "application/json"
    )


def error_response(status: int, sentence: str = "", **members: object) -> Response:
    """The page or the problem for a status; needs no session and no database."""
    if wants_json():
        return problem(status, sentence, **members)
    page = render_template(
        "errors/error.html",
        status=status,
        what_happened=sentence or None,
        reference=request_id() if status >= 500 else None,
    )
    return Response(page, status, content_type="text/html; charset=utf-8")


def _on_domain_error(error: DomainError) -> Response:
    members = {"field": error.field} if error.field else {}
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 400)
    return error_response(status, error.sentence, **members)


def _on_signed_out(_error: SignedOutError) -> Response:
    if wants_json():
        return problem(401, "Sign in, then send this again. Nothing was lost.")
    target = "/sign-in"
    if request.method == "GET" and request.path != "/":
        target += f"?next={quote(request.full_path.rstrip('?'), safe='/')}"
    return redirect(target)


def _on_csrf(_error: CSRFError) -> Response:
    return error_response(
        400,
        "This page was open for too long, or in another sign-in, so the form was not accepted."
        " Go back, reload the page and send it again.",
    )


def _on_collision(_error: IntegrityError) -> Response:
    return error_response(
        409, "Somebody recorded the same thing at the same moment, so nothing was changed here."
    )


def _on_database(error: OperationalError) -> Response:
    _LOG.error("database_unavailable", error=type(error.orig).__name__, request_id=request_id())
    response = error_response(503)
    response.headers["Retry-After"] = "5"
    return response


def _on_http(error: HTTPException) -> Response:
    if isinstance(error, RequestRedirect):
        return redirect(error.new_url, error.code)
    response = error_response(error.code or 500)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _on_unexpected(error: Exception) -> Response:
    if current_app.testing:
        raise error
    # The type and the request only: a message could carry what somebody typed.
    _LOG.error("unexpected_error", error=type(error).__name__, request_id=request_id())
    return error_response(500)


_HANDLERS = (
    (DomainError, _on_domain_error),
    (SignedOutError, _on_signed_out),
    (CSRFError, _on_csrf),
    (IntegrityError, _on_collision),
    (OperationalError, _on_database),
    (HTTPException, _on_http),
    (Exception, _on_unexpected),
)


def install(app: Flask) -> None:
    """Map every error that can reach Flask to a page or a problem."""
    for kind, handler in _HANDLERS:
        app.register_error_handler(kind, handler)

    @app.before_request
    def refuse_unreadable() -> None:
        # Bytes that are no address (RFC 3986) and form fields without a name: Werkzeug passes both
        # on, and whoever reads them next would fail.
        nameless = request.method == "POST" and None in request.form
        if nameless or not request.query_string.isascii():
            raise BadRequest
