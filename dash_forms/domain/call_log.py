"""The layout of a call log: what each column may say, and what is wrong with a row that may not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.callers import plain_phone
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.periods import LONDON
from dash_forms.domain.text import NAME_LENGTH, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

REFERENCE_LENGTH = 60
ADDRESS_LENGTH = 500
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_-]*", re.ASCII)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


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


COLUMNS: dict[str, str] = {
    "reference": (
        f"The number of the call in the force’s system, up to {REFERENCE_LENGTH} letters and"
        " figures. A call whose number is known already is left as it is."
    ),
    "called_at": (
        "When it came in: 2026-01-31T21:45:00+00:00, or 2026-01-31 21:45 on the clock in London."
    ),
    "channel": "999, 101, online or other; other if it is empty.",
    "phone": "The caller’s number; empty or “withheld” if there is none.",
    "name": "The caller’s name.",
    "born_on": "The caller’s date of birth, 1990-01-31.",
    "address": "Where the caller is, in one cell.",
    "duplicate_of": (
        "The number of the first log of the same contact, which counts; this one does not."
    ),
    "incident": "The number of the incident (URN) that it led to.",
}
"""Every column, in words. The first two are needed; the order does not matter."""
NEEDED = ("reference", "called_at")


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


def read_header(names: list[str]) -> tuple[str, ...]:
    """The columns of a file by its first row, or InvalidError that says what is wrong with it."""
    found = tuple(name.strip().casefold().replace(" ", "_") for name in names)
    known = ", ".join(COLUMNS)
    for name in found:
        if name not in COLUMNS:
            raise InvalidError(f"There is no column “{name[:40]}”; there are: {known}")
        if found.count(name) > 1:
            raise InvalidError(f"The column “{name}” is there twice")
    for name in NEEDED:
        if name not in found:
            raise InvalidError(f"The first row has to name the columns; “{name}” is not among them")
    return found


def read_call(row: Mapping[str, str], now: datetime) -> LoggedCall:
    """A row as a call, or InvalidError with the column and what is wrong there."""
    cells = {name: clean(row.get(name) or "", field=name, limit=ADDRESS_LENGTH) for name in COLUMNS}
    return LoggedCall(
        reference=_reference(cells["reference"], "reference", is_needed=True),
        called_at=_moment(cells["called_at"], now),
        channel=_channel(cells["channel"]),
        phone=_phone(cells["phone"]),
        name=clean(cells["name"], field="name", limit=NAME_LENGTH),
        born_on=_birthday(cells["born_on"], now),
        address=cells["address"],
        duplicate_of=_duplicate(cells),
        incident=_reference(cells["incident"], "incident"),
    )


def _reference(text: str, field: str, *, is_needed: bool = False) -> str:
    if not text and not is_needed:
        return ""
    if not text:
        raise InvalidError("Every call needs its number", field=field)
    if len(text) > REFERENCE_LENGTH or not _REFERENCE.fullmatch(text):
        raise InvalidError(
            f"Use up to {REFERENCE_LENGTH} letters, figures and . / _ - only", field=field
        )
    return text


def _duplicate(cells: Mapping[str, str]) -> str:
    found = _reference(cells["duplicate_of"], "duplicate_of")
    if found and found == cells["reference"]:
        raise InvalidError("A call cannot be a duplicate of itself", field="duplicate_of")
    return found


def _moment(text: str, now: datetime) -> datetime:
    if not text:
        raise InvalidError("Every call needs its time", field="called_at")
    try:
        found = datetime.fromisoformat(text)
        if len(text) <= len("2026-01-31"):
            raise InvalidError("The time of day is missing", field="called_at")
        moment = found.astimezone(UTC) if found.tzinfo else _on_the_clock(found)
    except (ValueError, OverflowError):
        raise InvalidError(
            "Write the time as 2026-01-31T21:45:00+00:00 or 2026-01-31 21:45", field="called_at"
        ) from None
    if not EARLIEST <= moment <= now:
        raise InvalidError("This time is in the future, or before 2000", field="called_at")
    return moment


def _on_the_clock(local: datetime) -> datetime:
    """A time without an offset is London's, unless the clock showed it twice, or not at all."""
    first, second = (local.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    if first.astimezone(LONDON).replace(tzinfo=None) != local:
        raise InvalidError(
            "The clocks went forward then, so there was no such time", field="called_at"
        )
    raise InvalidError(
        "The clocks went back then, so this time was there twice; add +01:00 or +00:00",
        field="called_at",
    )


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
