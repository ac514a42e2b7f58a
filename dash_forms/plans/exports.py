"""The figures of repeat callers and their plans as they leave the screen: C1, C2 and C3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash_forms.domain.plan_figures import C3, CALLER_MEASURES, Part
from dash_forms.plans.queries import are_due, figures_of, is_controlled
from dash_forms.store.kept_figures import Table, definition, keep

if TYPE_CHECKING:
    from uuid import UUID

    from dash_forms.domain.disclosure import Rules
    from dash_forms.domain.periods import Period
    from dash_forms.domain.plan_figures import PlanFigures
    from dash_forms.store.work import Work

OF = "repeat-callers"
COUNTING_RULES = (
    (
        "A person counts once, however many flags the period has, by the London day of the call"
        " that raised one. Days of which no call log was imported have no flags here."
    ),
    (
        "A plan counts as it stood when the figures were taken: what is not due yet is in no part"
        " of C3."
    ),
)

TOO_EARLY = f"{C3.code} is left out: it is told once every plan for a flag of the period was due."


def make_export(work: Work, period: Period, rules: Rules) -> UUID:
    """Take the figures of the period as they are now, and keep them; returns the id.

    For whoever may see none of the people, without C3 until all of the period is due.
    """
    has_due = are_due(work, period) or not is_controlled(work.by)
    start, end = period.start.isoformat(), period.end.isoformat()
    stands_with = {
        "of": OF,
        "filter": {"from": start, "to": end, "query": f"from={start}&to={end}"},
        "counting_rules": [*COUNTING_RULES, *([] if has_due else [TOO_EARLY])],
        "definitions": [definition(each, each.period) for each in CALLER_MEASURES],
    }
    found = table(figures_of(work, period), has_due=has_due).under(rules)
    return keep(work, stands_with, [found], rules.words, start=start, end=end, of=OF)


def table(figures: PlanFigures, *, has_due: bool = True) -> Table:
    """The measures, before anything is withheld; who has no plan is what C2 leaves of C1."""
    count = figures.count
    counts = (
        (count(Part.FLAGGED), None),
        (count(Part.PLANNED), count(Part.FLAGGED)),
        (count(Part.IN_TIME), count(Part.DUE)),
    )
    rows = zip(CALLER_MEASURES, counts, strict=True)
    return Table.of(
        "Measures",
        (
            (f"{each.code} {each.name}", number, of)
            for each, (number, of) in rows
            if has_due or each is not C3
        ),
        is_whole=False,
    )
