"""The decline rate by month as a control chart: which one, its limits, and the rules that fired."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from dash_forms.domain.metrics import FEWEST_FOR_A_RATE, FEWEST_FOR_A_VERDICT
from dash_forms.domain.rebasing import ChartKind, kind_for, stretches
from dash_forms.domain.statistics import (
    FEWEST_FOR_FIRM_LIMITS,
    ChartPoint,
    Signal,
    signals,
)
from dash_forms.reporting.charts import Axis, path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dash_forms.domain.baselines import Baseline
    from dash_forms.domain.metrics import DeclineRate
    from dash_forms.domain.periods import Month
    from dash_forms.domain.rebasing import Rebase, Stretch
    from dash_forms.domain.statistics import Limits

FEWEST_TO_SAY_UNCHANGED = 6
"""Limits of fewer months lie where these happened to. Our choice: half of what makes them firm."""

_Held = tuple[ChartPoint, frozenset[Signal], int | None]
_NOTHING: _Held = (ChartPoint(None, None), frozenset(), None)


class MonthRate(Protocol):
    """A rate of one month, whatever it is a rate of."""

    @property
    def month(self) -> Month: ...

    @property
    def rate(self) -> DeclineRate: ...

    @property
    def in_period(self) -> bool: ...


M = TypeVar("M", bound=MonthRate)


@dataclass(frozen=True, slots=True)
class TrendMonth(Generic[M]):
    """A month with what its rate is held against; no value where there are too few cases for one.

    A month that is not over, or too small for a rate, has no limits and breaks no rule.
    """

    figures: M
    value: float | None
    limits: Limits | None
    fired: frozenset[Signal]
    stretch: int | None

    @property
    def is_drawn(self) -> bool:
        """Whether it is a point of the chart."""
        return self.value is not None and self.limits is not None

    @property
    def rules(self) -> str:
        """The rules that fired, in words; empty where none did."""
        return "; ".join(each.words for each in Signal if each in self.fired)

    @property
    def shape(self) -> str:
        """What the mark looks like: shape says what colour says."""
        if self.value is not None and self.limits is not None and Signal.OUTSIDE in self.fired:
            return "above" if self.value > self.limits.centre else "below"
        if self.fired:
            return "run"
        return "hollow" if (self.figures.rate.denominator or 0) < FEWEST_FOR_A_VERDICT else "dot"


@dataclass(frozen=True, slots=True)
class Trend(Generic[M]):
    """The months from left to right, with the charts' stretches and what they say."""

    kind: ChartKind
    is_force: bool
    months: tuple[TrendMonth[M], ...]
    stretches: tuple[Stretch, ...]
    baseline: Baseline | None
    """What the months are set against; None for a rate that is set against nothing."""

    @classmethod
    def of(
        cls,
        shown: Sequence[M],
        history: Mapping[Month, tuple[int, int]],
        rebased: Iterable[Rebase],
        *,
        is_force: bool,
        baseline: Baseline | None,
    ) -> Trend[M]:
        """Hold the months shown against limits that rest on the whole history, (x of n) by month.

        Rules are looked for in the whole history too, so that a run does not begin at the edge of
        the drawing; they never reach over a rebase.
        """
        kind = kind_for(history, is_force=is_force)
        fewest = FEWEST_FOR_A_VERDICT if kind is ChartKind.XMR else FEWEST_FOR_A_RATE
        whole = {month: each for month, each in history.items() if each[1] >= fewest}
        found = stretches(whole, (each.first_month for each in rebased), kind=kind)
        held: dict[Month, _Held] = {}
        for number, stretch in enumerate(found):
            if stretch.chart is None:
                continue
            points = stretch.chart.points
            held |= {
                month: (point, fired, number)
                for month, point, fired in zip(stretch.months, points, signals(points), strict=True)
            }
        months = []
        for each in _from_the_first_with_cases(shown):
            point, fired, index = held.get(each.month, _NOTHING)
            months.append(TrendMonth(each, point.value, point.limits, fired, index))
        return cls(kind, is_force, tuple(months), found, baseline)

    @property
    def drawn(self) -> tuple[TrendMonth[M], ...]:
        """The months that are points of the chart."""
        return tuple(each for each in self.months if each.is_drawn)

    @property
    def last(self) -> Stretch | None:
        """The stretch that goes on."""
        return self.stretches[-1] if self.stretches else None

    @property
    def is_trial(self) -> bool:
        """Whether its limits may still move."""
        return self.last is None or self.last.chart is None or self.last.chart.is_trial

    @property
    def months_behind(self) -> int:
        """How many months the limits of the stretch that goes on rest on."""
        return len(self.last.rests_on) if self.last else 0

    @property
    def is_too_soon(self) -> bool:
        """Whether that no rule fired says nothing yet."""
        return self.months_behind < FEWEST_TO_SAY_UNCHANGED

    @property
    def _withholds(self) -> bool:
        return any(each.figures.rate.is_withheld for each in self.months)

    @property
    def kind_words(self) -> str:
        """Which chart it is, and by which rule."""
        if self.kind is ChartKind.XMR:
            return (
                "This is an XmR chart, because it is of the whole force and its months have"
                f" {FEWEST_FOR_A_VERDICT} cases or more: its limits come from how much one month"
                " usually differs from the next. A first month with fewer is left out."
            )
        why = "a team’s months differ much in their number of cases"
        if self.is_force:
            few = sum(len(each.months) for each in self.stretches) < 2
            shown = " that are shown" if self._withholds else ""
            why = f"not every month has {FEWEST_FOR_A_VERDICT} cases{shown}"
            why = "it takes two months to see how much one differs from the next" if few else why
        return (
            f"This is a p-chart, because {why}: the limits of each month come from its own"
            " number of cases."
        )

    @property
    def limits_words(self) -> str:
        """What the limits rest on, and whether they are firm."""
        rests_on = self.last.rests_on if self.last else ()
        if not rests_on:
            return "No whole month has enough cases for a rate yet, so there are no limits."
        stretch = f"{rests_on[0].label} to {rests_on[-1].label}"
        if len(rests_on) == 1:
            stretch = rests_on[0].label
        if self.is_trial:
            return (
                f"Trial limits: they rest on {stretch}, {len(rests_on)} of the"
                f" {FEWEST_FOR_FIRM_LIMITS} months that make them firm, and move until then."
            )
        return f"The limits are firm: they rest on {stretch} and do not move with later months."

    @property
    def baseline_words(self) -> str:
        """How the baseline lies to the limits of the last month; empty where there are none."""
        limits = next((each.limits for each in reversed(self.months) if each.limits), None)
        if limits is None or self.baseline is None:
            return ""
        name = f"{self.baseline.name[:1].upper()}{self.baseline.name[1:]}"
        if limits.upper < self.baseline.rate:
            return f"{name} lies above the limits: an ordinary month stays below it."
        if limits.lower > self.baseline.rate:
            return f"{name} lies below the limits: an ordinary month stays above it."
        return f"{name} lies within the limits: chance alone takes a month to either side of it."

    @property
    def fired(self) -> tuple[str, ...]:
        """Each rule that fired among the months shown, and when, in words."""
        return tuple(
            f"{signal.words[:1].upper()}{signal.words[1:]}: {_stretch_words(run)}."
            for signal in Signal
            for run in _runs(self.drawn, signal)
        )


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A month's place across the chart, and how far down its value is, if it has one."""

    month: TrendMonth[Any]
    across: float
    down: float | None
    names_year: bool


@dataclass(frozen=True, slots=True)
class TrendPlot:
    """Where everything stands: points and ticks in per cent, lines as paths in 100 by 100."""

    axis: Axis
    reported: float | None
    points: tuple[TrendPoint, ...]
    line: str
    centre: str
    limits: str
    period_from: float
    period_width: float

    @classmethod
    def of(cls, trend: Trend[Any]) -> TrendPlot | None:
        """Lay out a trend, if any of its months is a point."""
        if not trend.drawn:
            return None
        reach = [
            each
            for month in trend.drawn
            if month.value is not None and month.limits is not None
            for each in (month.value, month.limits.lower, month.limits.upper)
        ]
        baseline = trend.baseline
        axis = Axis.around([*reach, *([baseline.rate] if baseline else [])])
        width = 100 / len(trend.months)
        points = tuple(
            TrendPoint(
                each,
                round((index + 0.5) * width, 2),
                _down(axis, each.value) if each.is_drawn and each.value is not None else None,
                names_year=each.figures.month.number == 1
                or (index == 0 and not any(map(_is_january, trend.months[1:3]))),
            )
            for index, each in enumerate(trend.months)
        )
        before = sum(not each.figures.in_period for each in trend.months)
        return cls(
            axis=axis,
            reported=_down(axis, baseline.rate) if baseline else None,
            points=points,
            line="".join(_joined(points)),
            centre="".join(_levels(trend.months, axis, "centre")),
            limits="".join(
                each for end in ("lower", "upper") for each in _levels(trend.months, axis, end)
            ),
            period_from=round(before * width, 2),
            period_width=round(100 - before * width, 2),
        )

    @property
    def summary(self) -> str:
        """The chart in a sentence, for those who do not see it."""
        drawn = [point.month.figures for point in self.points if point.down is not None]
        lowest = min(drawn, key=lambda figures: figures.rate.rate or 0)
        highest = max(drawn, key=lambda figures: figures.rate.rate or 0)
        return (
            f"From {drawn[0].month.label} to {drawn[-1].month.label},"
            f" lowest in {lowest.month.label} at {lowest.rate.percent},"
            f" highest in {highest.month.label} at {highest.rate.percent}.{self._withheld}"
        )

    @property
    def _withheld(self) -> str:
        number = sum(point.month.figures.rate.is_withheld for point in self.points)
        if not number:
            return ""
        return f" {number} month{' is' if number == 1 else 's are'} withheld and not drawn."


def _from_the_first_with_cases(shown: Sequence[M]) -> Sequence[M]:
    first = next(
        (index for index, each in enumerate(shown) if each.rate.denominator != 0), len(shown)
    )
    return shown[first:]


def _runs(months: Sequence[TrendMonth[M]], signal: Signal) -> list[list[TrendMonth[M]]]:
    """The stretches of neighbouring points in which a rule fired."""
    runs: list[list[TrendMonth[M]]] = [[]]
    for each in months:
        if signal in each.fired and (not runs[-1] or runs[-1][-1].stretch == each.stretch):
            runs[-1].append(each)
        elif signal in each.fired:
            runs.append([each])
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _stretch_words(run: Sequence[TrendMonth[Any]]) -> str:
    first, last = run[0].figures.month.label, run[-1].figures.month.label
    return first if first == last else f"{first} to {last}"


def _is_january(month: TrendMonth[Any]) -> bool:
    """Its own year is named there, which leaves no room for another close by."""
    return bool(month.figures.month.number == 1)


def _down(axis: Axis, share: float) -> float:
    return round(100 - axis.place(share), 2)


def _joined(points: Sequence[TrendPoint]) -> list[str]:
    """Lines between neighbouring points of one stretch."""
    return [
        path([(one.across, one.down), (other.across, other.down)])
        for one, other in pairwise(points)
        if one.down is not None
        and other.down is not None
        and one.month.stretch == other.month.stretch
    ]


def _levels(months: Sequence[TrendMonth[Any]], axis: Axis, end: str) -> list[str]:
    """Level lines through each month, joined within a stretch."""
    width, lines = 100 / len(months), []
    line: list[tuple[float, float]] = []
    stretch = None
    for index, each in enumerate(months):
        if line and (each.limits is None or each.stretch != stretch):
            lines.append(path(line))
            line = []
        if each.limits is not None:
            down = _down(axis, getattr(each.limits, end))
            line += [(round(index * width, 2), down), (round((index + 1) * width, 2), down)]
        stretch = each.stretch
    return [*lines, path(line)] if line else lines
