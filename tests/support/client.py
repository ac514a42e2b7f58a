"""A test client that inspects the house: every page it fetches must keep the house rules."""

from __future__ import annotations

from functools import lru_cache
from sqlite3 import Connection
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from dash_forms.app import create_app
from dash_forms.config import Settings
from dash_forms.store.migrate import upgrade
from dash_forms.store.work import Store
from dash_forms.web.headers import CONTENT_SECURITY_POLICY, FEED
from tests.support.page import Page

PASSWORD = "invented horse battery"


class StrictClient(FlaskClient):
    """Checks headers on every response and the page itself on every HTML one."""

    application: Flask

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.status_code < 400 or response.mimetype == "text/html":
            assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            kept = "private, no-cache" if response.request.path.startswith(FEED) else "no-store"
            assert response.headers["Cache-Control"] == kept
        store = self.application.extensions["dash_store"]
        is_page = response.mimetype == "text/html" and not response.location
        if is_page and store.engine.dialect.name == "sqlite":  # each database gives the same pages
            page_of(response).check_house_rules()
        for engine in (store.engine, store.writing_engine):
            assert engine.pool.checkedout() == 0, "a request kept its connection"
        return response

    def page(self, path: str, *, status: int = 200) -> Page:
        """Fetch a page, following redirects, and expect a status."""
        response = self.get(path, follow_redirects=True)
        assert response.status_code == status, (path, response.status_code, response.text[:2000])
        return page_of(response)

    def submit(
        self, path: str, *, action: str = "", expect: int = 303, **values: Any
    ) -> TestResponse:
        """Fetch the page at `path`, fill its form in and send it."""
        form = self.page(path).form(action)
        response = self.post(form.action or path, data=form.filled(**values))
        assert response.status_code == expect, (
            path,
            response.status_code,
            page_of(response).errors if response.mimetype == "text/html" else response.text[:500],
        )
        return response

    def sign_in(self, username: str, password: str = PASSWORD) -> StrictClient:
        self.submit("/sign-in", username=username, password=password)
        return self

    def csrf_token(self) -> str:
        """A token for requests that are not a form's."""
        return self.page("/incidents/new").form().fields["csrf_token"][0]


def application(settings: Settings) -> Flask:
    """The application on a migrated database, with strict clients."""
    app = create_app(settings)
    app.testing = True
    app.test_client_class = StrictClient
    store: Store = app.extensions["dash_store"]
    if store.engine.dialect.name == "sqlite":
        for engine in (store.engine, store.writing_engine):
            event.listen(engine, "connect", _without_waiting_for_the_disk)
    upgrade(store.writing_engine)
    return app


def _without_waiting_for_the_disk(connection: Connection, _record: object) -> None:
    """No test outlives a power cut. That a real database does, tests/store/test_engine.py holds."""
    connection.execute("PRAGMA synchronous=OFF").close()


def page_of(response: TestResponse) -> Page:
    """The page of an answer; it is parsed once, however often a test asks for it."""
    return _parsed(response.text)


@lru_cache(maxsize=8)
def _parsed(html: str) -> Page:
    return Page(html)
