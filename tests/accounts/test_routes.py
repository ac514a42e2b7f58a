"""Signing in, and what administrators do to accounts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from dash_forms.app import create_app
from dash_forms.config import Settings
from dash_forms.store.models import Account, Base, SignInFailure
from dash_forms.store.work import Store
from tests.support.client import PASSWORD, StrictClient, page_of
from tests.support.force import Force
from tests.support.log import events, last, names
from tests.support.page import Page

SignIn = Callable[[str], StrictClient]
WRONG = "The username or the password is not right"
WAIT = "Too many failed sign-ins. Wait 15 minutes, then try again."
NEW: dict[str, Any] = {
    "username": "pc4711",
    "display_name": "PC 4711 Invented",
    "role": "analyst",
    "password": "three plain words",
}


def try_to_sign_in(client: StrictClient, username: str, password: str, status: int = 422) -> Page:
    return page_of(client.submit("/sign-in", expect=status, username=username, password=password))


def is_signed_in(client: StrictClient) -> bool:
    return client.get("/").location != "/sign-in"


@pytest.fixture
def admin(as_: SignIn) -> StrictClient:
    return as_("admin1")


@pytest.mark.parametrize(
    ("username", "first_page"),
    [
        ("officer1", "/incidents"),
        ("sergeant1", "/reviews"),
        ("specialist1", "/desk"),
        ("analyst1", "/reports"),
        ("admin1", "/accounts"),
        ("auditor1", "/audit"),
    ],
)
def test_each_role_lands_where_its_work_begins(
    anyone: StrictClient, store: Store, force: Force, username: str, first_page: str
) -> None:
    assert anyone.submit("/sign-in", username=username, password=PASSWORD).location == first_page
    assert anyone.get("/sign-in").location == first_page
    event, _ = last(store, "account.signed_in")
    assert event.actor_id == force.actors[username].id


@pytest.mark.parametrize("typed", ["OFFICER1", " officer1 "])
def test_a_username_is_found_however_it_is_typed(anyone: StrictClient, typed: str) -> None:
    anyone.submit("/sign-in", username=typed, password=PASSWORD)
    assert is_signed_in(anyone)


def test_an_unknown_username_and_a_wrong_password_look_the_same(anyone: StrictClient) -> None:
    known = try_to_sign_in(anyone, "officer1", "not the password")
    unknown = try_to_sign_in(anyone, "nobody9", "not the password")
    assert known.summary == unknown.summary == [WRONG]
    assert known.text() == unknown.text()
    assert unknown.form().fields["username"] == ["nobody9"]
    assert not is_signed_in(anyone)


def test_a_closed_account_looks_like_a_wrong_password(anyone: StrictClient, store: Store) -> None:
    with store.work(writes=True) as work:
        work.session.execute(update(Account).values(closed_at=work.now))
    assert try_to_sign_in(anyone, "officer1", PASSWORD).summary == [WRONG]


def test_the_password_is_never_sent_back_and_never_kept(anyone: StrictClient, store: Store) -> None:
    page = try_to_sign_in(anyone, "officer1", "a mistyped password")
    assert page.form().fields["password"] == [""]
    with store.work(writes=False) as work:
        tables = Base.metadata.sorted_tables
        rows = [str(row) for table in tables for row in work.session.execute(select(table))]
    assert not [row for row in rows if "mistyped" in row]


def test_a_failed_sign_in_is_on_record_without_the_username(
    anyone: StrictClient, store: Store
) -> None:
    try_to_sign_in(anyone, "a-password-typed-here", "x")
    event, detail = last(store, "account.sign_in_failed")
    assert (event.actor_id, detail) == (None, {})
    with store.work(writes=False) as work:
        kept = work.session.scalars(select(SignInFailure)).one()
    assert "typed" not in kept.username_hash


def test_after_five_failures_even_the_right_password_has_to_wait(
    anyone: StrictClient, store: Store
) -> None:
    for _ in range(5):
        assert try_to_sign_in(anyone, "officer1", "wrong").summary == [WRONG]
    assert try_to_sign_in(anyone, "officer1", PASSWORD, 429).summary == [WAIT]
    assert try_to_sign_in(anyone, "OFFICER1 ", PASSWORD, 429).summary == [WAIT]
    assert names(store)[-1] == "account.sign_in_throttled"
    anyone.sign_in("officer3")  # others are not held up
    assert is_signed_in(anyone)


def test_an_unknown_username_is_throttled_alike(anyone: StrictClient) -> None:
    for _ in range(5):
        try_to_sign_in(anyone, "nobody9", "wrong")
    assert try_to_sign_in(anyone, "nobody9", "wrong", 429).summary == [WAIT]


def test_the_wait_ends_after_a_quarter_of_an_hour_and_not_before(
    anyone: StrictClient, store: Store
) -> None:
    def age(minutes: float) -> None:
        with store.work(writes=True) as work:
            work.session.execute(
                update(SignInFailure).values(at=work.now - timedelta(minutes=minutes))
            )

    for _ in range(5):
        try_to_sign_in(anyone, "officer1", "wrong")
    age(14.5)
    try_to_sign_in(anyone, "officer1", PASSWORD, 429)
    age(15)
    anyone.sign_in("officer1")
    assert is_signed_in(anyone)


def test_a_right_password_ends_the_count(anyone: StrictClient, as_: SignIn) -> None:
    for _ in range(2):
        for _ in range(4):
            try_to_sign_in(anyone, "officer1", "wrong")
        as_("officer1")
    try_to_sign_in(anyone, "officer1", "wrong")


@pytest.fixture
def strict_app(app: Flask, force: Force, settings: Settings) -> Iterator[Flask]:
    """Three failures from one address are enough."""
    own = create_app(replace(settings, sign_in_attempts_per_address=3))
    own.testing = True
    own.test_client_class = StrictClient
    yield own
    own.extensions["dash_store"].engine.dispose()


def test_one_address_that_tries_many_usernames_has_to_wait(strict_app: Flask) -> None:
    client: StrictClient = strict_app.test_client()  # type: ignore[assignment]
    for number in range(3):
        try_to_sign_in(client, f"guess{number}", "wrong")
    assert try_to_sign_in(client, "officer1", PASSWORD, 429).summary == [WAIT]
    elsewhere: StrictClient = strict_app.test_client()  # type: ignore[assignment]
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    elsewhere.sign_in("officer1")


@pytest.mark.parametrize(
    "target",
    [
        "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "https:evil.test",
        "https://evil.test", "javascript:alert(1)", "evil.test", "/\t/evil.test", "/%09/evil.test",
        "/a\\b", " //evil.test", "/\n/evil.test", "",
    ],
)  # fmt: skip
def test_signing_in_never_leads_to_another_site(anyone: StrictClient, target: str) -> None:
    form = anyone.page("/sign-in").form()
    response = anyone.post(
        "/sign-in",
        query_string={"next": target},
        data=form.filled(username="officer1", password=PASSWORD),
    )
    assert response.status_code == 303
    assert response.location in {"/incidents", "/%09/evil.test"}


def test_signing_in_leads_to_the_page_that_was_asked_for(anyone: StrictClient) -> None:
    asked = anyone.get("/incidents?urn=SM-20260131-0001&page=2").location
    response = anyone.submit(asked, username="officer1", password=PASSWORD)
    assert response.location == "/incidents?urn=SM-20260131-0001&page=2"


def test_signing_out_is_on_record_and_leads_to_the_sign_in(
    officer: StrictClient, store: Store, force: Force
) -> None:
    response = officer.post("/sign-out", data={"csrf_token": officer.csrf_token()})
    assert response.location == "/sign-in"
    assert last(store, "account.signed_out")[0].actor_id == force.actors["officer1"].id


def account_id(force: Force, username: str) -> str:
    return str(force.actors[username].id)


def test_an_administrator_adds_somebody_who_can_then_sign_in(
    admin: StrictClient, anyone: StrictClient, store: Store, force: Force
) -> None:
    assert admin.submit("/accounts/new", **NEW).location == "/accounts"
    assert NEW["display_name"] in admin.page("/accounts").text()
    anyone.sign_in("pc4711", NEW["password"])
    assert is_signed_in(anyone)
    event, detail = last(store, "account.created")
    assert event.actor_id == force.actors["admin1"].id
    assert detail == {"role": "analyst"}


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"username": "officer1"}, "This username is taken"),
        ({"username": "a b"}, "Use 2 to 64 letters"),
        ({"password": "short"}, "Use at least 12 characters"),
        ({"role": "officer"}, "Officers and sergeants belong to a team"),
        ({"role": None}, "Choose a role"),
        ({"role": "king"}, "Choose a role"),
        ({"display_name": ""}, "Enter the name colleagues will see"),
    ],
)
def test_a_refused_account_says_why_beside_the_field_and_keeps_what_was_typed(
    admin: StrictClient, store: Store, changed: dict[str, Any], error: str
) -> None:
    response = admin.submit("/accounts/new", expect=422, **(NEW | changed))
    page = page_of(response)
    assert len(page.errors) == 1
    assert page.errors[0].startswith(error)
    fields = page.form().fields
    assert fields["username"] == [(NEW | changed)["username"]]
    assert fields["password"] == [""]
    with store.work(writes=False) as work:
        assert not work.session.scalar(select(Account).where(Account.username == "pc4711"))


def test_closing_an_account_signs_it_out_and_reopening_lets_it_in_again(
    admin: StrictClient, officer: StrictClient, store: Store, force: Force
) -> None:
    own = account_id(force, "officer1")
    admin.submit(f"/accounts/{own}/close", action="/close")
    assert not is_signed_in(officer)
    try_to_sign_in(officer, "officer1", PASSWORD)
    admin.submit("/accounts", action=f"{own}/reopen")
    assert not is_signed_in(officer)  # its old sign-in stays ended
    officer.sign_in("officer1")
    assert is_signed_in(officer)
    assert {"account.closed", "account.sessions_revoked", "account.reopened"} <= set(names(store))
    event, _ = last(store, "account.closed")
    assert (event.subject_id, event.actor_id) == (own, force.actors["admin1"].id)


def test_a_new_password_ends_the_old_one_and_every_sign_in(
    admin: StrictClient, officer: StrictClient, store: Store, force: Force
) -> None:
    own = account_id(force, "officer1")
    page = page_of(admin.submit(f"/accounts/{own}/password", expect=422, password="short"))
    assert page.errors == ["Use at least 12 characters; three random words are easy to remember"]
    assert is_signed_in(officer)
    admin.submit(f"/accounts/{own}/password", password="another long password")
    assert not is_signed_in(officer)
    try_to_sign_in(officer, "officer1", PASSWORD)
    officer.sign_in("officer1", "another long password")
    assert last(store, "account.password_set")[0].subject_id == own


def test_an_administrator_signs_somebody_out_everywhere(
    admin: StrictClient, as_: SignIn, store: Store, force: Force
) -> None:
    browsers = [as_("officer1"), as_("officer1")]
    assert "2 places" in admin.page("/accounts").text()
    own = account_id(force, "officer1")
    admin.submit("/accounts", action=f"{own}/sign-out-everywhere")
    assert not any(is_signed_in(each) for each in browsers)
    assert last(store, "account.sessions_revoked")[0].subject_id == own


def test_an_administrator_cannot_close_their_own_account(
    admin: StrictClient, force: Force, store: Store
) -> None:
    own = account_id(force, "admin1")
    forms = [form.get("action", "") for form in admin.page("/accounts").all("form")]
    assert f"/accounts/{own}/close" not in forms
    token = admin.page("/accounts/new").form().fields["csrf_token"]
    response = admin.post(f"/accounts/{own}/close", data={"csrf_token": token})
    assert response.status_code == 400
    assert is_signed_in(admin)
    assert "account.closed" not in names(store)


@pytest.mark.parametrize("act", ["close", "reopen", "password", "sign-out-everywhere"])
def test_an_account_that_does_not_exist_is_404(admin: StrictClient, act: str) -> None:
    token = admin.page("/accounts/new").form().fields["csrf_token"]
    path = f"/accounts/00000000-0000-7000-8000-000000000000/{act}"
    data = {"csrf_token": token, "password": "another long password"}
    assert admin.post(path, data=data).status_code == 404


def test_looking_at_the_accounts_is_on_record_and_shows_no_hash(
    admin: StrictClient, store: Store
) -> None:
    assert "argon2" not in admin.page("/accounts").text()
    assert events(store)[-1].name == "account.listed"


DEVICE, OTHER = UUID(int=0xA1B2C3), UUID(int=0xD4E5F6)


def take_tablets(officer: StrictClient) -> None:
    """The officer signs in on two tablets."""
    for device in (DEVICE, OTHER):
        token = {"X-CSRF-Token": officer.csrf_token()}
        assert officer.post(f"/tablet/keys/{device}", headers=token).json["key"]  # type: ignore[index]


def is_revoked(officer: StrictClient, device: UUID) -> bool:
    return bool(officer.get(f"/tablet/keys/{device}").json["revoked"])  # type: ignore[index]


def test_an_administrator_revokes_one_lost_tablet(
    admin: StrictClient, officer: StrictClient, store: Store, force: Force
) -> None:
    take_tablets(officer)
    path = f"/accounts/{account_id(force, 'officer1')}/tablets"
    assert admin.page("/accounts").links(path) == [path]
    text = admin.page(path).text()
    assert "A1B2C3" in text
    assert "D4E5F6" in text
    assert names(store)[-1] == "account.viewed"
    page = admin.page(f"{path}/{DEVICE}/revoke")
    assert "It cannot be undone" in page.text()
    assert not is_revoked(officer, DEVICE)  # looking at the question is not the answer
    for _ in range(2):
        assert admin.submit(f"{path}/{DEVICE}/revoke").location == path
    assert (is_revoked(officer, DEVICE), is_revoked(officer, OTHER)) == (True, False)
    event, detail = last(store, "tablet.key_revoked")
    assert (event.subject_id, event.actor_id) == (str(DEVICE), force.actors["admin1"].id)
    assert detail == {"account": account_id(force, "officer1")}
    assert names(store).count("tablet.key_revoked") == 1
    assert "Revoke all" not in admin.page(path).text()


def test_an_administrator_revokes_every_tablet_of_an_account_and_no_others(
    admin: StrictClient, officer: StrictClient, as_: SignIn, store: Store, force: Force
) -> None:
    take_tablets(officer)
    colleague = as_("officer2")
    take_tablets(colleague)
    admin.submit(f"/accounts/{account_id(force, 'officer1')}/tablets/revoke")
    assert is_revoked(officer, DEVICE)
    assert is_revoked(officer, OTHER)
    assert not is_revoked(colleague, DEVICE)
    assert names(store).count("tablet.key_revoked") == 2


def test_a_tablet_or_an_account_that_is_not_there_is_not_found(
    admin: StrictClient, officer: StrictClient, force: Force
) -> None:
    take_tablets(officer)
    other = account_id(force, "officer2")
    token = admin.page(f"/accounts/{other}/tablets/revoke").form().filled()
    for path in (f"/accounts/{other}/tablets/{DEVICE}", f"/accounts/{UUID(int=1)}/tablets"):
        assert admin.get(f"{path}/revoke").status_code == 404
        assert admin.post(f"{path}/revoke", data=token).status_code == 404
    assert not is_revoked(officer, DEVICE)


@pytest.mark.parametrize("username", ["officer1", "sergeant1", "specialist1", "auditor1"])
def test_only_administrators_see_tablets_or_revoke_them(
    as_: SignIn, force: Force, username: str
) -> None:
    client = as_(username)
    path = f"/accounts/{account_id(force, 'officer1')}/tablets"
    assert client.get(path).status_code == 403
    home = client.get(client.get("/").location).text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', home)[0]
    assert client.post(f"{path}/revoke", data={"csrf_token": token}).status_code == 403


def test_a_page_can_ask_who_is_signed_in_and_for_a_token(
    officer: StrictClient, anyone: StrictClient, force: Force
) -> None:
    answer = officer.get("/session").json
    assert answer is not None
    assert answer["who"] == str(force.actors["officer1"].id)
    sent = officer.post("/sign-out", data={"csrf_token": answer["csrf"]})
    assert sent.status_code == 303
    unknown = anyone.get("/session").json
    assert unknown is not None
    assert unknown["who"] is None


class TestCover:
    """The page that says nothing, and the password that opens a covered one."""

    def ask(self, client: StrictClient, store: Store, **said: str) -> int:
        actor = last(store, "account.signed_in")[0].actor_id
        token = client.csrf_token()
        body = {"account": str(actor), "password": PASSWORD} | said
        headers = {"X-CSRF-Token": token, "Accept": "application/json"}
        return client.post("/cover", data=body, headers=headers).status_code

    def test_the_page_says_nothing(self, as_: SignIn) -> None:
        words = as_("officer1").page("/cover").text()
        assert words.startswith("Forms Paused")
        assert "Dash" not in words

    def test_the_own_password_opens_and_is_noted(self, as_: SignIn, store: Store) -> None:
        officer = as_("officer1")
        assert self.ask(officer, store) == 200
        assert names(store)[-1] == "account.cover_opened"

    def test_another_password_or_another_account_does_not(
        self, as_: SignIn, store: Store, force: Force
    ) -> None:
        officer = as_("officer1")
        assert self.ask(officer, store, password="wrong") == 422
        assert names(store)[-1] == "account.sign_in_failed"
        assert self.ask(officer, store, password="") == 422
        assert self.ask(officer, store, account=str(force.actors["officer2"].id)) == 409
        assert self.ask(officer, store, account="") == 409

    def test_five_wrong_ones_have_to_wait(self, as_: SignIn, store: Store) -> None:
        officer = as_("officer1")
        for _ in range(5):
            assert self.ask(officer, store, password="wrong") == 422
        assert self.ask(officer, store) == 429
