"""The published schema of POST /sync says what the rules say, and what tablets really send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dash_forms.assessment.operations import (
    MOST_OPERATIONS,
    operation_from_json,
    post_from_json,
    sent_from_json,
)
from dash_forms.assessment.sync_schema import sync_schema
from dash_forms.domain.answers import AnswerValue, Frequency, Source
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.sync import Receipt
from dash_forms.store.work import Store
from tests.support.client import StrictClient
from tests.support.force import Force, new_assessment, new_urn, operation
from tests.support.json_schema import faults
from tests.tablets.test_routes import sealed
from tests.web.test_waited_posts import Scene, post

SCHEMA = sync_schema()
DOCS = Path(__file__).resolve().parents[2] / "docs"
NOBODYS = str(uuid7())
NOW = "2026-01-31T21:45:00+00:00"


def against(name: str, value: Any) -> list[str]:
    return faults(value, {"$ref": f"#/$defs/{name}"}, SCHEMA)


def exchange(client: StrictClient, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Send a valid request; gives the receipts of a valid response."""
    assert against("request", body) == []
    answer = client.post("/sync", json=body, headers={"X-CSRF-Token": client.csrf_token()})
    assert answer.status_code == 200
    assert answer.json is not None
    assert against("response", answer.json) == []
    receipts: list[dict[str, Any]] = answer.json["receipts"]
    return receipts


def test_anybody_can_fetch_it_and_the_docs_carry_it(anyone: StrictClient) -> None:
    """To change it on purpose, write what is served into docs/sync.schema.json."""
    response = anyone.get("/sync/schema.json")
    assert response.mimetype == "application/schema+json"
    assert response.json == SCHEMA == json.loads((DOCS / "sync.schema.json").read_text())


def test_what_tablets_send_and_are_answered_is_valid(
    officer: StrictClient, force: Force, store: Store
) -> None:
    scene, me = Scene(force), force.actors["officer1"].id
    path = new_assessment(officer)
    assessment = path.rsplit("/", 1)[1]
    tap = operation(assessment, 1, "yes", asked_at=NOW, device_seq=1)
    stale = operation(assessment, 1, "no")
    body: dict[str, Any] = {"version": 1, "author": str(me), "sent_at": NOW}
    waited = [scene.new_incident(made_at=NOW), scene.start(), *scene.answers()]
    envelope = sealed(store, me, operation(assessment, 2, "no"))
    sent: list[dict[str, Any]] = [tap, tap, stale, *waited, envelope]
    receipts = exchange(officer, body | {"operations": sent})
    refused = [
        operation(NOBODYS, 1, "yes"),
        post("/no/such/form", {}),
        post("/incidents/new", {"urn": new_urn()}),
        {"op_id": NOBODYS, "envelope": "AAAA"},
    ]
    for each in refused:
        receipts += exchange(officer, body | {"operations": [each]})
    assert {each["receipt"] for each in receipts} == set(Receipt)


@pytest.mark.parametrize("value", [*AnswerValue, *Frequency, None])
def test_every_value_is_in_both(value: str | None) -> None:
    sent = operation(NOBODYS, 1, value)
    assert against("answer", sent) == []
    operation_from_json(sent)


@pytest.mark.parametrize("source", Source)
def test_every_source_is_in_both(source: Source) -> None:
    sent = operation(NOBODYS, 1, "yes", source=source.value)
    assert against("answer", sent) == []
    operation_from_json(sent)


def test_a_newer_client_is_taken_and_what_it_says_more_is_left_alone(officer: StrictClient) -> None:
    case = new_assessment(officer).rsplit("/", 1)[1]
    newer = {"version": 2, "colour": "blue", "operations": [operation(case, 1, "yes", felt=[1])]}
    [receipt] = exchange(officer, newer)
    assert receipt["receipt"] == "applied"


MORE = {"device": NOBODYS, "device_seq": 1, "part": "", "after": NOBODYS, "gate": ""}
ANSWER = operation(NOBODYS, 1, "yes", asked_at=NOW, **MORE)
POST = post("/incidents/new", {"urn": "x"}, made_at=NOW)
REQUEST: dict[str, Any] = {"version": 1, "author": NOBODYS, "sent_at": NOW, "operations": [ANSWER]}


def is_taken(name: str, value: dict[str, Any]) -> bool:
    """Whether the server's own reading takes it."""
    try:
        match name:
            case "request":
                sent_from_json(value)
            case "answer":
                operation_from_json(value)
            case "post" if value.get("kind") == "post":
                post_from_json(value, None)
            case _:
                return False
    except InvalidError:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "whole"), [("request", REQUEST), ("answer", ANSWER), ("post", POST)]
)
def test_a_member_that_is_missing_is_refused_by_both_or_by_neither(
    name: str, whole: dict[str, Any]
) -> None:
    assert set(whole) == set(SCHEMA["$defs"][name]["properties"])
    for member in whole:
        part = {key: value for key, value in whole.items() if key != member}
        assert is_taken(name, part) == (against(name, part) == []), member


@pytest.mark.parametrize(
    ("name", "whole", "changed"),
    [
        ("request", REQUEST, {"operations": []}),
        ("request", REQUEST, {"operations": [ANSWER] * (MOST_OPERATIONS + 1)}),
        ("request", REQUEST, {"author": "me"}),
        ("request", REQUEST, {"version": 0}),
        ("request", REQUEST, {"version": None}),
        ("request", REQUEST, {"version": 2**31}),
        ("answer", ANSWER, {"kind": "guess"}),
        ("answer", ANSWER, {"value": "perhaps"}),
        ("answer", ANSWER, {"source": "rumour"}),
        ("answer", ANSWER, {"source": None}),
        ("answer", ANSWER, {"device": "this one"}),
        ("answer", ANSWER, {"item": 0}),
        ("answer", ANSWER, {"base_rev": -1}),
        ("answer", ANSWER, {"gate": None}),
        ("answer", ANSWER, {"note": None}),
        ("answer", ANSWER, {"details": {"who": "a"}}),
        ("answer", ANSWER, {"details": {"who": ["a"] * 51}}),
        ("post", POST, {"path": "no/slash"}),
        ("post", POST, {"path": "/a?b"}),
        ("post", POST, {"fields": [["one"]]}),
        ("post", POST, {"fields": [["urn", 1]]}),
        ("post", POST, {"fields": [["urn", "x"]] * 301}),
    ],
)
def test_what_is_wrong_is_refused_by_both(
    name: str, whole: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert is_taken(name, whole)
    assert against(name, whole) == []
    assert not is_taken(name, whole | changed)
    assert against(name, whole | changed) != []
