"""The force's school calendar, from a well-kept library and a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dash_forms.config import SettingsError
from dash_forms.store.school_calendar import school_calendar


@pytest.mark.parametrize(
    "day",
    [date(2026, 4, 3), date(2026, 4, 6), date(2026, 8, 31), date(2026, 12, 28), date(2040, 12, 25)],
)
def test_bank_holidays_of_england_and_wales_are_known(day: date) -> None:
    assert not school_calendar(None).is_school_day(day)


@pytest.mark.parametrize("day", [date(2026, 1, 2), date(2026, 3, 17), date(2026, 11, 30)])
def test_those_of_scotland_and_northern_ireland_are_not_ours(day: date) -> None:
    assert school_calendar(None).is_school_day(day)


def test_terms_come_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "terms.csv").write_text("2026-09-02,2026-10-23\n2026-11-02,2026-12-18\n")
    calendar = school_calendar(tmp_path / "terms.csv")
    assert not calendar.is_school_day(date(2026, 10, 26))
    assert calendar.is_school_day(date(2026, 11, 2))


@pytest.mark.parametrize("content", [None, b"half term", b"\xff\xfe"])
def test_a_file_that_cannot_be_used_is_refused_by_the_settings_name(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "terms.csv").write_bytes(content)
    with pytest.raises(SettingsError, match="DASH_TERM_DATES"):
        school_calendar(tmp_path / "terms.csv")
