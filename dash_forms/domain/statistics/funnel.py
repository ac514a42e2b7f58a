"""The funnel: how many of n is still chance when the true rate is the comparator's."""

from dataclasses import dataclass
from math import log, sqrt
from statistics import NormalDist

from dash_forms.domain.statistics.binomial import at_most, exactly
from dash_forms.domain.statistics.intervals import CountsError, check_counts, check_proportion

LEVEL_95 = 0.95
LEVEL_99_8 = 0.998
"""Chance alone puts at most one team in 20, and one in 500, outside limits of these levels."""


@dataclass(frozen=True, slots=True)
class FunnelLimits:
    """The counts from `fewest` to `most` are chance; a curve is drawn at the two proportions.

    The proportions lie between the last count that is flagged and the first that is not, so a
    drawn point is outside its curve exactly when its count is flagged.
    """

    denominator: int
    fewest: int
    most: int
    lower: float
    upper: float

    def flags(self, numerator: int) -> bool:
        """Whether so many of the denominator lie outside."""
        return not self.fewest <= numerator <= self.most


def funnel_limits(denominator: int, comparator: float, *, level: float) -> FunnelLimits:
    """Return the exact limits for n cases around a comparator strictly between 0 and 1.

    A count is outside when so few, or so many, have a probability of at most (1 − level) / 2.
    Between whole counts the curve runs straight in the logarithm of that probability.
    D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in
    Medicine 24 (2005) 1185–1202, appendix; there the upper curve runs up to one case lower, so
    that it can leave out a count whose own tail is larger. CountsError without any cases.
    """
    _check(denominator, comparator)
    tail = (1 - level) / 2
    fewest, low = _edge(denominator, comparator, tail)
    fewest_others, high = _edge(denominator, 1 - comparator, tail)
    return FunnelLimits(
        denominator=denominator,
        fewest=fewest,
        most=denominator - fewest_others,
        lower=low / denominator,
        upper=(denominator - high) / denominator,
    )


def flagged(numerator: int, denominator: int, comparator: float, *, level: float) -> bool:
    """Whether x of n lie outside the funnel: a tail of at most (1 − level) / 2, exactly.

    At 99.8% at most one team in 500 is flagged by chance, whatever its size. Whether there are
    enough cases to speak of a rate at all is for the caller to ask first. CountsError as above.
    """
    check_counts(numerator, denominator)
    _check(denominator, comparator)
    x, n, tail = numerator, denominator, (1 - level) / 2
    if exactly(x, n, comparator) > tail:
        return False  # the tail holds it, and is larger still
    if x > n * comparator:
        return at_most(n - x, n, 1 - comparator) <= tail
    return at_most(x, n, comparator) <= tail


def _check(denominator: int, comparator: float) -> None:
    check_proportion(comparator)
    if denominator < 1:
        raise CountsError("Nothing was counted, so there are no limits.")


def _edge(n: int, p: float, tail: float) -> tuple[int, float]:
    """Return the fewest that are not outside, and where between it and one less the curve runs."""
    deviations = NormalDist().inv_cdf(tail)
    skewed = (deviations * deviations - 1) * (1 - 2 * p) / 6  # Cornish and Fisher's first term
    fewest = max(0, round(n * p + deviations * sqrt(n * p * (1 - p)) + skewed))
    while (outside := at_most(fewest - 1, n, p)) > tail:
        fewest -= 1
    while (reached := outside + exactly(fewest, n, p)) <= tail:
        fewest, outside = fewest + 1, reached
    if fewest == 0:
        return 0, 0.0
    return fewest, fewest - 1 + log(tail / outside) / log(reached / outside)
