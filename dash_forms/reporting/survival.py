"""The curve of those who still decline, day by day: where its steps and its band stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash_forms.domain.metrics import FEWEST_FOR_A_RATE, percent
from dash_forms.domain.statistics import LAST_DAY
from dash_forms.reporting.charts import Axis, Tick, path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dash_forms.domain.statistics import Interval, SurvivalPoint

_WEEK = 7


@dataclass(frozen=True, slots=True)
class SurvivalPlot:
    """The share still declined at the end of each day, with its interval around it.

    Where only some days are told, the share stands still until the next of them.
    """

    axis: Axis
    days: tuple[Tick, ...]
    curve: str
    band: str
    count: int
    points: tuple[SurvivalPoint, ...]

    @classmethod
    def of(cls, points: Sequence[SurvivalPoint]) -> SurvivalPlot | None:
        """Lay out the curve, if enough declines were followed for a rate."""
        if not points or points[0].at_risk < FEWEST_FOR_A_RATE:
            return None
        ends = [end for each in points if each.interval for end in _ends(each.interval)]
        axis = Axis.around([1.0, *ends])
        lower = _steps(points, axis, lambda each: each.interval.lower if each.interval else 1.0)
        upper = _steps(points, axis, lambda each: each.interval.upper if each.interval else 1.0)
        return cls(
            axis=axis,
            days=tuple(Tick(_across(day), f"{day}") for day in range(0, LAST_DAY + 1, _WEEK)),
            curve=path(_steps(points, axis, lambda each: each.share)),
            band=path([*upper, *reversed(lower)]) + "Z",
            count=points[0].at_risk,
            points=tuple(points),
        )

    @property
    def summary(self) -> str:
        """The curve in a sentence, for those who do not see it."""
        after = [each for each in self.points if each.day in {0, 1, _WEEK, LAST_DAY}]
        shares = ", ".join(f"{percent(each.share)} at the end of day {each.day}" for each in after)
        return f"Still declined: {shares}."

    @property
    def is_daily(self) -> bool:
        """Whether every day is told."""
        return len(self.points) > LAST_DAY

    @property
    def told(self) -> tuple[SurvivalPoint, ...]:
        """The days of the table: those on which somebody was assessed, each week, and the last."""
        return tuple(each for each in self.points if each.ended or each.day % _WEEK == 0)


def _ends(interval: Interval) -> tuple[float, float]:
    return interval.lower, interval.upper


def _across(day: int) -> float:
    return round(day / (LAST_DAY + 1) * 100, 2)


def _steps(
    points: Sequence[SurvivalPoint], axis: Axis, height: Callable[[SurvivalPoint], float]
) -> list[tuple[float, float]]:
    """Level through each day and a step at its end; places from the left and from the top."""
    found = []
    until = [*(each.day for each in points[1:]), LAST_DAY + 1]
    for each, end in zip(points, until, strict=True):
        down = round(100 - axis.place(height(each)), 2)
        found += [(_across(each.day), down), (_across(end), down)]
    return found
