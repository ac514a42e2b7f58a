"""Days and months in London, over clock changes, leap days and the ends of years."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.periods import (
    LONDON,
    Month,
    Period,
    PeriodError,
    WholeMonths,
    apart,
    london_date,
    months_in,
    rolling_three_months,
    words_for,
)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2025, 1, 31, 23, 59, tzinfo=UTC), date(2025, 1, 31)),
        (datetime(2025, 6, 30, 22, 59, tzinfo=UTC), date(2025, 6, 30)),
        (datetime(2025, 6, 30, 23, 0, tzinfo=UTC), date(2025, 7, 1)),
        (datetime(2025, 3, 30, 0, 59, tzinfo=UTC), date(2025, 3, 30)),
        (datetime(2025, 10, 25, 23, 30, tzinfo=UTC), date(2025, 10, 26)),
        (datetime(2025, 10, 26, 23, 30, tzinfo=UTC), date(2025, 10, 26)),
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), date(2025, 12, 31)),
    ],
)
def test_a_moment_falls_on_its_day_in_london(moment: datetime, day: date) -> None:
    assert london_date(moment) == day


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(PeriodError):
        london_date(datetime(2025, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("today", "start"),
    [
        (date(2025, 5, 15), date(2025, 2, 16)),
        (date(2025, 5, 31), date(2025, 3, 1)),
        (date(2025, 5, 28), date(2025, 3, 1)),
        (date(2024, 5, 28), date(2024, 2, 29)),
        (date(2024, 5, 31), date(2024, 3, 1)),
        (date(2025, 1, 31), date(2024, 11, 1)),
        (date(2025, 3, 31), date(2025, 1, 1)),
    ],
)
def test_three_months_up_to_today(today: date, start: date) -> None:
    assert rolling_three_months(today) == Period(start, today)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_three_months_always_touch_three_or_four_months(today: date) -> None:
    period = rolling_three_months(today)
    assert period.end == today
    assert 88 <= (period.end - period.start).days <= 91
    assert len(months_in(period)) in {3, 4}


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(PeriodError, match="ends on 1 May 2025, before it starts on 2 May 2025"):
        Period(date(2025, 5, 2), date(2025, 5, 1))


def test_a_period_includes_both_its_ends() -> None:
    period = Period(date(2025, 5, 1), date(2025, 5, 31))
    assert period.start in period
    assert period.end in period
    assert period.end + timedelta(days=1) not in period
    assert period.label == "1 May 2025 to 31 May 2025"
    assert Period(period.end, period.end).label == "31 May 2025"


def test_months_run_over_the_end_of_a_year() -> None:
    period = Period(date(2024, 11, 30), date(2025, 2, 1))
    assert [month.key for month in months_in(period)] == [
        "2024-11",
        "2024-12",
        "2025-01",
        "2025-02",
    ]


@given(st.dates(max_value=date(2100, 1, 1)), st.integers(0, 3000))
def test_months_cover_the_period_without_gap_or_overlap(start: date, days: int) -> None:
    period = Period(start, start + timedelta(days=days))
    months = months_in(period)
    assert months[0] == Month.of(period.start)
    assert months[-1] == Month.of(period.end)
    for earlier, later in pairwise(months):
        assert earlier.last + timedelta(days=1) == later.first


@given(st.dates(min_value=date(200, 1, 1)), st.integers(0, 1200))
def test_going_back_counts_months(day: date, count: int) -> None:
    month = Month.of(day)
    assert len(months_in(Period(month.back(count).first, day))) == count + 1


def test_the_calendar_has_a_beginning() -> None:
    with pytest.raises(PeriodError):
        rolling_three_months(date(1, 2, 1))


def test_months_have_names() -> None:
    february = Month(2024, 2)
    assert (february.label, february.short_label) == ("February 2024", "Feb")
    assert (february.first, february.last) == (date(2024, 2, 1), date(2024, 2, 29))
    assert words_for(date(2025, 3, 5)) == "5 March 2025"


months = st.builds(Month, st.integers(2000, 2100), st.integers(1, 12))


@given(
    st.none() | st.dates(date(2001, 1, 1)), st.dates(date(2001, 1, 1)), st.dates(date(2001, 1, 1))
)
def test_whole_months_are_over_and_touch_what_was_asked(
    start: date | None, end: date, today: date
) -> None:
    found = WholeMonths.over(start, end, today=today, usual=3)
    assert (found.start.day, found.end) == (1, Month.of(found.end).last)
    assert found.end < Month.of(today).first
    assert found.end <= Month.of(end).last
    if start is None:
        assert len(months_in(found)) == 3
    elif start <= end < Month.of(today).first:
        assert (found.start, found.end) == (Month.of(start).first, Month.of(end).last)


@given(months, st.integers(1, 30), st.dates(date(2000, 1, 1), date(2110, 1, 1)))
def test_a_part_of_whole_months_is_whole_months_and_so_is_what_was_before(
    first: Month, count: int, day: date
) -> None:
    period = WholeMonths(first.first, first.back(1 - count).last)
    for each in (period.before, period.up_to(day)):
        if each is not None:
            assert isinstance(each, WholeMonths)
            assert (each.start.day, each.end) == (1, Month.of(each.end).last)
    assert period.before.end + timedelta(days=1) == period.start
    assert len(months_in(period.before)) == count
    part = period.up_to(day)
    if part is None:
        assert day < first.last
    else:
        assert part.start == period.start
        assert part.end <= day


def test_days_have_the_same_number_of_days_before_them_and_end_where_they_are_cut() -> None:
    period = Period(date(2026, 2, 10), date(2026, 3, 1))
    assert period.before == Period(date(2026, 1, 21), date(2026, 2, 9))
    assert period.up_to(date(2026, 2, 12)) == Period(period.start, date(2026, 2, 12))
    assert period.up_to(date(2026, 5, 1)) == period
    assert period.up_to(date(2026, 2, 9)) is None


def _at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("now", "then", "words"),
    [
        ("2026-11-30 16:00", "2026-11-30 16:00", "1 minute"),
        ("2026-11-30 16:00", "2026-11-30 16:59:59", "59 minutes"),
        ("2026-11-30 16:00", "2026-11-30 17:00", "1 hour"),
        ("2026-11-30 16:00", "2026-12-01 15:59", "23 hours"),
        ("2026-11-30 16:00", "2026-12-01 16:00", "1 day"),
        ("2026-11-30 16:00", "2026-12-05 09:00", "5 days"),
        ("2026-11-30 00:01", "2026-12-05 23:59", "5 days"),
        # The clocks go back on 25 October 2026, a day of 25 hours, and went forward on 29 March.
        ("2026-10-24 23:30", "2026-10-26 00:10", "2 days"),
        ("2026-10-23 09:00", "2026-10-28 08:30", "5 days"),
        ("2026-10-25 00:00", "2026-10-25 23:30", "24 hours"),
        ("2026-03-27 09:00", "2026-04-01 08:30", "5 days"),
        ("2026-03-29 00:30", "2026-03-30 00:10", "22 hours"),
    ],
)
def test_days_between_two_moments_are_those_of_the_calendar(
    now: str, then: str, words: str
) -> None:
    assert apart(_at(now), _at(then).astimezone(UTC)) == words
    assert apart(_at(then).astimezone(UTC), _at(now).astimezone(UTC)) == words
