"""What POST /sync takes and answers, as a JSON Schema made of the rules' own words and limits."""

from __future__ import annotations

from typing import Any

from dash_forms.assessment.operations import (
    LARGEST,
    LONGEST_DETAIL,
    LONGEST_TIME,
    MOST_FIELDS,
    MOST_OPERATIONS,
    SYNC_VERSION,
)
from dash_forms.domain.answers import AnswerValue, Frequency, Source
from dash_forms.domain.sync import PATH, Receipt

Schema = dict[str, Any]

_ID: Schema = {"type": "string", "format": "uuid", "minLength": 36, "maxLength": 36}
_TEXT: Schema = {"type": "string"}
_TIME: Schema = {"type": ["string", "null"], "format": "date-time", "maxLength": LONGEST_TIME}
_TEXTS: Schema = {"type": "array", "items": _TEXT, "maxItems": LONGEST_DETAIL}
_PAIR: Schema = {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2}


def sync_schema() -> Schema:
    """The schema; a definition for the request and one for the response."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "POST /sync",
        "description": (
            "Validate a body against #/$defs/request, and the answer to it, if its status is 200, "
            "against #/$defs/response. Members that are not named here are ignored."
        ),
        "$ref": "#/$defs/request",
        "$defs": {
            "request": _request(),
            "answer": _answer(),
            "post": _post(),
            "envelope": _envelope(),
            "response": _response(),
            "done": _done(),
            "rejected": _rejected(),
        },
    }


def _object(description: str, required: list[str], **properties: Schema) -> Schema:
    return {
        "type": "object",
        "description": description,
        "required": required,
        "properties": properties,
    }


def _whole(least: int, most: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}


def _one_of(*names: str) -> Schema:
    return {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in names]}


def _request() -> Schema:
    return _object(
        "Operations, applied one by one. Nothing is applied for an author who is not signed in.",
        ["operations"],
        version=_whole(1, LARGEST),
        author={**_ID, "type": ["string", "null"]},
        sent_at=_TIME,
        operations={
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_OPERATIONS,
            "items": _one_of("answer", "post", "envelope"),
        },
    )


def _answer() -> Schema:
    return _object(
        "The whole of one card. Without a value the card is blank, which never means no.",
        ["op_id", "assessment_id", "item", "source", "base_rev"],
        kind={"const": "answer"},
        op_id=_ID,
        assessment_id=_ID,
        part=_TEXT,
        item=_whole(1, 1_000),
        value={"enum": [*_words(AnswerValue), *_words(Frequency), None]},
        source={"enum": _words(Source)},
        note=_TEXT,
        details={"type": "object", "additionalProperties": _TEXTS},
        gate=_TEXT,
        base_rev=_whole(0, LARGEST),
        after={**_ID, "type": ["string", "null"]},
        asked_at=_TIME,
        device={**_ID, "type": ["string", "null"]},
        device_seq=_whole(0, LARGEST),
    )


def _post() -> Schema:
    return _object(
        "A form as its page would post it, filled in at made_at by the clock of sent_at.",
        ["op_id", "kind", "path", "fields"],
        kind={"const": "post"},
        op_id=_ID,
        path={"type": "string", "pattern": f"^{PATH}$"},
        fields={"type": "array", "items": _PAIR, "maxItems": MOST_FIELDS},
        made_at=_TIME,
    )


def _envelope() -> Schema:
    return _object(
        "An operation sealed to the server, in base64: it opens to its author and the operation.",
        ["op_id", "envelope"],
        op_id=_ID,
        envelope=_TEXT,
    )


def _response() -> Schema:
    return _object(
        "A receipt for each operation, in the order in which they were sent.",
        ["version", "receipts"],
        version={"const": SYNC_VERSION},
        receipts={"type": "array", "items": _one_of("done", "rejected")},
    )


def _done() -> Schema:
    return _object(
        "It is stored. A conflict keeps both values, for a person to decide.",
        ["op_id", "receipt", "saved_at"],
        op_id=_ID,
        receipt={"enum": [each for each in _words(Receipt) if each != Receipt.REJECTED]},
        saved_at={"type": "string", "format": "date-time"},
        item=_whole(1, 1_000),
        rev=_whole(0, LARGEST),
    )


def _rejected() -> Schema:
    field: Schema = {"type": ["string", "null"]}
    return _object(
        "Nothing of it is stored; what is wrong, each sentence beside its field.",
        ["op_id", "receipt", "detail", "field", "errors"],
        op_id={"type": ["string", "null"]},
        receipt={"const": Receipt.REJECTED.value},
        detail=_TEXT,
        field=field,
        errors={
            "type": "array",
            "minItems": 1,
            "items": _object(
                "One refusal; `now` is the revision of a record that somebody else changed.",
                ["field", "detail"],
                field=field,
                detail=_TEXT,
                now=_whole(1, LARGEST),
            ),
        },
    )


def _words(kind: type[AnswerValue | Frequency | Source | Receipt]) -> list[str]:
    return [each.value for each in kind]
