"""How many cases it takes before a rate can be told from the figure it is set against."""

from math import ceil, sqrt

from dash_forms.domain.statistics.intervals import Z_95, check_counts, check_proportion

_Z_POWER_80 = 0.8416212335729143


def pairs_needed(rate: float, *, baseline: float) -> int | None:
    """Return the cases with which a true rate differs from a fixed baseline four times in five.

    For a two-sided test of one sample at 5% with 80% power, in the normal approximation:
    n = ((z₁√(p₀(1 − p₀)) + z₂√(p₁(1 − p₁))) / (p₁ − p₀))², rounded up, z₁ = 1.960, z₂ = 0.842.
    J. L. Fleiss, B. Levin and M. C. Paik, Statistical Methods for Rates and Proportions, 3rd ed.
    (2003) ch. 2. Both are proportions; None where they are equal, which no number can tell apart.
    CountsError unless the rate is from 0 to 1 and the baseline strictly between.
    """
    check_proportion(baseline)
    check_counts(rate, 1)
    if rate == baseline:
        return None
    spread = Z_95 * sqrt(baseline * (1 - baseline)) + _Z_POWER_80 * sqrt(rate * (1 - rate))
    return ceil((spread / (rate - baseline)) ** 2)


def more_pairs_needed(rate: float, *, have: int, baseline: float) -> int | None:
    """Return how many cases at this rate must still come; 0 when they are there, None as above."""
    needed = pairs_needed(rate, baseline=baseline)
    return None if needed is None else max(0, needed - have)
