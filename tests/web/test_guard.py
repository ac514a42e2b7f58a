"""The guard: closed unless marked, refusals on record, and reading that cannot write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from dash_forms.app import create_app
from dash_forms.config import Settings
from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.permissions import Permission
from dash_forms.store.models import Team
from dash_forms.store.work import Store, Work
from dash_forms.web.guard import permits, public
from tests.support.client import StrictClient
from tests.support.force import Force, new_assessment, new_incident
from tests.support.log import events

SignIn = Callable[[str], StrictClient]


@pytest.fixture
def house(app: Flask, settings: Settings) -> Iterator[Flask]:
    """An application of its own, to hang doors in."""
    own = create_app(settings)
    yield own
    own.extensions["dash_store"].engine.dispose()


def team_names(store: Store) -> set[str]:
    with store.work(writes=False) as work:
        return set(work.session.scalars(select(Team.name)))


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_an_endpoint_that_nobody_marked_stays_closed_and_does_not_run(
    house: Flask, method: str
) -> None:
    def forgotten() -> str:
        raise AssertionError("ran")

    house.config["WTF_CSRF_ENABLED"] = False
    house.add_url_rule("/forgotten", view_func=forgotten, methods=["GET", "POST"])
    assert house.test_client().open("/forgotten", method=method).status_code == 403


def test_a_reading_request_cannot_write_whatever_its_view_tries(house: Flask, store: Store) -> None:
    @public
    def write(work: Work) -> str:
        work.session.execute(insert(Team).values(id=uuid7(), name="Written by a GET"))
        return "written"

    house.add_url_rule("/write", view_func=write)
    assert house.test_client().get("/write").status_code in {500, 503}
    assert team_names(store) == set()


def test_a_change_whose_page_fails_is_not_committed(house: Flask, store: Store) -> None:
    @public
    def fail(work: Work) -> str:
        work.session.add(Team(id=uuid7(), name="Half done"))
        work.session.flush()
        work.audit(Name.DEMO_SEEDED)
        raise ZeroDivisionError

    house.config["WTF_CSRF_ENABLED"] = False
    house.add_url_rule("/fail", view_func=fail, methods=["POST"])
    assert house.test_client().post("/fail").status_code == 500
    assert team_names(store) == set()
    assert events(store) == []


def test_a_change_is_committed_before_its_answer_is_sent(house: Flask, store: Store) -> None:
    @public
    def change(work: Work) -> str:
        work.session.add(Team(id=uuid7(), name="Done"))
        return "done"

    house.config["WTF_CSRF_ENABLED"] = False
    house.add_url_rule("/change", view_func=change, methods=["POST"])
    assert house.test_client().post("/change").text == "done"
    assert team_names(store) == {"Done"}


def test_a_marked_endpoint_sends_a_stranger_to_sign_in_and_does_not_run(house: Flask) -> None:
    @permits(Permission.VIEW_REPORTS)
    def secret(_work: Work) -> str:
        raise AssertionError("ran")

    house.add_url_rule("/secret", view_func=secret)
    client: FlaskClient = house.test_client()
    response = client.get("/secret?a=1&b=2")
    assert response.status_code == 302
    assert response.location == "/sign-in?next=/secret%3Fa%3D1%26b%3D2"
    assert client.get("/secret", headers={"Accept": "application/json"}).status_code == 401


def test_a_refusal_for_the_role_is_on_record_with_who_and_where(
    store: Store, force: Force, officer: StrictClient
) -> None:
    assert officer.get("/accounts").status_code == 403
    last = events(store)[-1]
    assert last.name == "access.refused"
    assert last.actor_id == force.actors["officer1"].id
    assert last.subject_id == "accounts.show_accounts"
    assert "account.listed" not in {event.name for event in events(store)}


def test_a_refused_change_is_on_record_and_changes_nothing(
    store: Store, officer: StrictClient
) -> None:
    path = f"/accounts/{uuid7()}/close"
    assert officer.post(path, data={"csrf_token": officer.csrf_token()}).status_code == 403
    assert events(store)[-1].name == "access.refused"
    assert "account.closed" not in {event.name for event in events(store)}


def test_reaching_for_a_foreign_case_is_on_record_and_the_look_is_not(
    store: Store, as_: SignIn, officer: StrictClient
) -> None:
    path = new_incident(officer)
    other = as_("officer2")
    seen = len(events(store))
    assert other.get(path).status_code == 404
    assert [event.name for event in events(store)[seen:]] == ["access.refused"]
    assert "NotFoundError" in events(store)[-1].detail


def test_a_look_that_ends_in_a_refusal_is_on_record_as_the_refusal_alone(
    house: Flask, store: Store, officer: StrictClient
) -> None:
    @permits(Permission.VIEW_INCIDENTS)
    def look_and_refuse(work: Work) -> str:
        work.audit(Name.INCIDENT_VIEWED, "incident", "x")
        raise NotFoundError("There is no such incident.")

    house.add_url_rule("/look", view_func=look_and_refuse)
    browser = house.test_client()
    cookie = officer.get_cookie("dash")
    assert cookie is not None
    browser.set_cookie("dash", cookie.value)
    seen = len(events(store))
    assert browser.get("/look").status_code == 404
    assert [event.name for event in events(store)[seen:]] == ["access.refused"]


def _cases() -> list[tuple[str, str, str]]:
    reads = [
        ("incident", ""), ("incident", "/details"), ("incident", "/victims/new"),
        ("incident", "/children/new"), ("assessment", ""), ("assessment", "/finish"),
        ("assessment", "/record"), ("assessment", "/decline"), ("assessment", "/unable"),
        ("assessment", "/not-offered"), ("assessment", "/exempt"),
    ]  # fmt: skip
    writes = [
        ("incident", "/details"), ("incident", "/victims/new"), ("incident", "/children/new"),
        ("assessment", "/start"), ("assessment", "/sections/now"), ("assessment", "/resume"),
        ("assessment", "/gates/no-children"), ("assessment", "/finish"),
        ("assessment", "/decline"), ("assessment", "/unable"),
    ]  # fmt: skip
    return [("GET", *each) for each in reads] + [("POST", *each) for each in writes]


def test_a_foreign_record_and_one_that_does_not_exist_answer_alike_to_the_letter(
    as_: SignIn, officer: StrictClient
) -> None:
    incident = new_incident(officer)
    assessment = officer.page(incident).link("Start the assessment")
    other = as_("officer2")
    token = other.csrf_token()
    for method, kind, rest in _cases():
        own = {"incident": incident, "assessment": assessment}[kind]
        nobodys = f"/{kind}s/{uuid7()}"
        answers = [_ask(other, method, path + rest, token) for path in (own, nobodys)]
        assert answers[0] == answers[1], (method, kind, rest)
        assert answers[0][0] == 404, (method, kind, rest)


def _ask(client: StrictClient, method: str, path: str, token: str) -> tuple[int, str]:
    data: dict[str, Any] = {"csrf_token": token} if method == "POST" else {}
    response = client.open(path, method=method, data=data)
    return response.status_code, response.text


def test_a_supervisor_reads_a_case_of_the_team_and_cannot_write_on_it(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    path = new_assessment(officer)
    assert sergeant.get(f"{path}/record").status_code == 200
    token = sergeant.page(f"{path}/record").root.find(".//input[@name='csrf_token']")
    assert token is not None
    sent = sergeant.post(f"{path}/decline", data={"csrf_token": token.get("value", "")})
    assert sent.status_code == 403
