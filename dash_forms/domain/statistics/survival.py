"""How many of those who declined still do so many days later."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, log, sqrt

from dash_forms.domain.statistics.intervals import Z_95, CountsError, Interval
from dash_forms.domain.statistics.proportions import wilson_interval

LAST_DAY = 28


@dataclass(frozen=True, slots=True)
class FollowUp:
    """For how many whole days one was followed, and whether the decline ended on the last."""

    days: int
    ended: bool

    def __post_init__(self) -> None:
        if self.days < 0:
            raise CountsError("Nobody can be followed for a negative number of days.")


@dataclass(frozen=True, slots=True)
class SurvivalPoint:
    """One day: how many came into it still declined, how many ended on it, and who is left.

    The share is a proportion of all at the end of the day. The interval is None where the method
    gives none.
    """

    day: int
    at_risk: int
    ended: int
    share: float
    interval: Interval | None


def still_declined(
    days_until_ended: Iterable[int | None], *, last_day: int = LAST_DAY, z: float = Z_95
) -> tuple[SurvivalPoint, ...]:
    """Return the share still declined at the end of each day, when everybody was followed.

    Each entry is the day on which a decline ended, counted from the first offer as day 0, or None
    if it had not ended by the last day. Each share has a Wilson interval. Empty without any cases;
    CountsError for a negative day.
    """
    followed = [
        FollowUp(last_day, ended=False) if day is None else FollowUp(day, ended=True)
        for day in days_until_ended
    ]
    ends = Counter(one.days for one in followed if one.ended)
    return still_declined_of(len(followed), ends, last_day=last_day, z=z)


def still_declined_of(
    count: int, ended: Mapping[int, int], *, last_day: int = LAST_DAY, z: float = Z_95
) -> tuple[SurvivalPoint, ...]:
    """The same from the number of declines, and how many of them ended on each day."""
    if not count:
        return ()
    n = left = count
    ends = Counter(ended)
    points = []
    for day in range(last_day + 1):
        at_risk, left = left, left - ends[day]
        points.append(SurvivalPoint(day, at_risk, ends[day], left / n, wilson_interval(left, n, z)))
    return tuple(points)


def kaplan_meier(
    followed: Iterable[FollowUp], *, last_day: int = LAST_DAY, z: float = Z_95
) -> tuple[SurvivalPoint, ...]:
    """Return the share still declined at the end of each day, when some were followed for less.

    S(t) is the product of 1 − dᵢ/nᵢ over the days so far; who was followed up to a day counts as
    at risk on it. E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete
    observations", Journal of the American Statistical Association 53 (1958) 457–481. The interval
    is S^exp(±z√V / ln S), where V = Σ dᵢ/(nᵢ(nᵢ − dᵢ)) is Greenwood's (1926): J. D. Kalbfleisch and
    R. L. Prentice, The Statistical Analysis of Failure Time Data, 2nd ed. (2002) §1.4. It is None
    where S is 1 or 0. The curve stops with the last day on which anybody was followed.
    """
    everybody = tuple(followed)
    ends = Counter(one.days for one in everybody if one.ended)
    leavers = Counter(one.days for one in everybody)
    at_risk, share, variance = len(everybody), 1.0, 0.0
    points = []
    for day in range(min(last_day, max(leavers, default=-1)) + 1):
        ended = ends[day]
        share *= 1 - ended / at_risk
        if ended < at_risk:
            variance += ended / (at_risk * (at_risk - ended))
        points.append(
            SurvivalPoint(day, at_risk, ended, share, _log_log(share, z * sqrt(variance)))
        )
        at_risk -= leavers[day]
    return tuple(points)


def _log_log(share: float, reach: float) -> Interval | None:
    if share in {0.0, 1.0}:
        return None
    power = exp(reach / log(share))
    return Interval(lower=share ** (1 / power), upper=share**power)
