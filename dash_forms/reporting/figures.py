"""What the decline report says: every measure, and its parts by team, month, reason and place."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlencode

from dash_forms.domain.baselines import REPORTED_DECLINE_RATE
from dash_forms.domain.definitions import METRICS, Metric
from dash_forms.domain.disclosure import told_of
from dash_forms.domain.grading import Grade
from dash_forms.domain.metrics import FEWEST_FOR_A_RATE, decline_rate, percent
from dash_forms.domain.periods import Period
from dash_forms.domain.report_counts import Between, Dimension, grades
from dash_forms.domain.statistics import Kappa, Sample, Weights, weighted_kappa, wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from dash_forms.domain.baselines import Baseline
    from dash_forms.domain.disclosure import Rules
    from dash_forms.domain.metrics import DeclineRate, OutcomeCounts
    from dash_forms.domain.periods import Month
    from dash_forms.domain.statistics import Interval, SurvivalPoint
    from dash_forms.reporting.disclosed import ShownGrades, ShownOutcomes, ShownReason

    Counts: TypeAlias = OutcomeCounts | ShownOutcomes
    Reason: TypeAlias = "ReasonFigures | ShownReason"
    Grades: TypeAlias = "GradeTable | ShownGrades"

MUCH_UNEXPLAINED_PERCENT = 25
NO_REASON = "none_given"


class Part(StrEnum):
    """What a report can hold besides its headline and its measures."""

    TEAMS = "teams"
    MONTHS = "months"
    HISTORY = "history"
    REASONS = "reasons"
    PLACES = "places"
    BESIDE_WAITS = "beside_waits"
    SURVIVAL = "survival"
    GRADES = "grades"
    BEFORE = "before"


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
    """One measure in numbers. `period` is what of the asked period could be measured, if any.

    A count is None where it is withheld; `has_rate` is false where the reader gets no rate of them.
    """

    metric: Metric
    numerator: int | None
    denominator: int | None
    period: Period | None
    has_rate: bool = True
    behind: Measured | None = None
    """The exact one behind a rounded one, of which nothing is told: see `overview.Change`."""

    @property
    def sample(self) -> Sample | None:
        """The two counts, when there are enough for a rate."""
        if not self.has_rate or self.numerator is None or self.denominator is None:
            return None
        is_enough = self.denominator >= FEWEST_FOR_A_RATE
        return Sample(self.numerator, self.denominator) if is_enough else None

    @property
    def is_withheld(self) -> bool:
        """Whether the reader is not told one of its counts."""
        return self.numerator is None or self.denominator is None

    @property
    def rate(self) -> float | None:
        """The proportion, when there are enough for one."""
        return self.sample.rate if self.sample else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's 95% interval of the proportion, when there is one."""
        if self.sample is None:
            return None
        return wilson_interval(self.sample.numerator, self.sample.denominator)

    @property
    def counts(self) -> str:
        """The two counts in words, which stand beside every rate."""
        return told_of(self.numerator, self.denominator)

    @property
    def percent(self) -> str | None:
        """The rate to one decimal place, when there is one."""
        return None if self.rate is None else percent(self.rate)

    @property
    def interval_words(self) -> str | None:
        """The interval in words, when there is one."""
        found = self.interval
        return f"{percent(found.lower)} to {percent(found.upper)}" if found else None


@dataclass(frozen=True)
class TeamFigures:
    """One team's outcomes in the period."""

    team: TeamChoice
    counts: Counts
    baseline: Baseline = REPORTED_DECLINE_RATE

    @cached_property
    def rate(self) -> DeclineRate:
        """D1 of the team."""
        return self.counts.rate_against(self.baseline)

    @property
    def stands_out(self) -> bool:
        """Whether the team differs from the baseline beyond chance, on data complete enough."""
        return self.counts.allow_a_verdict and self.rate.stands_out


@dataclass(frozen=True)
class MonthFigures:
    """One month's outcomes; `is_part` when the period ends within it."""

    month: Month
    counts: Counts
    in_period: bool
    is_part: bool
    baseline: Baseline = REPORTED_DECLINE_RATE

    @cached_property
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
    """One part of a breakdown: of so many countable pairs there, so many declined.

    A count is None where it is withheld; `has_rate` is false where the reader gets no rate of them.
    """

    value: str
    declined: int | None
    countable: int | None
    has_rate: bool = True

    def rate_against(self, baseline: Baseline) -> DeclineRate:
        """D1 of the part."""
        return decline_rate(self.declined, self.countable, baseline, has_rate=self.has_rate)


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
        return f"{counts}: {percent(self.agreed / self.total)}. {kappa_words(self.kappa)}"


def kappa_words(kappa: Kappa | None) -> str:
    """How far two agree beyond chance."""
    if kappa is None:
        return "All have one grade, so there is no kappa."
    if kappa.interval is None:
        return f"Weighted kappa {kappa.value:.2f}, without an interval."
    value, lower, upper = map(_decimals, (kappa.value, kappa.interval.lower, kappa.interval.upper))
    return f"Weighted kappa {value} (95% interval {lower} to {upper})."


def _decimals(number: float) -> str:
    """Two decimals, of which nought has no sign."""
    return f"{round(number, 2) + 0.0:.2f}".replace("-", "−")


@dataclass(frozen=True, slots=True)
class DeclineFigures:
    """The report for one filter. A part that was not asked for is empty."""

    filter: DeclineFilter
    counts: Counts
    measures: Mapping[str, Measured]
    before: Period
    """The stretch before, with which reasons are compared."""
    teams: tuple[TeamFigures, ...] = ()
    months: tuple[MonthFigures, ...] = ()
    everywhere: Counts | None = None
    """All teams together, whichever the report is narrowed to; with the teams."""
    history: Mapping[Month, Counts] = field(default_factory=dict)
    """Every whole month since recording began, on which limits rest."""
    reasons: tuple[Reason, ...] = ()
    explained: int | None = 0
    """Declines with a reason: what the reasons add up to."""
    explained_before: int | None = 0
    places: Mapping[Dimension, tuple[Slice, ...]] = field(default_factory=dict)
    survival: tuple[SurvivalPoint, ...] = ()
    """Of declines whose 28 days are over, the share that is still declined by day."""
    grade_tables: tuple[Grades, ...] = ()
    regraded: Mapping[str, int | None] = field(default_factory=dict)
    """Up and down, of the attempts approved in the period."""
    earlier: DeclineFigures | None = None
    """The same measures over the stretch before, where they are compared."""
    control: Rules | None = None
    """What was withheld and rounded before the reader got the figures; None for true counts."""

    @property
    def rate(self) -> DeclineRate:
        """D1 of the period."""
        return self.counts.rate_against(self.filter.baseline)

    @property
    def unexplained(self) -> int | None:
        """Declines for which no reason was given."""
        return next((each.total for each in self.reasons if each.code == NO_REASON), 0)

    @property
    def are_poorly_explained(self) -> bool:
        """Whether so many declines lack a reason that recording itself is in doubt."""
        if self.unexplained is None or self.explained is None:
            return False
        return self.unexplained * 100 > self.explained * MUCH_UNEXPLAINED_PERCENT
