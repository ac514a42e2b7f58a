"""The named ways in which a rule of the field can refuse; the web maps each to a page once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class DomainError(Exception):
    """A rule said no. `sentence` is written for the person at the screen.

    `now` is the revision that the record has by now, where somebody else changed it.
    """

    def __init__(self, sentence: str, *, field: str | None = None, now: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.now = now


class NotFoundError(DomainError):
    """There is no such record, or not for this person: the two look alike on purpose."""


class NotPermittedError(DomainError):
    """The person's role does not include this act."""


class StateError(DomainError):
    """The record is not in a state in which this can happen."""


class StaleError(DomainError):
    """Somebody else changed the record since the page was opened."""


class InvalidError(DomainError):
    """A value breaks a rule; `field` names the input it came from.

    `also` holds whatever else is wrong at the same time, so that a person is told once.
    """

    def __init__(
        self,
        sentence: str,
        *,
        field: str | None = None,
        now: int | None = None,
        also: Sequence[InvalidError] = (),
    ) -> None:
        super().__init__(sentence, field=field, now=now)
        self.also = tuple(also)


def require_none(refusals: Iterable[InvalidError]) -> None:
    """Refuse with everything that is wrong at once, if anything is."""
    found = list(refusals)
    if found:
        first, *also = found
        raise InvalidError(first.sentence, field=first.field, now=first.now, also=also)
