"""Every error is a page for people and a problem for programs, and none of them is a fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from dash_forms.app import create_app
from dash_forms.config import Settings
from dash_forms.domain.errors import (
    InvalidError,
    NotFoundError,
    NotPermittedError,
    StaleError,
    StateError,
)
from dash_forms.store.work import Work
from dash_forms.web.guard import public
from dash_forms.web.headers import CONTENT_SECURITY_POLICY
from tests.support.client import StrictClient, page_of
from tests.support.page import Page

JSON = {"Accept": "application/json"}
SECRET = "what somebody typed"

RAISED: dict[str, tuple[Exception | int, int]] = {
    "invalid": (InvalidError("Say it in words", field="note"), 400),
    "not-permitted": (NotPermittedError("Not for your role"), 403),
    "not-found": (NotFoundError("There is no such record"), 404),
    "state": (StateError("It was submitted"), 409),
    "stale": (StaleError("Somebody else changed it"), 409),
    "too-large": (413, 413),
    "unsupported": (415, 415),
    "too-many": (429, 429),
    "fault": (RuntimeError(SECRET), 500),
    "database": (OperationalError(SECRET, {}, RuntimeError(SECRET)), 503),
}


@pytest.fixture
def serve(app: Flask, settings: Settings) -> Iterator[Callable[..., FlaskClient]]:
    """A plain client of an application as it runs for real, with pages that fail."""
    made: list[Flask] = []

    def make(**changes: Any) -> FlaskClient:
        own = create_app(replace(settings, **changes))
        made.append(own)
        for name, (error, _) in RAISED.items():
            own.add_url_rule(f"/raise/{name}", name, public(_raising(error)))
        return own.test_client()

    yield make
    for each in made:
        each.extensions["dash_store"].engine.dispose()


def _raising(error: Exception | int) -> Callable[[Work], str]:
    def view(_work: Work) -> str:
        if isinstance(error, int):
            abort(error)
        raise error

    return view


def as_page(response: TestResponse, status: int) -> Page:
    assert response.status_code == status
    assert response.content_type == "text/html; charset=utf-8"
    _check_headers(response)
    page = page_of(response)
    page.check_house_rules()
    assert f"Error {status}" in page.text()
    return page


def as_problem(response: TestResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    _check_headers(response)
    body: dict[str, Any] = response.get_json(force=True)
    assert {"type", "title", "status", "detail"} <= set(body)
    assert (body["status"], body["type"]) == (status, "about:blank")
    assert body["detail"]
    return body


def _check_headers(response: TestResponse) -> None:
    assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Request-Id"]


@pytest.mark.parametrize(("name", "status"), [(n, status) for n, (_, status) in RAISED.items()])
def test_each_error_is_a_page_with_a_way_on_and_a_problem_with_the_same_words(
    serve: Callable[..., FlaskClient], name: str, status: int
) -> None:
    client = serve()
    page = as_page(client.get(f"/raise/{name}"), status)
    body = as_problem(client.get(f"/raise/{name}", headers=JSON), status)
    assert page.link("Go to the first page") == "/"
    error = RAISED[name][0]
    if hasattr(error, "sentence"):
        assert error.sentence in page.text()
        assert body["detail"] == error.sentence
    if name == "invalid":
        assert body["field"] == "note"


@pytest.mark.parametrize("name", ["fault", "database"])
def test_a_fault_of_ours_tells_its_number_and_nothing_else(
    serve: Callable[..., FlaskClient], capfd: pytest.CaptureFixture[str], name: str
) -> None:
    response = serve().get(f"/raise/{name}")
    assert SECRET not in response.text
    assert response.headers["X-Request-Id"] in response.text
    logged = "".join(capfd.readouterr())
    assert SECRET not in logged
    assert response.headers["X-Request-Id"] in logged


def test_a_busy_database_asks_to_come_back(serve: Callable[..., FlaskClient]) -> None:
    assert serve().get("/raise/database").headers["Retry-After"] == "5"


@pytest.mark.parametrize("name", [n for n, (_, status) in RAISED.items() if status < 500])
def test_what_the_sender_got_wrong_is_never_called_our_fault(
    serve: Callable[..., FlaskClient], name: str
) -> None:
    assert "our side" not in serve().get(f"/raise/{name}").text


def test_no_such_page_is_404(serve: Callable[..., FlaskClient]) -> None:
    client = serve()
    assert as_page(client.get("/nowhere"), 404).heading == "Page not found"
    as_problem(client.get("/nowhere.json"), 404)


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/sync"])
def test_a_method_that_does_not_exist_names_those_that_do(
    serve: Callable[..., FlaskClient], path: str
) -> None:
    response = serve().open(path, method="DELETE", headers=JSON)
    as_problem(response, 405)
    assert {"GET", "POST"} & set(response.headers["Allow"].split(", "))
    assert "DELETE" not in response.headers["Allow"]


def test_a_method_that_does_not_exist_is_a_page_too(serve: Callable[..., FlaskClient]) -> None:
    response = serve().put("/sign-in")
    as_page(response, 405)
    assert response.headers["Allow"]


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c", "😀", "A" * 5_000])
def test_a_form_without_its_token_is_refused_in_words(
    serve: Callable[..., FlaskClient], token: str | None
) -> None:
    data = {"username": "officer1", "password": "x"} | (
        {} if token is None else {"csrf_token": token}
    )
    page = as_page(serve().post("/sign-in", data=data), 400)
    assert "reload the page" in page.text()


def test_a_token_of_another_browser_is_refused(anyone: StrictClient, app: Flask) -> None:
    foreign = anyone.page("/sign-in").form().fields["csrf_token"][0]
    other = app.test_client()
    other.get("/sign-in")
    data = {"username": "officer1", "password": "x", "csrf_token": foreign}
    assert other.post("/sign-in", data=data).status_code == 400


def test_operations_without_a_token_are_refused_as_a_problem(
    serve: Callable[..., FlaskClient],
) -> None:
    body = as_problem(serve().post("/sync", json={"operations": []}), 400)
    assert "reload the page" in body["detail"]


def test_a_body_over_the_limit_is_413_as_page_and_as_problem(
    serve: Callable[..., FlaskClient],
) -> None:
    client = serve(max_body_kilobytes=4)
    large = "x" * 5_000
    as_page(client.post("/sign-in", data={"username": large}), 413)
    as_problem(client.post("/sync", json={"operations": [large]}), 413)
    as_page(
        client.post("/sign-in", data={"file": (__import__("io").BytesIO(b"x" * 9_000), "f")}), 413
    )


@pytest.mark.parametrize("host", ["evil.test", "dash.test.evil.test", "", "a b", "dash.test:99999"])
def test_an_unknown_host_is_refused_where_hosts_are_named(
    serve: Callable[..., FlaskClient], host: str
) -> None:
    client = serve(trusted_hosts=("dash.test",))
    for path in ("/sign-in", "/healthz", "/nowhere"):
        response = client.get(path, headers={"Host": host})
        assert response.status_code == 400, path
        assert "evil" not in response.text
        assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_a_known_host_is_served(serve: Callable[..., FlaskClient]) -> None:
    assert (
        serve(trusted_hosts=("dash.test",))
        .get("/sign-in", headers={"Host": "dash.test"})
        .status_code
        == 200
    )


@pytest.mark.parametrize(
    "path",
    [
        "/incidents/not-a-uuid", "/assessments/00000000-0000-0000-0000-00000000000", "/%00",
        "/incidents?page=x", "/incidents?page=-99999999999999999999", "/audit?before=1e9",
        "/sign-in?next=%ff%fe", "/" + "a" * 3_000, "/incidents/%E2%80%AE", "//evil.test",
    ],
)  # fmt: skip
def test_no_address_makes_a_fault(serve: Callable[..., FlaskClient], path: str) -> None:
    client = serve()
    for method in ("GET", "HEAD", "POST", "OPTIONS", "PATCH"):
        assert client.open(path, method=method).status_code < 500, (method, path)
