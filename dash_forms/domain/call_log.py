"""The layout of a call log: what each column may say, and what is wrong with a row that may not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.callers import plain_phone
from dash_forms.domain.errors import InvalidError, require_none
from dash_forms.domain.log_layout import (
    EARLIEST,
    MOMENT_WORDS,
    REFERENCE_WORDS,
    Cells,
    Layout,
    moment,
    reference,
)
from dash_forms.domain.text import NAME_LENGTH, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

ADDRESS_LENGTH = 500
NO_INCIDENT = frozenset({"none", "n/a", "nil", "-"})
"""What call logs write where there is no incident."""


class Channel(StrEnum):
    """How somebody got in touch."""

    EMERGENCY = "999"
    NON_EMERGENCY = "101"
    ONLINE = "online"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The same for a reader."""
        return self.value.capitalize()


LAYOUT = Layout(
    {
        "reference": REFERENCE_WORDS,
        "called_at": f"When it came in: {MOMENT_WORDS}",
        "channel": "999, 101, online or other; other if it is empty.",
        "phone": "The caller’s number; empty or “withheld” if there is none.",
        "name": "The caller’s name.",
        "born_on": "The caller’s date of birth, 1990-01-31.",
        "address": "Where the caller is, in one cell.",
        "duplicate_of": (
            "The number of the first log of the same contact, which counts; this one does not."
        ),
        "incident": (
            "The number of the incident (URN) that it led to; empty or “none” if there is none."
        ),
    },
    needed=("reference", "called_at"),
)


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """One row of a log. `called_at` is in UTC."""

    reference: str
    called_at: datetime
    channel: Channel = Channel.OTHER
    phone: str = ""
    name: str = ""
    born_on: date | None = None
    address: str = ""
    duplicate_of: str = ""
    incident: str = ""


def read_call(row: Mapping[str, str], now: datetime) -> LoggedCall:
    """A row as a call, or InvalidError with each column that is wrong, and what is wrong there."""
    cells = Cells(row, LAYOUT, limit=ADDRESS_LENGTH)
    number = cells.read(
        "reference", lambda text: reference(text, "reference", is_needed=True), instead=""
    )
    call = LoggedCall(
        reference=number,
        called_at=cells.read(
            "called_at", lambda text: moment(text, "called_at", now), instead=EARLIEST
        ),
        channel=cells.read("channel", _channel, instead=Channel.OTHER),
        phone=cells.read("phone", _phone, instead=""),
        name=cells.read("name", _name, instead=""),
        born_on=cells.read("born_on", lambda text: _birthday(text, now), instead=None),
        address=cells.read("address", str, instead=""),
        duplicate_of=cells.read("duplicate_of", lambda text: _duplicate(text, number), instead=""),
        incident=cells.read("incident", _incident, instead=""),
    )
    require_none(cells.refusals)
    return call


def _name(text: str) -> str:
    return clean(text, field="name", limit=NAME_LENGTH)


def _duplicate(text: str, number: str) -> str:
    found = reference(text, "duplicate_of")
    if found and found == number:
        raise InvalidError("A call cannot be a duplicate of itself", field="duplicate_of")
    return found


def _incident(text: str) -> str:
    """The number of an incident, of whatever form: a log may name one that another system holds."""
    if text.casefold() in NO_INCIDENT:
        return ""
    found = reference(text, "incident")
    if found and not any(each.isdigit() for each in found):
        raise InvalidError(
            "The number of an incident has figures in it; leave it empty if there is none",
            field="incident",
        )
    return found


def _channel(text: str) -> Channel:
    try:
        return Channel(text.casefold()) if text else Channel.OTHER
    except ValueError:
        known = ", ".join(Channel)
        raise InvalidError(f"Use one of: {known}", field="channel") from None


def _phone(text: str) -> str:
    try:
        return plain_phone(text) or ""
    except ValueError:
        raise InvalidError("This is not a phone number", field="phone") from None


def _birthday(text: str, now: datetime) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise InvalidError("Write the date of birth as 1990-01-31", field="born_on") from None
    if not date(1900, 1, 1) <= found <= now.date():
        raise InvalidError("Check the year of birth", field="born_on")
    return found
