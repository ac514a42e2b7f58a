"""Offering the assessment again: why offers may end, how late one is, and what a later one won."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.review import require_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class EndReason(StrEnum):
    """Why a supervisor ends the offers to a victim."""

    UNSAFE = "unsafe"
    ASKED = "asked"
    DECLINED_AGAIN = "declined_again"
    ASSESSED_ELSEWHERE = "assessed_elsewhere"
    MOVED_AWAY = "moved_away"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def stops_contact(self) -> bool:
        """Nobody is to contact the victim, which every page that invites to it then says."""
        return self is EndReason.UNSAFE


_LABELS = {
    EndReason.UNSAFE: "Unsafe to contact",
    EndReason.ASKED: "The victim asked for no further contact",
    EndReason.DECLINED_AGAIN: "Declined again",
    EndReason.ASSESSED_ELSEWHERE: "Assessed elsewhere",
    EndReason.MOVED_AWAY: "Moved away, or cannot be traced",
    EndReason.OTHER: "Another reason",
}


def require_ground(reason: EndReason, words: str, *, declined: int, limit: int) -> None:
    """A reason that is true of the case, with words that say more; InvalidError otherwise."""
    if reason is EndReason.DECLINED_AGAIN and declined < limit:
        raise InvalidError(
            f"The victim has declined {_times(declined)}. This reason needs {_times(limit)}",
            field="reason",
        )
    require_words(words, "Say what is known, so that a colleague understands it at the door")


def require_made_safe(words: str) -> None:
    """How contact was made safe, where nobody knew a safe way; InvalidError asks for it."""
    require_words(
        words,
        "Say how contact was made safe. It is needed because no safe way was known",
        field="made_safe",
    )


def _times(number: int) -> str:
    return {0: "not once", 1: "once", 2: "twice"}.get(number, f"{number} times")


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt that was submitted ended, and on which day it was made."""

    attempt: int
    outcome: Outcome
    on: date


class Ended(Protocol):
    """Anything that ended in some way."""

    @property
    def outcome(self) -> Outcome: ...


E = TypeVar("E", bound=Ended)


def counted_attempt(results: Iterable[E]) -> E | None:
    """The attempt that a pair is counted by: the first that ended in a way that counts.

    `results` are of attempts that were submitted and not made in error, in the order in which they
    were made. What comes after the counted one cannot change it, whatever it is (domain guide §6).
    """
    return next((each for each in results if each.outcome.is_countable), None)


def converted_on(counted: Outcome, attempt: int, results: Iterable[Result]) -> date | None:
    """When a victim who had declined was assessed after all (domain guide §6, D4 and D5).

    `counted` is the countable outcome and `attempt` the one that fixed it: what comes later is
    seen beside it and never rewrites it.
    """
    if counted is not Outcome.DECLINED:
        return None
    won = [
        (each.attempt, each.on)
        for each in results
        if each.attempt > attempt and each.outcome in {Outcome.COMPLETED, Outcome.PARTIAL}
    ]
    return min(won)[1] if won else None
