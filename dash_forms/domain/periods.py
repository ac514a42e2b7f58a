"""Days and months as people in the United Kingdom live them, whatever the clock of the server."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Self
from zoneinfo import ZoneInfo

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.text import so_many

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
    return so_many(months, "month")


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
    def year(self) -> Self:
        """The twelve months of a measure that is of a year: those up to its end."""
        return self.year_to(self.end)

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


class Length(IntEnum):
    """How long a fixed period is, in months: each divides the next, so that none cuts another."""

    MONTH = 1
    QUARTER = 3
    YEAR = 12

    @property
    def heading(self) -> str:
        """What stands above all of them."""
        return _HEADINGS[self]

    @classmethod
    def nearest(cls, days: int) -> Self:
        """The one that so many days are asked for as: 31 are a month at most, 92 a quarter."""
        return next((each for each in cls if days <= _MOST_DAYS[each]), cls.YEAR)


_HEADINGS = {Length.MONTH: "Months", Length.QUARTER: "Quarters", Length.YEAR: "Years, from April"}
_MOST_DAYS = {Length.MONTH: 31, Length.QUARTER: 92, Length.YEAR: 366}
_FIRST_MONTH = 4
"""The year of police performance begins in April."""
_YEARS_TO_CHOOSE = 3


@dataclass(frozen=True, slots=True)
class FixedPeriod(Period):
    """A calendar month, or a quarter or year of those that begin in April, as statistics have them.

    Any two of them are apart, or one holds the other. So figures of two that overlap cannot be set
    against each other, and small counts told by what differs. It comes of one of these:
    """

    @classmethod
    def holding(cls, day: date, length: Length) -> Self:
        """The one of a length in which a day lies; PeriodError before the calendar begins."""
        month = Month.of(day)
        first = month.back((month.number - _FIRST_MONTH) % length)
        return cls(first.first, first.back(1 - length).last)

    @classmethod
    def latest(cls, length: Length, today: date) -> Self:
        """The last one of a length that is over."""
        return cls.holding(today, length).before

    @classmethod
    def nearest(cls, asked: Period, today: date) -> Self:
        """What a reader gets who asked for these days.

        It is as long as they are, or longer; and the one in which the last of them lies, or where
        that is not over, the latest that is.
        """
        length = Length.nearest((asked.end - asked.start).days + 1)
        found = cls.holding(asked.end, length)
        return found if found.end < today else cls.latest(length, today)

    @classmethod
    def of_key(cls, key: str) -> Self:
        """The one that travels as this; PeriodError where it is none."""
        try:
            end = date.fromisoformat(key.partition("..")[2])
            found = next(each for n in Length if (each := cls.holding(end, n)).key == key)
        except (ValueError, StopIteration):
            raise PeriodError("Choose a period from the list", field="period") from None
        return found

    @property
    def key(self) -> str:
        """The period as it travels: 2025-04-01..2025-06-30."""
        return f"{self.start}..{self.end}"

    @property
    def length(self) -> Length:
        """How long it is."""
        return Length(len(months_in(self)))

    @property
    def name(self) -> str:
        """Its months in words: April to June 2025."""
        first, last = Month.of(self.start), Month.of(self.end)
        if first == last:
            return last.label
        words = _MONTH_NAMES[first.number - 1] if first.year == last.year else first.label
        return f"{words} to {last.label}"

    @property
    def short_name(self) -> str:
        """The same in a list of those of its length: Apr to Jun 2025, and a year as 2025/26."""
        first, last = Month.of(self.start), Month.of(self.end)
        if first == last:
            return last.label
        if self.length is Length.YEAR:
            return f"{first.year}/{last.year % 100:02}"
        return f"{first.short_label} to {last.short_label} {last.year}"

    def up_to(self, end: date) -> Self | None:
        """All of it, once its last day is one of those up to a day: a part would overlap it."""
        return self if self.end <= end else None

    @property
    def before(self) -> Self:
        """The one before of the same length."""
        return self.holding(self.start - timedelta(days=1), self.length)

    @property
    def year(self) -> Self:
        """The year from April that was over by its end: any other twelve months would overlap."""
        found = self.holding(self.end, Length.YEAR)
        return found if found.end == self.end else found.before


def fixed_periods(today: date, since: Month | None = None) -> dict[Length, list[FixedPeriod]]:
    """Those to choose from, the newest first: the latest of each length that is over at least.

    Others are of the last three years, and hold or follow the month since when there is anything.
    """
    floor = months_before(today, 12 * _YEARS_TO_CHOOSE)
    if since is not None:
        floor = max(floor, since.first)
    found = {}
    for length in Length:
        each = FixedPeriod.latest(length, today)
        found[length] = [each]
        while (each := each.before).end >= floor:
            found[length].append(each)
    return found


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
    return so_many(days, "day")


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
        return so_many(minutes // _HOUR, "hour")
    return so_many(max(minutes, 1), "minute")


_HOUR = 60
_DAY = 24 * _HOUR
