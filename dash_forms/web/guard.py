"""The guard: every endpoint names its permission and gets one unit of work, or stays closed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import DomainError, NotFoundError, NotPermittedError
from dash_forms.domain.permissions import Permission
from dash_forms.store.work import Store, Work
from dash_forms.web.headers import request_id
from dash_forms.web.sessions import SignedOutError, signed_in_actor

P = ParamSpec("P")
View = Callable[Concatenate[Work, P], ResponseReturnValue]

PUBLIC = "public"


def permits(permission: Permission) -> Callable[[View[P]], Callable[P, Response]]:
    """Mark a view with the permission it needs. The view receives the request's `Work` first."""
    return _marked(permission)


def public(view: View[P]) -> Callable[P, Response]:
    """Mark a view that needs no sign-in; its `Work` has an actor only if one is signed in."""
    return _marked(None)(view)


def _marked(permission: Permission | None) -> Callable[[View[P]], Callable[P, Response]]:
    def decorate(view: View[P]) -> Callable[P, Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
            store = current_store()
            writes = request.method not in {"GET", "HEAD"}
            work: Work | None = None
            try:
                with store.work(writes=writes, request_id=request_id()) as work:
                    work.actor = g.actor = signed_in_actor(work)
                    if permission is not None:
                        _require(work, permission)
                    g.work = work
                    return current_app.make_response(view(work, *args, **kwargs))
            except (NotFoundError, NotPermittedError) as refusal:
                if work is not None:
                    _note_refusal(store, work, refusal)
                raise
            finally:
                g.pop("work", None)  # an error page stands without a database

        guarded.access = permission.value if permission else PUBLIC  # type: ignore[attr-defined]
        return guarded

    return decorate


def _require(work: Work, permission: Permission) -> None:
    if work.actor is None:
        raise SignedOutError
    if not work.actor.may(permission):
        raise NotPermittedError(
            f"This page is not for your role ({work.actor.role.label.lower()})."
        )


def _note_refusal(store: Store, work: Work, refusal: DomainError) -> None:
    if work.actor is None:
        return
    work.occurrences.clear()
    work.audit(
        Name.ACCESS_REFUSED,
        "endpoint",
        request.endpoint or "",
        refusal=type(refusal).__name__,
        record=[str(value) for value in (request.view_args or {}).values()],
    )
    store.note(work)


def current_store() -> Store:
    """The application's store."""
    store = current_app.extensions["dash_store"]
    if not isinstance(store, Store):
        raise TypeError("the application has no store")
    return store


def close_by_default(app: Flask) -> None:
    """Refuse every endpoint that no one marked, so that a forgotten mark shows at once."""

    @app.before_request
    def refuse_unmarked() -> None:
        if request.endpoint is None:
            return  # no such page: 404 follows
        view = app.view_functions[request.endpoint]
        if not hasattr(view, "access"):
            raise Forbidden
