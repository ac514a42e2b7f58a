"""The binomial distribution itself, without an approximation: its tails and the exact test."""

from bisect import bisect_left
from math import exp, lgamma, log, log1p

from dash_forms.domain.statistics.intervals import check_counts, check_proportion

_TIE = log1p(1e-7)
_CLOSE = 3e-16


def exact_binomial_p(numerator: int, denominator: int, reference: float) -> float:
    """Return the two-sided exact p-value of x of n against a fixed proportion.

    The method of small p-values: the probability of every count that is no likelier than the
    one seen. Counts within one part in ten million of each other are taken as equally likely.
    """
    check_counts(numerator, denominator)
    check_proportion(reference)
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


def at_most(count: int, cases: int, proportion: float) -> float:
    """Return the probability of so many or fewer; the proportion lies strictly inside 0 to 1."""
    if count < 0:
        return 0.0
    if count > cases * proportion:
        return 1.0 - (_tail(count + 1, cases, proportion) if count < cases else 0.0)
    return _tail(cases - count, cases, 1 - proportion)


def exactly(count: int, cases: int, proportion: float) -> float:
    """Return the probability of just so many; the proportion lies strictly inside 0 to 1."""
    return exp(_log_probability(count, cases, proportion))


def _log_probability(k: int, n: int, p: float) -> float:
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return ways + k * log(p) + (n - k) * log1p(-p)


def _tail(k: int, n: int, p: float) -> float:
    """Return P(X ≥ k) for k at or above the mean, and at least 1.

    It is the incomplete beta function, as the continued fraction of DLMF 8.17.22 by Lentz's method:
    its steps hardly grow with n, where adding up the terms takes as many as √n (W. H. Press et al.,
    "Numerical Recipes", third edition, §6.4).
    """
    a, b = k, n - k + 1
    numerator, denominator = 1.0, 1.0 - (a + b) * p / (a + 1)
    fraction = denominator = 1.0 / denominator
    step = 0
    change = 0.0
    while abs(change - 1.0) > _CLOSE:
        step += 1
        even = step * (b - step) * p / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * p / ((a + 2 * step) * (a + 2 * step + 1))
        denominator = 1.0 / (1.0 + even * denominator)
        numerator = 1.0 + even / numerator
        fraction *= denominator * numerator
        denominator = 1.0 / (1.0 + odd * denominator)
        numerator = 1.0 + odd / numerator
        change = denominator * numerator
        fraction *= change
    return exactly(k, n, p) * (1.0 - p) * fraction
