"""Calls to 101 in the reports: A1 with and without the menu, by month, hour and weekday.

A1 is the share of callers who gave up. They are calls and not people, counted as they are imported;
forces record them differently, so the page holds them against the force's own target alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from dash_forms.domain.answering import Answering
from dash_forms.domain.baselines import Baseline, Origin, Rate
from dash_forms.domain.metrics import DeclineRate, Verdict, decline_rate
from dash_forms.domain.periods import Month, Period, london_date, months_in
from dash_forms.reporting.charts import Axis, Mark, axis_for
from dash_forms.reporting.queries import MONTHS_SHOWN
from dash_forms.reporting.trend import Trend, TrendPlot
from dash_forms.store.models import AnsweringCount

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from dash_forms.store.work import Work

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def target_of(percent: int) -> Baseline:
    """The force's target as what rates are held against: a fixed number, of no cases."""
    return Baseline(
        key="target",
        rate_known=Rate(percent / 100),
        origin=Origin.REPORTED,
        source="the force’s target",
        dated="",
    )


@dataclass(frozen=True, slots=True)
class Row:
    """Calls of one hour or weekday: A1 of those that came through the menu, and its place."""

    label: str
    calls: Answering
    rate: DeclineRate
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Rows on one scale."""

    axis: Axis
    reported: float
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class MonthAnswered:
    """A1 of one month, without the menu; `is_part` when the period ends within it."""

    month: Month
    calls: Answering
    target: Baseline
    in_period: bool
    is_part: bool

    @property
    def rate(self) -> DeclineRate:
        """Gave up in the queue, of those that came through the menu."""
        return queue_rate(self.calls, self.target)


@dataclass(frozen=True, slots=True)
class AnsweringFigures:
    """The whole page for a period."""

    period: Period
    calls: Answering
    target: Baseline
    months: tuple[MonthAnswered, ...]
    history: Mapping[Month, tuple[int, int]]
    by_hour: Breakdown
    by_weekday: Breakdown
    known: Period | None
    """From the first day to the last of which any call is known."""

    @property
    def with_menu(self) -> DeclineRate:
        """A1 of all calls offered: whoever gave up, wherever."""
        return decline_rate(self.calls.abandoned, self.calls.offered, self.target)

    @property
    def without_menu(self) -> DeclineRate:
        """A1 of the calls that came through the menu: whoever gave up in the queue."""
        return queue_rate(self.calls, self.target)

    @property
    def trend(self) -> Trend[MonthAnswered]:
        """The months as a control chart, under the rules of the decline rate's."""
        return Trend.of(self.months, self.history, (), is_force=True, baseline=self.target)

    @property
    def plot(self) -> TrendPlot | None:
        """The chart, if a month has enough calls."""
        return TrendPlot.of(self.trend)


_VERDICTS = {
    Verdict.LOWER: "Lower than the target.",
    Verdict.HIGHER: "Higher than the target.",
    Verdict.NOT_DISTINGUISHABLE: "Not distinguishable from the target.",
    Verdict.LOW_NUMBERS: "Low numbers: no verdict.",
    Verdict.TOO_FEW: "Too few for a rate.",
}


def verdict_words(rate: DeclineRate) -> str:
    """How a rate stands against the target, as far as chance allows one to say."""
    return _VERDICTS.get(rate.verdict, "")


def queue_rate(calls: Answering, target: Baseline) -> DeclineRate:
    """Gave up in the queue, of those that came through the menu."""
    return decline_rate(calls.abandoned_in_queue, calls.queued, target)


def answering_figures(work: Work, period: Period, target: Baseline) -> AnsweringFigures:
    """The page's figures, from the counts by day and hour alone."""
    known = _known(work)
    window = Period(Month.of(period.end).back(MONTHS_SHOWN - 1).first, period.end)
    since = min(known.start, window.start) if known else window.start
    by_month = _by_month(work, Period(since, period.end))
    return AnsweringFigures(
        period=period,
        calls=sum(_calls(work, period).values(), Answering()),
        target=target,
        months=tuple(
            MonthAnswered(
                month,
                by_month.get(month, Answering()),
                target,
                in_period=month.last >= period.start,
                is_part=month.last > window.end,
            )
            for month in months_in(window)
        ),
        history=_history(by_month, known, until=min(period.end, _yesterday(work))),
        by_hour=_breakdown(
            ((f"{hour:02}:00", each) for hour, each in enumerate(_by_hour(work, period))), target
        ),
        by_weekday=_breakdown(zip(WEEKDAYS, _by_weekday(work, period), strict=True), target),
        known=known,
    )


def _known(work: Work) -> Period | None:
    first = work.connection.scalar(select(func.min(AnsweringCount.on_day)))
    last = work.connection.scalar(select(func.max(AnsweringCount.on_day)))
    return Period(first, last) if first and last else None


def _yesterday(work: Work) -> date:
    return london_date(work.now) - timedelta(days=1)


def _calls(work: Work, period: Period) -> dict[tuple[date, int], Answering]:
    """What became of the calls of each day and hour."""
    found: dict[tuple[date, int], Answering] = {}
    for row in work.connection.execute(
        select(
            AnsweringCount.on_day,
            AnsweringCount.hour,
            AnsweringCount.result,
            AnsweringCount.number,
            AnsweringCount.waited,
        ).where(AnsweringCount.on_day.between(period.start, period.end))
    ):
        place = found.setdefault((row.on_day, row.hour), Answering())
        place.results[row.result] += row.number
        place.waited[row.result] += row.waited
    return found


def _by_hour(work: Work, period: Period) -> list[Answering]:
    hours = [Answering() for _ in range(24)]
    for (_, hour), calls in _calls(work, period).items():
        hours[hour] += calls
    return hours


def _by_weekday(work: Work, period: Period) -> list[Answering]:
    days = [Answering() for _ in WEEKDAYS]
    for (day, _), calls in _calls(work, period).items():
        days[day.weekday()] += calls
    return days


def _by_month(work: Work, period: Period) -> dict[Month, Answering]:
    found: dict[Month, Answering] = {}
    rows = work.connection.execute(
        select(
            AnsweringCount.on_day,
            AnsweringCount.result,
            func.sum(AnsweringCount.number).label("number"),
        )
        .where(AnsweringCount.on_day.between(period.start, period.end))
        .group_by(AnsweringCount.on_day, AnsweringCount.result)
    )
    for row in rows:
        found.setdefault(Month.of(row.on_day), Answering()).results[row.result] += int(row.number)
    return found


def _history(
    by_month: Mapping[Month, Answering], known: Period | None, *, until: date
) -> dict[Month, tuple[int, int]]:
    """Gave up of queued, for each month that is known whole, from the first with any call."""
    if known is None:
        return {}
    until = min(until, known.end)
    over = sorted(m for m in by_month if known.start <= m.first and m.last <= until)
    if not over:
        return {}
    months = months_in(Period(over[0].first, over[-1].last))
    calls = {month: by_month.get(month, Answering()) for month in months}
    return {month: (each.abandoned_in_queue, each.queued) for month, each in calls.items()}


def _breakdown(parts: Iterable[tuple[str, Answering]], target: Baseline) -> Breakdown:
    rated = [(label, calls, queue_rate(calls, target)) for label, calls in parts]
    axis = axis_for([decline_rate(0, 0, target), *(rate for _, _, rate in rated)])
    rows = tuple(Row(label, calls, rate, Mark.of(rate, axis)) for label, calls, rate in rated)
    return Breakdown(axis, axis.place(target.rate), rows)
