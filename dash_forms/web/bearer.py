"""The guard of other programs: one shows a token, and has no session and no cookie."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from flask import current_app, request
from werkzeug.wrappers import Response

from dash_forms.config import Settings
from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import InvalidError, NotPermittedError
from dash_forms.domain.feed import Purpose
from dash_forms.store.feed_tokens import WINDOW, Reader, is_one_too_many, reader_with
from dash_forms.store.work import Store, Work
from dash_forms.web.errors import problem
from dash_forms.web.guard import current_store
from dash_forms.web.headers import request_id

P = ParamSpec("P")
View = Callable[Concatenate[Work, Reader, P], Response]

TOKEN = "token"  # noqa: S105 - what an endpoint needs, not a secret
_REALM = 'Bearer realm="dash-forms feed"'


def with_token(view: View[P]) -> Callable[P, Response]:
    """Mark a view that needs a token; it receives the request's `Work` and whose token it is."""
    return _marked(view, Purpose.READ_FIGURES, writes=False)


def with_token_to_send(view: View[P]) -> Callable[P, Response]:
    """Mark a view to which a program sends call logs. No cookie is read, so none can be abused."""
    return _marked(view, Purpose.SEND_CALLS, writes=True)


def _marked(view: View[P], purpose: Purpose, *, writes: bool) -> Callable[P, Response]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
        # Read by hand: Werkzeug’s own reader fails on bytes that are no credentials of any kind.
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            return _unauthorised("Send a token, as “Authorization: Bearer …”.", _REALM)
        store = current_store()
        try:
            with store.work(writes=writes, request_id=request_id()) as work:
                reader = reader_with(work, token, purpose)
                if reader is not None:
                    return _answer(store, work, reader, lambda: view(work, reader, *args, **kwargs))
        except InvalidError as error:
            return problem(422, error.sentence, field=error.field)
        return _wrong(store)

    guarded.access = TOKEN  # type: ignore[attr-defined]
    return guarded


def _answer(store: Store, work: Work, reader: Reader, act: Callable[[], Response]) -> Response:
    try:
        return act()
    except NotPermittedError:
        _note_refusal(store, work, reader)
        raise


def _note_refusal(store: Store, work: Work, reader: Reader) -> None:
    work.occurrences.clear()
    work.audit(Name.ACCESS_REFUSED, "feed_token", reader.id, endpoint=request.endpoint)
    store.note(work)


def _wrong(store: Store) -> Response:
    """No token that holds; one that does is never kept waiting by wrong ones beside it."""
    settings: Settings = current_app.extensions["dash_settings"]
    most = settings.sign_in_attempts_per_address
    with store.work(writes=True, request_id=request_id()) as work:
        is_throttled = is_one_too_many(work, request.remote_addr or "", most)
    if is_throttled:
        response = problem(429, "Too many wrong tokens from this address. Wait 15 minutes.")
        response.headers["Retry-After"] = str(WINDOW.seconds)
        return response
    return _unauthorised(
        "This token is not known, has expired or was revoked.", f'{_REALM}, error="invalid_token"'
    )


def _unauthorised(detail: str, challenge: str) -> Response:
    response = problem(401, detail)
    response.headers["WWW-Authenticate"] = challenge
    return response
