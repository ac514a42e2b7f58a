"""Template filters: times on Europe/London's clock, and counts, as the field writes them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from typing import Any

from wtforms import HiddenField

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


def problems(form: Any) -> list[tuple[str | None, str]]:
    """What has to be put right in a form, as (id of the field, words); without an id at the end.

    Away from its field a sentence about a date does not say which date is meant, nor does one that
    two fields have: before these stands what the field is called, unless they say so themselves.
    """
    wrong = [(field, str(field.errors[0])) for field in form if field.errors]
    often = Counter(words for _, words in wrong)
    found: list[tuple[str | None, str]] = [
        (field.id, _naming(field, words) if often[words] > 1 or _is_dated(field) else words)
        for field, words in wrong
    ]
    return found + [(None, words) for words in form.form_errors]


def _is_dated(field: Any) -> bool:
    return getattr(field, "is_dated", False)


def _naming(field: Any, words: str) -> str:
    if isinstance(field, HiddenField):  # which nobody has seen the name of
        return words
    label = str(field.label.text).removesuffix("?")
    if re.search(rf"\b{re.escape(label)}\b", words, re.IGNORECASE):
        return words
    return f"{label}: {words[:1].lower()}{words[1:]}"


FILTERS = {"moment": moment, "clock": clock, "day": day, "told": told, "problems": problems}
