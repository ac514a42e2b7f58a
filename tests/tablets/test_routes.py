"""A tablet's keys, its pages that know nobody, and what is delivered for their author only."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.audit_events import Name
from dash_forms.domain.ids import uuid7
from dash_forms.store.answers import stored_answers
from dash_forms.store.envelopes import seal_envelope
from dash_forms.store.models import AnswerLogEntry, TabletKey
from dash_forms.store.teams import add_teams
from dash_forms.store.work import Store
from dash_forms.web import blank
from tests.support.cases import id_of
from tests.support.client import StrictClient
from tests.support.force import Force, new_assessment, operation
from tests.support.log import names
from tests.support.tablet import DEVICE, released

SignIn = Callable[[str], StrictClient]
ENDS = ("completed", "partial", "declined", "unable", "not_offered")
STEPS = (
    *(
        "incident",
        "people",
        "pair",
        "child",
        "about-child",
        "details",
        "start",
        "decline",
        "unable",
        "not-offered",
        "exempt",
        "skip",
        "sent",
    ),
    *(f"finish/{each}" for each in ENDS),
)


def send(client: StrictClient, **body: Any) -> Any:
    token = released(client)["csrf"]
    return client.post("/sync", json=body, headers={"X-CSRF-Token": token})


def sealed(store: Store, author: UUID, what: dict[str, object]) -> dict[str, object]:
    inside = json.dumps({"author": str(author), "operation": what}).encode()
    envelope = seal_envelope(store.vault.envelope_point, inside)
    return {"op_id": what["op_id"], "envelope": base64.b64encode(envelope).decode()}


def first_answer(store: Store, path: str) -> AnswerValue | None:
    with store.work(writes=False) as work:
        answer = stored_answers(work, id_of(path)).get(1)
        return answer.content.value if answer else None


def test_a_key_is_made_once_for_each_person_on_each_tablet(
    officer: StrictClient, as_: SignIn, store: Store
) -> None:
    key = released(officer)["key"]
    assert len(base64.b64decode(key)) == 32
    assert released(officer)["key"] == key
    others = {released(as_("officer2"))["key"], released(officer, UUID(int=8))["key"]}
    assert len(others | {key}) == 3
    assert names(store).count(Name.TABLET_KEY_MADE) == 3


def test_the_key_does_not_lie_in_the_database_as_it_is(officer: StrictClient, store: Store) -> None:
    answer = released(officer)
    key = answer["key"]
    with store.work(writes=False) as work:
        stored = work.session.get_one(TabletKey, (DEVICE, UUID(answer["owner"])))
    assert key.encode() not in stored.key_sealed
    assert base64.b64decode(key) not in stored.key_sealed


def test_a_revoked_key_is_not_given_out_nor_made_again(officer: StrictClient, store: Store) -> None:
    released(officer)
    with store.work(writes=True) as work:
        work.session.execute(update(TabletKey).values(revoked_at=work.now))
    again = released(officer)
    assert (again["key"], again["revoked"]) == (None, True)
    path = f"/tablet/keys/{DEVICE}"
    posted = officer.post(path, headers={"X-CSRF-Token": again["csrf"]}).json
    assert posted is not None
    assert posted["key"] is None


def test_a_tablet_is_noted_as_seen_once_an_hour(officer: StrictClient, store: Store) -> None:
    path = f"/tablet/keys/{DEVICE}"
    assert released(officer)["key"]
    assert officer.get(path).json["due"] is False  # type: ignore[index]
    with store.work(writes=True) as work:
        long_ago = work.now - timedelta(minutes=61)
        work.session.execute(update(TabletKey).values(made_at=long_ago, seen_at=long_ago))
    answer: dict[str, Any] = officer.get(path).json  # type: ignore[assignment]
    assert answer["due"] is True
    officer.post(path, headers={"X-CSRF-Token": answer["csrf"]})
    assert officer.get(path).json["due"] is False  # type: ignore[index]
    with store.work(writes=False) as work:
        known = work.session.scalars(select(TabletKey)).one()
        assert known.seen_at > known.made_at


def test_a_lost_tablet_learns_without_a_sign_in_whose_keys_are_revoked(
    officer: StrictClient, anyone: StrictClient, store: Store, force: Force
) -> None:
    path = f"/tablet/revoked/{DEVICE}"
    released(officer)
    assert anyone.get(path).json == {"owners": []}
    with store.work(writes=True) as work:
        work.session.execute(update(TabletKey).values(revoked_at=work.now))
    assert anyone.get(path).json == {"owners": [str(force.actors["officer1"].id)]}
    assert anyone.get(f"/tablet/revoked/{UUID(int=8)}").json == {"owners": []}


@pytest.mark.parametrize("username", ["sergeant1", "analyst1", "admin1", "auditor1"])
def test_who_records_nothing_gets_no_key(as_: SignIn, username: str) -> None:
    assert as_(username).get(f"/tablet/keys/{DEVICE}").status_code == 403


def test_a_stranger_gets_a_problem_and_no_page(anyone: StrictClient) -> None:
    answer = anyone.get(f"/tablet/keys/{DEVICE}", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_the_pages_that_a_tablet_keeps_know_nobody(officer: StrictClient, force: Force) -> None:
    keep = released(officer)["keep"]
    pages = [each for each in keep["addresses"] if not each.startswith("/static/")]
    assert pages[:2] == ["/tablet", "/tablet/cards/dash-27/1"]
    assert pages[-len(STEPS) :] == [f"/tablet/steps/{each}" for each in STEPS]
    for each in pages:
        text = officer.get(each).text
        assert force.actors["officer1"].display_name not in text
        assert "officer1" not in text
        assert 'name="csrf_token" value=""' in text or "csrf_token" not in text
        assert str(force.actors["officer1"].id) not in text


def test_no_page_is_kept_before_what_it_is_drawn_with(officer: StrictClient) -> None:
    """The tablet keeps them in this order, and the line can be cut at any moment."""
    is_page = [not each.startswith("/static/") for each in released(officer)["keep"]["addresses"]]
    assert is_page == sorted(is_page)


def test_the_last_page_says_what_it_will_count_as_and_that_it_is_not_submitted(
    officer: StrictClient,
) -> None:
    text = officer.page("/tablet/steps/finish/completed").text()
    assert "Not submitted yet" in text
    assert "Once submitted, it counts as “completed”." in text


def test_what_a_tablet_keeps_has_another_name_when_anything_in_it_changes(
    officer: StrictClient, store: Store, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = [released(officer)["keep"]["name"]]
    assert released(officer)["keep"]["name"] == seen[0]

    def is_new() -> bool:
        seen.append(released(officer)["keep"]["name"])
        return seen[-1] not in seen[:-1]

    monkeypatch.setattr("dash_forms.tablets.routes.asset_urls", lambda: ["/static/new.css"])
    assert is_new()
    with store.work(writes=True) as work:
        add_teams(work, ["Another Invented Team"])
    assert is_new()
    settings = app.extensions["dash_settings"]
    renamed = replace(settings, force_name="Invented Constabulary")
    monkeypatch.setitem(app.extensions, "dash_settings", renamed)
    assert is_new()


def test_a_change_of_the_package_gives_the_blank_pages_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.html"
    monkeypatch.setattr(blank, "PACKAGE", tmp_path)
    names = []
    for words in ("Yes", "Yes", "Yes or no"):
        page.write_text(words)
        blank.package_digest.cache_clear()
        names.append(blank.edition([]))
    blank.package_digest.cache_clear()
    assert names[0] == names[1] != names[2]


def test_operations_are_taken_from_their_author_only(
    officer: StrictClient, force: Force, store: Store
) -> None:
    """Another officer signed in on a shared tablet: what the first one tapped is not theirs."""
    path = new_assessment(officer)
    tap = operation(path.rsplit("/", 1)[1], 1, "yes")
    other = str(force.actors["officer2"].id)
    answer = send(officer, version=1, author=other, operations=[tap])
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert first_answer(store, path) is None
    mine = str(force.actors["officer1"].id)
    assert send(officer, version=1, author=mine, operations=[tap]).json["version"] == 1
    assert first_answer(store, path) is AnswerValue.YES


def test_what_a_tablet_cannot_read_any_more_is_delivered_once(
    officer: StrictClient, force: Force, store: Store
) -> None:
    path = new_assessment(officer)
    tap = operation(path.rsplit("/", 1)[1], 1, "yes")
    mine = force.actors["officer1"].id
    for expected in ("applied", "duplicate"):
        [receipt] = send(officer, operations=[sealed(store, mine, tap)]).json["receipts"]
        assert (receipt["op_id"], receipt["receipt"]) == (tap["op_id"], expected)
    assert first_answer(store, path) is AnswerValue.YES
    with store.work(writes=False) as work:
        assert work.session.query(AnswerLogEntry).filter_by(assessment_id=id_of(path)).count() == 1


def test_an_envelope_of_somebody_else_or_of_nobody_is_refused_and_answered_for(
    officer: StrictClient, force: Force, store: Store
) -> None:
    path = new_assessment(officer)
    tap = operation(path.rsplit("/", 1)[1], 1, "yes")
    point = store.vault.envelope_point
    wrong: list[object] = [
        sealed(store, force.actors["officer2"].id, tap)["envelope"],
        base64.b64encode(seal_envelope(point, b"not JSON")).decode(),
        base64.b64encode(seal_envelope(point, b"[" * 100_000)).decode(),
        base64.b64encode(seal_envelope(point, b'{"author": 1}')).decode(),
        base64.b64encode(seal_envelope(point, b"[]")).decode(),
        "not base64",
        "é",
        "",
        7,
        None,
    ]
    sent = [{"op_id": str(uuid7()), "envelope": each} for each in wrong]
    receipts = send(officer, operations=sent).json["receipts"]
    assert [each["op_id"] for each in receipts] == [each["op_id"] for each in sent]
    assert {each["receipt"] for each in receipts} == {"rejected"}
    assert first_answer(store, path) is None


@pytest.mark.parametrize("author", ["", 7, "me", [], {}])
def test_an_author_who_is_none_is_a_problem(officer: StrictClient, author: object) -> None:
    answer = send(officer, author=author, operations=[{}])
    assert answer.status_code == 400
    assert answer.json["field"] == "author"
