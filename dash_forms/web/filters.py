"""Template filters: times on Europe/London's clock, and counts, as the field writes them."""

from __future__ import annotations

from datetime import date, datetime

from dash_forms.domain.disclosure import told
from dash_forms.web.forms import LONDON


def moment(at: datetime | None) -> str:
    """A UTC time as "23 Nov 2026, 21:45" in London; empty for none."""
    return f"{at.astimezone(LONDON):%-d %b %Y, %H:%M}" if at else ""


def clock(at: datetime | None) -> str:
    """A UTC time as "21:45" in London."""
    return f"{at.astimezone(LONDON):%H:%M}" if at else ""


def day(on: date | None) -> str:
    """A date as "23 November 2026"."""
    return f"{on:%-d %B %Y}" if on else ""


FILTERS = {"moment": moment, "clock": clock, "day": day, "told": told}
