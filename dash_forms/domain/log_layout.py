"""The layout of a log that is imported: its columns, and what cells of any log may say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.periods import LONDON
from dash_forms.domain.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")

REFERENCE_LENGTH = 60
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
REFERENCE_WORDS = (
    f"The number of the call in the force’s system, up to {REFERENCE_LENGTH} letters and figures."
    " A call whose number is known already is left as it is."
)
MOMENT_WORDS = "2026-01-31T21:45:00+00:00, or 2026-01-31 21:45 on the clock in London."
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a log, each in words; those that are needed. Their order does not matter."""

    columns: Mapping[str, str]
    needed: tuple[str, ...]

    def read_header(self, names: Sequence[str]) -> tuple[str, ...]:
        """The columns of a file by its first row, or InvalidError that says what is wrong."""
        found = tuple(name.strip().casefold().replace(" ", "_") for name in names)
        known = ", ".join(self.columns)
        for name in found:
            if name not in self.columns:
                raise InvalidError(f"There is no column “{name[:40]}”; there are: {known}")
            if found.count(name) > 1:
                raise InvalidError(f"The column “{name}” is there twice")
        for name in self.needed:
            if name not in found:
                raise InvalidError(
                    f"The first row has to name the columns; “{name}” is not among them"
                )
        return found


class Cells:
    """The cells of a row, read one after the other; `refusals` is all that is wrong with them."""

    def __init__(self, row: Mapping[str, str], layout: Layout, *, limit: int) -> None:
        self.refusals: list[InvalidError] = []
        self._texts: dict[str, str] = {}
        for name in layout.columns:
            try:
                self._texts[name] = clean(row.get(name) or "", field=name, limit=limit)
            except InvalidError as refusal:
                self.refusals.append(refusal)

    def read(self, name: str, reading: Callable[[str], T], instead: T) -> T:
        """What a cell says; `instead` where that is refused."""
        if name in self._texts:
            try:
                return reading(self._texts[name])
            except InvalidError as refusal:
                self.refusals.append(refusal)
        return instead


def readable_reference(row: Mapping[str, str]) -> str:
    """The number of the call of a row that may be refused; empty where it is none."""
    try:
        return reference(row.get("reference", "").strip(), "reference")
    except InvalidError:
        return ""


def reference(text: str, field: str, *, is_needed: bool = False) -> str:
    """The number of a call or an incident; empty where there need be none."""
    if not text and not is_needed:
        return ""
    if not text:
        raise InvalidError("Every call needs its number", field=field)
    if len(text) > REFERENCE_LENGTH or not _REFERENCE.fullmatch(text):
        raise InvalidError(
            f"Use up to {REFERENCE_LENGTH} letters, figures and . / _ - only", field=field
        )
    return text


def moment(text: str, field: str, now: datetime) -> datetime:
    """A time in UTC; one without an offset is of the clock in London."""
    if not text:
        raise InvalidError("Every call needs its time", field=field)
    try:
        found = datetime.fromisoformat(text)
        if len(text) <= len("2026-01-31"):
            raise InvalidError("The time of day is missing", field=field)
        at = found.astimezone(UTC) if found.tzinfo else _on_the_clock(found, field)
    except (ValueError, OverflowError):
        raise InvalidError(
            "Write the time as 2026-01-31T21:45:00+00:00 or 2026-01-31 21:45", field=field
        ) from None
    if not EARLIEST <= at <= now:
        raise InvalidError("This time is in the future, or before 2000", field=field)
    return at


def _on_the_clock(local: datetime, field: str) -> datetime:
    first, second = (local.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    if first.astimezone(LONDON).replace(tzinfo=None) != local:
        raise InvalidError("The clocks went forward then, so there was no such time", field=field)
    raise InvalidError(
        "The clocks went back then, so this time was there twice; add +01:00 or +00:00",
        field=field,
    )
