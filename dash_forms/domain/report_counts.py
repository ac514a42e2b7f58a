"""What a fact adds to the counts behind every report: one code for each thing that is counted.

All that a report says is a sum of these counts over days and teams; no rate is ever stored. A count
is kept for a team and for the whole force, by day, month and year. To count something new, add it
here and run `dash-forms reports rebuild`; no migration is needed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.body_worn_video import FirstContact, Standing
from dash_forms.domain.grading import Grade
from dash_forms.domain.periods import months_before
from dash_forms.domain.response import BANDS, NOT_KNOWN, CallGrade, wait_band
from dash_forms.domain.statistics import LAST_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from dash_forms.domain.facts import AttemptFact, AttendanceFact, CameraFact, Fact

FORCE = UUID(int=0)
"""The scope of the whole force, beside that of each team."""
ANY_SET = ""
"""The question set of what is not counted by set: victims over a year, and incidents."""
YEAR = 12
"""Months over which victims are counted (D6, D7)."""


class Dimension(StrEnum):
    """By what the declines are broken down: when, where, and in what case."""

    HOUR = "hour"
    WEEKDAY = "weekday"
    DELAY = "delay"
    INCIDENT = "incident"
    CHILDREN = "children"
    MODE = "mode"
    CAMERA = "camera"
    RESPONSE = "response"


_DELAY_ENDS = ("within_1_h", "within_4_h", "within_24_h")
DELAY_BANDS: tuple[tuple[str, int | None], ...] = (
    *((each.code, each.up_to) for each in BANDS if each.code in _DELAY_ENDS),
    ("over_24_h", None),
)
"""From the report to arrival: the code of each band, and the minutes that it reaches up to.

They are fewer than the bands of waiting, and end where those of the same code do.
"""

VALUES: Mapping[Dimension, tuple[str, ...]] = {
    Dimension.HOUR: tuple(f"{hour:02}" for hour in range(24)),
    Dimension.WEEKDAY: tuple(str(day) for day in range(7)),
    Dimension.DELAY: (*(code for code, _ in DELAY_BANDS), NOT_KNOWN),
    Dimension.INCIDENT: ("first", "repeat"),
    Dimension.CHILDREN: ("yes", "no"),
    Dimension.MODE: ("in_person", "telephone", "video", NOT_KNOWN),
    Dimension.CAMERA: tuple(Standing),
    Dimension.RESPONSE: tuple(
        f"{grade}.{band}"
        for grade in CallGrade
        for band in (*(code for code, _ in DELAY_BANDS), NOT_KNOWN)
    ),
}


class Grain(StrEnum):
    """How long a stretch one row counts. The longer ones let long periods need few rows."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Entry(NamedTuple):
    """What one fact adds one to, or several, but for the scope and the grain."""

    day: date
    question_set: str
    code: str


class Key(NamedTuple):
    """One kept count."""

    code: str
    grain: Grain
    scope: UUID
    starts_on: date
    question_set: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What the counts rest on that a force can set; after a change they are to be rebuilt."""

    fast_form: timedelta = timedelta(minutes=4)


class Between(StrEnum):
    """Whose grades are compared."""

    OFFICER_SUPERVISOR = "officer_supervisor"
    SUPERVISOR_SPECIALIST = "supervisor_specialist"
    OFFICER_SPECIALIST = "officer_specialist"

    @property
    def first(self) -> str:
        """Who graded first."""
        return self.value.split("_")[0].capitalize()

    @property
    def second(self) -> str:
        """Who graded after."""
        return self.value.split("_")[1].capitalize()


def of_outcome(outcome: Outcome) -> str:
    """Pairs that stand so."""
    return f"outcome.{outcome}"


def in_dimension(dimension: Dimension, value: str, *, declined: bool) -> str:
    """Countable pairs in one part of a breakdown, or those of them that declined."""
    return f"{dimension}.{value}.{'declined' if declined else 'countable'}"


def converted(day: int) -> str:
    """Pairs that declined and were assessed after all so many days later."""
    return f"converted.{day}"


def grades(between: Between, first: Grade, second: Grade) -> str:
    """Attempts that the one graded so, and the other so."""
    return f"grades.{between}.{first}.{second}"


EVER_UNABLE, EVER_NOT_OFFERED = "ever.unable", "ever.not_offered"
BLANKET_NO, FAST_FORM, BLANKET_AND_FAST = "completed.blanket", "completed.fast", "completed.both"
UNSAFE_DECLINE = "declined.standard_with_red_flag"
HIGH, HIGH_WITH_MARAC = "high", "high.marac_decided"
SCHOOL_DUE, SCHOOL_TOLD = "school.due", "school.in_time"
REVIEW_DUE, REVIEW_IN_TIME = "review.due", "review.in_time"
GRADED, GRADED_UP, GRADED_DOWN = "review.graded", "review.up", "review.down"
REOFFER_DUE, REOFFER_IN_TIME = "reoffer.due", "reoffer.in_time"
STEP_VICTIMS, STEP_VICTIMS_DECLINED = "step.victims", "step.victims_declined"
STEP_DECLINES, STEP_REPEAT_DECLINES = "step.declines", "step.declines_repeat"
"""Steps: what is true on a day is the sum of all steps up to it (see `victim_steps`)."""

REASON = "reason"


def of_reason(code: str, basis: str) -> str:
    """Declines with this primary reason, on the victim's word or the officer's."""
    return f"{REASON}.{code}.{basis}"


def of_standing(standing: Standing) -> str:
    """Attended incidents that stand so with body-worn video."""
    return f"attended.{standing}"


def of_wait(grade: CallGrade, band: str) -> str:
    """Incidents graded so in which the police took so long, or nobody knows how long."""
    return f"response.{grade}.{band}"


def of_camera(said: FirstContact) -> str:
    """Officers who attended and whose camera did so at first contact."""
    return f"camera.officer.{said}"


def entries_of(fact: Fact, rules: Rules) -> list[Entry]:
    """What a pair adds to the counts."""
    on, of_set = fact.counted_on, fact.question_set
    found = [Entry(on, of_set, code) for code in pair_codes(fact, rules)]
    if fact.encompass_due_on and fact.outcome is not Outcome.EXEMPT:
        found.append(Entry(fact.encompass_due_on, of_set, SCHOOL_DUE))
        if fact.encompass_in_time:
            found.append(Entry(fact.encompass_due_on, of_set, SCHOOL_TOLD))
    return found


def pair_codes(fact: Fact, rules: Rules) -> Iterator[str]:
    """The codes that a pair adds one to, on the day by which it is counted."""
    outcome = fact.outcome
    yield of_outcome(outcome)
    if outcome is not Outcome.EXEMPT:
        yield from _due(fact)
    if not outcome.is_countable:
        return
    declined = outcome is Outcome.DECLINED
    for dimension, value in _places(fact):
        yield in_dimension(dimension, value, declined=False)
        if declined:
            yield in_dimension(dimension, value, declined=True)
    if declined:
        yield from _declined(fact)
    elif outcome is Outcome.COMPLETED:
        yield from _completed(fact, rules)


def _due(fact: Fact) -> Iterator[str]:
    if fact.was_unable:
        yield EVER_UNABLE
    if fact.was_not_offered:
        yield EVER_NOT_OFFERED
    if fact.grade is Grade.HIGH:
        yield HIGH
        if fact.marac_decided:
            yield HIGH_WITH_MARAC


def _places(fact: Fact) -> Iterator[tuple[Dimension, str]]:
    yield Dimension.HOUR, f"{fact.hour:02}"
    yield Dimension.WEEKDAY, str(fact.counted_on.weekday())
    yield Dimension.DELAY, delay_band(fact.delay_minutes)
    yield Dimension.INCIDENT, "repeat" if fact.is_repeat else "first"
    yield Dimension.CHILDREN, "yes" if fact.has_children else "no"
    yield Dimension.MODE, fact.mode.value if fact.mode else NOT_KNOWN
    if fact.camera:
        yield Dimension.CAMERA, fact.camera.value
    if fact.response_grade:
        yield Dimension.RESPONSE, f"{fact.response_grade}.{delay_band(fact.delay_minutes)}"


def delay_band(minutes: int | None) -> str:
    """Into which band a delay falls; each reaches up to its minutes, those included."""
    if minutes is None:
        return NOT_KNOWN
    return next(code for code, up_to in DELAY_BANDS if up_to is None or minutes <= up_to)


def _declined(fact: Fact) -> Iterator[str]:
    if fact.reason and fact.reason_basis:
        yield of_reason(fact.reason, fact.reason_basis)
    if fact.converted_on:
        lag = (fact.converted_on - fact.counted_on).days
        if lag <= LAST_DAY:
            yield converted(max(lag, 0))
    if fact.grade is Grade.STANDARD and fact.has_red_flag:
        yield UNSAFE_DECLINE


def _completed(fact: Fact, rules: Rules) -> Iterator[str]:
    is_fast = fact.seconds is not None and fact.seconds < rules.fast_form.total_seconds()
    if fact.is_blanket_no:
        yield BLANKET_NO
    if is_fast:
        yield FAST_FORM
        if fact.is_blanket_no:
            yield BLANKET_AND_FAST


def entries_of_attempt(fact: AttemptFact) -> list[Entry]:
    """What an attempt adds to the counts: its review, its grades, and the offer owed after it."""
    return [Entry(day, fact.question_set, code) for day, code in _attempt_codes(fact)]


def _attempt_codes(fact: AttemptFact) -> Iterator[tuple[date, str]]:
    if fact.review_due_on:
        yield fact.review_due_on, REVIEW_DUE
        if fact.review_in_time:
            yield fact.review_due_on, REVIEW_IN_TIME
    if fact.reoffer_due_on:
        yield fact.reoffer_due_on, REOFFER_DUE
        if fact.reoffer_in_time:
            yield fact.reoffer_due_on, REOFFER_IN_TIME
    officer, supervisor, specialist = (
        fact.officer_grade,
        fact.supervisor_grade,
        fact.specialist_grade,
    )
    if fact.decided_on and officer and supervisor:
        yield fact.decided_on, GRADED
        if officer is not supervisor:
            yield fact.decided_on, GRADED_UP if supervisor.rank > officer.rank else GRADED_DOWN
        yield fact.decided_on, grades(Between.OFFICER_SUPERVISOR, officer, supervisor)
    if fact.graded_again_on and specialist:
        if supervisor:
            yield (
                fact.graded_again_on,
                grades(Between.SUPERVISOR_SPECIALIST, supervisor, specialist),
            )
        if officer:
            yield fact.graded_again_on, grades(Between.OFFICER_SPECIALIST, officer, specialist)


def victim_steps(facts: Iterable[Fact]) -> Iterator[tuple[Entry, int]]:
    """How the counts of victims change by day, from all facts of one victim in one scope.

    Victims are counted over the twelve months up to a day (D6, D7). A victim's latest outcome
    stands from its day until there is a later one or the year has passed, and each of two or more
    declines in a year is a repeated one; so each fact adds and takes at days that are known. The
    sum of all steps up to a day is what is true on it, without anybody being counted anew.
    """
    countable = sorted(
        (fact for fact in facts if fact.outcome.is_countable),
        key=lambda each: (each.counted_on, each.reported_at, each.pair_id),
    )
    for index, fact in enumerate(countable):
        later = countable[index + 1].counted_on if index + 1 < len(countable) else None
        ends = _year_after(fact.counted_on)
        for day, by in ((fact.counted_on, 1), (min(later, ends) if later else ends, -1)):
            yield Entry(day, ANY_SET, STEP_VICTIMS), by
            if fact.outcome is Outcome.DECLINED:
                yield Entry(day, ANY_SET, STEP_VICTIMS_DECLINED), by
    yield from _decline_steps([f.counted_on for f in countable if f.outcome is Outcome.DECLINED])


def _decline_steps(days: list[date]) -> Iterator[tuple[Entry, int]]:
    changes = sorted([*((day, 1) for day in days), *((_year_after(day), -1) for day in days)])
    held = 0
    for day, by in changes:
        before, held = _repeated(held), held + by
        yield Entry(day, ANY_SET, STEP_DECLINES), by
        if change := _repeated(held) - before:
            yield Entry(day, ANY_SET, STEP_REPEAT_DECLINES), change


def _repeated(declines: int) -> int:
    """How many of a victim's declines are of one who declined at least twice."""
    return declines if declines >= 2 else 0


def _year_after(day: date) -> date:
    """The first day whose twelve months no longer hold `day`."""
    later = day + timedelta(days=365)
    while months_before(later, YEAR) < day:
        later += timedelta(days=1)
    return later


def keys_of(entry: Entry, scope: UUID) -> tuple[Key, Key, Key]:
    """The rows in which an entry is counted for a scope: its day's, its month's and its year's."""
    day = entry.day
    return (
        Key(entry.code, Grain.DAY, scope, day, entry.question_set),
        Key(entry.code, Grain.MONTH, scope, day.replace(day=1), entry.question_set),
        Key(entry.code, Grain.YEAR, scope, day.replace(month=1, day=1), entry.question_set),
    )


def entries_of_attendance(fact: AttendanceFact) -> Iterator[Entry]:
    """What an incident adds to the counts: its cameras, and how long the police took to come."""
    if fact.attended_on:
        yield Entry(fact.attended_on, ANY_SET, of_standing(fact.standing))
    if fact.reported_on and fact.response_grade:
        band = wait_band(fact.delay_minutes)
        yield Entry(fact.reported_on, ANY_SET, of_wait(fact.response_grade, band))


def attendance_counts(
    attendances: Iterable[AttendanceFact], cameras: Iterable[CameraFact]
) -> Counter[Key]:
    """Every kept count that incidents make by how they were attended, and the cameras there."""
    total: Counter[Key] = Counter()
    for each in attendances:
        _add(total, each.team_id, ((entry, 1) for entry in entries_of_attendance(each)))
    for camera in cameras:
        entry = Entry(camera.attended_on, ANY_SET, of_camera(camera.said))
        _add(total, camera.team_id, [(entry, 1)])
    return total


def counts_of(facts: Iterable[Fact], attempts: Iterable[AttemptFact], rules: Rules) -> Counter[Key]:
    """Every kept count that these facts make; all facts of a victim have to be among them."""
    total: Counter[Key] = Counter()
    by_victim: dict[tuple[UUID, bytes], list[Fact]] = {}
    for fact in facts:
        _add(total, fact.team_id, ((entry, 1) for entry in entries_of(fact, rules)))
        for scope in (fact.team_id, FORCE):
            by_victim.setdefault((scope, fact.victim_key), []).append(fact)
    for attempt in attempts:
        _add(total, attempt.team_id, ((entry, 1) for entry in entries_of_attempt(attempt)))
    for (scope, _), group in by_victim.items():
        for entry, number in victim_steps(group):
            for key in keys_of(entry, scope):
                total[key] += number
    return total


def _add(total: Counter[Key], team: UUID, entries: Iterable[tuple[Entry, int]]) -> None:
    for entry, number in entries:
        for scope in (team, FORCE):
            for key in keys_of(entry, scope):
                total[key] += number
