"""What the server refused and a supervisor decides on: where it belongs, and how it is settled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from dash_forms.domain.sync import PATH

NUMBER = "urn"
"""The field of the incident number, on the form of a new incident."""
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Settlement(StrEnum):
    """How something that was handed over came to its end."""

    APPLIED = "applied"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {Settlement.APPLIED: "Saved", Settlement.CLOSED: "Closed"}[self]


def id_in(text: object) -> UUID | None:
    """The identifier that a text is; None if it is none."""
    return UUID(text) if isinstance(text, str) and _ID.fullmatch(text) else None


def is_readable(operation: object) -> bool:
    """Whether it is an answer or a form of a tablet's, so that somebody can decide on it."""
    if not isinstance(operation, Mapping) or id_in(operation.get("op_id")) is None:
        return False
    if operation.get("kind", "answer") == "answer":
        return "envelope" not in operation
    return (
        operation["kind"] == "post"
        and re.fullmatch(PATH, str(operation.get("path"))) is not None
        and isinstance(operation.get("fields"), list)
        and all(map(_is_pair, operation["fields"]))
    )


def number_in(operation: Mapping[str, Any]) -> str:
    """The incident number that a form of a new incident gives; empty for anything else."""
    if operation.get("path") != "/incidents/new":
        return ""
    number = str(dict(operation["fields"]).get(NUMBER, ""))
    return number.encode(errors="replace").decode()[:40]


def with_number(operation: Mapping[str, Any], number: str) -> dict[str, Any]:
    """The same form of a new incident, with another number on it."""
    fields = [[name, number if name == NUMBER else said] for name, said in operation["fields"]]
    return {**operation, "fields": fields}


def _is_pair(field: object) -> bool:
    return isinstance(field, list) and [type(each) for each in field] == [str, str]


def case_of(operation: Mapping[str, Any]) -> UUID | None:
    """The assessment that an operation is of, or else its incident."""
    named = dict(operation.get("fields", ())).get("assessment_id", operation.get("assessment_id"))
    in_path = _ID.search(str(operation.get("path", "")))
    return id_in(named) or (UUID(in_path[0]) if in_path else None)
