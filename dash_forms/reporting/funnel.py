"""Teams by their number of cases, within the exact limits of chance: the funnel, and its places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from dash_forms.domain.baselines import Baseline, Origin, Rate, time_words
from dash_forms.domain.metrics import (
    FEWEST_FOR_A_RATE,
    FEWEST_FOR_A_VERDICT,
    Verdict,
)
from dash_forms.domain.statistics import LEVEL_95, LEVEL_99_8, funnel_limits
from dash_forms.reporting.charts import Axis, Mark, TeamRate, Tick, path
from dash_forms.reporting.needed import FARTHEST_MORE, about, more_cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash_forms.domain.periods import Period
    from dash_forms.domain.statistics import FunnelLimits
    from dash_forms.reporting.figures import Counts, TeamChoice, TeamFigures

STEPS = 48
"""How many numbers of cases a curve is worked out at."""
_ROUND = tuple(mantissa * round(10.0**power) for power in range(9) for mantissa in (1, 2, 5))


def own_rate(counts: Counts, period: Period) -> Baseline | None:
    """The force's own rate in the period as what its teams are held against.

    None with too few cases for a verdict, or where none or all declined.
    """
    declined, cases = counts.declined_of
    if cases < FEWEST_FOR_A_VERDICT or declined in {0, cases}:
        return None
    return Baseline(
        key="",
        rate_known=Rate(declined / cases, cases, declined),
        origin=Origin.OWN,
        source="all teams together",
        dated=time_words(period),
        period=period,
    )


def around(teams: Sequence[TeamFigures], comparator: Baseline) -> tuple[TeamFigures, ...]:
    """The same teams, held against another rate."""
    return tuple(replace(team, baseline=comparator) for team in teams)


def more_words(team: TeamFigures) -> str:
    """How many more cases would tell a team from what it is held against; empty if none would."""
    rate = team.rate
    if rate.sample is None or rate.verdict in {Verdict.LOWER, Verdict.HIGHER}:
        return ""
    more = more_cases(rate)
    if not more:
        return ""
    return about(more) if more <= FARTHEST_MORE else "more cases than it will have"


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """A team's place on the funnel, from the left and from the top."""

    team: TeamRate
    across: float
    down: float
    shape: str
    is_named: bool


@dataclass(frozen=True, slots=True)
class FunnelPlot:
    """Where everything stands: points and ticks in per cent, curves as paths in 100 by 100."""

    axis: Axis
    cases: tuple[Tick, ...]
    comparator: float
    inner: str
    outer: str
    points: tuple[FunnelPoint, ...]

    @classmethod
    def of(cls, teams: Sequence[TeamRate], chosen: TeamChoice | None = None) -> FunnelPlot | None:
        """Lay out the teams that have enough cases for a rate, if there is any.

        Named are those that stand out, and the one that the report is narrowed to.
        """
        drawn = [team for team in teams if team.rate.rate is not None]
        if not drawn:
            return None
        comparator = drawn[0].baseline.rate
        sizes = [team.rate.denominator or 0 for team in drawn]
        step = _step(max(sizes))
        width = ceil(max(sizes) / step) * step
        inner, outer = (
            [funnel_limits(n, comparator, level=level) for n in _numbers(min(sizes), width)]
            for level in (LEVEL_95, LEVEL_99_8)
        )
        ends = [end for each in outer for end in (each.lower, each.upper)]
        axis = Axis.around([*ends, *(team.rate.rate or 0 for team in drawn), comparator])
        return cls(
            axis=axis,
            cases=tuple(
                Tick(round(number / width * 100, 2), f"{number:,}")
                for number in range(0, width + 1, step)
            ),
            comparator=round(100 - axis.place(comparator), 2),
            inner=_curves(inner, axis, width),
            outer=_curves(outer, axis, width),
            points=tuple(_point(team, axis, width, chosen) for team in drawn),
        )

    @property
    def summary(self) -> str:
        """The chart in a sentence, for those who do not see it."""
        apart = [
            f"{point.team.team.name} {point.shape}"
            for point in self.points
            if point.team.stands_out
        ]
        teams = "1 team" if len(self.points) == 1 else f"{len(self.points)} teams"
        if not apart:
            return f"{teams} drawn, and none lies outside the 99.8% limits."
        return f"{teams} drawn. Outside the 99.8% limits: {', '.join(apart)}."


def _point(team: TeamRate, axis: Axis, width: int, chosen: TeamChoice | None) -> FunnelPoint:
    mark = Mark.of(team.rate, axis, stands_out=team.stands_out)
    return FunnelPoint(
        team,
        across=round((team.rate.denominator or 0) / width * 100, 2),
        down=round(100 - axis.place(team.rate.rate or 0), 2),
        shape=mark.shape if mark else "hollow",
        is_named=team.stands_out or team.team == chosen,
    )


def _step(largest: int) -> int:
    """A round number of cases, so that about five ticks reach up to the largest."""
    return next(step for step in _ROUND if largest <= 5 * step)


def _numbers(smallest: int, largest: int) -> list[int]:
    """The numbers of cases at which the curves are worked out, closer where they bend."""
    first = max(FEWEST_FOR_A_RATE, int(smallest * 0.7))
    reach = max(largest - first, 1)
    return sorted({first + round(reach * (step / STEPS) ** 2) for step in range(STEPS + 1)})


def _curves(limits: Sequence[FunnelLimits], axis: Axis, width: int) -> str:
    return "".join(
        path(
            (round(each.denominator / width * 100, 2), round(100 - axis.place(end), 2))
            for each, end in zip(limits, ends, strict=True)
        )
        for ends in ([each.lower for each in limits], [each.upper for each in limits])
    )
