"""The feed for other programs: how long its tokens hold, and what a request for figures may say."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Self
from uuid import UUID

from dash_forms.domain.definitions import METRICS, Metric, Window, metric
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.periods import FixedPeriod, Length, Month, Period, months_in

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_MONTHS = 60
USUAL_MONTHS = 12
MOST_ROWS = 500
USUAL_ROWS = 200
MONTH_PATTERN = r"^(199|20[0-9])[0-9]-(0[1-9]|1[0-2])$"
PARAMETERS: dict[str, str] = {
    "from": f"The first month; by default {USUAL_MONTHS} months up to `to`.",
    "to": "The last month, which must be over; by default the latest that is.",
    "team": "Only the figures of the team with this id.",
    "measure": "Only the measure with this code, such as `D1`.",
    "limit": f"How many rows to send at most; {USUAL_ROWS} if it is not given.",
    "cursor": "Where to go on: take it from `next`, with the other parameters as they were.",
}
"""What can be asked for, in the words of the published document."""


class Purpose(StrEnum):
    """What a program may do with its token; it never may do both."""

    READ_FIGURES = "read_figures"
    SEND_CALLS = "send_calls"


class Lifetime(StrEnum):
    """How long a token can be used; none holds for ever."""

    MONTH = "30"
    QUARTER = "90"
    YEAR = "365"

    @property
    def label(self) -> str:
        return _LIFETIME_LABELS[self]

    @property
    def span(self) -> timedelta:
        return timedelta(days=int(self))


_LIFETIME_LABELS = {
    Lifetime.MONTH: "30 days",
    Lifetime.QUARTER: "90 days",
    Lifetime.YEAR: "One year",
}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a row stands: by month, the whole force before its teams, then by measure."""

    month: Month
    scope: UUID
    measure: int

    @classmethod
    def read(cls, cursor: str) -> Self:
        """The place that a cursor stands for."""
        try:
            month, scope, code = urlsafe_b64decode(cursor.encode()).decode("ascii").split(" ")
            return cls(_month(month, "cursor"), UUID(scope), METRICS.index(metric(code)))
        except (ValueError, KeyError):
            raise InvalidError("This is no cursor of this feed", field="cursor") from None

    @property
    def cursor(self) -> str:
        """The same as a word that a client need not understand."""
        words = f"{self.month.key} {self.scope} {METRICS[self.measure].code}"
        return urlsafe_b64encode(words.encode()).decode()


@dataclass(frozen=True, slots=True)
class FigureQuery:
    """Which figures are asked for."""

    months: tuple[Month, ...]
    team_id: UUID | None
    metrics: tuple[Metric, ...]
    limit: int
    after: Place | None


def read_query(given: Mapping[str, str], today: date) -> FigureQuery:
    """What an address asks for; InvalidError, naming the parameter, for what it may not."""
    for name in given:
        if name not in PARAMETERS:
            known = ", ".join(PARAMETERS)
            raise InvalidError(f"There is no such parameter; there are {known}", field=name)
    cursor = given.get("cursor")
    return FigureQuery(
        months=_months(given, latest=Month.of(today).back(1)),
        team_id=_team(given.get("team")),
        metrics=_metrics(given.get("measure")),
        limit=_limit(given.get("limit")),
        after=None if cursor is None else Place.read(cursor),
    )


def is_final(window: Window, month: Month, today: date) -> bool:
    """Whether every day of a month counts by now, so that its figure grows no more by itself.

    A measure of twelve months is there with the month that ends a year from April, and with no
    other: those of two months would overlap.
    """
    measured = window.within(FixedPeriod.holding(month.first, Length.MONTH), today)
    return measured is not None and measured.end == month.last


def _months(given: Mapping[str, str], *, latest: Month) -> tuple[Month, ...]:
    last = _month(given["to"], "to") if "to" in given else latest
    first = _month(given["from"], "from") if "from" in given else last.back(USUAL_MONTHS - 1)
    if last > latest:
        raise InvalidError(f"{last.label} is not over yet", field="to")
    if first > last:
        raise InvalidError("The first month is later than the last", field="from")
    months = months_in(Period(first.first, last.last))
    if len(months) > MOST_MONTHS:
        raise InvalidError(f"Ask for at most {MOST_MONTHS} months at once", field="from")
    return months


def _month(text: str, field: str) -> Month:
    if not re.search(MONTH_PATTERN, text, re.ASCII) or text.endswith("\n"):
        raise InvalidError("Give a month as 2026-01", field=field)
    return Month(int(text[:4]), int(text[5:]))


def _team(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise InvalidError("Give the id of a team", field="team") from None


def _metrics(code: str | None) -> tuple[Metric, ...]:
    try:
        return METRICS if code is None else (metric(code),)
    except KeyError:
        raise InvalidError("There is no measure with this code", field="measure") from None


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL_ROWS
    if not re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) or not 1 <= int(text) <= MOST_ROWS:
        raise InvalidError(f"Give a number from 1 to {MOST_ROWS}", field="limit")
    return int(text)
