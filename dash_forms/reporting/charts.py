"""Where things stand on the charts, in per cent of their box: no drawing, only places."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, Protocol, Self

from dash_forms.domain.metrics import Verdict, decline_rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dash_forms.domain.baselines import Baseline
    from dash_forms.domain.metrics import DeclineRate
    from dash_forms.reporting.figures import TeamChoice

GRAIN = 5
SHORTEST_AXIS = 20


@dataclass(frozen=True, slots=True)
class Tick:
    """A round value on an axis and its place."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of whole per cents that takes in all the data, and no more than round ends need."""

    low: int
    high: int

    @classmethod
    def around(cls, shares: Iterable[float]) -> Self:
        """Fit an axis to proportions."""
        percents = [share * 100 for share in shares]
        low = floor(min(percents) / GRAIN) * GRAIN
        high = ceil(max(percents) / GRAIN) * GRAIN
        while high - low < SHORTEST_AXIS:
            low = max(0, low - GRAIN)
            if high - low < SHORTEST_AXIS:
                high = min(100, high + GRAIN)
        return cls(low, high)

    @property
    def step(self) -> int:
        """How far apart the ticks stand, so that there are about five."""
        return next(step for step in (5, 10, 20) if self.high - self.low <= 5 * step)

    def place(self, share: float) -> float:
        """Return how far along the axis a proportion lies, in per cent of its length."""
        return round((share * 100 - self.low) / (self.high - self.low) * 100, 2)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The round values along the axis."""
        first = ceil(self.low / self.step) * self.step
        return tuple(
            Tick(self.place(value / 100), f"{value}%")
            for value in range(first, self.high + 1, self.step)
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """A rate with its interval, placed on an axis; its shape says what its colour says."""

    at: float
    start: float
    end: float
    shape: str

    @classmethod
    def of(cls, rate: DeclineRate, axis: Axis, *, stands_out: bool = False) -> Self | None:
        """Place a rate, if there are enough cases for one."""
        if rate.rate is None or rate.lower is None or rate.upper is None:
            return None
        return cls(
            axis.place(rate.rate),
            axis.place(rate.lower),
            axis.place(rate.upper),
            _shape(rate, stands_out=stands_out),
        )


@dataclass(frozen=True, slots=True)
class IntervalPlot:
    """One rate against the reported figure."""

    axis: Axis
    reported: float
    mark: Mark

    @classmethod
    def of(cls, rate: DeclineRate) -> Self | None:
        """Lay out the plot, if there are enough cases for a rate."""
        axis = axis_for([rate])
        mark = Mark.of(rate, axis)
        return cls(axis, axis.place(rate.baseline.rate), mark) if mark else None


class TeamRate(Protocol):
    """A rate of one team, whatever it is a rate of, and what it is held against."""

    @property
    def team(self) -> TeamChoice: ...

    @property
    def baseline(self) -> Baseline: ...

    @property
    def rate(self) -> DeclineRate: ...

    @property
    def stands_out(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class TeamPlot:
    """One row for each team, all on the same axis."""

    axis: Axis
    reported: float
    rows: tuple[tuple[TeamRate, Mark | None], ...]

    @classmethod
    def of(cls, teams: Sequence[TeamRate], comparator: Baseline) -> Self:
        """Lay out the rows in the order given."""
        axis = axis_for([decline_rate(0, 0, comparator), *(team.rate for team in teams)])
        return cls(
            axis,
            axis.place(comparator.rate),
            tuple((team, Mark.of(team.rate, axis, stands_out=team.stands_out)) for team in teams),
        )


def path(places: Iterable[tuple[float, float]]) -> str:
    """A line through places from the left and from the top, as an SVG path has it."""
    return "M" + "L".join(f"{across:g} {down:g}" for across, down in places)


def axis_for(rates: list[DeclineRate]) -> Axis:
    """An axis that takes in every rate with its interval and its baseline."""
    ends = [end for rate in rates for end in (rate.lower, rate.upper) if end is not None]
    return Axis.around([*ends, *(rate.baseline.rate for rate in rates)])


def _shape(rate: DeclineRate, *, stands_out: bool) -> str:
    if rate.verdict is Verdict.LOW_NUMBERS:
        return "hollow"
    if stands_out and rate.rate is not None:
        return "below" if rate.rate < rate.baseline.rate else "above"
    return "dot"
