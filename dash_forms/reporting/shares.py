"""One measure by month and by team, held against nothing but the force itself.

For measures of incidents, which have no baseline: what it was over the months under the chart's
rules, and whether a team differs from all teams together by more than chance.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from dash_forms.domain.baselines import Baseline, Origin, Rate, time_words
from dash_forms.domain.disclosure import Count, controlled
from dash_forms.domain.metrics import FEWEST_FOR_A_VERDICT, DeclineRate, decline_rate
from dash_forms.domain.periods import Month, Period, london_date, months_in
from dash_forms.domain.report_counts import FORCE
from dash_forms.reporting.baselines import recording_began
from dash_forms.reporting.charts import TeamPlot
from dash_forms.reporting.funnel import FunnelPlot
from dash_forms.reporting.queries import MONTHS_SHOWN
from dash_forms.reporting.trend import Trend, TrendPlot
from dash_forms.store.report_counts import sums_by_month, sums_by_scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from uuid import UUID

    from dash_forms.domain.definitions import Metric
    from dash_forms.domain.disclosure import Rules
    from dash_forms.reporting.figures import DeclineFilter, TeamChoice
    from dash_forms.store.work import Work

Pair = tuple[int | None, int | None, bool]
"""So many of how many, as far as they are told, and whether there is a rate of them."""


def told(pairs: Iterable[tuple[int, int]], control: Rules | None, *, is_whole: bool) -> list[Pair]:
    """So many of so many, row by row, as far as the reader may be told."""
    rows = list(pairs)
    if control is None:
        return [(number, of, True) for number, of in rows]
    shown = controlled([Count(*row) for row in rows], control, is_whole=is_whole)
    return [
        (one.number, one.of, control.has_rate(of)) for (_, of), one in zip(rows, shown, strict=True)
    ]


@dataclass(frozen=True)
class MonthShare:
    """The measure in one month; `is_part` when the period ends within it."""

    month: Month
    number: int | None
    of: int | None
    has_rate: bool
    in_period: bool
    is_part: bool

    @cached_property
    def rate(self) -> DeclineRate:
        """The share with its interval; it is held against nothing."""
        return decline_rate(self.number, self.of, has_rate=self.has_rate)

    def within(self, period: Period) -> Period:
        """Its days up to the end of a period."""
        return Period(self.month.first, min(self.month.last, period.end))


@dataclass(frozen=True)
class TeamShare:
    """The measure in one team, against the force's own."""

    team: TeamChoice
    number: int | None
    of: int | None
    has_rate: bool
    baseline: Baseline

    @cached_property
    def rate(self) -> DeclineRate:
        """The share with its interval."""
        return decline_rate(self.number, self.of, self.baseline, has_rate=self.has_rate)

    @property
    def stands_out(self) -> bool:
        """Whether the team differs from the force beyond chance."""
        return self.rate.stands_out


@dataclass(frozen=True, slots=True)
class ShareFigures:
    """The measure for one filter. A count is None where it is withheld from the reader."""

    period: Period
    """The days that are measured."""
    number: int | None
    of: int | None
    has_rate: bool
    months: tuple[MonthShare, ...]
    history: Mapping[Month, tuple[int, int]]
    teams: tuple[TeamShare, ...]
    own: Baseline | None
    """The force's own share; None with too few for a verdict, or where it is all or none."""
    is_force: bool

    @property
    def rate(self) -> DeclineRate:
        """The share in the period."""
        return decline_rate(self.number, self.of, has_rate=self.has_rate)

    @property
    def trend(self) -> Trend[MonthShare]:
        return Trend.of(self.months, self.history, (), is_force=self.is_force, baseline=None)


@dataclass(frozen=True, slots=True)
class SharePlots:
    """What is drawn of it, and where its numbers lead."""

    trend: TrendPlot | None
    funnel: FunnelPlot | None
    rows: TeamPlot | None
    month_queries: Mapping[Month, str]
    team_queries: Mapping[UUID, str]

    @classmethod
    def of(cls, figures: ShareFigures, wanted: DeclineFilter) -> SharePlots:
        """Lay everything out; teams are drawn around the force's own share, if there is one."""
        own = figures.own
        return cls(
            TrendPlot.of(figures.trend),
            FunnelPlot.of(figures.teams, wanted.team) if own else None,
            TeamPlot.of(figures.teams, own) if own else None,
            {
                each.month: replace(wanted, period=each.within(wanted.period)).query
                for each in figures.months
            },
            {each.team.id: replace(wanted, team=each.team).query for each in figures.teams},
        )


def share_figures(
    work: Work,
    wanted: DeclineFilter,
    teams: tuple[TeamChoice, ...],
    measure: Metric,
    *,
    period: Period,
    control: Rules | None = None,
) -> ShareFigures:
    """A measure in the days of the period that are measured, from kept counts alone.

    Under `control` small counts are withheld and the others rounded, before anything is made of
    them. A chosen team is told as its row among the teams is.
    """
    scope = wanted.team.id if wanted.team else FORCE
    by_team = sums_by_scope(work.connection, measure.codes, period, [team.id for team in teams])
    true = [
        (measure.top.of(by_team[team.id]), measure.bottom.of(by_team[team.id])) for team in teams
    ]
    rows = dict(zip((t.id for t in teams), told(true, control, is_whole=True), strict=True))
    own = _own_rate(true, period, control)
    window = Period(Month.of(period.end).back(MONTHS_SHOWN - 1).first, period.end)
    began = recording_began(work, scope)
    whole = Period(min(began.first, window.start) if began else window.start, window.end)
    by_month = _by_month(work, scope, measure, whole, control)
    number, of, has_rate = rows[scope] if wanted.team else _all_of_it(true, control)
    if wanted.team:
        by_month = {
            month: _within(rows[scope], each) if month.last >= period.start else each
            for month, each in by_month.items()
        }
    return ShareFigures(
        period=period,
        number=number,
        of=of,
        has_rate=has_rate,
        months=tuple(
            MonthShare(
                month,
                *by_month[month],
                in_period=month.last >= period.start,
                is_part=month.last > window.end,
            )
            for month in months_in(window)
        ),
        history=_history(
            by_month, until=min(period.end, london_date(work.now) - timedelta(days=1))
        ),
        teams=tuple(TeamShare(team, *rows[team.id], own or wanted.baseline) for team in teams),
        own=own,
        is_force=wanted.team is None,
    )


def _all_of_it(teams: Iterable[tuple[int, int]], control: Rules | None) -> Pair:
    """All teams together; they are added up before any is told."""
    pairs = list(teams)
    whole = sum(x for x, _ in pairs), sum(n for _, n in pairs)
    [found] = told([whole], control, is_whole=False)
    return found


def _own_rate(
    teams: Iterable[tuple[int, int]], period: Period, control: Rules | None
) -> Baseline | None:
    """All teams together, as what each is held against."""
    number, of, has_rate = _all_of_it(teams, control)
    if number is None or of is None or not has_rate:
        return None
    if of < FEWEST_FOR_A_VERDICT or number in {0, of}:
        return None
    return Baseline(
        key="",
        rate_known=Rate(number / of, of, number),
        origin=Origin.OWN,
        source="all teams together",
        dated=time_words(period),
        period=period,
    )


def _by_month(
    work: Work, scope: UUID, measure: Metric, period: Period, control: Rules | None
) -> dict[Month, Pair]:
    """The measure by month. Months add up to no total that is told."""
    found = sums_by_month(work.connection, measure.codes, period, scope=scope)
    months = months_in(period)
    counts = [found.get(month, Counter()) for month in months]
    rows = told(
        ((measure.top.of(each), measure.bottom.of(each)) for each in counts),
        control,
        is_whole=False,
    )
    return dict(zip(months, rows, strict=True))


def _within(whole: Pair, part: Pair) -> Pair:
    """A month of a team's period: nothing is told of it that the period is not told of.

    Its row among the teams may be withheld for another's sake, and the months add up to it.
    """
    number, of, has_rate = part
    return (None if whole[0] is None else number, None if whole[1] is None else of, has_rate)


def _history(by_month: Mapping[Month, Pair], *, until: date) -> dict[Month, tuple[int, int]]:
    """The two counts of each month from the first with any to the last that is over."""
    counts = {month: each for month, each in by_month.items() if month.last <= until}
    first = next((month for month, (_, of, _) in counts.items() if of != 0), None)
    return {
        month: (x, n) if x is not None and n is not None and has_rate else (0, 0)
        for month, (x, n, has_rate) in counts.items()
        if first and month >= first
    }
