"""The rates that a decline rate is set against, each with its source and what is not known of it.

One was published by inspectors and ships; a force adds others. None is ever edited: a wrong one is
withdrawn with a reason, stays in the list, and can be chosen no longer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.periods import Month, Period, words_for
from dash_forms.domain.statistics import Sample
from dash_forms.domain.text import letter_count

REASON_AT_LEAST = 20
FEWEST_CASES = 30
"""A comparator of fewer cases would be one about which the reports themselves give no verdict."""
WHY_FAIR = "why this is a fair comparison: it stands beside the rate in the list"
WHY_WRONG = "what is wrong with it: whoever chose it before reads this"
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?)\s*%?")
_COUNT = re.compile(r"[0-9]{1,3}(?:[, ][0-9]{3}){0,2}|[0-9]{1,9}")


class Origin(StrEnum):
    """Whose rate it is, which decides the words for it."""

    OWN = "own"
    REPORTED = "reported"

    @property
    def label(self) -> str:
        return _ORIGIN_LABELS[self]


class Known(StrEnum):
    """In which form a rate is known."""

    COUNTS = "counts"
    PERCENT_OF = "percent_of"
    PERCENT = "percent"

    @property
    def label(self) -> str:
        return _KNOWN_LABELS[self]


_ORIGIN_LABELS = {
    Origin.OWN: "Our force’s own rate",
    Origin.REPORTED: "A rate that somebody else has published",
}
_KNOWN_LABELS = {
    Known.COUNTS: "Counts: so many of so many declined",
    Known.PERCENT_OF: "A percentage, and the number of cases behind it",
    Known.PERCENT: "A percentage; the number of cases is not published",
}


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate strictly between none and all, with its counts as far as they are known."""

    value: float
    cases: int | None = None
    declined: int | None = None

    @property
    def percent(self) -> str:
        """To one decimal place from counts; else as precisely as it was published."""
        if self.declined is not None:
            return f"{self.value:.1%}"
        return f"{self.value * 100:.2f}".rstrip("0").rstrip(".") + "%"

    @property
    def sample(self) -> Sample | None:
        """The cases behind it, where somebody has said how many."""
        if self.cases is None:
            return None
        if self.declined is None:
            return Sample.of_rate(self.value, self.cases)
        return Sample(self.declined, self.cases)


@dataclass(frozen=True, slots=True)
class Baseline:
    """One rate to compare with: whose it is, its source, its time, and the cases behind it.

    `key` is its name in an address. `withdrawn` says when and why it was, where it was.
    """

    key: str
    rate_known: Rate
    origin: Origin
    source: str
    dated: str
    period: Period | None = None
    published_on: date | None = None
    fieldwork: str = ""
    withdrawn: str = ""

    @property
    def rate(self) -> float:
        """The proportion, unrounded."""
        return self.rate_known.value

    @property
    def case_count(self) -> int | None:
        """How many cases it rests on, where that is known."""
        return self.rate_known.cases

    @property
    def sample(self) -> Sample | None:
        """What a two-sample comparison takes, where the number of cases is known."""
        return self.rate_known.sample

    @property
    def percent(self) -> str:
        """The rate as it was reported."""
        return self.rate_known.percent

    @property
    def name(self) -> str:
        """What it is called in a sentence: the reported 38%, your force’s 34.2% for 2025."""
        if self.origin is Origin.OWN:
            return f"your force’s {self.percent} for {self.dated}"
        return f"the reported {self.percent}"

    @property
    def title(self) -> str:
        """The same at the head of what is said about it."""
        return self.name[:1].upper() + self.name[1:]

    @property
    def short_name(self) -> str:
        """The same where space is tight, as beside the line of a chart."""
        return f"{self.percent} {'own' if self.origin is Origin.OWN else 'reported'}"

    @property
    def choice(self) -> str:
        """The same in a list to choose from."""
        if self.origin is Origin.OWN:
            return self.title
        return f"Reported {self.percent}: {self.source} ({self.dated})"

    @property
    def cases(self) -> str:
        """How many cases the rate rests on, or that nobody has said."""
        known = self.rate_known
        if known.cases is None:
            return "number of cases not published"
        if known.declined is None:
            return f"{known.cases:,} cases"
        return f"{known.declined:,} of {known.cases:,} cases"

    @property
    def label(self) -> str:
        """Everything that must stand beside the figure wherever it is shown."""
        return f"{self.percent}: {self.source} ({self.dated}), {self.cases}"

    @property
    def legend(self) -> str:
        """The same, saying whose figure it is."""
        return f"{self.short_name}: {self.source} ({self.dated}), {self.cases}"

    @property
    def remark(self) -> str:
        """What else is known of how it came about."""
        parts = []
        if self.fieldwork:
            parts.append(f"fieldwork {self.fieldwork}")
        if self.published_on:
            parts.append(f"published {words_for(self.published_on)}")
        text = ", ".join(parts)
        return text[:1].upper() + text[1:] + "." if text else ""

    @property
    def comparison(self) -> str:
        """Which comparison is made with it."""
        if self.case_count is None:
            return "treated as a fixed reference"
        return f"two-sample, its own n of {self.case_count:,} counted in"

    @property
    def caveat(self) -> str:
        """What a comparison with the figure takes for granted."""
        if self.case_count is None:
            return f"baseline n unknown; {self.comparison}"
        return self.comparison

    def shares_cases_with(self, period: Period) -> bool:
        """Whether cases of a period of this force may count on both sides of the comparison."""
        if self.origin is not Origin.OWN or self.period is None:
            return False
        return self.period.start <= period.end and period.start <= self.period.end


REPORTED_DECLINE_RATE = Baseline(
    key="hmicfrs-2024",
    rate_known=Rate(0.38),
    origin=Origin.REPORTED,
    source="HMICFRS PEEL 2023–25, Staffordshire Police",
    dated="2024",
    published_on=date(2024, 9, 24),
    fieldwork="April–May 2024",
)
"""The one that ships, and that stands where none is chosen."""


def chosen(baselines: Sequence[Baseline], key: str) -> Baseline:
    """The baseline that an address names; InvalidError for none such, or one withdrawn."""
    key = key.strip()
    if not key:
        return REPORTED_DECLINE_RATE
    found = next((each for each in baselines if each.key == key), None)
    if found is None:
        raise InvalidError("Choose a baseline from the list", field="baseline")
    if found.withdrawn:
        raise InvalidError(
            f"This baseline was withdrawn: {found.withdrawn} Choose another", field="baseline"
        )
    return found


def time_words(period: Period) -> str:
    """A period as briefly as it can be said: 2025, March 2025, April 2024 to March 2025."""
    first, last = Month.of(period.start), Month.of(period.end)
    if (period.start, period.end) != (first.first, last.last):
        return period.label
    if first == last:
        return first.label
    if (first.number, last.number) == (1, 12):
        years = (first.year, last.year)
        return str(first.year) if first.year == last.year else f"{years[0]} to {years[1]}"
    return f"{first.label} to {last.label}"


def read_percent(typed: str, *, field: str) -> Decimal:
    """A percentage as it was typed, with at most two decimal places; InvalidError in words."""
    found = _PERCENT.fullmatch(typed.strip())
    if found is None:
        raise InvalidError("Enter a percentage, such as 34.2", field=field)
    value = Decimal(found[1])
    if not 0 < value < 100:
        raise InvalidError(
            "Enter a percentage above 0 and below 100: nothing can be compared with none or all",
            field=field,
        )
    return value


def read_count(typed: str, *, field: str) -> int:
    """A whole number as it was typed; InvalidError in words."""
    if _COUNT.fullmatch(typed.strip()) is None:
        raise InvalidError("Enter a whole number, such as 1234", field=field)
    return int(typed.strip().replace(",", "").replace(" ", ""))


def rate_of_percent(percent: Decimal, cases: int | None = None) -> Rate:
    """The rate that a percentage stands for."""
    return Rate(float(percent / 100), cases)


def counts_refusals(
    declined: int, cases: int, *, of: str = "declined", n: str = "cases"
) -> Iterable[InvalidError]:
    """Why counts cannot be a baseline; the fields are named `of` and `n`."""
    yield from cases_refusals(cases, field=n)
    if declined > cases:
        yield InvalidError(f"No more can have declined than the {cases:,} cases", field=of)
    elif declined in {0, cases}:
        yield InvalidError(
            "Nothing can be compared with none or all: choose a longer period", field=of
        )


def cases_refusals(cases: int, *, field: str = "cases") -> Iterable[InvalidError]:
    """Why a rate of so many cases cannot be a baseline."""
    if cases < FEWEST_CASES:
        yield InvalidError(
            f"With fewer than {FEWEST_CASES} cases there is no verdict, so nothing can be compared"
            " with it. Choose a longer period",
            field=field,
        )


def period_refusals(period: Period, today: date) -> Iterable[InvalidError]:
    """Why a rate cannot be of these days; the end is entered in the field `to`."""
    if period.end >= today:
        yield InvalidError("This period is not over yet, so its rate is not final", field="to")


def reason_refusals(words: str, *, why: str, field: str = "reason") -> Iterable[InvalidError]:
    """What is missing where an act is signed with a reason."""
    if len(words) < REASON_AT_LEAST or letter_count(words) < REASON_AT_LEAST // 2:
        yield InvalidError(f"Say in at least {REASON_AT_LEAST} characters {why}", field=field)
