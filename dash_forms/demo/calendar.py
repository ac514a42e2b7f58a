"""When things happen: the twelve months, nights and weekends, and how long a victim waits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate

from dash_forms.demo.chance import Chance, Weighted
from dash_forms.demo.force import URN_PREFIX
from dash_forms.domain.incidents import ResponseGrade, Times
from dash_forms.domain.periods import LONDON, london_date

DAYS = 365
# From midnight: quiet mornings, busy evenings, and long Friday and Saturday nights.
_HOURS = (9, 8, 6, 4, 3, 2, 2, 3, 4, 5, 6, 6, 7, 7, 7, 8, 9, 10, 11, 12, 13, 14, 13, 11)
_WEEKDAYS = (0.95, 0.9, 0.9, 0.95, 1.1, 1.3, 1.3)
_LATEST_REPORT = timedelta(hours=4)

RESPONSES = Weighted(
    {
        ResponseGrade.GRADE_1: 0.28,
        ResponseGrade.GRADE_2: 0.42,
        ResponseGrade.GRADE_3: 0.16,
        ResponseGrade.APPOINTMENT: 0.09,
        ResponseGrade.TELEPHONE: 0.05,
    }
)
# Median minutes to arrive, and the spread of their logarithm.
_WAITS = {
    ResponseGrade.GRADE_1: (2.7, 0.5),
    ResponseGrade.GRADE_2: (5.3, 1.3),
    ResponseGrade.GRADE_3: (7.2, 0.9),
    ResponseGrade.APPOINTMENT: (8.1, 0.5),
    ResponseGrade.TELEPHONE: (6.6, 0.8),
}
_LONGEST_WAIT = timedelta(days=14)
_NOT_ENTERED = 0.04
"""How often nobody enters when the first officer arrived."""


@dataclass(frozen=True, slots=True)
class Year:
    """The twelve months up to the last midnight in London, so that a date decides every row."""

    start: date
    end: date

    @classmethod
    def before(cls, now: datetime) -> Year:
        """The year that ended last night."""
        today = london_date(now)
        return cls(today - timedelta(days=DAYS), today)

    @property
    def opens_at(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.start, time(), LONDON).astimezone(UTC)

    @property
    def closes_at(self) -> datetime:
        """The moment after its last."""
        return datetime.combine(self.end, time(), LONDON).astimezone(UTC)

    def progress(self, at: datetime) -> float:
        """How much of it is over: 0 at its start, 1 at its end."""
        return (at - self.opens_at) / (self.closes_at - self.opens_at)


def reports(chance: Chance, year: Year, count: int) -> list[datetime]:
    """When incidents were reported, in order, to the minute."""
    days = [year.start + timedelta(days=number) for number in range(DAYS)]
    weights = list(accumulate(_WEEKDAYS[day.weekday()] for day in days))
    chosen = chance.choices(days, cum_weights=weights, k=count)
    hours = chance.choices(range(24), cum_weights=list(accumulate(_HOURS)), k=count)
    latest = year.closes_at - _LATEST_REPORT
    return sorted(
        min(_moment(day, hour, chance.randrange(60)), latest)
        for day, hour in zip(chosen, hours, strict=True)
    )


def _moment(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), LONDON).astimezone(UTC)


def urns(chance: Chance, moments: list[datetime]) -> list[str]:
    """An incident number for each moment, rising through each day."""
    numbers: list[str] = []
    for day, count in Counter(map(london_date, moments)).items():
        drawn = sorted(chance.sample(range(1, 10_000), count))
        numbers += [f"{URN_PREFIX}-{day:%Y%m%d}-{number:04}" for number in drawn]
    return numbers


def response(
    chance: Chance, grade: ResponseGrade, reported_at: datetime, latest: datetime
) -> tuple[Times, datetime]:
    """The times of an attendance, and when somebody first spoke to the victim."""
    wait = timedelta(minutes=round(chance.lognormvariate(*_WAITS[grade])) + 4)
    spoken_at = reported_at + min(wait, _LONGEST_WAIT)
    if spoken_at > latest:  # the year's last callers waited as long as is left of it
        minutes_left = (latest - reported_at) // timedelta(minutes=1)
        spoken_at = reported_at + timedelta(minutes=chance.randint(0, minutes_left))
    if grade is ResponseGrade.TELEPHONE:
        return Times(reported_at), spoken_at
    travel = timedelta(minutes=chance.randint(4, 40))
    # Its own, so that the rest of the year stays as it is.
    is_forgotten = Chance(int(reported_at.timestamp())).happens(_NOT_ENTERED)
    arrived_at = None if is_forgotten else spoken_at
    return Times(reported_at, max(reported_at, spoken_at - travel), arrived_at), spoken_at
