"""How long a victim waits for the police: the grade of the call, and bands from report to arrival.

Counts are kept by band, so that shares up to the end of a band are exact, and a median is known to
lie in a band and no closer (domain guide §6, T1).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.incidents import ResponseGrade

if TYPE_CHECKING:
    from collections.abc import Sequence

NOT_KNOWN = "not_known"
IN_TIME = 240
"""T1 asks for the share that is reached in so many minutes: 4 hours."""
LATE = 7 * 24 * 60
"""Longer than so many minutes is more than 7 days, of which HMICFRS wrote at Staffordshire."""


class CallGrade(StrEnum):
    """How a call was graded, and that it was not: names differ by force."""

    GRADE_1 = "grade_1"
    GRADE_2 = "grade_2"
    GRADE_3 = "grade_3"
    APPOINTMENT = "appointment"
    TELEPHONE = "telephone"
    NOT_GRADED = "not_graded"

    @classmethod
    def of(cls, grade: ResponseGrade | None) -> CallGrade:
        """The grade that was entered, or that none was."""
        return cls(grade.value) if grade else cls.NOT_GRADED

    @property
    def label(self) -> str:
        if self is CallGrade.NOT_GRADED:
            return "No grade entered"
        return ResponseGrade(self.value).label

    @property
    def is_agreed(self) -> bool:
        """Whether the visit is for a time agreed with the victim: how long it took says little."""
        return self is CallGrade.APPOINTMENT

    @property
    def is_visit(self) -> bool:
        """Whether somebody was to go there at all."""
        return self is not CallGrade.TELEPHONE


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of waiting; it reaches up to its minutes, those included, or has no end."""

    code: str
    up_to: int | None
    label: str
    end: str = ""
    """The minutes that it reaches up to, in words."""


BANDS: tuple[Band, ...] = (
    Band("within_15_min", 15, "Within 15 minutes", "15 minutes"),
    Band("within_1_h", 60, "15 minutes to 1 hour", "1 hour"),
    Band("within_4_h", IN_TIME, "1 to 4 hours", "4 hours"),
    Band("within_12_h", 12 * 60, "4 to 12 hours", "12 hours"),
    Band("within_24_h", 24 * 60, "12 to 24 hours", "24 hours"),
    Band("within_3_d", 3 * 24 * 60, "1 to 3 days", "3 days"),
    Band("within_7_d", LATE, "3 to 7 days", "7 days"),
    Band("over_7_d", None, "More than 7 days"),
)
"""From the report to the arrival of the first officer."""
WAITS = {**{each.code: each.label for each in BANDS}, NOT_KNOWN: "Not known"}
"""Every band in words, and that none is known."""


def wait_band(minutes: int | None) -> str:
    """The code of the band in which a wait falls, or that it is not known."""
    if minutes is None:
        return NOT_KNOWN
    return next(each.code for each in BANDS if each.up_to is None or minutes <= each.up_to)


def waited_words(minutes: int | None) -> str:
    """A wait in its two largest units, or that nobody entered when officers came."""
    if minutes is None:
        return "no time of arrival"
    days, rest = divmod(max(minutes, 0), 24 * 60)
    units = ((days, "day"), (rest // 60, "hour"), (rest % 60, "minute"))
    words = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in units if number]
    return " ".join(words[:2]) or "less than a minute"


def share_bounds(number: int, of: int, unknown: int) -> tuple[float, float]:
    """Between what a share lies, whatever those turn out to be of whom it is not known.

    At the least none of them belongs to the number, and at the most all do.
    """
    whole = of + unknown
    return number / whole, min(1.0, (number + unknown) / whole)


def median_bands(counts: Sequence[int | None], of: int) -> tuple[int, int] | None:
    """The first and the last band between which the median lies; None where nothing is counted.

    The median of an even number lies between the two in the middle, which may fall in two bands.
    Of `of` waits some may stand in counts that are withheld: they are taken to be all in the first
    of those, and then all in the last, and the answer holds of both.
    """
    told = [each or 0 for each in counts]
    hidden = [at for at, each in enumerate(counts) if each is None]
    missing = max(of - sum(told), 0) if hidden else 0
    found: list[int] = []
    for at in {hidden[0], hidden[-1]} if hidden else {0}:
        placed = [each + (missing if at == index else 0) for index, each in enumerate(told)]
        number = sum(placed)
        if number:
            found += [_band_of(placed, (number + 1) // 2), _band_of(placed, number // 2 + 1)]
    return (min(found), max(found)) if found else None


def _band_of(counts: Sequence[int], place: int) -> int:
    """The band of the wait that stands at this place when they are put in order."""
    seen = 0
    for at, count in enumerate(counts):
        seen += count
        if seen >= place:
            return at
    raise ValueError("there are fewer waits than that")


REPORTED = (
    "Grade-2 domestic-abuse incidents at Staffordshire Police took 22 hours to attend on average,"
    " against 11 hours for all incidents of grade 2; 41% took more than 7 days and 8% were attended"
    " within 4 hours."
)
"""What was published, as text: it is no baseline."""
REPORTED_SOURCE = (
    "HMICFRS, PEEL 2023–25, Staffordshire Police (2024), as hellorayo.co.uk reported it"
)


def between_words(first: int, last: int) -> str:
    """From the start of one band to the end of another, in words; empty where that is any wait."""
    if first == 0 and last == len(BANDS) - 1:
        return ""
    if first == 0:
        return f"up to {BANDS[last].end}"
    if last == len(BANDS) - 1:
        return f"more than {BANDS[first - 1].end}"
    return f"between {BANDS[first - 1].end} and {BANDS[last].end}"
