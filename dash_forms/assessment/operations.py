"""Operations as they come: answers and forms that waited, from JSON or from a plain form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from dash_forms.domain.answers import AnswerValue, Frequency, Source
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.instruments import Item
from dash_forms.domain.sync import PATH, AnswerContent, AnswerOperation
from dash_forms.web.waited_posts import WaitedPost, age_of

_FREQUENCIES = tuple(each.value for each in Frequency)

SYNC_VERSION = 1
"""Of what /sync gives. A newer tablet may send a higher one, and members that are left alone."""
MOST_OPERATIONS = 100
MOST_FIELDS = 300
LONGEST_DETAIL = 50
LONGEST_TIME = 40
LARGEST = 2**31 - 1
_PATH = re.compile(PATH)


@dataclass(frozen=True, slots=True)
class Sent:
    """What one request to /sync carries."""

    author: UUID | None
    """Whose operations these are; None from a client that does not say."""
    operations: list[Any]
    sent_at: datetime | None = None
    """By the tablet's clock, which also says when each form was filled in."""


def operations_from_form(
    assessment_id: UUID, items: Iterable[Item], posted: MultiDict[str, str], part: str = ""
) -> list[AnswerOperation]:
    """The answers of one section as a browser without JavaScript sends them.

    A card whose answer is empty says nothing; the server decides what has changed.
    """
    form_id = _uuid(posted, "form_id").int & ~0xFFF
    operations = []
    for item in items:
        name = f"q{item.number}"
        said = posted.get(f"{name}-value", "")
        note = posted.get(f"{name}-note", "")
        if not said and not note.strip():
            continue
        raw = {
            # One id per form and card, so that a form sent twice has one effect.
            "op_id": str(UUID(int=form_id + item.number)),
            "assessment_id": str(assessment_id),
            "part": part,
            "item": item.number,
            "value": said or None,
            "source": posted.get(f"{name}-source", ""),
            "note": note,
            "details": {
                follow_up.id: posted.getlist(f"{name}-{follow_up.id}")
                for follow_up in item.follow_ups
            },
            "base_rev": posted.get(f"{name}-rev", "0"),
        }
        try:
            operations.append(operation_from_json(raw))
        except InvalidError as error:
            at = {"base_rev": "rev"}.get(error.field or "", error.field)
            raise InvalidError(error.sentence, field=f"{name}-{at}") from None
    return operations


def base_revs_from_form(numbers: Iterable[int], posted: MultiDict[str, str]) -> dict[int, int]:
    """The revision of each answer that the sender of the plain form was looking at."""
    return {number: _whole(posted, f"q{number}-rev", 0, LARGEST) for number in numbers}


def sent_from_json(body: Any) -> Sent:
    """A request to /sync, or InvalidError naming the member that is wrong."""
    if not isinstance(body, Mapping):
        raise InvalidError("Send a JSON object", field="operations")
    if "version" in body:
        _whole(body, "version", 1, LARGEST)
    operations = body.get("operations")
    if not isinstance(operations, list) or not operations:
        raise InvalidError("Send {“operations”: […]} with at least one", field="operations")
    if len(operations) > MOST_OPERATIONS:
        raise InvalidError(f"Send at most {MOST_OPERATIONS} at a time", field="operations")
    author = None if body.get("author") is None else _uuid(body, "author")
    return Sent(author, operations, _moment(body.get("sent_at"), "sent_at"))


def post_from_json(raw: Mapping[str, Any], sent_at: datetime | None) -> WaitedPost:
    """A form that waited, or InvalidError naming the member that is wrong."""
    pairs = raw.get("fields")
    if not isinstance(pairs, list) or len(pairs) > MOST_FIELDS:
        raise InvalidError("Fields are a JSON list of pairs of text", field="fields")
    fields = []
    for each in pairs:
        if not isinstance(each, list) or len(each) != 2:
            raise InvalidError("Fields are a JSON list of pairs of text", field="fields")
        name, value = (_encodable(part, "fields") for part in each)
        fields.append((name, value))
    path = _string(raw.get("path"), "path")
    if not _PATH.fullmatch(path):
        raise InvalidError("There is no such form", field="path")
    age = age_of(_moment(raw.get("made_at"), "made_at"), sent_at)
    return WaitedPost(_uuid(raw, "op_id"), path, fields, age)


def operation_from_json(raw: Any) -> AnswerOperation:
    """One operation as a device describes it, or InvalidError naming the member that is wrong."""
    if not isinstance(raw, Mapping):
        raise InvalidError("An operation is a JSON object", field="operations")
    if "envelope" in raw:
        raise InvalidError("This envelope is not from you to this server", field="envelope")
    if raw.get("kind", "answer") != "answer":
        raise InvalidError("This server knows operations of kind “answer”", field="kind")
    value, scale = _value(raw)
    return AnswerOperation(
        op_id=_uuid(raw, "op_id"),
        assessment_id=_uuid(raw, "assessment_id"),
        item=_whole(raw, "item", 1, 1_000),
        content=AnswerContent(
            value=value,
            source=_member(raw, "source", Source),
            note=_string(raw.get("note", ""), "note"),
            details=_details(raw.get("details", {})) | scale,
        ),
        base_rev=_whole(raw, "base_rev", 0, LARGEST),
        asked_at=_moment(raw.get("asked_at"), "asked_at"),
        device_seq=_whole(raw, "device_seq", 0, LARGEST) if "device_seq" in raw else 0,
        part=_string(raw.get("part", ""), "part"),
        device_id=None if raw.get("device") is None else _uuid(raw, "device"),
        after=None if raw.get("after") is None else _uuid(raw, "after"),
        gate=_string(raw.get("gate", ""), "gate"),
    )


def _value(raw: Mapping[str, Any]) -> tuple[AnswerValue | None, dict[str, tuple[str, ...]]]:
    """The value, and how often where the answer was given on a scale (`domain.answers`)."""
    said = raw.get("value")
    if said is None:
        return None, {}
    if said in _FREQUENCIES:
        often = Frequency(said)
        return often.recorded_as, often.details
    return _member(raw, "value", AnswerValue), {}


def _uuid(raw: Mapping[str, Any], name: str) -> UUID:
    value = raw.get(name)
    if isinstance(value, str) and len(value) == 36:
        try:
            return UUID(value)
        except ValueError:
            pass
    raise InvalidError("This is not an identifier (a UUID)", field=name)


def _whole(raw: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = raw.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidError(f"This is not a whole number from {least} to {most}", field=name)
    return value


def _member(raw: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    value = raw.get(name)
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(member.value for member in kind)
        raise InvalidError(f"Choose one of: {allowed}", field=name) from None


def _string(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise InvalidError("This is not text", field=name)
    return value


def _encodable(value: Any, name: str) -> str:
    """Text that can be sent as a form: half a character cannot (a lone surrogate)."""
    text = _string(value, name)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidError("This is not text", field=name) from None
    return text


def _details(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise InvalidError("Details are a JSON object of lists of text", field="details")
    details = {}
    for key, members in value.items():
        if not isinstance(members, list) or len(members) > LONGEST_DETAIL:
            raise InvalidError("Details are a JSON object of lists of text", field="details")
        details[str(key)] = tuple(_string(member, "details") for member in members if member)
    return details


def _moment(value: Any, name: str) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, str) and len(value) <= LONGEST_TIME:
        try:
            at = datetime.fromisoformat(value)
            if at.tzinfo is not None and 1970 <= at.year < 2100:
                return at.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise InvalidError("This is not a time with a zone (ISO 8601)", field=name)
