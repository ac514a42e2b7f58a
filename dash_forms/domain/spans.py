"""A period put together from whole years, months and days, so that any length needs few rows.

Where less of a month lies outside than inside, the whole month is counted and the days outside are
taken away again; likewise with years. So no end of a period takes more than half a month of days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from dash_forms.domain.report_counts import Grain

if TYPE_CHECKING:
    from collections.abc import Callable

    from dash_forms.domain.periods import Period


@dataclass(frozen=True, slots=True)
class Span:
    """Days, or the first days of months or years, from the first to the last; both included."""

    grain: Grain
    first: date
    last: date
    is_taken_away: bool = False


class _Run(NamedTuple):
    """Neighbouring days, months or years by their numbers."""

    first: int
    last: int
    is_taken_away: bool = False


def spans(period: Period, *, longest: Grain = Grain.YEAR) -> tuple[Span, ...]:
    """The spans whose counts add up to those of a period; none counts more than `longest`."""
    days, months = _cut(
        _Run(period.start.toordinal(), period.end.toordinal()), _month_of, _first_of_month
    )
    years = None
    day = date.fromordinal
    found = [Span(Grain.DAY, day(run.first), day(run.last), run.is_taken_away) for run in days]
    if months and longest is Grain.YEAR:
        parts, years = _cut(months, lambda month: month // 12, lambda year: year * 12)
    else:
        parts = [months] if months else []
    found += [
        Span(Grain.MONTH, _month(run.first), _month(run.last), run.is_taken_away) for run in parts
    ]
    if years:
        found.append(Span(Grain.YEAR, _month(years.first * 12), _month(years.last * 12)))
    return tuple(found)


def _cut(
    run: _Run, whole_of: Callable[[int], int], first_of: Callable[[int], int]
) -> tuple[list[_Run], _Run | None]:
    """Small ones to add or take away, and the whole ones between them, if there are any."""
    first, last = whole_of(run.first), whole_of(run.last)
    before, after = run.first - first_of(first), first_of(last + 1) - 1 - run.last
    outside = [
        _Run(run.first - before, run.first - 1, is_taken_away=True),
        _Run(run.last + 1, run.last + after, is_taken_away=True),
    ]
    if first == last:
        if before + after >= run.last - run.first:
            return [run], None
        return [each for each in outside if each.first <= each.last], _Run(first, last)
    small = []
    inside = _Run(run.first, first_of(first + 1) - 1), _Run(first_of(last), run.last)
    if before > inside[0].last - inside[0].first:
        small.append(inside[0])
        first += 1
    elif before:
        small.append(outside[0])
    if after > inside[1].last - inside[1].first:
        small.append(inside[1])
        last -= 1
    elif after:
        small.append(outside[1])
    return ([run], None) if first > last else (small, _Run(first, last))


def _month_of(day: int) -> int:
    found = date.fromordinal(day)
    return found.year * 12 + found.month - 1


def _month(month: int) -> date:
    year, number = divmod(month, 12)
    return date(year, number + 1, 1)


def _first_of_month(month: int) -> int:
    return _month(month).toordinal()
