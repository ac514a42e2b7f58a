"""The order of an incident's times, and ages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.incidents import Times, age_on

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_times_in_order_pass_and_two_events_may_share_a_minute() -> None:
    Times(NOW - 9 * MINUTE, NOW - 9 * MINUTE, NOW - MINUTE).check(NOW)


@pytest.mark.parametrize(
    ("times", "field"),
    [
        (Times(NOW, NOW - MINUTE), "dispatched_at"),
        (Times(NOW, NOW, NOW - MINUTE), "arrived_at"),
        (Times(NOW, None, NOW - MINUTE), "arrived_at"),
        (Times(NOW - 9 * MINUTE, NOW - 3 * MINUTE, NOW - 4 * MINUTE), "arrived_at"),
    ],
)
def test_a_time_before_the_one_above_it_is_refused_at_its_own_field(
    times: Times, field: str
) -> None:
    with pytest.raises(InvalidError, match="This is before") as caught:
        times.check(NOW)
    assert caught.value.field == field


def test_the_future_is_refused_but_a_clock_that_runs_ahead_a_little_is_not() -> None:
    Times(NOW + 5 * MINUTE).check(NOW)
    with pytest.raises(InvalidError, match="in the future") as caught:
        Times(NOW, NOW + 6 * MINUTE).check(NOW)
    assert caught.value.field == "dispatched_at"


@pytest.mark.parametrize(
    ("born_on", "day", "age"),
    [
        (date(2010, 1, 31), date(2026, 1, 30), 15),
        (date(2010, 1, 31), date(2026, 1, 31), 16),
        (date(2008, 2, 29), date(2024, 2, 28), 15),
        (date(2008, 2, 29), date(2024, 2, 29), 16),
        (date(2008, 2, 29), date(2025, 2, 28), 16),
        (date(2008, 2, 29), date(2025, 3, 1), 17),
        (date(2026, 1, 31), date(2026, 1, 31), 0),
    ],
)
def test_age_is_in_whole_years_and_a_leap_day_birthday_falls_on_1_march(
    born_on: date, day: date, age: int
) -> None:
    assert age_on(born_on, day) == age


@pytest.mark.parametrize("born_on", [date(2026, 2, 1), date(1905, 12, 31), date.min])
def test_an_impossible_date_of_birth_is_refused_at_its_field(born_on: date) -> None:
    with pytest.raises(InvalidError) as caught:
        age_on(born_on, date(2026, 1, 31))
    assert caught.value.field == "born_on"


@given(st.dates(date(1910, 1, 1), date(2020, 1, 1)), st.integers(0, 3_650))
def test_nobody_grows_younger_and_nobody_ages_two_years_in_one(born_on: date, days: int) -> None:
    day = born_on + timedelta(days=days)
    assert age_on(born_on, day) <= age_on(born_on, day + timedelta(days=1))
    assert age_on(born_on, day + timedelta(days=365)) - age_on(born_on, day) <= 1
