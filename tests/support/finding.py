"""Searches, made as people make them."""

from __future__ import annotations

from datetime import date
from typing import Any

from werkzeug.test import TestResponse

from tests.support.client import StrictClient
from tests.support.page import Page
from tests.support.plans import parts

BORN = date(1990, 1, 31)


def token(client: StrictClient, path: str = "/find") -> str:
    """What a form of the page is sent with."""
    inputs = client.page(path).all("input")
    return next(each.get("value", "") for each in inputs if each.get("name") == "csrf_token")


def ask(client: StrictClient, **values: Any) -> TestResponse:
    """Send a search, as the form of a reference does."""
    return client.post("/find", data={"csrf_token": token(client), **values})


def ask_person(client: StrictClient, **values: Any) -> TestResponse:
    """Send a search for a person, with the purpose of somebody who attends."""
    given = {"kind": "person", "purpose": "attending", **values}
    if isinstance(born_on := given.get("born_on"), date):
        given["born_on"] = parts(born_on)
    return ask(client, **given)


def found(client: StrictClient, answer: TestResponse) -> Page:
    """The page to which a search led."""
    assert answer.status_code == 303, answer.text[:2000]
    return client.page(answer.location)
