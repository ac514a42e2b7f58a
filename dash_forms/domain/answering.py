"""How calls to 101 were answered, and how many callers gave up, before and after the menu.

Forces record it differently, so their figures barely compare: some count callers whom the recorded
menu sends elsewhere as lost, some only those who waited (domain guide §4). Both are kept apart here
and both are shown: A1 of all calls offered, and of those that went on to the queue.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.definitions import Better, OtherMeasure
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

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_WAIT = 24 * 60 * 60


class Result(StrEnum):
    """What became of a call that was offered."""

    ANSWERED = "answered"
    ABANDONED_IN_MENU = "abandoned_in_ivr"
    ABANDONED_IN_QUEUE = "abandoned_in_queue"

    @property
    def label(self) -> str:
        """The same in words."""
        return _LABELS[self]


_LABELS = {
    Result.ANSWERED: "Answered",
    Result.ABANDONED_IN_MENU: "Gave up in the menu",
    Result.ABANDONED_IN_QUEUE: "Gave up in the queue",
}

_CALL = "One call, however often its log was imported"
_OFFERED = "Calls offered in the period, by the London day on which each came in."
_LEFT_OUT = "Days of which no log was imported. Calls to 999."
ANSWERING_MEASURES = (
    OtherMeasure(
        "A1", "Gave up, with the menu",
        "Calls to 101 whose caller gave up in the recorded menu or in the queue",
        "Calls to 101 offered",
        _CALL, _OFFERED, _LEFT_OUT,
        "Home Office: calls not answered before the caller hangs up; with the menu counted in",
        Better.LOWER,
        "Some leave the menu because it told them where to turn, so it may hold calls that went "
        "well. Forces record this differently: do not set it beside another force’s.",
    ),
    OtherMeasure(
        "A1Q", "Gave up, without the menu",
        "Calls to 101 whose caller gave up in the queue",
        "Calls to 101 that came through the menu: answered, or given up in the queue",
        _CALL, _OFFERED, f"{_LEFT_OUT} Calls that ended in the menu.",
        "Home Office: calls not answered before the caller hangs up; without the menu",
        Better.LOWER,
        "It leaves out everybody who gave up in the menu. By month, hour and weekday it is "
        "this one that is shown.",
    ),
)  # fmt: skip
"""A1 in words, both ways; the two stand beside each other wherever it is shown."""

LAYOUT = Layout(
    {
        "reference": REFERENCE_WORDS,
        "offered_at": f"When the call came in: {MOMENT_WORDS}",
        "result": (
            "answered, abandoned_in_ivr (gave up, or was sent elsewhere, in the recorded menu) or"
            " abandoned_in_queue (gave up while waiting for somebody)."
        ),
        "wait_s": "Seconds from the queue’s beginning to the answer or the end; 0 if it is empty.",
    },
    needed=("reference", "offered_at", "result"),
)


@dataclass(frozen=True, slots=True)
class OfferedCall:
    """One row of the log. `offered_at` is in UTC, `wait` in seconds."""

    reference: str
    offered_at: datetime
    result: Result
    wait: int


def read_offered(row: Mapping[str, str], now: datetime) -> OfferedCall:
    """A row as a call, or InvalidError with each column that is wrong, and what is wrong there."""
    cells = Cells(row, LAYOUT, limit=100)
    call = OfferedCall(
        cells.read(
            "reference", lambda text: reference(text, "reference", is_needed=True), instead=""
        ),
        cells.read("offered_at", lambda text: moment(text, "offered_at", now), instead=EARLIEST),
        cells.read("result", _result, instead=Result.ANSWERED),
        cells.read("wait_s", _wait, instead=0),
    )
    require_none(cells.refusals)
    return call


def _result(text: str) -> Result:
    try:
        return Result(text.casefold())
    except ValueError:
        known = ", ".join(Result)
        raise InvalidError(f"Use one of: {known}", field="result") from None


def _wait(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= LONGEST_WAIT):
        raise InvalidError("Give whole seconds, at most a day", field="wait_s")
    return int(text)


@dataclass(frozen=True, slots=True)
class Answering:
    """So many calls with each result, and how long those waited who reached the queue."""

    results: Counter[Result] = field(default_factory=Counter)
    waited: Counter[Result] = field(default_factory=Counter)
    """Seconds in all, by result."""

    @property
    def offered(self) -> int:
        """All calls."""
        return self.results.total()

    @property
    def abandoned(self) -> int:
        """Whoever gave up, wherever."""
        return self.offered - self.results[Result.ANSWERED]

    @property
    def queued(self) -> int:
        """Those that came through the menu."""
        return self.offered - self.results[Result.ABANDONED_IN_MENU]

    @property
    def abandoned_in_queue(self) -> int:
        """Whoever gave up while waiting for somebody."""
        return self.results[Result.ABANDONED_IN_QUEUE]

    def wait_of(self, result: Result) -> float | None:
        """Seconds that a call with this result waited on average; none waits in the menu."""
        number = self.results[result]
        if not number or result is Result.ABANDONED_IN_MENU:
            return None
        return self.waited[result] / number

    def __add__(self, other: Answering) -> Answering:
        return Answering(self.results + other.results, self.waited + other.waited)
