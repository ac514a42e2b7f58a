"""D1, the decline rate: its counts, its interval, and what may be said of it against a baseline."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self, TypedDict

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.baselines import REPORTED_DECLINE_RATE, Baseline
from dash_forms.domain.disclosure import told_of
from dash_forms.domain.statistics import (
    LEVEL_99_8,
    Comparison,
    CountsError,
    Interval,
    Sample,
    check_counts,
    compare,
    exact_binomial_p,
    flagged,
    wilson_interval,
)

__all__ = [
    "CountsError",
    "DeclineRate",
    "OutcomeCounts",
    "RateDocument",
    "Verdict",
    "decline_rate",
]

FEWEST_FOR_A_RATE = 10
FEWEST_FOR_A_VERDICT = 30
LEAST_COMPLETE_PERCENT = 95


class Verdict(StrEnum):
    """What the numbers allow one to say; never more."""

    LOWER = "lower"
    HIGHER = "higher"
    NOT_DISTINGUISHABLE = "not_distinguishable"
    LOW_NUMBERS = "low_numbers"
    TOO_FEW = "too_few"
    WITHHELD = "withheld"


class RateDocument(TypedDict):
    """The shape in which a rate leaves the system."""

    metric: str
    numerator: int | None
    denominator: int | None
    rate: float | None
    lower: float | None
    upper: float | None
    baseline: float
    baseline_key: str
    baseline_label: str
    comparison: str
    difference: float | None
    difference_lower: float | None
    difference_upper: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class DeclineRate:
    """How many victims declined, of those who completed, partly completed or declined.

    A count is None where it is withheld from the reader.
    """

    numerator: int | None
    denominator: int | None
    rate: float | None
    lower: float | None
    upper: float | None
    baseline: Baseline
    verdict: Verdict
    metric: str = "D1"

    @property
    def counts(self) -> str:
        """The two counts in words, which stand beside every rate."""
        return told_of(self.numerator, self.denominator)

    @property
    def is_withheld(self) -> bool:
        """Whether the reader is not told one of its counts, and so no rate."""
        return self.verdict is Verdict.WITHHELD

    @property
    def sample(self) -> Sample | None:
        """The counts of a rate, where there is one."""
        if self.rate is None or self.numerator is None or self.denominator is None:
            return None
        return Sample(self.numerator, self.denominator)

    @property
    def percent(self) -> str | None:
        """The rate to one decimal place, when there are enough cases for one."""
        return None if self.rate is None else percent(self.rate)

    @property
    def interval(self) -> str | None:
        """The interval in words, when there are enough cases for a rate."""
        if self.lower is None or self.upper is None:
            return None
        return f"{percent(self.lower)} to {percent(self.upper)}"

    @property
    def verdict_words(self) -> str:
        """The verdict as a sentence; one that claims a difference needs the baseline's caveat."""
        match self.verdict:
            case Verdict.LOWER:
                return f"Lower than {self.baseline.name}."
            case Verdict.HIGHER:
                return f"Higher than {self.baseline.name}."
            case Verdict.NOT_DISTINGUISHABLE:
                return f"Not distinguishable from {self.baseline.name}."
            case Verdict.LOW_NUMBERS:
                return "Low numbers: no verdict."
            case Verdict.TOO_FEW:
                return "Too few for a rate."
            case Verdict.WITHHELD:
                return "Withheld: no rate."

    @property
    def comparison(self) -> Comparison | None:
        """The comparison of two samples, where a rate is set against one whose n is known."""
        if self.sample is None or self.baseline.sample is None:
            return None
        return compare(self.sample, self.baseline.sample)

    @property
    def difference_words(self) -> str | None:
        """How far the rate lies above or below the baseline, where two samples are compared."""
        if (found := self.comparison) is None:
            return None
        points, lower, upper = (
            f"{100 * each:+.1f}".replace("-", "−")
            for each in (found.difference, found.interval.lower, found.interval.upper)
        )
        return f"{points} percentage points (95% interval {lower} to {upper})"

    @property
    def p_value(self) -> float | None:
        """The two-sided p-value against the baseline, where a verdict is given.

        Exact against a fixed reference, and the score test's against a sample.
        """
        if (own := self._judged) is None:
            return None
        if (found := self.comparison) is not None:
            return found.p_value
        return exact_binomial_p(*own, self.baseline.rate)

    @property
    def stands_out(self) -> bool:
        """Whether a team among many lies outside the exact 99.8% funnel around the baseline.

        Ten teams over twelve months give about six false alarms at 95%, and 0.24 at 99.8%. It is
        the rule that the funnel is drawn by, so that flag and drawing agree.
        """
        if (own := self._judged) is None:
            return False
        return flagged(*own, self.baseline.rate, level=LEVEL_99_8)

    @property
    def _judged(self) -> tuple[int, int] | None:
        """The counts, where there are enough for a verdict."""
        if self.rate is None or self.numerator is None or self.denominator is None:
            return None
        is_enough = self.denominator >= FEWEST_FOR_A_VERDICT
        return (self.numerator, self.denominator) if is_enough else None

    def sentence(self) -> str:
        """Say the rate the way every screen says it."""
        if self.denominator == 0:
            return "Nobody counted yet; too few for a rate."
        if self.is_withheld:
            return f"{self.counts} declined; no rate."
        if self.rate is None:
            return f"{self.counts} declined; too few for a rate."
        claim = self.verdict_words
        if self.verdict in {Verdict.LOWER, Verdict.HIGHER}:
            claim = f"{claim.removesuffix('.')} ({self.baseline.caveat})."
        return f"{self.counts} declined: {self.percent} (95% interval {self.interval}). {claim}"

    def as_json(self) -> RateDocument:
        """Give the rate unrounded, with null where there are too few cases for one.

        The difference is null, too, from a baseline that is treated as a fixed reference.
        """
        found = self.comparison
        return {
            "metric": self.metric,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "rate": self.rate,
            "lower": self.lower,
            "upper": self.upper,
            "baseline": self.baseline.rate,
            "baseline_key": self.baseline.key,
            "baseline_label": self.baseline.legend,
            "comparison": self.baseline.caveat,
            "difference": found.difference if found else None,
            "difference_lower": found.interval.lower if found else None,
            "difference_upper": found.interval.upper if found else None,
            "verdict": self.verdict.value,
        }


def decline_rate(
    numerator: int | None,
    denominator: int | None,
    baseline: Baseline = REPORTED_DECLINE_RATE,
    *,
    has_rate: bool = True,
) -> DeclineRate:
    """Work out D1 from its two counts, saying no more than they allow.

    A count is None where it is withheld; `has_rate` is false where the reader gets no rate of them.
    """
    if numerator is None or denominator is None:
        return DeclineRate(numerator, denominator, None, None, None, baseline, Verdict.WITHHELD)
    check_counts(numerator, denominator)
    if denominator < FEWEST_FOR_A_RATE or not has_rate:
        return DeclineRate(numerator, denominator, None, None, None, baseline, Verdict.TOO_FEW)
    interval = wilson_interval(numerator, denominator)
    return DeclineRate(
        numerator=numerator,
        denominator=denominator,
        rate=numerator / denominator,
        lower=interval.lower,
        upper=interval.upper,
        baseline=baseline,
        verdict=_verdict(numerator, denominator, interval, baseline),
    )


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """How many (incident, victim) pairs ended in each way; no two ways are ever merged."""

    by_outcome: Counter[Outcome] = field(default_factory=Counter)

    @classmethod
    def of(cls, counted: Iterable[tuple[Outcome, int]]) -> Self:
        """Gather counts by outcome, adding those of the same outcome."""
        counts: Counter[Outcome] = Counter()
        for outcome, count in counted:
            counts[outcome] += count
        return cls(counts)

    @classmethod
    def total_of(cls, parts: Iterable[Self]) -> Self:
        """Add up the counts of several teams or months."""
        return cls.of(pair for part in parts for pair in part.by_outcome.items())

    def __getitem__(self, outcome: Outcome) -> int:
        return self.by_outcome[outcome]

    @property
    def all(self) -> int:
        """Every pair, whatever became of it."""
        return self.by_outcome.total()

    @property
    def countable(self) -> int:
        """The denominator of D1: completed, partly completed or declined."""
        return sum(count for outcome, count in self.by_outcome.items() if outcome.is_countable)

    @property
    def declined_of(self) -> tuple[int, int]:
        """The two counts of D1."""
        return self[Outcome.DECLINED], self.countable

    @property
    def decline_rate(self) -> DeclineRate:
        """D1 of these counts, against the rate that was reported."""
        return self.rate_against(REPORTED_DECLINE_RATE)

    def rate_against(self, baseline: Baseline) -> DeclineRate:
        """D1 of these counts, against any baseline."""
        return decline_rate(*self.declined_of, baseline)

    def share(self, outcome: Outcome) -> float | None:
        """The part of all pairs that ended so, when there are enough for a rate."""
        return self[outcome] / self.all if self.all >= FEWEST_FOR_A_RATE else None

    @property
    def completeness(self) -> float:
        """O4: the share of pairs that have an outcome at all."""
        return 1 - self[Outcome.PENDING] / self.all if self.all else 1.0

    @property
    def allow_a_verdict(self) -> bool:
        """Whether enough of the pairs have an outcome to judge by; compared in whole numbers."""
        return is_complete(self[Outcome.PENDING], self.all)


def is_complete(pending: int, of: int) -> bool:
    """Whether at least 95% of all pairs have an outcome; compared in whole numbers."""
    return (of - pending) * 100 >= of * LEAST_COMPLETE_PERCENT


def _verdict(numerator: int, denominator: int, interval: Interval, baseline: Baseline) -> Verdict:
    """By the interval of the rate, or of its difference from a baseline whose n is known."""
    if denominator < FEWEST_FOR_A_VERDICT:
        return Verdict.LOW_NUMBERS
    reference = baseline.rate
    if baseline.sample is not None:
        interval = compare(Sample(numerator, denominator), baseline.sample).interval
        reference = 0.0
    if interval.upper < reference:
        return Verdict.LOWER
    if interval.lower > reference:
        return Verdict.HIGHER
    return Verdict.NOT_DISTINGUISHABLE


def percent(proportion: float) -> str:
    """Write a proportion as every screen does, to one decimal place."""
    return f"{proportion:.1%}"
