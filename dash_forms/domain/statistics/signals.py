"""The four rules that tell a change from the ordinary ups and downs of a control chart."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from itertools import groupby, pairwise

from dash_forms.domain.statistics.control_charts import ChartPoint, Limits

_RUN = 7

_Series = Sequence[tuple[float, Limits]]


class Signal(StrEnum):
    """One rule that fired."""

    OUTSIDE = "outside"
    ONE_SIDE = "one_side"
    TREND = "trend"
    NEAR_LIMIT = "near_limit"

    @property
    def words(self) -> str:
        """The rule as a reader is told it."""
        match self:
            case Signal.OUTSIDE:
                return "a point outside the limits"
            case Signal.ONE_SIDE:
                return "7 points in a row on one side of the mean"
            case Signal.TREND:
                return "7 points in a row rising or falling"
            case Signal.NEAR_LIMIT:
                return "2 of 3 points near a limit"


def signals(points: Sequence[ChartPoint]) -> tuple[frozenset[Signal], ...]:
    """Return for each point the rules of which it is a part, in the order of the points.

    The rules of NHS England's Making Data Count; limits may differ from point to point. Gaps are
    no points: a run goes on after one. A point on the mean, or on its limit, is not beyond it.
    "Near" is beyond two thirds of the way to the same limit, and outside it too, as in the
    Western Electric Statistical Quality Control Handbook (1956); NHSRplotthedots wants all three
    points on that side of the mean and counts none outside.
    """
    drawn = [
        (index, point.value, point.limits)
        for index, point in enumerate(points)
        if point.value is not None and point.limits is not None
    ]
    series = [(value, limits) for _, value, limits in drawn]
    fired: list[set[Signal]] = [set() for _ in points]
    for signal, find in _FINDERS.items():
        for position in find(series):
            fired[drawn[position][0]].add(signal)
    return tuple(frozenset(rules) for rules in fired)


def _outside(series: _Series) -> Iterator[int]:
    for position, (value, limits) in enumerate(series):
        if value < limits.lower or value > limits.upper:
            yield position


def _one_side(series: _Series) -> Iterator[int]:
    sides = [_sign(value - limits.centre) for value, limits in series]
    for run in _runs(sides, _RUN):
        yield from run


def _trend(series: _Series) -> Iterator[int]:
    steps = [_sign(after - before) for (before, _), (after, _) in pairwise(series)]
    for run in _runs(steps, _RUN - 1):
        yield from range(run.start, run.stop + 1)  # six steps join seven points


def _near_limit(series: _Series) -> Iterator[int]:
    zones = [(value > limits.near_upper) - (value < limits.near_lower) for value, limits in series]
    for start in range(len(zones) - 2):
        for zone in (-1, 1):
            near = [at for at in range(start, start + 3) if zones[at] == zone]
            if len(near) >= 2:
                yield from near


def _sign(difference: float) -> int:
    return (difference > 0) - (difference < 0)


def _runs(signs: Sequence[int], fewest: int) -> Iterator[range]:
    start = 0
    for sign, run in groupby(signs):
        stop = start + sum(1 for _ in run)
        if sign and stop - start >= fewest:
            yield range(start, stop)
        start = stop


_FINDERS: dict[Signal, Callable[[_Series], Iterator[int]]] = {
    Signal.OUTSIDE: _outside,
    Signal.ONE_SIDE: _one_side,
    Signal.TREND: _trend,
    Signal.NEAR_LIMIT: _near_limit,
}
