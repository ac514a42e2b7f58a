"""Calls to 101 that leave the screen: A1 of a period, kept under an id as the other figures are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash_forms.domain.answering import ANSWERING_MEASURES, Result
from dash_forms.reporting.answering import Row, answering_figures
from dash_forms.store.kept_figures import Table, definition, keep

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from dash_forms.domain.baselines import Baseline
    from dash_forms.domain.disclosure import Rules
    from dash_forms.domain.periods import Period
    from dash_forms.reporting.answering import AnsweringFigures
    from dash_forms.store.work import Work

COUNTING_RULES = (
    (
        "A call is counted once, by the London day and hour at which it came in, however often its"
        " log was imported. Days of which no log was imported have no calls here."
    ),
    "Forces record differently who gave up: do not set these figures beside another force’s.",
)


def make_answering_export(work: Work, period: Period, target: Baseline, rules: Rules) -> UUID:
    """Take the figures of the period as they are now, and keep them; returns the id."""
    start, end = period.start.isoformat(), period.end.isoformat()
    stands_with = {
        "of": "101-calls",
        "filter": {
            "from": start,
            "to": end,
            "baseline": f"{target.source}, {target.rate:.0%}",
            "query": f"from={start}&to={end}",
        },
        "counting_rules": list(COUNTING_RULES),
        "definitions": [definition(each, each.period) for each in ANSWERING_MEASURES],
    }
    found = [each.under(rules) for each in tables(answering_figures(work, period, target))]
    return keep(work, stands_with, found, rules.words, start=start, end=end, of="101-calls")


def tables(figures: AnsweringFigures) -> tuple[Table, ...]:
    """Every count of the page by its label, before anything is withheld."""
    both = zip(ANSWERING_MEASURES, (figures.with_menu, figures.without_menu), strict=True)
    return (
        Table.of(
            "Measures",
            ((f"{each.code} {each.name}", of.numerator, of.denominator) for each, of in both),
            is_whole=False,
        ),
        Table.of(
            "What became of the calls",
            ((each.label, figures.calls.results[each], None) for each in Result),
        ),
        Table.of(
            "A1Q, by month (whole months, the last up to the end of the period)",
            (
                (each.month.key, each.rate.numerator, each.rate.denominator)
                for each in figures.months
                if each.in_period
            ),
            is_whole=False,  # the first begins before the period, whose total is another
        ),
        Table.of("A1Q, by hour", _rows(figures.by_hour.rows)),
        Table.of("A1Q, by weekday", _rows(figures.by_weekday.rows)),
    )


def _rows(parts: Iterable[Row]) -> Iterable[tuple[str, int | None, int | None]]:
    return ((each.label, each.rate.numerator, each.rate.denominator) for each in parts)
