"""The named ways in which a rule of the field can refuse; the web maps each to a page once."""

from __future__ import annotations

from collections.abc import Sequence


class DomainError(Exception):
    """A rule said no. `sentence` is written for the person at the screen."""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


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
        self, sentence: str, *, field: str | None = None, also: Sequence[InvalidError] = ()
    ) -> None:
        super().__init__(sentence, field=field)
        self.also = tuple(also)
