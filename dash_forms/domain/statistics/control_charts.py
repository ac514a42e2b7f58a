"""Limits of a series over time: a p-chart for varying numbers of cases, XmR for single values."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import fmean
from typing import Self

from dash_forms.domain.statistics.intervals import Interval, check_counts

FEWEST_FOR_FIRM_LIMITS = 12
EVERY_POINT = slice(None)
PROPORTIONS = Interval(0.0, 1.0)

_LIMIT_OF_VALUES = 2.66
_LIMIT_OF_RANGES = 3.267
"""3 / d₂ and D₄ for ranges of two values, d₂ = 1.128."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one point is held against; `near` is two thirds of the way, before any clipping."""

    centre: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float

    @classmethod
    def around(cls, centre: float, reach: float, within: Interval | None = None) -> Self:
        """Limits so far from the centre on both sides, clipped to what the values can be."""
        lower, upper = centre - reach, centre + reach
        if within is not None:
            lower, upper = max(lower, within.lower), min(upper, within.upper)
        near = reach * 2 / 3
        return cls(centre, lower, upper, centre - near, centre + near)


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One value and its limits; neither where nothing was counted, which leaves a gap."""

    value: float | None
    limits: Limits | None


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A series with its centre line, as many points as were given, and what the limits rest on."""

    centre: float
    points: tuple[ChartPoint, ...]
    baseline_count: int
    mean_moving_range: float | None = None

    @property
    def is_trial(self) -> bool:
        """Whether the limits rest on too few points to be firm: they are "trial limits"."""
        return self.baseline_count < FEWEST_FOR_FIRM_LIMITS


def p_chart(
    counts: Sequence[tuple[int, int]], *, baseline: slice = EVERY_POINT
) -> ControlChart | None:
    """Return the chart of proportions x of n, with limits for each n; None for an empty baseline.

    The centre p is all x over all n of the baseline; the limits are p ± 3√(p(1 − p)/n), clipped to
    0 and 1. W. A. Shewhart, Economic Control of Quality of Manufactured Product (1931); D. C.
    Montgomery, Introduction to Statistical Quality Control, 8th ed. (2019) §7.2. Points without
    any cases are gaps. CountsError for impossible counts.
    """
    for numerator, denominator in counts:
        check_counts(numerator, denominator)
    chosen = [(x, n) for x, n in counts[baseline] if n > 0]
    if not chosen:
        return None
    centre = sum(x for x, _ in chosen) / sum(n for _, n in chosen)
    deviation = sqrt(centre * (1 - centre))
    points = tuple(
        ChartPoint(x / n, Limits.around(centre, 3 * deviation / sqrt(n), PROPORTIONS))
        if n > 0
        else ChartPoint(None, None)
        for x, n in counts
    )
    return ControlChart(centre, points, len(chosen))


def xmr_chart(
    values: Sequence[float],
    *,
    baseline: slice = EVERY_POINT,
    screen_ranges: bool = False,
    within: Interval | None = None,
) -> ControlChart | None:
    """Return the chart of single values, in their own unit; None for a baseline of less than two.

    The limits are the mean ± 2.66 times the mean difference of neighbours in the baseline. With
    `screen_ranges`, differences above 3.267 times their mean are first left out, once, as the
    package NHSRplotthedots does and the NHS's spreadsheet does not. D. J. Wheeler, Understanding
    Variation (1993); L. S. Nelson, "Control charts for individual measurements", Journal of
    Quality Technology 14 (1982) 172–173. `within` clips the limits to what the values can be.
    """
    chosen = values[baseline]
    if len(chosen) < 2:
        return None
    ranges = [abs(after - before) for before, after in pairwise(chosen)]
    if screen_ranges:
        ceiling = _LIMIT_OF_RANGES * fmean(ranges)
        ranges = [moved for moved in ranges if moved <= ceiling]
    centre, mean_range = fmean(chosen), fmean(ranges)
    limits = Limits.around(centre, _LIMIT_OF_VALUES * mean_range, within)
    points = tuple(ChartPoint(value, limits) for value in values)
    return ControlChart(centre, points, len(chosen), mean_range)
