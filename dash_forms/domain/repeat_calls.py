"""Repeat callers: which call raises the flag, in windows of elapsed time and not of the calendar.

More than three calls within seven days, or more than five within thirty (HMICFRS on Staffordshire
Police, domain guide §4). Seven days are 168 hours, thirty are 720, whatever the clocks do; two
calls exactly so far apart still lie within them. A contact counts once, however often it is logged.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime


class Rule(StrEnum):
    """Under which of the two a caller is a repeat caller."""

    WEEK = "week"
    MONTH = "month"

    @property
    def span(self) -> timedelta:
        """How long the window is."""
        return _SPANS[self]

    @property
    def hours(self) -> int:
        """The same in hours."""
        return int(self.span.total_seconds()) // 3600

    @property
    def days(self) -> int:
        """The same in days of 24 hours."""
        return self.span.days

    @property
    def most(self) -> int:
        """How many calls a window may hold; the next one raises the flag."""
        return _MOST[self]

    @property
    def label(self) -> str:
        """The rule in words."""
        return _LABELS[self]


_SPANS = {Rule.WEEK: timedelta(hours=168), Rule.MONTH: timedelta(hours=720)}
_MOST = {Rule.WEEK: 3, Rule.MONTH: 5}
_LABELS = {
    Rule.WEEK: "More than 3 calls within 7 days",
    Rule.MONTH: "More than 5 calls within 30 days",
}
FEWEST = min(_MOST.values())
"""Up to so many calls raise no flag, however close together."""


@dataclass(frozen=True, slots=True)
class Raised:
    """The flag of a rule, and the place of the call that raised it among the caller's calls."""

    rule: Rule
    at: int


def flags(moments: Sequence[datetime]) -> Iterator[Raised]:
    """Each time that the calls of one person, in order of time, go beyond a rule.

    While each further call finds the window too full it is raised anew only once a whole window
    has passed since the last time: whoever never stops calling is flagged again and again. After a
    call that does not find it so, the next that does raises it at once.
    """
    for rule in Rule:
        last: datetime | None = None
        for at, moment in enumerate(moments):
            if at + 1 - bisect_left(moments, moment - rule.span, 0, at) <= rule.most:
                last = None
            elif last is None or moment - last > rule.span:
                last = moment
                yield Raised(rule, at)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a caller stands at a moment: the calls within each window that ends then."""

    in_week: int
    in_month: int

    @classmethod
    def at(cls, now: datetime, moments: Iterable[datetime]) -> Standing:
        """From the moments of the calls, in any order; later ones do not count yet."""
        ages = [now - moment for moment in moments if moment <= now]
        return cls(*(sum(age <= rule.span for age in ages) for rule in Rule))

    def within(self, rule: Rule) -> int:
        """The calls within one of the windows."""
        return self.in_week if rule is Rule.WEEK else self.in_month

    @property
    def over(self) -> tuple[Rule, ...]:
        """The rules that the caller is beyond at this moment."""
        return tuple(rule for rule in Rule if self.within(rule) > rule.most)

    @property
    def next_over(self) -> tuple[Rule, ...]:
        """The rules that one more call, made at this moment, would go beyond."""
        return tuple(rule for rule in Rule if self.within(rule) == rule.most)
