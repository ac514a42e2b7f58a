"""A measure then and now: the figure as a reader may see it, and what may be said of the two."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.disclosure import Count, controlled
from dash_forms.domain.metrics import (
    FEWEST_FOR_A_RATE,
    FEWEST_FOR_A_VERDICT,
    LEAST_COMPLETE_PERCENT,
    percent,
)
from dash_forms.domain.statistics import Sample, clear_difference, wilson_interval

if TYPE_CHECKING:
    from dash_forms.domain.disclosure import Rules
    from dash_forms.domain.periods import Period
    from dash_forms.domain.statistics import Interval

WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Figure:
    """So many of so many in a period; a count of None is withheld from this reader."""

    numerator: int | None
    denominator: int | None
    period: Period
    has_rate: bool
    is_exact: bool = True
    is_complete: bool = True
    """Whether enough of the cases of the period have an outcome to judge by."""
    behind: Figure | None = None
    """The exact one behind a rounded one, of which nothing is told: see `Change.between`."""

    @classmethod
    def exact(
        cls, numerator: int, denominator: int, period: Period, *, is_complete: bool = True
    ) -> Figure:
        """For those who need to know."""
        has_rate = denominator >= FEWEST_FOR_A_RATE
        return cls(numerator, denominator, period, has_rate, is_complete=is_complete)

    @classmethod
    def under(
        cls,
        rules: Rules,
        numerator: int,
        denominator: int,
        period: Period,
        *,
        is_complete: bool = True,
    ) -> Figure:
        """Under disclosure control: for everybody else, and for what leaves the screen."""
        [shown] = controlled([Count(numerator, denominator)], rules, is_whole=False)
        return cls(
            shown.number,
            shown.of,
            period,
            shown.rate is not None,
            is_exact=False,
            is_complete=is_complete,
            behind=cls.exact(numerator, denominator, period, is_complete=is_complete),
        )

    @property
    def is_withheld(self) -> bool:
        """Whether a count of it is kept from this reader."""
        return self.numerator is None or self.denominator is None

    @property
    def counts(self) -> str:
        """The two counts in words, which stand beside every rate."""
        if self.numerator is None and self.denominator is None:
            return WITHHELD
        return f"{_number(self.numerator)} of {_number(self.denominator)}"

    @property
    def rate(self) -> float | None:
        """The proportion of the counts that are shown, when there are enough for one."""
        if not self.has_rate or self.numerator is None or not self.denominator:
            return None
        return self.numerator / self.denominator

    @property
    def sample(self) -> Sample | None:
        """The counts that are shown, when there are enough for a rate."""
        if self.rate is None or self.numerator is None or not self.denominator:
            return None
        return Sample(self.numerator, self.denominator)

    @property
    def interval(self) -> Interval | None:
        """Wilson's 95% interval of the counts that are shown, which it tells no more of."""
        found = self.sample
        return wilson_interval(found.numerator, found.denominator) if found else None

    @property
    def percent(self) -> str | None:
        """The rate in words, when there is one."""
        return None if self.rate is None else self._in_words(self.rate)

    @property
    def interval_words(self) -> str | None:
        """The interval in words, when there is one."""
        found = self.interval
        return f"{self._in_words(found.lower)} to {self._in_words(found.upper)}" if found else None

    @property
    def missing(self) -> str:
        """Why there is no rate."""
        if self.is_withheld:
            return "No rate: a count is withheld"
        if self.denominator == 0:
            return "No cases"
        return "Too few for a rate"

    def _in_words(self, rate: float) -> str:
        return percent(rate) if self.is_exact else f"{rate:.0%}"


class Change(StrEnum):
    """What two figures of one measure allow one to say; never more."""

    WITHHELD = "withheld"
    TOO_FEW = "too_few"
    INCOMPLETE = "incomplete"
    SHARED_DAYS = "shared_days"
    NONE_SEEN = "none_seen"
    LOWER = "lower"
    HIGHER = "higher"

    @classmethod
    def between(cls, then: Figure, now: Figure) -> Change:
        """Compare by Newcombe's 95% interval of the difference, as the reports do.

        Of rounded figures a change is told only where the exact ones have it, too.
        """
        found = cls._between(then, now)
        if then.behind is None or now.behind is None or found not in {cls.LOWER, cls.HIGHER}:
            return found
        true = cls._between(then.behind, now.behind)
        return found if true is found else cls.TOO_FEW if true is cls.TOO_FEW else cls.NONE_SEEN

    @classmethod
    def _between(cls, then: Figure, now: Figure) -> Change:
        was, is_now, why_not = then.sample, now.sample, cls._why_not(then, now)
        if why_not or was is None or is_now is None:
            return why_not or cls.TOO_FEW
        return {-1: cls.LOWER, 0: cls.NONE_SEEN, 1: cls.HIGHER}[clear_difference(is_now, was)]

    @classmethod
    def _why_not(cls, then: Figure, now: Figure) -> Change | None:
        """Why the two cannot be compared, if anything is in the way."""
        if then.is_withheld or now.is_withheld:
            return cls.WITHHELD
        if min(then.denominator or 0, now.denominator or 0) < FEWEST_FOR_A_VERDICT:
            return cls.TOO_FEW
        if not (then.is_complete and now.is_complete):
            return cls.INCOMPLETE
        return cls.SHARED_DAYS if now.period.start <= then.period.end else None

    @property
    def words(self) -> str:
        """The same as a reader is told it."""
        return _CHANGE_WORDS[self]


_CHANGE_WORDS = {
    Change.WITHHELD: "Not compared: a count is withheld.",
    Change.INCOMPLETE: f"Not compared: of one of the two fewer than {LEAST_COMPLETE_PERCENT}% of"
    " cases have an outcome.",
    Change.TOO_FEW: f"Not compared: one of the two is of fewer than {FEWEST_FOR_A_VERDICT} cases.",
    Change.SHARED_DAYS: "Not compared yet: the two periods share days.",
    Change.NONE_SEEN: "No clear change: chance alone would give as much.",
    Change.LOWER: "Lower than then, by more than chance would give. Why, no figure says.",
    Change.HIGHER: "Higher than then, by more than chance would give. Why, no figure says.",
}


def _number(count: int | None) -> str:
    return WITHHELD if count is None else f"{count:,}"
