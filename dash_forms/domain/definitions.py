"""Every measure, defined once: what is counted of what, in which period, and who says so.

The reports, the exports and the page of definitions all read this table (domain guide §6). A
measure is a sum of kept counts over another sum; nothing here or elsewhere stores a rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain import report_counts as kept
from dash_forms.domain.assessment import Outcome
from dash_forms.domain.body_worn_video import FirstContact, Standing
from dash_forms.domain.declines import Basis
from dash_forms.domain.periods import Period
from dash_forms.domain.report_counts import (
    of_camera,
    of_outcome,
    of_reason,
    of_standing,
    of_wait,
)
from dash_forms.domain.response import BANDS, IN_TIME, NOT_KNOWN, CallGrade
from dash_forms.domain.statistics import LAST_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable


class Window(StrEnum):
    """Which days a measure is taken over, given the period that was asked for."""

    PERIOD = "period"
    COHORT = "cohort"
    DUE = "due"
    YEAR = "year"
    ATTENDED = "attended"
    REPORTED = "reported"
    WAITED = "waited"

    @property
    def is_by_set(self) -> bool:
        """Whether the counts are kept by question set, so that a filter can name one."""
        return self not in {Window.YEAR, Window.ATTENDED, Window.REPORTED}

    @property
    def words(self) -> str:
        """The rule in words."""
        return _WINDOW_WORDS[self]

    def within(self, period: Period, today: date) -> Period | None:
        """The days that count of a period as things stand today; None where none do yet."""
        if self is Window.YEAR:
            return Period(EPOCH, period.year.end) if period.year.end >= EPOCH else None
        behind = _DAYS_BEHIND.get(self)
        return period.up_to(today - timedelta(days=behind)) if behind else period


EPOCH = date(1990, 1, 1)
"""Before anything that is counted; a Monday."""
WAITED = 8
"""Days after which an incident counts for T1: before, only those that were reached soon would."""
_DAYS_BEHIND = {
    Window.COHORT: LAST_DAY + 1,
    Window.REPORTED: WAITED,
    Window.WAITED: WAITED,
    Window.DUE: 1,
}
_WINDOW_WORDS = {
    Window.PERIOD: "Pairs counted in the period: by the London day of the first attempt that was "
    "completed, partly completed or declined, and until there is one by the latest that ended, or "
    "the day of the report.",
    Window.COHORT: f"Pairs counted in the period, once the {LAST_DAY} days after theirs are over.",
    Window.DUE: "What fell due in the period, up to yesterday.",
    Window.YEAR: "The twelve months up to the end of the period; for whoever reads fixed periods, "
    "and in the feed and the export by month, the year from April that was over by then.",
    Window.ATTENDED: "Incidents attended in the period: by the London day on which the first "
    "officer arrived, and where that was not entered, of the first attempt made in person.",
    Window.REPORTED: "Incidents reported in the period, by the London day of the report, at least "
    f"{WAITED} days ago: of later ones only those that were reached soon could count.",
    Window.WAITED: f"Pairs counted in the period, at least {WAITED} days ago: the days of the "
    "waits that they are set beside.",
}


def window_of(dimension: kept.Dimension) -> Window:
    """The days of the declines in a breakdown: beside waits they are those of the waits."""
    return Window.WAITED if dimension is kept.Dimension.RESPONSE else Window.PERIOD


class Better(StrEnum):
    """Which way is an improvement, taken by itself."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"

    @property
    def words(self) -> str:
        """The same as a reader is told it."""
        return _BETTER_WORDS[self]


_BETTER_WORDS = {
    Better.LOWER: "Lower",
    Better.HIGHER: "Higher",
    Better.NEITHER: "Neither way by itself",
}


class Group(StrEnum):
    """What a measure is about."""

    DECLINES = "Declines"
    OFFERS = "Offers"
    BALANCE = "Balancing measures"
    RESPONSE = "Review, re-offer and safeguarding"
    VIDEO = "Body-worn video"
    ATTENDANCE = "Time to attend"


@dataclass(frozen=True, slots=True)
class Sum:
    """Kept counts that are added up, and others that are taken away."""

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()

    def of(self, counts: Mapping[str, int]) -> int:
        """The sum of these counts."""
        added = sum(counts.get(code, 0) for code in self.plus)
        return added - sum(counts.get(code, 0) for code in self.minus)

    @property
    def codes(self) -> tuple[str, ...]:
        return self.plus + self.minus


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure."""

    code: str
    name: str
    group: Group
    numerator: str
    denominator: str
    unit: str
    window: Window
    leaves_out: str
    source: str
    better: Better
    top: Sum
    bottom: Sum
    note: str = ""
    days: str = ""
    """Which days it takes, in words, where those of its window do not say it."""

    @property
    def period(self) -> str:
        """Which days it takes of a period that was asked for, in words."""
        return self.days or self.window.words

    @property
    def codes(self) -> tuple[str, ...]:
        """Every kept count that it takes."""
        return (*self.top.codes, *self.bottom.codes)

    @property
    def anchor(self) -> str:
        """Its place on the page of definitions."""
        return self.code.lower()


@dataclass(frozen=True, slots=True)
class OtherMeasure:
    """A measure in words alone: what is counted for it is no kept count of pairs or incidents."""

    code: str
    name: str
    numerator: str
    denominator: str
    unit: str
    period: str
    leaves_out: str
    source: str
    better: Better
    note: str = ""

    @property
    def anchor(self) -> str:
        """Its place on the page of definitions."""
        return self.code.lower()


_PAIR = "One victim in one incident"
_ATTEMPT = "One submitted attempt"
_RULE = "A counting rule of this product"
_OWN = "A proposal of this product"
_INSPECTED = "HMICFRS PEEL 2023–25, Staffordshire Police"
_OWN_RULE = "the counting rule is this product’s"
_O = {outcome: of_outcome(outcome) for outcome in Outcome}
_DECLINED = Sum((_O[Outcome.DECLINED],))
COUNTABLE = Sum((_O[Outcome.COMPLETED], _O[Outcome.PARTIAL], _O[Outcome.DECLINED]))
ALL_PAIRS = Sum(tuple(_O.values()))
_ELIGIBLE = Sum(tuple(code for outcome, code in _O.items() if outcome is not Outcome.EXEMPT))
CONVERTED = Sum(tuple(kept.converted(day) for day in range(LAST_DAY + 1)))
_COUNTABLE_WORDS = "Pairs completed, partly completed or declined, by the first such attempt"
_ELIGIBLE_WORDS = "All pairs that are not exempt"
_UNCOUNTED = "Unable, not offered, exempt and pending pairs are in neither part."
_EXEMPT_OUT = "Exempt pairs, once a supervisor has endorsed it."
_UNATTENDED = (
    "Incidents that nobody attended, and those in which every assessment is exempt or was made in "
    "error."
)
_ATTENDED = {each: of_standing(each) for each in Standing if each.is_attended}
_CAMERAS = {each: of_camera(each) for each in FirstContact if each.is_there}


def waits_of(grade: CallGrade) -> Sum:
    """Incidents graded so of which it is known how long the police took."""
    return Sum(tuple(of_wait(grade, each.code) for each in BANDS))


def in_time(grade: CallGrade) -> Sum:
    """Those of them that were reached within 4 hours."""
    soon = [each for each in BANDS if each.up_to is not None and each.up_to <= IN_TIME]
    return Sum(tuple(of_wait(grade, each.code) for each in soon))


def late(grade: CallGrade) -> Sum:
    """Those of them that were reached after more than 7 days."""
    return Sum((of_wait(grade, BANDS[-1].code),))


_VISITS = tuple(each for each in CallGrade if each.is_visit)
_REACHED = Sum(tuple(code for each in _VISITS for code in waits_of(each).plus))
_INCIDENT = "One incident"
_UNASSESSED = "those without an assessment that is neither exempt nor made in error."
_UNREACHED = f"Incidents without a time of arrival: see T3. Besides, {_UNASSESSED}"

METRICS: tuple[Metric, ...] = (
    Metric(
        "D1", "Decline rate", Group.DECLINES,
        "Pairs declined", _COUNTABLE_WORDS, _PAIR, Window.PERIOD, _UNCOUNTED,
        f"{_INSPECTED}, reports such a share and not how it was counted; {_OWN_RULE}",
        Better.NEITHER, _DECLINED, COUNTABLE,
        "The only figure that is set against a baseline: the reported 38%, unless another is "
        "chosen. A lower one is not by itself better: read it beside the balancing measures.",
    ),
    Metric(
        "D2", "Declined or partly completed", Group.DECLINES,
        "Pairs declined or partly completed", _COUNTABLE_WORDS, _PAIR, Window.PERIOD, _UNCOUNTED,
        _RULE, Better.NEITHER, Sum((_O[Outcome.DECLINED], _O[Outcome.PARTIAL])), COUNTABLE,
    ),
    Metric(
        "D3", "Declined, of all eligible", Group.DECLINES,
        "Pairs declined", _ELIGIBLE_WORDS, _PAIR, Window.PERIOD, _EXEMPT_OUT, _RULE,
        Better.NEITHER, _DECLINED, _ELIGIBLE,
    ),
    Metric(
        "D4", "Still declined after 28 days", Group.DECLINES,
        "Pairs declined first and not completed, even in part, within 28 days", _COUNTABLE_WORDS,
        _PAIR, Window.COHORT, f"{_UNCOUNTED} Pairs whose 28 days are not over.", _RULE,
        Better.LOWER, Sum(_DECLINED.plus, CONVERTED.plus), COUNTABLE,
    ),
    Metric(
        "D5", "Assessed after a decline", Group.DECLINES,
        "Pairs that declined first and were completed, even in part, within 28 days",
        "Pairs that declined first", _PAIR, Window.COHORT, "Pairs whose 28 days are not over.",
        _RULE, Better.HIGHER, CONVERTED, _DECLINED,
    ),
    Metric(
        "D6", "Victims whose latest outcome in twelve months is a decline", Group.DECLINES,
        "Victims whose latest countable outcome in twelve months is a decline",
        "Victims with a countable outcome in twelve months", "One victim", Window.YEAR,
        "Victims are told apart by exact name and date of birth; without one, each counts alone.",
        _RULE, Better.NEITHER, Sum((kept.STEP_VICTIMS_DECLINED,)), Sum((kept.STEP_VICTIMS,)),
        "Not kept by question set.",
    ),
    Metric(
        "D7", "Declines by victims with two or more in twelve months", Group.DECLINES,
        "Declines of victims with two or more in twelve months", "Declines in twelve months", _PAIR,
        Window.YEAR, "Victims are told apart as for D6.", _RULE, Better.NEITHER,
        Sum((kept.STEP_REPEAT_DECLINES,)), Sum((kept.STEP_DECLINES,)),
        "Not kept by question set.",
    ),
    Metric(
        "O1", "Offer rate", Group.OFFERS,
        "Pairs with an attempt that was completed, partly completed or declined", _ELIGIBLE_WORDS,
        _PAIR, Window.PERIOD, _EXEMPT_OUT, _RULE, Better.HIGHER, COUNTABLE, _ELIGIBLE,
    ),
    Metric(
        "O2", "Unable rate", Group.OFFERS,
        "Pairs with an attempt that could not be made, up to the one that counts", _ELIGIBLE_WORDS,
        _PAIR, Window.PERIOD, _EXEMPT_OUT, _RULE, Better.LOWER, Sum((kept.EVER_UNABLE,)),
        _ELIGIBLE,
    ),
    Metric(
        "O3", "Not-offered rate", Group.OFFERS,
        "Pairs with an attempt in which nobody asked, up to the one that counts", _ELIGIBLE_WORDS,
        _PAIR, Window.PERIOD, _EXEMPT_OUT, _RULE, Better.LOWER, Sum((kept.EVER_NOT_OFFERED,)),
        _ELIGIBLE,
    ),
    Metric(
        "O4", "Data completeness", Group.OFFERS,
        "Pairs with any outcome", "All pairs", _PAIR, Window.PERIOD, "Nothing.", _RULE,
        Better.HIGHER, Sum(ALL_PAIRS.plus, (_O[Outcome.PENDING],)), ALL_PAIRS,
        "Below 95% there is a banner and no verdict.",
    ),
    Metric(
        "B1", "All “no”", Group.BALANCE,
        "Completed assessments in which no topic is “yes”", "Completed assessments", _PAIR,
        Window.PERIOD, "Whatever was not completed.", _RULE, Better.LOWER,
        Sum((kept.BLANKET_NO,)), Sum((_O[Outcome.COMPLETED],)),
        "Pressure to lower the decline rate would show here first.",
    ),
    Metric(
        "B2", "Very fast forms", Group.BALANCE,
        "Completed assessments answered faster than the time that the force has set",
        "Completed assessments", _PAIR, Window.PERIOD,
        "Whatever was not completed. Forms without timed taps are never called fast.", _OWN,
        Better.LOWER, Sum((kept.FAST_FORM,)), Sum((_O[Outcome.COMPLETED],)),
    ),
    Metric(
        "B3", "Declines graded standard with a red flag", Group.BALANCE,
        "Declines whose latest grade is standard, with a high-risk topic that somebody else saw or "
        "knew",
        "Declines", _PAIR, Window.PERIOD, "Other outcomes.", _RULE, Better.LOWER,
        Sum((kept.UNSAFE_DECLINE,)), _DECLINED, "A safety net: the target is none.",
    ),
    Metric(
        "B4", "Partly completed", Group.BALANCE,
        "Pairs partly completed", _COUNTABLE_WORDS, _PAIR, Window.PERIOD, _UNCOUNTED, _RULE,
        Better.LOWER, Sum((_O[Outcome.PARTIAL],)), COUNTABLE,
    ),
    Metric(
        "B5", "Declines without a reason", Group.BALANCE,
        "Declines whose primary reason is “gave no reason”", "Declines", _PAIR, Window.PERIOD,
        "Other outcomes.", _OWN, Better.LOWER,
        Sum(tuple(of_reason("none_given", basis) for basis in Basis)), _DECLINED,
        "More than 25% suggests that reasons are not asked for.",
    ),
    Metric(
        "R1", "Reviewed within 24 hours", Group.RESPONSE,
        "Attempts on which a supervisor decided within 24 hours of the first submission",
        "Attempts submitted", _ATTEMPT, Window.DUE, "Attempts younger than 24 hours.", _RULE,
        Better.HIGHER, Sum((kept.REVIEW_IN_TIME,)), Sum((kept.REVIEW_DUE,)),
    ),
    Metric(
        "R2", "Regraded", Group.RESPONSE,
        "Attempts that a supervisor graded otherwise than the officer",
        "Attempts approved", _ATTEMPT, Window.PERIOD,
        "Attempts that were not approved yet.", _RULE,
        Better.NEITHER, Sum((kept.GRADED_UP, kept.GRADED_DOWN)), Sum((kept.GRADED,)),
        "Up and down are shown apart.",
        "Attempts decided in the period, by the London day of the supervisor’s decision.",
    ),
    Metric(
        "R3", "Offered again in time", Group.RESPONSE,
        "Re-offers made by their due time", "Re-offers that fell due", "One owed offer", Window.DUE,
        "Offers that a supervisor ended before their time.", _RULE, Better.HIGHER,
        Sum((kept.REOFFER_IN_TIME,)), Sum((kept.REOFFER_DUE,)),
    ),
    Metric(
        "R4", "High with a MARAC decision", Group.RESPONSE,
        "Pairs graded high with a decision on MARAC, yes or no",
        "Pairs whose counted attempt is graded high, by its latest grade", _PAIR,
        Window.PERIOD, _EXEMPT_OUT, _RULE, Better.HIGHER, Sum((kept.HIGH_WITH_MARAC,)),
        Sum((kept.HIGH,)),
    ),
    Metric(
        "R5", "School told before its next day", Group.RESPONSE,
        "Pairs for which every school was told, and every child found out, by its due time",
        "Pairs with a child of school age whose school was to be told, or a child to be found out",
        _PAIR, Window.DUE,
        "Schools that did not need to be told, with a reason.",
        f"Operation Encompass asks for it before the next school day; {_OWN_RULE}", Better.HIGHER,
        Sum((kept.SCHOOL_TOLD,)), Sum((kept.SCHOOL_DUE,)),
    ),
    Metric(
        "V1", "Recording at first contact", Group.VIDEO,
        "Attended incidents in which an officer’s camera was recording at first contact",
        "Attended incidents with at least one officer to whom a camera was issued",
        "One attended incident", Window.ATTENDED,
        f"{_UNATTENDED} Incidents without a record of a camera: see V2.",
        f"{_INSPECTED}, found cameras not always worn; {_OWN_RULE}", Better.HIGHER,
        Sum((_ATTENDED[Standing.RECORDING],)),
        Sum((_ATTENDED[Standing.RECORDING], _ATTENDED[Standing.NOT_RECORDING])),
        "Read it beside V2: what is not recorded of may well be what was not filmed. Not kept by "
        "question set.",
    ),
    Metric(
        "V2", "With a camera record", Group.VIDEO,
        "Attended incidents with a record of what at least one officer’s camera did",
        "Attended incidents", "One attended incident", Window.ATTENDED, _UNATTENDED, _OWN,
        Better.HIGHER,
        Sum(tuple(code for each, code in _ATTENDED.items() if each is not Standing.NO_RECORD)),
        Sum(tuple(_ATTENDED.values())), "Not kept by question set.",
    ),
    Metric(
        "V3", "Officers recording at first contact", Group.VIDEO,
        "Officers whose camera was recording at first contact",
        "Officers who attended, had a camera and have said what it did",
        "One officer in one attended incident", Window.ATTENDED,
        f"{_UNATTENDED} Officers to whom no camera was issued, and those without a record.",
        _RULE, Better.HIGHER, Sum((_CAMERAS[FirstContact.RECORDING],)),
        Sum(tuple(code for each, code in _CAMERAS.items() if each.is_issued)),
        "Second to V1: one camera that records is enough for an incident. Not kept by question "
        "set.",
    ),
    Metric(
        "T1", "Grade 2 reached within 4 hours", Group.ATTENDANCE,
        "Incidents graded 2 in which the first officer arrived within 4 hours of the report",
        "Incidents graded 2 with a time of arrival", _INCIDENT, Window.REPORTED, _UNREACHED,
        f"{_INSPECTED}, reports such waits; {_OWN_RULE}", Better.HIGHER,
        in_time(CallGrade.GRADE_2), waits_of(CallGrade.GRADE_2),
        "Beside it stands the median, as the band in which it lies: waits are counted by band. It "
        "should be set against all incidents of grade 2. This system holds domestic-abuse "
        "incidents only, so it cannot: that takes the command-and-control system. "
        "Not kept by question set.",
    ),
    Metric(
        "T2", "Grade 2 reached after more than 7 days", Group.ATTENDANCE,
        "Incidents graded 2 in which the first officer arrived more than 7 days after the report",
        "Incidents graded 2 with a time of arrival", _INCIDENT, Window.REPORTED, _UNREACHED,
        _OWN, Better.LOWER, late(CallGrade.GRADE_2), waits_of(CallGrade.GRADE_2),
        "Read it beside T3: whoever still waits has no time of arrival yet. Not kept by question "
        "set.",
    ),
    Metric(
        "T3", "With a time of arrival", Group.ATTENDANCE,
        "Incidents with the time at which the first officer arrived",
        "All incidents but those graded for the telephone", _INCIDENT, Window.REPORTED,
        f"Incidents graded for the telephone, and {_UNASSESSED}", _OWN, Better.HIGHER, _REACHED,
        Sum((*_REACHED.plus, *(of_wait(each, NOT_KNOWN) for each in _VISITS))),
        "The others are in neither part of T1: nobody has arrived yet, or nobody has entered when. "
        "Not kept by question set.",
    ),
)  # fmt: skip
METRICS_BY_GROUP: Mapping[Group, tuple[Metric, ...]] = {
    group: tuple(metric for metric in METRICS if metric.group is group) for group in Group
}
_BY_CODE = {metric.code: metric for metric in METRICS}


def metric(code: str) -> Metric:
    """The measure with this code, or KeyError."""
    return _BY_CODE[code]


def codes_in(window: Window, metrics: Iterable[Metric] = METRICS) -> tuple[str, ...]:
    """Every kept count that the measures of one window take, each once."""
    found = (code for each in metrics if each.window is window for code in each.codes)
    return tuple(dict.fromkeys(found))
