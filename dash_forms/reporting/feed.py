"""The feed: what other programs read of the reports, month by month, under disclosure control.

Whole calendar months alone, and each only once it is over, so that no two answers are of days that
overlap, from whose difference a small count could be told.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dash_forms.domain.audit_events import Name
from dash_forms.domain.baselines import Origin
from dash_forms.domain.definitions import METRICS, Window, codes_in
from dash_forms.domain.disclosure import Count, controlled
from dash_forms.domain.errors import InvalidError, NotFoundError, NotPermittedError
from dash_forms.domain.feed import Place, is_final
from dash_forms.domain.periods import Period, london_date
from dash_forms.domain.report_counts import FORCE
from dash_forms.reporting.baselines import baselines
from dash_forms.reporting.exports import COUNTING_RULES
from dash_forms.store.kept_figures import MARKING, definition
from dash_forms.store.report_counts import sums_by_scope
from dash_forms.store.teams import teams

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dash_forms.domain.baselines import Baseline
    from dash_forms.domain.definitions import Metric
    from dash_forms.domain.disclosure import Rules, Shown
    from dash_forms.domain.feed import FigureQuery
    from dash_forms.domain.periods import Month
    from dash_forms.store.feed_tokens import Reader
    from dash_forms.store.work import Work

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """A page of figures, and the place to go on from where there are more."""

    document: Document
    following: Place | None


def figures(work: Work, reader: Reader, query: FigureQuery, rules: Rules) -> Figures:
    """The figures that a token may read and that were asked for, a page of them."""
    named = dict(teams(work))
    _require_in_reach(reader, query, named)
    found = list(islice(_rows(work, reader, query, rules, named), query.limit + 1))
    rows = found[: query.limit]
    _note(work, reader, "figures", months=len(query.months), rows=len(rows))
    document = {
        "marking": MARKING,
        "disclosure_control": rules.words,
        "counting_rules": list(COUNTING_RULES),
        "figures": [row for _, row in rows],
    }
    return Figures(document, rows[-1][0] if len(found) > len(rows) else None)


def measures(work: Work, reader: Reader) -> Document:
    """How every measure is defined, from the table that the figures are made with."""
    _note(work, reader, "measures")
    return {"measures": [_measure(each) for each in METRICS]}


def measure(work: Work, reader: Reader, code: str) -> Document:
    """One of them, or NotFoundError."""
    for each in METRICS:
        if each.code == code:
            _note(work, reader, "measures", measure=code)
            return _measure(each)
    raise NotFoundError("There is no measure with this code.")


def rates_to_compare_with(work: Work, reader: Reader, rules: Rules) -> Document:
    """Every baseline, those withdrawn too."""
    _note(work, reader, "baselines")
    return {"baselines": [_baseline(each, rules) for each in baselines(work)]}


def teams_to_read(work: Work, reader: Reader) -> Document:
    """The teams whose figures the token reads."""
    _note(work, reader, "teams")
    found = [each for each in teams(work) if reader.team_id in {None, each[0]}]
    return {"teams": [{"id": str(team_id), "name": name} for team_id, name in found]}


def _require_in_reach(reader: Reader, query: FigureQuery, named: Mapping[UUID, str]) -> None:
    wanted = query.team_id
    if reader.team_id is not None and wanted not in {None, reader.team_id}:
        raise NotPermittedError("This token reads the figures of another team.")
    if wanted is not None and wanted not in named:
        raise InvalidError("There is no team with this id", field="team")


def _rows(
    work: Work, reader: Reader, query: FigureQuery, rules: Rules, named: Mapping[UUID, str]
) -> Iterator[tuple[Place, Document]]:
    """Every row from the cursor on, in order; a month is added up when its first row is wanted."""
    only = query.team_id or reader.team_id
    scopes = [FORCE, *sorted(named)] if only is None else [only]
    for month in query.months:
        if query.after is not None and month < query.after.month:
            continue
        shown = _of_month(work, month, query.metrics, rules, sorted(named))
        for scope in scopes:
            for metric in query.metrics:
                place = Place(month, scope, METRICS.index(metric))
                if metric.code in shown and (query.after is None or place > query.after):
                    yield place, _row(place, named.get(scope), shown[metric.code][scope])


def _of_month(
    work: Work, month: Month, metrics: Sequence[Metric], rules: Rules, team_ids: Sequence[UUID]
) -> dict[str, dict[UUID, Shown]]:
    """What may be shown of a month, by measure, of the force and of each team.

    It is settled over all teams, whichever of them a token reads: what one token is refused,
    another must not tell.
    """
    today = london_date(work.now)
    shown = {}
    for window in Window:
        own = [each for each in metrics if each.window is window]
        if not own or not is_final(window, month, today):
            continue
        period = window.within(Period(month.first, month.last), today)
        if period is None:
            continue
        kept = sums_by_scope(work.connection, codes_in(window, own), period, [FORCE, *team_ids])
        for metric in own:
            [force] = controlled([_count(metric, kept[FORCE])], rules, is_whole=False)
            counts = [_count(metric, kept[each]) for each in team_ids]
            parts = controlled(counts, rules, is_whole=True)
            shown[metric.code] = {FORCE: force, **dict(zip(team_ids, parts, strict=True))}
    return shown


def _count(metric: Metric, kept: Counter[str]) -> Count:
    return Count(metric.top.of(kept), metric.bottom.of(kept))


def _row(place: Place, team: str | None, shown: Shown) -> Document:
    return {
        "month": place.month.key,
        "team_id": None if place.scope == FORCE else str(place.scope),
        "team": team,
        "measure": METRICS[place.measure].code,
        "number": shown.number,
        "of": shown.of,
        "rate": None if shown.rate is None else round(shown.rate, 2),
        "withheld": shown.number is None or shown.of is None,
    }


def _measure(metric: Metric) -> Document:
    further = {"group": metric.group.value, "better": metric.better.value, "note": metric.note}
    return {**definition(metric, metric.period), **further}


def _baseline(baseline: Baseline, rules: Rules) -> Document:
    """A rate with its source. One of our own is of our own counts, which are under control too."""
    rate: float | None = baseline.rate
    known = baseline.rate_known
    if baseline.origin is Origin.OWN and known.declined is not None and known.cases is not None:
        [shown] = controlled([Count(known.declined, known.cases)], rules, is_whole=False)
        rate = None if shown.rate is None else round(shown.rate, 2)
    return {
        "key": baseline.key,
        "origin": baseline.origin.value,
        "rate": rate,
        "cases": None if known.cases is None else rules.rounded(known.cases),
        "source": baseline.source,
        "dated": baseline.dated,
        "withdrawn": bool(baseline.withdrawn),
    }


def _note(work: Work, reader: Reader, what: str, **detail: Any) -> None:
    work.audit(Name.FEED_READ, "feed_token", reader.id, read=what, **detail)
