"""Counts turned into honest uncertainty: the Wilson interval and the exact binomial test."""

from bisect import bisect_left
from dataclasses import dataclass
from math import exp, lgamma, log, log1p, sqrt

from dash_forms.domain.errors import InvalidError

Z_95 = 1.959963984540054
Z_99_8 = 3.090232306167813
"""Standard normal quantiles that leave 2.5% and 0.1% in each tail."""

_TIE = log1p(1e-7)
_NEGLIGIBLE = 1e-17


class CountsError(InvalidError, ValueError):
    """The counts cannot be the numerator and denominator of a proportion."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The two ends of a confidence interval for a proportion."""

    lower: float
    upper: float

    def excludes(self, value: float) -> bool:
        """Whether the whole interval lies on one side of the value, unrounded."""
        return value < self.lower or value > self.upper


def check_counts(numerator: int, denominator: int) -> None:
    """Refuse counts that no set of cases could give."""
    if numerator < 0 or denominator < 0:
        raise CountsError(f"Counts cannot be negative: {numerator} of {denominator}.")
    if numerator > denominator:
        raise CountsError(f"A part cannot exceed its whole: {numerator} of {denominator}.")


def wilson_interval(numerator: int, denominator: int, z: float = Z_95) -> Interval:
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


def exact_binomial_p(numerator: int, denominator: int, reference: float) -> float:
    """Return the two-sided exact p-value of x of n against a fixed proportion.

    The method of small p-values: the probability of every count that is no likelier than the
    one seen. Counts within one part in ten million of each other are taken as equally likely.
    """
    check_counts(numerator, denominator)
    if not 0 < reference < 1:
        raise CountsError(f"The reference proportion must lie between 0 and 1: {reference}.")
    x, n, p = numerator, denominator, reference
    if x > n * p:
        x, p = n - x, 1 - p  # the mirror image has the same probabilities
    if x == n * p:
        return 1.0
    ceiling = _log_probability(x, n, p) + _TIE
    far_side = range(int(n * p) + 1, n + 1)
    opposite = far_side.start + bisect_left(
        far_side, x=True, key=lambda k: _log_probability(k, n, p) <= ceiling
    )
    near = _tail(n - x, n, 1 - p)
    far = _tail(opposite, n, p) if opposite <= n else 0.0
    return min(1.0, near + far)


def _log_probability(k: int, n: int, p: float) -> float:
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return ways + k * log(p) + (n - k) * log1p(-p)


def _tail(k: int, n: int, p: float) -> float:
    """Return P(X ≥ k) for k at or above the mean, where each term is smaller than the last."""
    term = total = exp(_log_probability(k, n, p))
    odds = p / (1 - p)
    while k < n and term > total * _NEGLIGIBLE:
        term *= odds * (n - k) / (k + 1)
        total += term
        k += 1
    return total
