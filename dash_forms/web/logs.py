"""Logs for machines: one JSON line per request, with its id and never with anybody's words."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any

import structlog
from flask import Flask, g, request
from werkzeug.wrappers import Response

from dash_forms.web.headers import request_id

_encode = json.JSONEncoder(default=str).encode  # json.dumps would make one for every line


def install(app: Flask, level: str) -> None:
    """Write log lines of at least this level to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(_as_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    log = structlog.get_logger().bind()  # put together once, and not for every line

    @app.before_request
    def start_clock() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def write_line(response: Response) -> Response:
        # The endpoint and not the address: an address could carry a search.
        log.info(
            "request",
            method=request.method,
            endpoint=request.endpoint,
            status=response.status_code,
            milliseconds=_since(g.get("started")),
            request_id=request_id(),
        )
        return response


def _as_json(line: dict[str, Any], **_options: Any) -> str:
    return _encode(line)


def _since(started: float | None) -> int | None:
    return None if started is None else round(1000 * (time.perf_counter() - started))
