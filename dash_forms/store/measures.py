"""Measures of the definitions as they stand for the whole force: two counts and their days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash_forms.domain.definitions import Group, Window, codes_in, metric
from dash_forms.domain.metrics import LEAST_COMPLETE_PERCENT
from dash_forms.domain.periods import FixedPeriod, Length
from dash_forms.store.report_counts import sums

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy import Connection

    from dash_forms.domain.definitions import Metric
    from dash_forms.domain.periods import Period


@dataclass(frozen=True, slots=True)
class Reading:
    """The counts of one measure, and the days that they are of."""

    numerator: int
    denominator: int
    period: Period
    is_complete: bool
    """Whether so many of the pairs of these days have an outcome that a verdict is allowed."""


_COMPLETENESS = metric("O4")
_OF_OUTCOMES = (Group.DECLINES, Group.OFFERS, Group.BALANCE)


def readings(
    connection: Connection, metrics: Collection[Metric], asked: Period, today: date
) -> dict[str, Reading]:
    """Each measure by its code, of what of the period can be measured; two statements a window.

    A measure of which no day can be measured yet is not among them.
    """
    found: dict[str, Reading] = {}
    for window in Window:
        of_window = [each for each in metrics if each.window is window]
        period = window.within(asked, today)
        if not of_window or period is None:
            continue
        kept = sums(connection, codes_in(window, of_window), period)
        shown = asked.year if window is Window.YEAR else period
        is_complete = _is_complete(connection, shown)
        for each in of_window:
            found[each.code] = Reading(
                each.top.of(kept),
                each.bottom.of(kept),
                shown,
                is_complete or not _rests_on_outcomes(each),
            )
    return found


def quarterly(
    connection: Connection, metrics: Collection[Metric], today: date
) -> dict[str, Reading]:
    """Each measure in the latest quarter that is over and old enough for it.

    Quarters do not overlap: what is handed over of one cannot be set against a part of it.
    """
    latest = FixedPeriod.latest(Length.QUARTER, today)
    found = readings(connection, metrics, latest, today)
    waiting = [each for each in metrics if each.code not in found]
    return found | readings(connection, waiting, latest.before, today)


def _is_complete(connection: Connection, period: Period) -> bool:
    kept = sums(connection, dict.fromkeys(_COMPLETENESS.codes), period)
    return (
        _COMPLETENESS.top.of(kept) * 100 >= _COMPLETENESS.bottom.of(kept) * LEAST_COMPLETE_PERCENT
    )


def _rests_on_outcomes(each: Metric) -> bool:
    return each.group in _OF_OUTCOMES and each is not _COMPLETENESS
