"""What the tests of the reports share: a ledger in which to write pairs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from dash_forms.store.work import Store
from tests.reporting.feed import FEED, Read, is_problem, make_token
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient
from tests.support.force import Force


@pytest.fixture
def ledger(store: Store, force: Force) -> Ledger:
    """The pairs of an empty force of two teams, North and South."""
    return Ledger(store, force)


@pytest.fixture
def inspector(as_: Callable[[str], StrictClient]) -> StrictClient:
    return as_("inspector1")


@pytest.fixture
def admin(as_: Callable[[str], StrictClient]) -> StrictClient:
    return as_("admin1")


@pytest.fixture
def read(app: Flask, admin: StrictClient) -> Read:
    """Read an address of the feed with a token of the whole force, or with another."""
    own = make_token(admin)
    program = app.test_client()

    def get(path: str, token: str = own, **headers: str) -> TestResponse:
        given = {"Authorization": f"Bearer {token}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        response = program.get(f"{FEED}{path}", headers=given)
        assert "Set-Cookie" not in response.headers
        if response.status_code >= 400:
            is_problem(response)
        return response

    return get
