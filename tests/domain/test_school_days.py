"""The moment before which a school must have been told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.periods import LONDON, Period
from dash_forms.domain.school_days import SchoolCalendar, is_of_school_age, read_terms
from dash_forms.store.school_calendar import school_calendar

ENGLAND_AND_WALES = school_calendar(None)
TERMS = (
    Period(date(2026, 9, 2), date(2026, 10, 23)),
    Period(date(2026, 11, 2), date(2026, 12, 18)),
    Period(date(2027, 1, 4), date(2027, 2, 12)),
)
WITH_TERMS = SchoolCalendar(ENGLAND_AND_WALES.bank_holidays, TERMS)
MOMENTS = st.integers(0, 9 * 366 * 24 * 3600).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def london(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LONDON)  # type: ignore[misc,arg-type]


@given(moment=MOMENTS, calendar=st.sampled_from([ENGLAND_AND_WALES, WITH_TERMS, SchoolCalendar()]))
def test_it_is_the_first_school_morning_after_the_moment(
    moment: datetime, calendar: SchoolCalendar
) -> None:
    due = calendar.next_school_morning(moment)
    assert due > moment
    assert (due.hour, due.minute, due.tzinfo) == (8, 0, LONDON)
    assert calendar.is_school_day(due.date())
    between = moment.astimezone(LONDON).date()
    while between < due.date():
        morning = datetime(between.year, between.month, between.day, 8, tzinfo=LONDON)
        assert morning <= moment or not calendar.is_school_day(between)
        between += timedelta(days=1)


@given(moment=MOMENTS)
def test_no_school_day_is_on_a_weekend_or_a_bank_holiday(moment: datetime) -> None:
    due = ENGLAND_AND_WALES.next_school_morning(moment).date()
    assert due.weekday() < 5
    assert due not in ENGLAND_AND_WALES.bank_holidays
    assert due - moment.astimezone(LONDON).date() <= timedelta(days=5)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        pytest.param((2026, 11, 23, 2, 15), (2026, 11, 23, 8), id="before dawn on a Monday"),
        pytest.param((2026, 11, 23, 8, 0), (2026, 11, 24, 8), id="as the school day begins"),
        pytest.param((2026, 11, 27, 21, 40), (2026, 11, 30, 8), id="a Friday night"),
        pytest.param((2026, 4, 2, 23, 0), (2026, 4, 7, 8), id="over Easter"),
        pytest.param((2026, 12, 24, 23, 0), (2026, 12, 29, 8), id="Christmas, with a substitute"),
        pytest.param((2026, 12, 31, 23, 59), (2027, 1, 4, 8), id="New Year"),
        pytest.param((2026, 5, 3, 12, 0), (2026, 5, 5, 8), id="the early May bank holiday"),
        pytest.param((2026, 3, 28, 23, 0), (2026, 3, 30, 8), id="clocks go forward"),
        pytest.param((2026, 10, 24, 23, 0), (2026, 10, 26, 8), id="clocks go back"),
    ],
)
def test_a_moment_by_the_calendar_of_england_and_wales(
    moment: tuple[int, ...], due: tuple[int, ...]
) -> None:
    assert ENGLAND_AND_WALES.next_school_morning(london(*moment)) == london(*due)


def test_eight_in_the_morning_is_london_time_in_summer_and_in_winter() -> None:
    summer = ENGLAND_AND_WALES.next_school_morning(london(2026, 3, 28, 23))
    winter = ENGLAND_AND_WALES.next_school_morning(london(2026, 10, 24, 23))
    assert (summer.astimezone(UTC).hour, winter.astimezone(UTC).hour) == (7, 8)


def test_in_the_holidays_the_next_day_is_the_first_of_term() -> None:
    assert WITH_TERMS.next_school_morning(london(2026, 10, 23, 20)) == london(2026, 11, 2, 8)
    assert WITH_TERMS.next_school_morning(london(2026, 12, 18, 20)) == london(2027, 1, 4, 8)


def test_where_no_term_dates_reach_every_working_day_counts() -> None:
    assert WITH_TERMS.next_school_morning(london(2027, 2, 12, 20)) == london(2027, 2, 15, 8)
    assert WITH_TERMS.next_school_morning(london(2026, 8, 3, 20)) == london(2026, 8, 4, 8)


@pytest.mark.parametrize(
    ("born_on", "counts"),
    [
        (date(2022, 9, 1), True),  # four today
        (date(2022, 9, 2), False),
        (date(2008, 9, 2), True),  # seventeen until tomorrow
        (date(2008, 9, 1), False),
        (None, True),
    ],
)
def test_school_age_is_four_to_seventeen_and_an_unknown_age_counts(
    born_on: date | None, counts: bool
) -> None:
    assert is_of_school_age(born_on, date(2026, 9, 1)) is counts


def test_terms_are_read_from_lines() -> None:
    text = "# Westmarch\n2026-11-02,2026-12-18  # autumn\n\n2026-09-02, 2026-10-23\n"
    assert read_terms(text) == TERMS[:2]
    assert read_terms("") == ()


@pytest.mark.parametrize(
    "line", ["2026-09-02", "2026-09-02,soon", "2026-10-23,2026-09-02", "a,b,c"]
)
def test_a_line_that_is_no_term_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_terms(f"2026-01-05,2026-02-13\n{line}\n")
