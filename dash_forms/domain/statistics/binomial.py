"""The binomial distribution itself, without an approximation: its tails and the exact test."""

from bisect import bisect_left
from math import exp, lgamma, log, log1p

from dash_forms.domain.statistics.intervals import check_counts, check_proportion

_TIE = log1p(1e-7)
_NEGLIGIBLE = 1e-17


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
