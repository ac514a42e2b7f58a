"""A period cut into whole months and the days around them, so that long ones need few rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dash_forms.domain.periods import Month, Period
from dash_forms.domain.report_counts import Grain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date


@dataclass(frozen=True, slots=True)
class Span:
    """Days, or the first days of months, from the first to the last; both included."""

    grain: Grain
    first: date
    last: date


def spans(period: Period) -> tuple[Span, ...]:
    """At most three: the days before the first whole month, the months, and the days after."""
    return tuple(_spans(period))


def _spans(period: Period) -> Iterator[Span]:
    first_whole = Month.of(period.start)
    if period.start != first_whole.first:
        first_whole = first_whole.back(-1)
    last_whole = Month.of(period.end)
    if period.end != last_whole.last:
        last_whole = last_whole.back(1)
    if first_whole > last_whole:
        yield Span(Grain.DAY, period.start, period.end)
        return
    if period.start < first_whole.first:
        yield Span(Grain.DAY, period.start, first_whole.first - timedelta(days=1))
    yield Span(Grain.MONTH, first_whole.first, last_whole.first)
    if period.end > last_whole.last:
        yield Span(Grain.DAY, last_whole.last + timedelta(days=1), period.end)
