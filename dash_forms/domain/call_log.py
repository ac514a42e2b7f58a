"""The layout of a call log: what each column may say, and what is wrong with a row that may not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.callers import plain_phone
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.log_layout import (
    MOMENT_WORDS,
    REFERENCE_WORDS,
    Layout,
    moment,
    reference,
)
from dash_forms.domain.text import NAME_LENGTH, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

ADDRESS_LENGTH = 500


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
        "incident": "The number of the incident (URN) that it led to.",
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
    """A row as a call, or InvalidError with the column and what is wrong there."""
    cells = {
        name: clean(row.get(name) or "", field=name, limit=ADDRESS_LENGTH)
        for name in LAYOUT.columns
    }
    return LoggedCall(
        reference=reference(cells["reference"], "reference", is_needed=True),
        called_at=moment(cells["called_at"], "called_at", now),
        channel=_channel(cells["channel"]),
        phone=_phone(cells["phone"]),
        name=clean(cells["name"], field="name", limit=NAME_LENGTH),
        born_on=_birthday(cells["born_on"], now),
        address=cells["address"],
        duplicate_of=_duplicate(cells),
        incident=reference(cells["incident"], "incident"),
    )


def _duplicate(cells: Mapping[str, str]) -> str:
    found = reference(cells["duplicate_of"], "duplicate_of")
    if found and found == cells["reference"]:
        raise InvalidError("A call cannot be a duplicate of itself", field="duplicate_of")
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
