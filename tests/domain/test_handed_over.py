"""Whether something that was handed over can be kept, and which case it is of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from dash_forms.domain.handed_over import Settlement, case_of, id_in, is_readable

ID = "019c1640-5f00-7000-8000-000000000001"
CASE = "019c1640-5f00-7000-8000-000000000002"
ANSWER: dict[str, Any] = {"op_id": ID, "kind": "answer", "assessment_id": CASE}
POST: dict[str, Any] = {"op_id": ID, "kind": "post", "path": f"/assessments/{CASE}/start"}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (ANSWER, True),
        ({"op_id": ID}, True),
        (POST | {"fields": [["mode", "in_person"]]}, True),
        (POST | {"fields": []}, True),
        (POST, False),
        (POST | {"fields": [["mode"]]}, False),
        (POST | {"fields": [["mode", 7]]}, False),
        (POST | {"fields": [], "path": "https://elsewhere.invalid"}, False),
        (ANSWER | {"op_id": "me"}, False),
        (ANSWER | {"envelope": "AAAA"}, False),
        (ANSWER | {"kind": "other"}, False),
        (ANSWER | {"kind": []}, False),
        ([], False),
        (None, False),
    ],
)
def test_only_answers_and_forms_can_be_kept(operation: object, expected: bool) -> None:
    assert is_readable(operation) is expected


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (ANSWER, CASE),
        (POST | {"fields": []}, CASE),
        (POST | {"path": "/incidents/new", "fields": [["assessment_id", CASE]]}, CASE),
        (
            POST | {"path": f"/incidents/{ID}/victims/new", "fields": [["assessment_id", CASE]]},
            CASE,
        ),
        (POST | {"path": f"/incidents/{ID}/children/new", "fields": []}, ID),
        (POST | {"path": "/incidents/new", "fields": []}, None),
        ({"op_id": ID, "assessment_id": 7}, None),
    ],
)
def test_it_belongs_to_its_assessment_or_else_to_its_incident(
    operation: dict[str, Any], expected: str | None
) -> None:
    assert case_of(operation) == (UUID(expected) if expected else None)


@pytest.mark.parametrize("text", ["", "7", ID + "0", "{" + ID + "}", ID.replace("-", ""), 7, None])
def test_an_identifier_has_one_spelling(text: object) -> None:
    assert id_in(text) is None


def test_each_settlement_has_a_word() -> None:
    assert [each.label for each in Settlement] == ["Saved", "Closed"]
