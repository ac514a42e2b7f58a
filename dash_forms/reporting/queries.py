"""Reads for the reports: a few grouped counts over the fact rows, each on an index."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, func, select, true

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.declines import Basis, reason
from dash_forms.domain.metrics import OutcomeCounts
from dash_forms.domain.periods import Month, Period, months_in
from dash_forms.reporting.figures import (
    Conversion,
    DeclineFigures,
    DeclineFilter,
    MonthFigures,
    ReasonFigures,
    TeamChoice,
    TeamFigures,
)
from dash_forms.store.models import PairFact
from dash_forms.store.teams import teams

if TYPE_CHECKING:
    from uuid import UUID

    from dash_forms.store.work import Work

MONTHS_SHOWN = 12


def teams_to_choose(work: Work) -> tuple[TeamChoice, ...]:
    """Every team, by name."""
    return tuple(TeamChoice(*team) for team in teams(work))


def decline_counts(work: Work, wanted: DeclineFilter) -> OutcomeCounts:
    """The headline counts; the page and the JSON document both come from here."""
    query = (
        select(PairFact.outcome, func.count())
        .where(_within(wanted.period, wanted.team))
        .group_by(PairFact.outcome)
    )
    return OutcomeCounts.of(work.session.execute(query))


def decline_figures(
    work: Work, wanted: DeclineFilter, teams: tuple[TeamChoice, ...]
) -> DeclineFigures:
    """Everything the report page shows."""
    reasons, conversion = _declines(work, wanted)
    return DeclineFigures(
        filter=wanted,
        counts=decline_counts(work, wanted),
        teams=_by_team(work, wanted.period, teams),
        months=_by_month(work, wanted),
        reasons=reasons,
        conversion=conversion,
    )


def _by_team(work: Work, period: Period, teams: tuple[TeamChoice, ...]) -> tuple[TeamFigures, ...]:
    query = (
        select(PairFact.team_id, PairFact.outcome, func.count())
        .where(_within(period))
        .group_by(PairFact.team_id, PairFact.outcome)
    )
    found: defaultdict[UUID, list[tuple[Outcome, int]]] = defaultdict(list)
    for team_id, outcome, count in work.session.execute(query):
        found[team_id].append((outcome, count))
    return tuple(TeamFigures(team, OutcomeCounts.of(found[team.id])) for team in teams)


def _by_month(work: Work, wanted: DeclineFilter) -> tuple[MonthFigures, ...]:
    window = _trend_window(wanted.period)
    # By day, as the index has it: cutting each date into year and month takes twice as long.
    query = (
        select(PairFact.counted_on, PairFact.outcome, func.count())
        .where(_within(window, wanted.team))
        .group_by(PairFact.counted_on, PairFact.outcome)
    )
    found: defaultdict[Month, list[tuple[Outcome, int]]] = defaultdict(list)
    for day, outcome, count in work.session.execute(query):
        found[Month.of(day)].append((outcome, count))
    return tuple(
        MonthFigures(
            month,
            OutcomeCounts.of(found[month]),
            in_period=month.last >= wanted.period.start,
            is_part=month.last > window.end,
        )
        for month in months_in(window)
    )


def _trend_window(period: Period) -> Period:
    """The twelve months up to the end of the period, whole but for the last."""
    return Period(Month.of(period.end).back(MONTHS_SHOWN - 1).first, period.end)


def _declines(work: Work, wanted: DeclineFilter) -> tuple[tuple[ReasonFigures, ...], Conversion]:
    """The declines by reason, and what became of them."""
    query = (
        select(
            PairFact.reason, PairFact.reason_basis, func.count(), func.count(PairFact.converted_on)
        )
        .where(_within(wanted.period, wanted.team), PairFact.outcome == Outcome.DECLINED)
        .group_by(PairFact.reason, PairFact.reason_basis)
    )
    found: defaultdict[str, Counter[Basis]] = defaultdict(Counter)
    assessed_later = declined = 0
    for code, basis, count, converted in work.session.execute(query):
        assessed_later, declined = assessed_later + converted, declined + count
        if code and basis:
            found[code][basis] = count
    reasons = [
        ReasonFigures(code, reason(code).label, counts[Basis.SAID], counts[Basis.INFERRED])
        for code, counts in found.items()
    ]
    by_count = sorted(reasons, key=lambda each: (-each.total, each.label))
    return tuple(by_count), Conversion(assessed_later, declined)


def _within(period: Period, team: TeamChoice | None = None) -> ColumnElement[bool]:
    return and_(
        PairFact.counted_on.between(period.start, period.end),
        PairFact.team_id == team.id if team else true(),
    )
