"""What the decline report says: every measure, and its parts by team, month, reason and place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from dash_forms.domain.baselines import REPORTED_DECLINE_RATE
from dash_forms.domain.definitions import METRICS, Metric
from dash_forms.domain.grading import Grade
from dash_forms.domain.metrics import FEWEST_FOR_A_RATE, percent
from dash_forms.domain.periods import Period
from dash_forms.domain.report_counts import Between, Dimension, grades
from dash_forms.domain.statistics import Kappa, Weights, weighted_kappa, wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from dash_forms.domain.baselines import Baseline
    from dash_forms.domain.metrics import DeclineRate, OutcomeCounts
    from dash_forms.domain.periods import Month
    from dash_forms.domain.statistics import Interval, SurvivalPoint

MUCH_UNEXPLAINED_PERCENT = 25


class Part(StrEnum):
    """What a report can hold besides its headline and its measures."""

    TEAMS = "teams"
    MONTHS = "months"
    REASONS = "reasons"
    PLACES = "places"
    SURVIVAL = "survival"
    GRADES = "grades"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a page shows of a report: these parts, and the measures of these codes."""

    parts: frozenset[Part] = frozenset(Part)
    measures: tuple[str, ...] = tuple(metric.code for metric in METRICS)

    @classmethod
    def only(cls, *parts: Part, measures: tuple[str, ...] = ()) -> Wanted:
        """These and no more."""
        return cls(frozenset(parts), measures)


EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """A team that figures can be narrowed to."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class DeclineFilter:
    """Which pairs a report is about; no team means all of them, and no question set any."""

    period: Period
    team: TeamChoice | None = None
    question_set: str | None = None
    """`id.version`, as the facts name it."""
    baseline: Baseline = REPORTED_DECLINE_RATE
    """What the rates are set against."""

    @property
    def in_audit(self) -> dict[str, str | None]:
        """The filter as an entry of the audit log tells it."""
        return {
            "start": self.period.start.isoformat(),
            "end": self.period.end.isoformat(),
            "team": str(self.team.id) if self.team else None,
            "question_set": self.question_set,
            "baseline": self.baseline.key,
        }

    @property
    def query(self) -> str:
        """The filter as it stands in an address, its days written out: it stays what it is."""
        given = {
            "from": self.period.start.isoformat(),
            "to": self.period.end.isoformat(),
            "team": str(self.team.id) if self.team else "",
            "set": self.question_set or "",
            "baseline": "" if self.baseline is REPORTED_DECLINE_RATE else self.baseline.key,
        }
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure in numbers. `period` is what of the asked period could be measured, if any."""

    metric: Metric
    numerator: int
    denominator: int
    period: Period | None

    @property
    def rate(self) -> float | None:
        """The proportion, when there are enough for one."""
        if self.denominator < FEWEST_FOR_A_RATE:
            return None
        return self.numerator / self.denominator

    @property
    def interval(self) -> Interval | None:
        """Wilson's 95% interval of the proportion, when there is one."""
        if self.rate is None:
            return None
        return wilson_interval(self.numerator, self.denominator)

    @property
    def counts(self) -> str:
        """The two counts in words, which stand beside every rate."""
        return f"{self.numerator:,} of {self.denominator:,}"

    @property
    def percent(self) -> str | None:
        """The rate to one decimal place, when there is one."""
        return None if self.rate is None else percent(self.rate)

    @property
    def interval_words(self) -> str | None:
        """The interval in words, when there is one."""
        found = self.interval
        return f"{percent(found.lower)} to {percent(found.upper)}" if found else None


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """One team's outcomes in the period."""

    team: TeamChoice
    counts: OutcomeCounts
    baseline: Baseline = REPORTED_DECLINE_RATE

    @property
    def rate(self) -> DeclineRate:
        """D1 of the team."""
        return self.counts.rate_against(self.baseline)

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
    baseline: Baseline = REPORTED_DECLINE_RATE

    @property
    def rate(self) -> DeclineRate:
        """D1 of the month."""
        return self.counts.rate_against(self.baseline)

    def within(self, period: Period) -> Period:
        """Its days up to the end of a period."""
        return Period(self.month.first, min(self.month.last, period.end))


@dataclass(frozen=True, slots=True)
class ReasonFigures:
    """How often a primary reason was given, on whose word, and how often in the period before."""

    code: str
    label: str
    said: int
    inferred: int
    before: int = 0
    """In the stretch of the same length that ended the day before the period began."""

    @property
    def total(self) -> int:
        """On either's word."""
        return self.said + self.inferred


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of a breakdown: of so many countable pairs there, so many declined."""

    value: str
    declined: int
    countable: int


@dataclass(frozen=True, slots=True)
class GradeTable:
    """How two people graded the same attempts: the first's grades in rows, the other's across."""

    between: Between
    counts: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, between: Between, kept: Mapping[str, int]) -> GradeTable:
        """Put the table together from kept counts."""
        rows = (tuple(kept.get(grades(between, a, b), 0) for b in Grade) for a in Grade)
        return cls(between, tuple(rows))

    @property
    def total(self) -> int:
        """Attempts that both graded."""
        return sum(map(sum, self.counts))

    @property
    def agreed(self) -> int:
        """Attempts that both graded the same."""
        return sum(row[index] for index, row in enumerate(self.counts))

    @property
    def kappa(self) -> Kappa | None:
        """Linearly weighted kappa, when there are enough attempts for a rate."""
        if self.total < FEWEST_FOR_A_RATE:
            return None
        return weighted_kappa(self.counts, weights=Weights.LINEAR)

    @property
    def words(self) -> str:
        """How far the two agree, as far as the numbers allow."""
        counts = f"The same grade {self.agreed:,} of {self.total:,} times"
        if self.total < FEWEST_FOR_A_RATE:
            return f"{counts}; too few for a rate."
        counts = f"{counts}: {percent(self.agreed / self.total)}."
        if (kappa := self.kappa) is None:
            return f"{counts} All have one grade, so there is no kappa."
        if kappa.interval is None:
            return f"{counts} Weighted kappa {kappa.value:.2f}, without an interval."
        lower, upper = (f"{each:.2f}".replace("-", "−") for each in _ends(kappa.interval))
        value = f"{kappa.value:.2f}".replace("-", "−")
        return f"{counts} Weighted kappa {value} (95% interval {lower} to {upper})."


def _ends(interval: Interval) -> tuple[float, float]:
    return interval.lower, interval.upper


@dataclass(frozen=True, slots=True)
class DeclineFigures:
    """The report for one filter. A part that was not asked for is empty."""

    filter: DeclineFilter
    counts: OutcomeCounts
    measures: Mapping[str, Measured]
    before: Period
    """The stretch before, with which reasons are compared."""
    teams: tuple[TeamFigures, ...] = ()
    months: tuple[MonthFigures, ...] = ()
    reasons: tuple[ReasonFigures, ...] = ()
    places: Mapping[Dimension, tuple[Slice, ...]] = field(default_factory=dict)
    survival: tuple[SurvivalPoint, ...] = ()
    """Of declines that are at least 28 days old, the share that is still declined by day."""
    grade_tables: tuple[GradeTable, ...] = ()
    regraded: Counter[str] = field(default_factory=Counter)
    """Up and down, of the attempts approved in the period."""

    @property
    def rate(self) -> DeclineRate:
        """D1 of the period."""
        return self.counts.rate_against(self.filter.baseline)

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
