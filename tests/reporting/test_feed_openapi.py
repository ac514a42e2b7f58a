"""The published OpenAPI document says what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.feed import PARAMETERS, read_query
from dash_forms.reporting.feed_openapi import PROBLEMS, openapi
from tests.reporting.feed import FEED, Read
from tests.reporting.ledger import Ledger
from tests.reporting.test_feed import DAY, ONE_MONTH
from tests.support.client import StrictClient
from tests.support.json_schema import faults

pytestmark = pytest.mark.rows_by_hand

DOCUMENT = openapi()
DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_anybody_can_fetch_it_and_the_docs_carry_it(anyone: StrictClient) -> None:
    """To change it on purpose, write what is served into docs/feed.openapi.json."""
    response = anyone.get(f"{FEED}/openapi.json")
    assert response.json == DOCUMENT == json.loads((DOCS / "feed.openapi.json").read_text())
    etag = response.headers["ETag"]
    again = anyone.get(f"{FEED}/openapi.json", headers={"If-None-Match": etag})
    assert again.status_code == 304


def test_it_has_every_address_of_the_feed_and_no_other(app: Flask) -> None:
    served = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(FEED))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(f"{FEED}/")
    }
    assert served == set(DOCUMENT["paths"])
    assert all(list(each) == ["get"] for each in DOCUMENT["paths"].values())


def test_it_has_every_parameter_that_is_read() -> None:
    asked = DOCUMENT["paths"]["/figures"]["get"]["parameters"]
    assert [each["name"] for each in asked if each["in"] == "query"] == list(PARAMETERS)


def test_what_it_says_of_a_parameter_is_what_is_refused() -> None:
    """A value that the document does not allow is refused, whatever else it may be."""
    schemas = {
        each["name"]: each["schema"]
        for each in DOCUMENT["paths"]["/figures"]["get"]["parameters"]
        if each["in"] == "query"
    }
    values: dict[str, list[str | int]] = {
        "from": ["2026-13", "26-01", "2026-1", "2026-01-01"],
        "measure": ["D9", "d1", ""],
        "limit": [0, 501],
    }
    for name, wrong in values.items():
        for value in wrong:
            assert faults(value, schemas[name], DOCUMENT) != []
            with pytest.raises(InvalidError):
                read_query({name: str(value)}, DAY)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/figures", f"/figures?{ONE_MONTH}&limit=10"),
        ("/measures", "/measures"),
        ("/measures/{code}", "/measures/R5"),
        ("/baselines", "/baselines"),
        ("/teams", "/teams"),
    ],
)
def test_answers_are_as_it_says(read: Read, ledger: Ledger, path: str, asked: str) -> None:
    ledger.record_rate(40, 103, DAY)
    answers = DOCUMENT["paths"][path]["get"]["responses"]
    schema = answers["200"]["content"]["application/json"]["schema"]
    response = read(asked)
    assert faults(response.json, schema, DOCUMENT) == []
    unheard = _unheard_of(response.json, schema)
    assert unheard == set()
    for refused in (read(asked, "wrong"), read("/nothing")):
        wanted = answers[str(refused.status_code)]["content"]["application/problem+json"]["schema"]
        assert faults(refused.json, wanted, DOCUMENT) == []
    assert {int(each) for each in answers} == {200, 304, *PROBLEMS}


def _unheard_of(value: Any, schema: dict[str, Any]) -> set[str]:
    """Members of an answer that the document does not have."""
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if isinstance(value, list):
        return {name for each in value for name in _unheard_of(each, schema["items"])}
    if not isinstance(value, dict):
        return set()
    known = schema["properties"]
    inside = {
        name
        for key, each in value.items()
        if key in known
        for name in _unheard_of(each, known[key])
    }
    return inside | (set(value) - set(known))


def test_every_reference_in_it_leads_somewhere() -> None:
    for name in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(DOCUMENT)):
        found: Any = DOCUMENT
        for part in name.split("/"):
            found = found[part]
        assert found
