"""Days and months in London, over clock changes, leap days and the ends of years."""

from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.periods import (
    LONDON,
    FixedPeriod,
    Length,
    Month,
    Period,
    PeriodError,
    apart,
    fixed_periods,
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


days = st.dates(date(1990, 1, 1), date(2110, 12, 31))
lengths = st.sampled_from(Length)
fixed = st.builds(FixedPeriod.holding, days, lengths)


@given(days, days, days)
def test_any_days_are_turned_into_a_fixed_period_that_is_over(
    one: date, other: date, today: date
) -> None:
    asked = Period(min(one, other), max(one, other))
    found = FixedPeriod.nearest(asked, today)
    assert found.end < today
    assert found == FixedPeriod.holding(found.end, found.length)
    assert FixedPeriod.of_key(found.key) == found
    holds_the_last_day = FixedPeriod.holding(asked.end, found.length)
    if holds_the_last_day.end < today:
        assert found == holds_the_last_day
    else:
        assert found == FixedPeriod.latest(found.length, today)


@given(fixed, st.dates(date(2111, 4, 1), date(2150, 1, 1)))
def test_a_fixed_period_that_is_asked_for_by_its_days_stays_what_it_is(
    period: FixedPeriod, today: date
) -> None:
    assert FixedPeriod.nearest(Period(period.start, period.end), today) == period


@given(fixed, fixed, days)
def test_two_fixed_periods_are_apart_or_one_holds_the_other(
    one: FixedPeriod, other: FixedPeriod, day: date
) -> None:
    every = [found for each in (one, other) for found in (each, each.before, each.year)]
    every += [part for each in (one, other) if (part := each.up_to(day))]
    for first, second in combinations(every, 2):
        is_apart = first.end < second.start or second.end < first.start
        is_within = first.start >= second.start and first.end <= second.end
        holds = second.start >= first.start and second.end <= first.end
        assert is_apart or is_within or holds


@given(days, lengths)
def test_a_day_lies_in_one_fixed_period_of_each_length(day: date, length: Length) -> None:
    found = FixedPeriod.holding(day, length)
    assert day in found
    assert (found.start.day, found.end) == (1, Month.of(found.end).last)
    assert found.length is length
    assert {FixedPeriod.holding(each, length) for each in (found.start, found.end)} == {found}
    before, after = found.before, FixedPeriod.holding(found.end + timedelta(days=1), length)
    assert (before.length, after.before) == (length, found)
    assert before.end + timedelta(days=1) == found.start


@given(fixed, days)
def test_of_a_fixed_period_all_counts_or_nothing_yet(period: FixedPeriod, day: date) -> None:
    assert period.up_to(day) == (period if period.end <= day else None)


@given(fixed)
def test_the_year_of_a_fixed_period_was_over_by_its_end(period: FixedPeriod) -> None:
    found = period.year
    assert found.length is Length.YEAR
    assert (found.start.month, found.start.day) == (4, 1)
    assert (
        found.end
        <= period.end
        < FixedPeriod.holding(found.end, Length.YEAR).end.replace(year=found.end.year + 1)
    )


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [
        ("2026-05-03", "2026-05-03", "May 2026"),
        ("2026-05-01", "2026-05-31", "May 2026"),
        ("2026-02-20", "2026-03-05", "March 2026"),
        ("2026-04-30", "2026-05-31", "April to June 2026"),
        ("2025-12-20", "2026-01-31", "January to March 2026"),
        ("2025-09-01", "2025-12-01", "October to December 2025"),
        ("2025-09-01", "2025-12-02", "April 2025 to March 2026"),
        ("2016-01-01", "2025-12-31", "April 2025 to March 2026"),
        ("2026-09-15", "2026-09-20", "August 2026"),
        ("2026-07-01", "2026-09-20", "April to June 2026"),
        ("2026-05-01", "2026-09-20", "April 2025 to March 2026"),
        ("2190-01-01", "2190-01-01", "August 2026"),
    ],
)
def test_how_long_a_fixed_period_is_follows_what_was_asked(start: str, end: str, name: str) -> None:
    asked = Period(date.fromisoformat(start), date.fromisoformat(end))
    assert FixedPeriod.nearest(asked, date(2026, 9, 20)).name == name


def test_a_fixed_period_has_a_short_name_beside_others_of_its_length() -> None:
    day = date(2000, 1, 15)
    named = [FixedPeriod.holding(day, length).short_name for length in Length]
    assert named == ["January 2000", "Jan to Mar 2000", "1999/00"]


@pytest.mark.parametrize(
    "key",
    [
        "", "..", "banana", "2025-04-01", "2025-04-01..", "..2025-06-30", "2025-04-02..2025-06-30",
        "2025-04-01..2025-06-29", "2025-05-01..2025-07-31", "2025-01-01..2025-12-31",
        "20250401..20250630", "2025-04-01..2025-06-30 ", "2025-04-01..2025-06-31",
        "9999-10-01..9999-12-31x", "9999-12-30..9999-12-31", "0001-01-01..0001-01-02",
        "2025-W14-2..2025-W27-1", "2025-04-01...2025-06-30",
    ],
)  # fmt: skip
def test_what_is_no_fixed_period_is_refused(key: str) -> None:
    with pytest.raises(PeriodError) as refused:
        FixedPeriod.of_key(key)
    assert refused.value.field == "period"


@given(days, st.none() | st.builds(Month.of, days))
def test_there_is_a_period_of_each_length_to_choose_and_none_that_still_runs(
    today: date, since: Month | None
) -> None:
    found = fixed_periods(today, since)
    assert list(found) == list(Length)
    for length, periods in found.items():
        assert periods[0] == FixedPeriod.latest(length, today)
        assert all(each.length is length for each in periods)
        assert all(later.before == earlier for later, earlier in pairwise(periods))
        assert len(periods) <= 1 + 36 // length
        if since:
            assert all(each.end >= since.first for each in periods[1:])


def test_the_choice_is_of_three_years() -> None:
    found = fixed_periods(date(2026, 9, 20))
    assert [len(each) for each in found.values()] == [36, 12, 3]
    assert found[Length.YEAR][-1].name == "April 2023 to March 2024"


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
