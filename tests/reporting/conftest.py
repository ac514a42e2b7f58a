"""The application with an empty database, and a sergeant who is signed in to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from dash_forms import create_app
from dash_forms.config import Settings
from dash_forms.domain.ids import uuid7
from dash_forms.domain.permissions import Role
from dash_forms.store.migrate import upgrade
from dash_forms.store.models import Account, Team
from dash_forms.store.work import Store
from tests.reporting.force import Force, account_row


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The application in an instance folder of its own."""
    application = create_app(Settings(instance=tmp_path, cookie_secure=False))
    application.testing = True
    return application


@pytest.fixture
def force(app: Flask) -> Iterator[Force]:
    """An empty database with two teams, listed out of alphabetical order."""
    store: Store = app.extensions["dash_store"]
    upgrade(store.writing_engine)
    ashdown, brookfield, recorder = uuid7(), uuid7(), uuid7()
    with store.work(writes=True) as work:
        for team_id, name in ((brookfield, "Brookfield"), (ashdown, "Ashdown")):
            work.session.execute(insert(Team).values(id=team_id, name=name))
        account = account_row(recorder, Role.OFFICER, ashdown, work.now)
        work.session.execute(insert(Account).values(account | {"username": "recorder"}))
    yield Force(store, ashdown, brookfield, recorder)
    store.engine.dispose()


@pytest.fixture
def sergeant(app: Flask, force: Force) -> FlaskClient:
    """A browser in which a sergeant of Ashdown is signed in."""
    return force.sign_in(app.test_client(), Role.SERGEANT)
