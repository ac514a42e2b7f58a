"""The feed as an OpenAPI 3.1 document, made of the rules' own words and limits."""

from __future__ import annotations

from typing import Any

from dash_forms.domain.baselines import Origin
from dash_forms.domain.definitions import METRICS, Better, Group
from dash_forms.domain.feed import MONTH_PATTERN, MOST_ROWS, PARAMETERS, USUAL_ROWS

Schema = dict[str, Any]

VERSION = "1.0.0"
PROBLEMS = {
    401: "No token, or one that is not known, has expired or was revoked.",
    403: "The token reads the figures of another team.",
    404: "There is nothing at this address.",
    405: "Only GET and HEAD are answered.",
    422: "A parameter says what it may not; `field` names it.",
    429: "Too many wrong tokens from this address; `Retry-After` says how many seconds to wait.",
}

_TEXT: Schema = {"type": "string"}
_CODE: Schema = {"type": "string", "enum": [each.code for each in METRICS]}
_ID: Schema = {"type": "string", "format": "uuid", "minLength": 36, "maxLength": 36}
_MONTH: Schema = {"type": "string", "pattern": MONTH_PATTERN}
_COUNT: Schema = {"type": ["integer", "null"], "minimum": 0}
_RATE: Schema = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_YES_NO: Schema = {"type": "boolean"}
_PARAMETER_SCHEMAS: dict[str, Schema] = {
    "from": _MONTH,
    "to": _MONTH,
    "team": _ID,
    "measure": _CODE,
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": USUAL_ROWS},
    "cursor": _TEXT,
}


def openapi() -> Schema:
    """The document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "dash_forms feed",
            "version": VERSION,
            "description": (
                "Read-only figures of the reports for other programs, by whole month, always under"
                " disclosure control. OFFICIAL-SENSITIVE. An administrator makes the tokens."
            ),
        },
        "servers": [{"url": "/feed/v1"}],
        "security": [{"token": []}],
        "paths": {
            "/figures": _get(
                "Figures",
                "Every measure by month, of the whole force and of each team, oldest first.",
                "figures",
                parameters=[_query(name) for name in PARAMETERS],
                headers={
                    "Link": {
                        "description": 'The next page, as `<…>; rel="next"`, where there is one.',
                        "schema": _TEXT,
                    }
                },
            ),
            "/measures": _get("Definitions", "How every measure is defined.", "measures"),
            "/measures/{code}": _get(
                "A definition",
                "How one measure is defined.",
                "measure",
                parameters=[{"name": "code", "in": "path", "required": True, "schema": _TEXT}],
            ),
            "/baselines": _get("Baselines", "What the rates are compared with.", "baselines"),
            "/teams": _get("Teams", "The teams whose figures the token reads.", "teams"),
            "/openapi.json": _document_itself(),
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {"unchanged": {"description": "As `If-None-Match` has it."}},
            "schemas": _schemas(),
        },
    }


def _get(
    summary: str,
    description: str,
    schema: str,
    *,
    parameters: list[Schema] | None = None,
    headers: Schema | None = None,
) -> Schema:
    etag = {"description": "Changes with the content, and with nothing else.", "schema": _TEXT}
    known = {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of what the program has.",
        "schema": _TEXT,
    }
    return {
        "get": {
            "operationId": schema,
            "summary": summary,
            "description": description,
            "parameters": [*(parameters or []), known],
            "responses": {
                "200": {
                    "description": summary,
                    "headers": {"ETag": etag, **(headers or {})},
                    "content": {"application/json": {"schema": _ref(schema)}},
                },
                "304": {"$ref": "#/components/responses/unchanged"},
                **{str(status): _problem(words) for status, words in PROBLEMS.items()},
            },
        }
    }


def _document_itself() -> Schema:
    return {
        "get": {
            "operationId": "openapi",
            "summary": "This document",
            "security": [],
            "responses": {
                "200": {"description": "OpenAPI 3.1", "content": {"application/json": {}}}
            },
        }
    }


def _problem(description: str) -> Schema:
    content = {"application/problem+json": {"schema": _ref("problem")}}
    return {"description": description, "content": content}


def _query(name: str) -> Schema:
    return {
        "name": name,
        "in": "query",
        "description": PARAMETERS[name],
        "schema": _PARAMETER_SCHEMAS[name],
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(description: str, **properties: Schema) -> Schema:
    """Every member is always there; what is not known is null."""
    return {
        "type": "object",
        "description": description,
        "required": list(properties),
        "properties": properties,
    }


def _list_of(name: str) -> Schema:
    return {"type": "array", "items": _ref(name)}


def _note(description: str, schema: Schema) -> Schema:
    return {**schema, "description": description}


def _schemas() -> Schema:
    return {
        "figures": _object(
            "A page of figures.",
            marking=_note("How the figures are to be handled.", _TEXT),
            disclosure_control=_note("What was withheld and rounded.", _TEXT),
            counting_rules={"type": "array", "items": _TEXT},
            figures=_list_of("figure"),
            next=_note("The address of the next page.", {"type": ["string", "null"]}),
        ),
        "figure": _object(
            "One measure in one month.",
            month=_MONTH,
            team_id=_note("Null for the whole force.", {**_ID, "type": ["string", "null"]}),
            team=_note("The name of the team.", {"type": ["string", "null"]}),
            measure=_CODE,
            number=_note("The numerator, rounded; null where it is withheld.", _COUNT),
            of=_note("The denominator, rounded; null where it is withheld.", _COUNT),
            rate=_note("Of the rounded counts; null where there are too few for one.", _RATE),
            withheld=_note("Whether one of the two counts is.", _YES_NO),
        ),
        "measures": _object("The definitions.", measures=_list_of("measure")),
        "measure": _object(
            "How a measure is defined.",
            code=_CODE,
            name=_TEXT,
            group={"type": "string", "enum": [each.value for each in Group]},
            numerator=_TEXT,
            denominator=_TEXT,
            unit=_TEXT,
            period=_TEXT,
            leaves_out=_TEXT,
            source=_TEXT,
            better={"type": "string", "enum": [each.value for each in Better]},
            note=_TEXT,
        ),
        "baselines": _object("What the rates are compared with.", baselines=_list_of("baseline")),
        "baseline": _object(
            "A rate with its source.",
            key=_TEXT,
            origin={"type": "string", "enum": [each.value for each in Origin]},
            rate=_note("One of the force’s own is taken of rounded counts.", _RATE),
            cases=_note("Rounded; null where nobody has said how many.", _COUNT),
            source=_TEXT,
            dated=_TEXT,
            withdrawn=_note("Whether it was wrong, and is compared with no longer.", _YES_NO),
        ),
        "teams": _object("Teams.", teams=_list_of("team")),
        "team": _object("A team.", id=_ID, name=_TEXT),
        "problem": {
            "type": "object",
            "description": "What is wrong (RFC 9457).",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": _TEXT,
                "title": _TEXT,
                "status": {"type": "integer"},
                "detail": _TEXT,
                "field": _note("The parameter that is wrong.", _TEXT),
            },
        },
    }
