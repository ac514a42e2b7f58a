"""A proportion with its interval, and two independent proportions set against each other."""

from dataclasses import dataclass
from math import erfc, sqrt
from typing import Self

from dash_forms.domain.statistics.intervals import Z_95, CountsError, Interval, check_counts


def wilson_interval(numerator: float, denominator: int, z: float = Z_95) -> Interval:
    """Return the Wilson score interval of a proportion; it holds at 0, at n and for small n.

    With x of n, the ends are (2x + z² ∓ z√(z² + 4x(1 − x/n))) / 2(n + z²).
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927) 209–212; in this form it is the
    method that the Office for Health Improvement and Disparities publishes for proportions.
    """
    check_counts(numerator, denominator)
    if denominator == 0:
        raise CountsError("Nothing was counted, so there is no interval.")
    x, n = numerator, denominator
    centre = 2 * x + z * z
    reach = z * sqrt(z * z + 4 * x * (1 - x / n))
    width = 2 * (n + z * z)
    return Interval(
        lower=0.0 if x == 0 else (centre - reach) / width,
        upper=1.0 if x == n else (centre + reach) / width,
    )


@dataclass(frozen=True, slots=True)
class Sample:
    """So many of so many cases; a rate published to two digits gives no whole number of them."""

    numerator: float
    denominator: int

    def __post_init__(self) -> None:
        check_counts(self.numerator, self.denominator)
        if self.denominator == 0:
            raise CountsError("Nothing was counted, so there is nothing to compare.")

    @classmethod
    def of_rate(cls, rate: float, denominator: int) -> Self:
        """The sample behind a published rate and its number of cases; CountsError if none."""
        return cls(rate * denominator, denominator)

    @property
    def rate(self) -> float:
        """The proportion, from 0 to 1."""
        return self.numerator / self.denominator


@dataclass(frozen=True, slots=True)
class Comparison:
    """How far one proportion lies above another: both ends are differences, from −1 to 1."""

    difference: float
    interval: Interval
    p_value: float

    @property
    def differs(self) -> bool:
        """The verdict: whether the interval of the difference leaves out none at all."""
        return self.interval.excludes(0.0)


def compare(sample: Sample, other: Sample, z: float = Z_95) -> Comparison:
    """Set one proportion against another, as two independent samples.

    The interval gives the verdict. Very near the edge the p-value, which is of another method,
    may fall on the other side of 5%.
    """
    return Comparison(
        difference=sample.rate - other.rate,
        interval=newcombe_interval(sample, other, z),
        p_value=score_p(sample, other),
    )


def newcombe_interval(sample: Sample, other: Sample, z: float = Z_95) -> Interval:
    """Return the hybrid score interval of the difference of two independent proportions.

    With d = p₁ − p₂ and Wilson intervals l₁–u₁ and l₂–u₂, the ends are
    d − √((p₁ − l₁)² + (u₂ − p₂)²) and d + √((u₁ − p₁)² + (p₂ − l₂)²).
    R. G. Newcombe, "Interval estimation for the difference between independent proportions:
    comparison of eleven methods", Statistics in Medicine 17 (1998) 873–890, method 10.
    """
    one = wilson_interval(sample.numerator, sample.denominator, z)
    two = wilson_interval(other.numerator, other.denominator, z)
    difference = sample.rate - other.rate
    below = sqrt((sample.rate - one.lower) ** 2 + (two.upper - other.rate) ** 2)
    above = sqrt((one.upper - sample.rate) ** 2 + (other.rate - two.lower) ** 2)
    return Interval(lower=difference - below, upper=difference + above)


def clear_difference(sample: Sample, other: Sample) -> int:
    """1 where the first proportion is the higher by more than chance would give, −1 the lower.

    0 where Newcombe's 95% interval of the difference holds none.
    """
    interval = newcombe_interval(sample, other)
    return (interval.lower > 0) - (interval.upper < 0)


def score_p(sample: Sample, other: Sample) -> float:
    """Return the two-sided p-value of the score test that two proportions are the same.

    z = (p₁ − p₂) / √(p(1 − p)(1/n₁ + 1/n₂)) with the pooled p; its square is Pearson's X² of the
    2 × 2 table, without a correction for continuity. A. Agresti, Categorical Data Analysis,
    3rd ed. (2013) §3.2. Fisher's exact test needs whole cases, which a published rate has not.
    """
    n, m = sample.denominator, other.denominator
    pooled = (sample.numerator + other.numerator) / (n + m)
    variance = pooled * (1 - pooled) * (1 / n + 1 / m)
    if variance == 0:
        return 1.0
    return erfc(abs(sample.rate - other.rate) / sqrt(2 * variance))
