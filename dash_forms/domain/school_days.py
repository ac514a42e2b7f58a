"""When a school must have been told: before the next school day begins (Operation Encompass)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from dash_forms.domain.incidents import age_on
from dash_forms.domain.periods import LONDON, Period, london_date

if TYPE_CHECKING:
    from collections.abc import Container

SCHOOL_AGES = range(4, 18)
"""Reception, which most begin at four, to seventeen (domain guide §2)."""
_DAY_BEGINS = time(8)
_SATURDAY = 5
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """The days on which schools of the force's area are open, as far as they are known.

    Outside the stretch that `terms` cover nothing is known of terms, so that every weekday that
    is no bank holiday counts there: a school is then told too early, never too late.
    """

    bank_holidays: Container[date] = frozenset()
    terms: tuple[Period, ...] = ()

    def is_school_day(self, day: date) -> bool:
        """Whether schools are open, or may be for all that is known."""
        if day.weekday() >= _SATURDAY or day in self.bank_holidays:
            return False
        return not self.knows_terms_of(day) or any(day in term for term in self.terms)

    def knows_terms_of(self, day: date) -> bool:
        """Whether the day lies between the first and the last term date that the force gave."""
        if not self.terms:
            return False
        return min(t.start for t in self.terms) <= day <= max(t.end for t in self.terms)

    def next_school_morning(self, moment: datetime) -> datetime:
        """Eight o'clock in London on the first school day whose morning is still to come."""
        day = london_date(moment)
        while True:
            morning = datetime.combine(day, _DAY_BEGINS, LONDON)
            if morning > moment and self.is_school_day(day):
                return morning
            day += _A_DAY


def is_of_school_age(born_on: date | None, day: date) -> bool:
    """Whether a school is to be told; a child of unknown age counts, and the task says so."""
    return born_on is None or age_on(born_on, day) in SCHOOL_AGES


def read_terms(text: str) -> tuple[Period, ...]:
    """Terms from lines of `start,end` (ISO dates, both included); `#` begins a remark.

    ValueError names the line that cannot be read.
    """
    terms = []
    for number, line in enumerate(text.splitlines(), start=1):
        written = line.partition("#")[0].strip()
        if not written:
            continue
        try:
            start, end = (date.fromisoformat(part.strip()) for part in written.split(","))
            terms.append(Period(start, end))
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from None
    return tuple(sorted(terms, key=lambda term: term.start))
