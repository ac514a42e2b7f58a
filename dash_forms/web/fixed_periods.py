"""The period in an address: any days, or for readers under disclosure control a fixed one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from wtforms import StringField

from dash_forms.domain.periods import FixedPeriod, Length, Period, PeriodError, fixed_periods
from dash_forms.web.forms import Form

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict
    from wtforms import Field

    from dash_forms.domain.periods import Month

EARLIEST = date(1990, 1, 1)
LATEST = date(2199, 12, 31)
"""Days that an address may name lie between these."""


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """What there is to choose from on a day; `since` is the first month with anything to count."""

    today: date
    since: Month | None = None

    @property
    def usual(self) -> FixedPeriod:
        """What is shown where an address names nothing: the latest quarter.

        Where that has nothing and the latest month has, it is the month.
        """
        month = FixedPeriod.latest(Length.MONTH, self.today)
        quarter = FixedPeriod.latest(Length.QUARTER, self.today)
        return month if self.since and quarter.end < self.since.first <= month.end else quarter

    def chosen(self, key: str) -> FixedPeriod:
        """The one that an address names; PeriodError for what is none, or is not over."""
        found = period_of_key(key)
        if found.end >= self.today:
            raise PeriodError(f"Choose a period that is over: {found.name} is not", field="period")
        return found

    def nearest(self, days: Period) -> FixedPeriod:
        """The one for the days that a shared link names."""
        return FixedPeriod.nearest(days, self.today)

    def groups(self, shown: FixedPeriod | None, typed: str | None) -> list[dict[str, object]]:
        """The list, by length; what is shown is in it, and so is what was typed and is no period.

        As the items of a `select`.
        """
        found: list[dict[str, object]] = []
        if shown is None and typed and typed.isprintable():
            found.append({"value": typed, "text": typed})
        for length, periods in fixed_periods(self.today, self.since).items():
            if shown is not None and shown.length is length and shown not in periods:
                periods.append(shown)
            items = [
                {"value": each.key, "text": each.short_name}
                for each in sorted(periods, key=lambda each: each.end, reverse=True)
            ]
            found.append({"text": length.heading, "group": items})
        return found


class PeriodFields(Form):
    """Days from and to, which the form itself has, or a fixed period in place of them.

    With a `choice` days become one of its periods, and left out, the usual one. Whoever may read
    any days may be sent a link that names a period, too.
    """

    period = StringField("Period")
    from_: Field
    to: Field

    def __init__(self, given: MultiDict[str, str], choice: PeriodChoice | None) -> None:
        super().__init__(formdata=given)
        self.choice = choice
        self.named: Period | None = None
        """The days that a shared link named, where what is shown in their place is of others."""
        if choice:
            self.from_.id = self.to.id = self.period.id  # beside which their errors are shown

    def asked_period(self) -> Period:
        """What was asked for; PeriodError names the field where that is no period."""
        if key := (self.period.data or "").strip():
            return self.choice.chosen(key) if self.choice else _days_of(key)
        if self.choice is None:
            return self.asked_days()
        if not (self.from_.data or self.to.data):
            return self.choice.usual
        asked = self.asked_days()
        found = self.choice.nearest(asked)
        self.named = asked if (asked.start, asked.end) != (found.start, found.end) else None
        return found

    def asked_days(self) -> Period:
        """The days from and to, and what stands for either where it is left out; or PeriodError."""
        raise NotImplementedError


def _days_of(key: str) -> Period:
    """The days of a fixed period, for whoever has dates to choose; PeriodError beside the first."""
    try:
        found = period_of_key(key)
    except PeriodError:
        words = "The address names no month, quarter or year: choose days"
        raise PeriodError(words, field="from_") from None
    return Period(found.start, found.end)


def period_of_key(key: str) -> FixedPeriod:
    """The one that an address names; PeriodError where it is none, or none that an address may."""
    found = FixedPeriod.of_key(key)
    if found.start < EARLIEST or found.end > LATEST:
        raise PeriodError("Choose a period from the list", field="period")
    return found
