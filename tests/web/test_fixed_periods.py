"""Which fixed period is shown where an address names none."""

from __future__ import annotations

from datetime import date

import pytest

from dash_forms.domain.periods import FixedPeriod, Length, Month
from dash_forms.web.fixed_periods import PeriodChoice

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("since", "length"),
    [
        (None, Length.QUARTER),
        (Month(2024, 1), Length.QUARTER),
        (Month(2026, 9), Length.QUARTER),
        (Month(2026, 10), Length.MONTH),
        (Month(2026, 11), Length.QUARTER),  # whether this month has anything is not told yet
    ],
)
def test_it_is_the_latest_quarter_unless_only_the_latest_month_has_anything(
    since: Month | None, length: Length
) -> None:
    usual = PeriodChoice(TODAY, since).usual
    assert usual == FixedPeriod.latest(length, TODAY)
