"""A proportion with its interval."""

from math import sqrt

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
