"""The force's school days: bank holidays of England and Wales, and terms from the force's file."""

from __future__ import annotations

from pathlib import Path

from holidays import country_holidays

from dash_forms.config import SettingsError
from dash_forms.domain.school_days import SchoolCalendar, read_terms

# Worked out once: the library adds a year at its first question, which two threads could ask.
_YEARS = range(2020, 2061)
# Wales keeps the same bank holidays.
_BANK_HOLIDAYS = frozenset(country_holidays("GB", subdiv="ENG", years=_YEARS))


def school_calendar(terms: Path | None) -> SchoolCalendar:
    """The calendar, with the terms of a file if there is one; SettingsError says what is wrong."""
    if terms is None:
        return SchoolCalendar(_BANK_HOLIDAYS)
    try:
        return SchoolCalendar(_BANK_HOLIDAYS, read_terms(terms.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise SettingsError(f"DASH_TERM_DATES={str(terms)!r} cannot be used: {error}") from error
