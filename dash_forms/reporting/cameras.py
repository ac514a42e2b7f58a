"""Body-worn video in the reports: how many recorded, by month and team, why not, and declines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dash_forms.domain.baselines import Baseline, Origin, Rate, time_words
from dash_forms.domain.body_worn_video import FirstContact, Standing
from dash_forms.domain.definitions import Window, metric
from dash_forms.domain.disclosure import Count, controlled
from dash_forms.domain.metrics import (
    FEWEST_FOR_A_RATE,
    FEWEST_FOR_A_VERDICT,
    DeclineRate,
    decline_rate,
    percent,
)
from dash_forms.domain.periods import Month, Period, london_date, months_in
from dash_forms.domain.report_counts import FORCE, Dimension, in_dimension, of_camera, of_standing
from dash_forms.domain.statistics import compare
from dash_forms.reporting.baselines import recording_began
from dash_forms.reporting.charts import Axis, Mark, TeamPlot, axis_for
from dash_forms.reporting.funnel import FunnelPlot
from dash_forms.reporting.places import Breakdown, Part, place_label
from dash_forms.reporting.queries import MONTHS_SHOWN
from dash_forms.reporting.trend import Trend, TrendPlot
from dash_forms.store.report_counts import sums, sums_by_month, sums_by_scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from uuid import UUID

    from dash_forms.domain.disclosure import Rules
    from dash_forms.reporting.figures import DeclineFilter, TeamChoice
    from dash_forms.store.work import Work

V1 = metric("V1")
_WHY_NOT = tuple(each for each in FirstContact if each.is_issued and not each.is_recording)
_OFFICERS = [of_camera(each) for each in FirstContact if each.is_there]
_CROSSED = [
    in_dimension(Dimension.CAMERA, standing, declined=declined)
    for standing in Standing
    for declined in (True, False)
]
_STANDINGS = [of_standing(each) for each in Standing if each.is_attended]


@dataclass(frozen=True, slots=True)
class MonthRecorded:
    """V1 of one month; `is_part` when the period ends within it."""

    month: Month
    recorded: int | None
    issued: int | None
    has_rate: bool
    in_period: bool
    is_part: bool

    @property
    def rate(self) -> DeclineRate:
        """V1 with its interval; it is held against nothing."""
        return decline_rate(self.recorded, self.issued, has_rate=self.has_rate)

    def within(self, period: Period) -> Period:
        """Its days up to the end of a period."""
        return Period(self.month.first, min(self.month.last, period.end))


@dataclass(frozen=True, slots=True)
class TeamRecorded:
    """V1 of one team, against the force's own."""

    team: TeamChoice
    recorded: int | None
    issued: int | None
    has_rate: bool
    baseline: Baseline

    @property
    def rate(self) -> DeclineRate:
        """V1 with its interval."""
        return decline_rate(self.recorded, self.issued, self.baseline, has_rate=self.has_rate)

    @property
    def stands_out(self) -> bool:
        """Whether the team differs from the force beyond chance."""
        return self.rate.stands_out


@dataclass(frozen=True, slots=True)
class WhyNot:
    """How many officers' cameras did not record for one reason; no share of too few."""

    code: str
    label: str
    number: int | None
    length: float
    """Of its bar, in per cent of the longest."""
    share: str


@dataclass(frozen=True, slots=True)
class Crossed:
    """Decline rates by what the cameras did, on one scale."""

    axis: Axis
    reported: float
    breakdown: Breakdown
    difference: str
    """How far the rate where a camera recorded lies from that where none did; empty for few."""


@dataclass(frozen=True, slots=True)
class CameraFigures:
    """The whole page for one filter. A count is None where it is withheld from the reader."""

    counts: Mapping[str, int | None]
    attended: int | None
    recorded: int | None
    issued: int | None
    has_rate: bool
    crossed_rates: frozenset[Standing]
    """Of whom there are enough pairs for a decline rate."""
    months: tuple[MonthRecorded, ...]
    history: Mapping[Month, tuple[int, int]]
    teams: tuple[TeamRecorded, ...]
    own: Baseline | None
    """The force's own rate; None with too few for a verdict, or where all or none recorded."""
    baseline: Baseline
    """What decline rates are set against."""
    is_force: bool

    @property
    def rate(self) -> DeclineRate:
        """V1 of the period."""
        return decline_rate(self.recorded, self.issued, has_rate=self.has_rate)

    @property
    def without_record(self) -> int | None:
        """Attended incidents of which nobody has said anything."""
        return self.counts.get(of_standing(Standing.NO_RECORD), 0)

    @property
    def trend(self) -> Trend[MonthRecorded]:
        return Trend.of(self.months, self.history, (), is_force=self.is_force, baseline=None)

    @property
    def why_not(self) -> tuple[WhyNot, ...]:
        """The reasons of officers who had a camera, the most common first."""
        found = {each: self.counts.get(of_camera(each), 0) for each in _WHY_NOT}
        numbers = [each for each in found.values() if each is not None]
        total, longest = sum(numbers), max([1, *numbers])
        has_shares = total >= FEWEST_FOR_A_RATE and None not in found.values()
        return tuple(
            WhyNot(
                of_camera(each),
                each.reason,
                number,
                100 * (number or 0) / longest,
                percent((number or 0) / total) if has_shares else "",
            )
            for each, number in sorted(
                found.items(), key=lambda one: (-(one[1] or 0), one[0].reason)
            )
        )

    @property
    def not_issued(self) -> int | None:
        """Officers who had no camera."""
        return self.counts.get(of_camera(FirstContact.NOT_ISSUED), 0)

    @property
    def crossed(self) -> Crossed:
        rates = {each: self._declined(each) for each in Standing}
        axis = axis_for(list(rates.values()))
        parts = tuple(
            Part(
                each.value,
                place_label(Dimension.CAMERA, each.value),
                rate,
                Mark.of(rate, axis),
            )
            for each, rate in rates.items()
        )
        return Crossed(
            axis,
            axis.place(self.baseline.rate),
            Breakdown(Dimension.CAMERA, parts),
            _difference(rates[Standing.RECORDING], rates[Standing.NOT_RECORDING]),
        )

    def _declined(self, standing: Standing) -> DeclineRate:
        declined, countable = (
            self.counts.get(in_dimension(Dimension.CAMERA, standing, declined=each), 0)
            for each in (True, False)
        )
        has_rate = standing in self.crossed_rates
        return decline_rate(declined, countable, self.baseline, has_rate=has_rate)


@dataclass(frozen=True, slots=True)
class CameraPlots:
    """What the page draws."""

    trend: TrendPlot | None
    funnel: FunnelPlot | None
    rows: TeamPlot | None

    @classmethod
    def of(cls, figures: CameraFigures, chosen: TeamChoice | None) -> CameraPlots:
        """Lay everything out; teams are drawn around the force's own rate, if there is one."""
        own = figures.own
        return cls(
            TrendPlot.of(figures.trend),
            FunnelPlot.of(figures.teams, chosen) if own else None,
            TeamPlot.of(figures.teams, own) if own else None,
        )


def _difference(recorded: DeclineRate, not_recorded: DeclineRate) -> str:
    one, other = recorded.sample, not_recorded.sample
    if not one or not other or min(one.denominator, other.denominator) < FEWEST_FOR_A_VERDICT:
        return ""
    found = compare(one, other)
    points, lower, upper = (
        f"{100 * each:+.1f}".replace("-", "−")
        for each in (found.difference, found.interval.lower, found.interval.upper)
    )
    return (
        f"Where a camera was recording, {recorded.percent} declined; where one was issued and did"
        f" not record, {not_recorded.percent}: {points} percentage points (95% interval {lower} to"
        f" {upper})."
    )


Pair = tuple[int | None, int | None, bool]
"""So many of how many, as far as they are told, and whether there is a rate of them."""


def _told(pairs: Iterable[tuple[int, int]], control: Rules | None, *, is_whole: bool) -> list[Pair]:
    """So many of so many, row by row, as far as the reader may be told."""
    rows = list(pairs)
    if control is None:
        return [(number, of, True) for number, of in rows]
    shown = controlled([Count(*row) for row in rows], control, is_whole=is_whole)
    return [
        (told.number, told.of, control.has_rate(of))
        for (_, of), told in zip(rows, shown, strict=True)
    ]


def _counts_told(
    counts: Mapping[str, int], codes: Iterable[str], control: Rules | None
) -> dict[str, int | None]:
    """The rows of one table that adds up to a total."""
    listed = list(codes)
    told = _told(((counts.get(code, 0), 0) for code in listed), control, is_whole=True)
    return {code: number for code, (number, _, _) in zip(listed, told, strict=True)}


def _crossed_told(counts: Mapping[str, int], control: Rules | None) -> dict[str, int | None]:
    """Declined of countable by what the cameras did."""
    codes = [_crossed_codes(each) for each in Standing]
    pairs = ((counts.get(declined, 0), counts.get(countable, 0)) for declined, countable in codes)
    found: dict[str, int | None] = {}
    for (declined, countable), told in zip(
        codes, _told(pairs, control, is_whole=True), strict=True
    ):
        found[declined], found[countable], _ = told
    return found


def _crossed_rates(counts: Mapping[str, int], control: Rules | None) -> frozenset[Standing]:
    if control is None:
        return frozenset(Standing)
    return frozenset(
        each for each in Standing if control.has_rate(counts.get(_crossed_codes(each)[1], 0))
    )


def _crossed_codes(standing: Standing) -> tuple[str, str]:
    return (
        in_dimension(Dimension.CAMERA, standing, declined=True),
        in_dimension(Dimension.CAMERA, standing, declined=False),
    )


def _own_rate(
    teams: Iterable[tuple[int, int]], period: Period, control: Rules | None
) -> Baseline | None:
    """All teams together, as what each is held against; they are added up before any is told."""
    pairs = list(teams)
    whole = sum(x for x, _ in pairs), sum(n for _, n in pairs)
    [(recorded, issued, has_rate)] = _told([whole], control, is_whole=False)
    if recorded is None or issued is None or not has_rate:
        return None
    if issued < FEWEST_FOR_A_VERDICT or recorded in {0, issued}:
        return None
    return Baseline(
        key="",
        rate_known=Rate(recorded / issued, issued, recorded),
        origin=Origin.OWN,
        source="all teams together",
        dated=time_words(period),
        period=period,
    )


def _by_month(work: Work, scope: UUID, period: Period, control: Rules | None) -> dict[Month, Pair]:
    """Recorded of issued by month. Months add up to no total that is told."""
    found = sums_by_month(work.connection, V1.codes, period, scope=scope)
    months = months_in(period)
    counts = [found.get(month, Counter()) for month in months]
    told = _told(((V1.top.of(c), V1.bottom.of(c)) for c in counts), control, is_whole=False)
    return dict(zip(months, told, strict=True))


def _history(by_month: Mapping[Month, Pair], *, until: date) -> dict[Month, tuple[int, int]]:
    """Recorded of issued for each month from the first with any to the last that is over."""
    counts = {month: each for month, each in by_month.items() if month.last <= until}
    first = next((month for month, (_, issued, _) in counts.items() if issued != 0), None)
    return {
        month: (x, n) if x is not None and n is not None and has_rate else (0, 0)
        for month, (x, n, has_rate) in counts.items()
        if first and month >= first
    }


def camera_figures(
    work: Work,
    wanted: DeclineFilter,
    teams: tuple[TeamChoice, ...],
    control: Rules | None = None,
) -> CameraFigures:
    """The page's figures, from kept counts alone; nothing of them is kept by question set.

    Under `control` small counts are withheld and the others rounded, before anything is made of
    them. A chosen team is told as its row among the teams is.
    """
    scope = wanted.team.id if wanted.team else FORCE
    period = Window.ATTENDED.within(wanted.period, london_date(work.now)) or wanted.period
    codes = list(dict.fromkeys([*_STANDINGS, *_OFFICERS, *_CROSSED, *V1.codes]))
    by_team = sums_by_scope(work.connection, V1.codes, period, [team.id for team in teams])
    true = [(V1.top.of(by_team[team.id]), V1.bottom.of(by_team[team.id])) for team in teams]
    rows = _told(true, control, is_whole=True)
    of_team = dict(zip((team.id for team in teams), rows, strict=True))
    own = _own_rate(true, period, control)
    window = Period(Month.of(period.end).back(MONTHS_SHOWN - 1).first, period.end)
    began = recording_began(work, scope)
    whole = Period(min(began.first, window.start) if began else window.start, window.end)
    by_month = _by_month(work, scope, whole, control)
    counts = sums(work.connection, codes, period, scope=scope)
    attended = sum(counts.get(code, 0) for code in _STANDINGS)
    [all_of_it] = _told([(V1.top.of(counts), V1.bottom.of(counts))], control, is_whole=False)
    recorded, issued, has_rate = of_team[wanted.team.id] if wanted.team else all_of_it
    return CameraFigures(
        counts={
            **_counts_told(counts, _STANDINGS, control),
            **_counts_told(counts, _OFFICERS, control),
            **_crossed_told(counts, control),
        },
        attended=attended if control is None else control.shown(attended),
        recorded=recorded,
        issued=issued,
        has_rate=has_rate,
        crossed_rates=_crossed_rates(counts, control),
        months=tuple(
            MonthRecorded(
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
        teams=tuple(
            TeamRecorded(team, *of_team[team.id], own or wanted.baseline) for team in teams
        ),
        own=own,
        baseline=wanted.baseline,
        is_force=wanted.team is None,
    )
