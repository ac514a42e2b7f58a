"""Files larger than any form: who may send one, and the lines of a text file as they are read."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, TypeVar

from flask import Flask, current_app, request

from dash_forms.web.sessions import has_cookie

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from werkzeug.datastructures import FileStorage

View = TypeVar("View", bound="Callable[..., Any]")


def takes_large_files(view: View) -> View:
    """Mark a view whose request may be as large as a log; put above the permission."""
    view.takes_large_files = True  # type: ignore[attr-defined]
    return view


def install(app: Flask, most_bytes: int) -> None:
    """Allow such requests, before anything reads one, to browsers in which somebody signed in.

    Whoever has no cookie of ours is told that it is too large, and nothing of it is read.
    """

    @app.before_request
    def allow_large_file() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if getattr(view, "takes_large_files", False) and has_cookie():
            request.max_content_length = most_bytes


def text_lines(file: FileStorage) -> io.TextIOWrapper:
    """The lines of an uploaded file in UTF-8, with or without a byte order mark."""
    return io.TextIOWrapper(file.stream, "utf-8-sig", newline="")
