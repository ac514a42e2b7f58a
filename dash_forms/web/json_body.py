"""Reading a JSON body without trusting it: any malformed one is a clear 400."""

from __future__ import annotations

from typing import Any

from flask import request

from dash_forms.domain.errors import InvalidError


def json_body() -> Any:
    """The request's body as JSON values, or InvalidError.

    Python's parser raises RecursionError on deep nesting and accepts lone surrogates; the first
    is refused here, the second where text is cleaned.
    """
    try:
        return request.get_json(force=True)
    except (RecursionError, UnicodeDecodeError):
        raise InvalidError("The body is not JSON that can be read") from None
