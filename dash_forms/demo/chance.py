"""Seeded chance: shares, weighted choices, decks that show every card, and reproducible ids."""

from __future__ import annotations

from bisect import bisect
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Generic, TypeVar
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

_VERSION_7 = (0x7 << 76) | (0x2 << 62)


class Chance(Random):
    """Everything that the demonstration leaves to chance; the same seed gives the same year."""

    def id_at(self, at: datetime) -> UUID:
        """A version 7 UUID as if made at that moment."""
        stamp = int(at.timestamp() * 1000)
        bits = self.getrandbits(74)
        return UUID(int=(stamp << 80) | _VERSION_7 | ((bits >> 62) << 64) | (bits & (1 << 62) - 1))

    def happens(self, share: float) -> bool:
        """Whether something that happens in this share of cases happens now."""
        return self.random() < share

    def minutes(self, low: float, high: float) -> timedelta:
        """A stretch of time between two numbers of minutes."""
        return timedelta(minutes=self.uniform(low, high))


class Weighted(Generic[T]):
    """Things to choose from, some more likely than others."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self.things = tuple(weights)
        self.cumulative = tuple(accumulate(weights.values()))
        self.total = self.cumulative[-1]

    def pick(self, chance: Chance) -> T:
        """One of them, by its weight."""
        return self.things[bisect(self.cumulative, chance.random() * self.total)]


class Deck(Generic[T]):
    """Weighted things of which each turns up once before chance alone decides."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self.weighted = Weighted(weights)
        self.owed: list[T] = list(weights)

    def deal(self, chance: Chance) -> T:
        """One that has not been seen yet, or else any by its weight."""
        if self.owed:
            return self.owed.pop(chance.randrange(len(self.owed)))
        return self.weighted.pick(chance)
