"""Days and months as people in the United Kingdom live them, whatever the clock of the server."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from dash_forms.domain.errors import InvalidError

LONDON = ZoneInfo("Europe/London")

_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class PeriodError(InvalidError, ValueError):
    """A moment or a stretch of days that has no place on the calendar."""


def london_date(moment: datetime) -> date:
    """Return the day on which a moment fell in London."""
    if moment.tzinfo is None:
        raise PeriodError("A moment without a time zone falls on no particular day.")
    return moment.astimezone(LONDON).date()


def words_for(day: date) -> str:
    """Write a day the way it is said: 5 March 2025."""
    return f"{day.day} {_MONTH_NAMES[day.month - 1]} {day.year}"


def months_in_words(months: int) -> str:
    """How many months, in words: "1 month", "12 months"."""
    return "1 month" if months == 1 else f"{months} months"


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last day of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes the 28th where there is none."""
    return months_before(day, -12 * years)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, both ends included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise PeriodError(
                f"The period ends on {words_for(self.end)},"
                f" before it starts on {words_for(self.start)}.",
                field="to",
            )

    @classmethod
    def year_to(cls, end: date) -> Self:
        """The twelve months up to and including a day."""
        return cls(months_before(end, 12) + timedelta(days=1), end)

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def up_to(self, end: date) -> Self | None:
        """What of it lies up to a day, that day included; None where nothing does."""
        if end < self.start:
            return None
        return replace(self, end=min(end, self.end))

    @property
    def before(self) -> Self:
        """The stretch of the same length that ended the day before it began."""
        end = self.start - timedelta(days=1)
        return replace(self, start=end - (self.end - self.start), end=end)

    @property
    def label(self) -> str:
        """The period in words."""
        if self.start == self.end:
            return words_for(self.start)
        return f"{words_for(self.start)} to {words_for(self.end)}"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the month in which a day falls."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """The first day of the month."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """The last day of the month."""
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    @property
    def key(self) -> str:
        """The month as it sorts and travels: 2025-03."""
        return f"{self.year:04}-{self.number:02}"

    @property
    def label(self) -> str:
        """The month in words: March 2025."""
        return f"{_MONTH_NAMES[self.number - 1]} {self.year}"

    @property
    def short_label(self) -> str:
        """The month where space is tight: Mar."""
        return _MONTH_NAMES[self.number - 1][:3]

    def back(self, count: int) -> Self:
        """Return the month a number of months earlier."""
        year, index = divmod(self.year * 12 + self.number - 1 - count, 12)
        if year < 1:
            raise PeriodError("The calendar starts with the year 1.")
        return type(self)(year, index + 1)


@dataclass(frozen=True, slots=True)
class WholeMonths(Period):
    """Calendar months that are over, from the first of one to the last of another.

    Whatever is taken of it is whole months again. So no two of them differ by a few days, from
    whose figures, set against each other, those of one day could be told.
    """

    @classmethod
    def over(cls, start: date | None, end: date, *, today: date, usual: int) -> Self:
        """Those that the days from `start` to `end` touch, without the month that still runs.

        Where none of them is over it is the latest that is. Without a start there are `usual` many.
        """
        last = min(Month.of(end), Month.of(today).back(1))
        first = min(Month.of(start), last) if start else last.back(usual - 1)
        return cls(first.first, last.last)

    def up_to(self, end: date) -> Self | None:
        """The months that had ended by a day, that day included; None where none had."""
        month = Month.of(end)
        last = end if end == month.last else month.first - timedelta(days=1)
        return None if last < self.start else replace(self, end=min(last, self.end))

    @property
    def before(self) -> Self:
        """As many months before it."""
        first = Month.of(self.start)
        return replace(self, start=first.back(len(months_in(self))).first, end=first.back(1).last)


def rolling_three_months(today: date) -> Period:
    """Return the three months up to and including today; a team-month alone says very little."""
    month = Month.of(today).back(3)
    same_day = month.first.replace(day=min(today.day, month.last.day))
    return Period(same_day + timedelta(days=1), today)


def months_in(period: Period) -> tuple[Month, ...]:
    """Return every month that the period touches, oldest first."""
    return tuple(_months_between(Month.of(period.start), Month.of(period.end)))


def _months_between(first: Month, last: Month) -> Iterator[Month]:
    for index in range(first.year * 12 + first.number - 1, last.year * 12 + last.number):
        year, number = divmod(index, 12)
        yield Month(year, number + 1)


def days_in_words(days: int) -> str:
    """How many days, in words: "1 day", "1,200 days"."""
    return _number(days, "day")


def apart(one: datetime, other: datetime) -> str:
    """How far apart two moments are, the way it is said: "20 minutes", "23 hours", "5 days".

    From a day on, the days between their dates in London count, as on a calendar: at noon on the
    30th, what is due in the morning of the 5th is due in 5 days.
    """
    minutes = int(abs(one - other).total_seconds()) // 60
    days = abs((london_date(one) - london_date(other)).days)
    if days and minutes >= _DAY:
        return days_in_words(days)
    if minutes >= _HOUR:
        return _number(minutes // _HOUR, "hour")
    return _number(max(minutes, 1), "minute")


_HOUR = 60
_DAY = 24 * _HOUR


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
