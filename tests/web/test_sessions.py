"""Sign-in sessions: they end on the server, and a browser never brings its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from dash_forms.app import create_app
from dash_forms.config import Settings
from dash_forms.domain.permissions import Role
from dash_forms.store.models import Account, Base, SignInSession
from dash_forms.store.work import Store, Work
from dash_forms.web.sessions import token_hash
from tests.support.client import PASSWORD, StrictClient
from tests.support.force import Force

SignIn = Callable[[str], StrictClient]


def change(store: Store, act: Callable[[Work], object]) -> None:
    with store.work(writes=True) as work:
        act(work)


def is_signed_in(client: FlaskClient) -> bool:
    response = client.get("/incidents")
    assert response.status_code == 200 or response.location.startswith("/sign-in")
    return response.status_code == 200


def cookie_of(client: FlaskClient, name: str = "dash") -> str:
    cookie = client.get_cookie(name)
    assert cookie is not None
    return cookie.value


def with_cookie(app: Flask, value: str) -> FlaskClient:
    """Another browser that holds the same cookie: a stolen one."""
    thief = FlaskClient(app, app.response_class, use_cookies=True)
    thief.set_cookie("dash", value)
    return thief


@pytest.mark.parametrize(
    "end",
    [
        lambda work: work.session.execute(update(SignInSession).values(revoked_at=work.now)),
        lambda work: work.session.execute(
            update(SignInSession).values(
                created_at=work.now - timedelta(hours=2), expires_at=work.now
            )
        ),
        lambda work: work.session.execute(update(Account).values(closed_at=work.now)),
    ],
    ids=["revoked", "expired", "account closed"],
)
def test_a_sign_in_that_has_ended_is_over_at_the_next_request(
    store: Store, officer: StrictClient, end: Callable[[Work], object]
) -> None:
    token = officer.csrf_token()
    assert is_signed_in(officer)
    change(store, end)
    assert not is_signed_in(officer)
    response = officer.post("/sync", json={"operations": []}, headers={"X-CSRF-Token": token})
    assert response.status_code == 401


def test_a_sign_in_holds_until_its_last_second(store: Store, officer: StrictClient) -> None:
    def shorten(work: Work) -> None:
        work.session.execute(
            update(SignInSession).values(expires_at=work.now + timedelta(seconds=30))
        )

    change(store, shorten)
    assert is_signed_in(officer)


def test_a_changed_role_counts_from_the_next_request(
    store: Store, force: Force, officer: StrictClient
) -> None:
    def demote(work: Work) -> None:
        work.session.execute(
            update(Account)
            .where(Account.id == force.actors["officer1"].id)
            .values(role=Role.ANALYST)
        )

    change(store, demote)
    assert officer.get("/incidents").status_code == 403


def test_signing_out_ends_a_stolen_copy_of_the_cookie_too(
    app: Flask, officer: StrictClient
) -> None:
    stolen = with_cookie(app, cookie_of(officer))
    assert is_signed_in(stolen)
    officer.post("/sign-out", data={"csrf_token": officer.csrf_token()})
    assert not is_signed_in(officer)
    assert not is_signed_in(stolen)


def test_the_browser_that_signed_in_carries_a_new_token_and_the_one_before_stays_outside(
    app: Flask, anyone: StrictClient
) -> None:
    """Session fixation: a cookie that an attacker planted beforehand opens nothing."""
    before_csrf = anyone.page("/sign-in").form().fields["csrf_token"]
    planted = cookie_of(anyone)
    anyone.sign_in("officer1")
    assert cookie_of(anyone) != planted
    assert not is_signed_in(with_cookie(app, planted))
    assert [anyone.csrf_token()] != before_csrf


def test_signing_in_again_ends_the_sign_in_before(app: Flask, officer: StrictClient) -> None:
    first = cookie_of(officer)
    data = {"username": "officer1", "password": PASSWORD, "csrf_token": officer.csrf_token()}
    assert officer.post("/sign-in", data=data).status_code == 303
    assert cookie_of(officer) != first
    assert is_signed_in(officer)
    assert not is_signed_in(with_cookie(app, first))


def test_two_browsers_of_one_person_are_two_sign_ins(as_: SignIn) -> None:
    one, other = as_("officer1"), as_("officer1")
    one.post("/sign-out", data={"csrf_token": one.csrf_token()})
    assert not is_signed_in(one)
    assert is_signed_in(other)


def test_an_altered_cookie_signs_nobody_in(app: Flask, officer: StrictClient) -> None:
    value = cookie_of(officer)
    for place in (0, len(value) // 2, len(value) - 2):
        altered = value[:place] + ("A" if value[place] != "A" else "B") + value[place + 1 :]
        assert not is_signed_in(with_cookie(app, altered))


def test_the_database_keeps_no_token_that_could_be_used(
    app: Flask, store: Store, officer: StrictClient
) -> None:
    with officer.session_transaction() as session:
        token = session["token"]
    with store.work(writes=False) as work:
        kept = work.session.scalars(select(SignInSession.token_hash)).all()
        rows = [
            str(row) for t in Base.metadata.sorted_tables for row in work.session.execute(select(t))
        ]
    assert kept == [token_hash(token)]
    assert not [row for row in rows if token in row]
    assert len(token) >= 43


@pytest.fixture
def set_cookie(app: Flask, force: Force, settings: Settings) -> Iterator[Callable[[bool], str]]:
    made: list[Flask] = []

    def header(secure: bool) -> str:
        made.append(create_app(replace(settings, cookie_secure=secure)))
        base = "https://dash.test" if secure else "http://dash.test"
        client = made[-1].test_client()
        made[-1].config["WTF_CSRF_ENABLED"] = False
        response = client.post(
            "/sign-in", base_url=base, data={"username": "officer1", "password": PASSWORD}
        )
        assert response.status_code == 303
        return response.headers["Set-Cookie"]

    yield header
    for each in made:
        each.extensions["dash_store"].engine.dispose()


@pytest.mark.parametrize(("secure", "name"), [(True, "__Host-dash"), (False, "dash")])
def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(
    set_cookie: Callable[[bool], str], secure: bool, name: str
) -> None:
    [(found, morsel)] = SimpleCookie(set_cookie(secure)).items()
    assert found == name
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"
    assert bool(morsel["secure"]) == secure
    assert (morsel["path"], morsel["domain"]) == ("/", "")
    assert (morsel["expires"], morsel["max-age"]) == ("", "")  # gone when the browser closes
