"""The results of the checks of investigations as they leave the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from dash_forms.investigations.results import days_of, results
from dash_forms.store.kept_figures import Table, keep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from dash_forms.domain.disclosure import Rules
    from dash_forms.investigations.results import Asked, Results
    from dash_forms.store.work import Work

OF = "investigations"
COUNTING_RULES = (
    (
        "Closed cases were drawn at random, as many of each team, and checked by a supervisor. A"
        " case belongs to the London month in which it was closed."
    ),
    (
        "The number is of “yes”, of “yes” and “no” together; “not applicable” and what is not"
        " checked yet are in neither. Answers to different versions of the checklist are not added"
        " up."
    ),
)


def make_export(work: Work, asked: Asked, team: str | None, rules: Rules) -> UUID:
    """Take the results as they are now, and keep them; returns the id. `team` is its name."""
    days = days_of(work, asked)
    start, end = days.start.isoformat(), days.end.isoformat()
    query = {"month": asked.month.key if asked.month else "", "team": str(asked.team_id or "")}
    if asked.period:
        query = {"period": asked.period.key, "team": query["team"]}
    stands_with = {
        "of": OF,
        "filter": {"from": start, "to": end, "team": team, "query": urlencode(query)},
        "counting_rules": list(COUNTING_RULES),
        "definitions": [],
    }
    found = [each.under(rules) for each in tables(results(work, asked, None))]
    return keep(work, stands_with, found, rules.words, start=start, end=end, of=OF)


def tables(found: Results) -> Iterator[Table]:
    """How many cases there were, and every count of the page, before anything is withheld."""
    sampled = found.sampled
    cases = (
        ("Closed", sampled.closed),
        ("Drawn", sampled.drawn),
        ("Checked", sampled.checked),
        ("Drawn and not checked yet", sampled.left),
        ("Passed over with a reason", sampled.skipped),
    )
    yield Table.of("Cases", ((words, count, None) for words, count in cases), is_whole=False)
    for each in found.found:
        name = each.checklist.name
        yield Table.of(
            f"{name}: yes, of yes and no",
            ((question.text, tally.yes, tally.of) for question, tally in each.rows),
            is_whole=False,  # the questions are no parts of a whole
        )
        yield Table.of(
            f"{name}: not applicable",
            ((question.text, tally.not_applicable, None) for question, tally in each.rows),
            is_whole=False,
        )
        for question, months in each.by_month:
            rows = ((month.key, tally.yes, tally.of) for month, tally in months)
            yield Table.of(f"{name}, by month: {question.text}", rows)
