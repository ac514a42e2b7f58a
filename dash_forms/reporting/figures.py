"""What the decline report says: counts for the force and for each team, month and reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash_forms.domain.metrics import FEWEST_FOR_A_RATE, percent

if TYPE_CHECKING:
    from uuid import UUID

    from dash_forms.domain.metrics import DeclineRate, OutcomeCounts
    from dash_forms.domain.periods import Month, Period

MUCH_UNEXPLAINED_PERCENT = 25


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """A team that figures can be narrowed to."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class DeclineFilter:
    """Which pairs a report is about; no team means all of them."""

    period: Period
    team: TeamChoice | None = None


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """One team's outcomes in the period."""

    team: TeamChoice
    counts: OutcomeCounts

    @property
    def rate(self) -> DeclineRate:
        """D1 of the team."""
        return self.counts.decline_rate

    @property
    def stands_out(self) -> bool:
        """Whether the team differs from the baseline beyond chance, on data complete enough."""
        return self.counts.allow_a_verdict and self.rate.stands_out


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One month's outcomes; `is_part` when the period ends within it."""

    month: Month
    counts: OutcomeCounts
    in_period: bool
    is_part: bool

    @property
    def rate(self) -> DeclineRate:
        """D1 of the month."""
        return self.counts.decline_rate


@dataclass(frozen=True, slots=True)
class ReasonFigures:
    """How often a primary reason was given, and on whose word."""

    code: str
    label: str
    said: int
    inferred: int

    @property
    def total(self) -> int:
        """On either's word."""
        return self.said + self.inferred


@dataclass(frozen=True, slots=True)
class Conversion:
    """How many victims who had declined were assessed by a later attempt (D5, to this day).

    It stands beside D1 and never changes it.
    """

    assessed_later: int
    declined: int

    @property
    def sentence(self) -> str:
        """The counts in words, with a rate where there are enough for one."""
        counts = f"{self.assessed_later:,} of {self.declined:,} later assessed"
        if self.declined < FEWEST_FOR_A_RATE:
            return counts
        return f"{counts} ({percent(self.assessed_later / self.declined)})"


@dataclass(frozen=True, slots=True)
class DeclineFigures:
    """The whole report for one filter."""

    filter: DeclineFilter
    counts: OutcomeCounts
    teams: tuple[TeamFigures, ...]
    months: tuple[MonthFigures, ...]
    reasons: tuple[ReasonFigures, ...]
    conversion: Conversion

    @property
    def rate(self) -> DeclineRate:
        """D1 of the period."""
        return self.counts.decline_rate

    @property
    def said(self) -> int:
        """Declines whose reason is the victim's own word."""
        return sum(reason.said for reason in self.reasons)

    @property
    def unexplained(self) -> int:
        """Declines for which no reason was given."""
        return sum(reason.total for reason in self.reasons if reason.code == "none_given")

    @property
    def are_poorly_explained(self) -> bool:
        """Whether so many declines lack a reason that recording itself is in doubt."""
        declined = sum(reason.total for reason in self.reasons)
        return self.unexplained * 100 > declined * MUCH_UNEXPLAINED_PERCENT
