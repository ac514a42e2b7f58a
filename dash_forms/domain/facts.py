"""What the reports know of a pair and of an attempt: plain facts, worked out from the records."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.grading import Grade
from dash_forms.domain.periods import LONDON, london_date, months_before
from dash_forms.domain.reoffers import Result, converted_on, counted_attempt
from dash_forms.domain.response import CallGrade

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from dash_forms.domain.body_worn_video import Attendance, FirstContact, Standing
    from dash_forms.domain.declines import Basis
    from dash_forms.domain.incidents import Mode, ResponseGrade

REPEAT_MONTHS = 12
"""A victim with another incident so many months before is a repeat victim (domain guide §4)."""


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A pair, and what its incident says of it."""

    pair_id: UUID
    team_id: UUID
    victim_key: bytes
    """The same for every pair with the same victim, as far as the blind index finds them."""
    reported_at: datetime
    arrived_at: datetime | None = None
    has_children: bool = False
    encompass_due_on: date | None = None
    """The last day by which a school was to be told; None where no school is."""
    encompass_in_time: bool = False
    camera: Standing | None = None
    """How its incident stands with body-worn video; None in facts from before that was kept."""
    response_grade: ResponseGrade | None = None
    """How the call was graded, if it was."""


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """An attempt that was not made in error; its outcome is that of its latest submission."""

    number: int
    question_set: str
    outcome: Outcome
    at: datetime | None = None
    """When the victim was approached, or else when it was sent."""
    reason: str | None = None
    reason_basis: Basis | None = None
    mode: Mode | None = None
    seconds: int | None = None
    """From the first tap to the last, by the tablet's clock."""
    ticks: int = 0
    has_red_flag: bool = False
    """A high-risk topic is "yes" by somebody other than the victim."""
    grade: Grade | None = None
    marac_decided: bool = False
    team_id: UUID | None = None
    """The team that had the incident when it was sent; an incident may move later."""


@dataclass(frozen=True, slots=True)
class Fact:
    """How a pair stands in every measure; one row per (incident, victim) with any attempt."""

    pair_id: UUID
    team_id: UUID
    victim_key: bytes
    reported_at: datetime
    question_set: str
    counted_on: date
    hour: int
    attempt: int
    outcome: Outcome
    reason: str | None = None
    reason_basis: Basis | None = None
    converted_on: date | None = None
    mode: Mode | None = None
    delay_minutes: int | None = None
    is_repeat: bool = False
    has_children: bool = False
    was_unable: bool = False
    was_not_offered: bool = False
    is_blanket_no: bool = False
    seconds: int | None = None
    grade: Grade | None = None
    has_red_flag: bool = False
    marac_decided: bool = False
    encompass_due_on: date | None = None
    encompass_in_time: bool = False
    camera: Standing | None = None
    response_grade: CallGrade | None = None
    """None in facts from before it was kept."""


@dataclass(frozen=True, slots=True)
class AttemptFact:
    """How the review of an attempt went, its grades, and the offer that was owed after it.

    Each day is the one on which its measure is judged: a review or an offer on the day on which it
    was due at the latest, a grade on the day of the decision.
    """

    assessment_id: UUID
    pair_id: UUID
    team_id: UUID
    question_set: str
    review_due_on: date | None = None
    review_in_time: bool = False
    decided_on: date | None = None
    officer_grade: Grade | None = None
    supervisor_grade: Grade | None = None
    graded_again_on: date | None = None
    specialist_grade: Grade | None = None
    reoffer_due_on: date | None = None
    reoffer_in_time: bool = False


@dataclass(frozen=True, slots=True)
class AttendanceFact:
    """How an incident was attended, if it was: its body-worn video (V1), and how long it took (T1).

    `delay_minutes` is None where no arrival was entered, `reported_on` and the grade in facts from
    before they were kept.
    """

    incident_id: UUID
    team_id: UUID
    attended_at: datetime | None
    attended_on: date | None
    standing: Standing
    reported_on: date | None = None
    response_grade: CallGrade | None = None
    delay_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class CameraFact:
    """What the camera of one officer who attended did at first contact, as last recorded."""

    incident_id: UUID
    officer_id: UUID
    team_id: UUID
    attended_on: date
    said: FirstContact


def counted(attempts: Sequence[AttemptRecord]) -> AttemptRecord:
    """The attempt by which a pair is counted; the attempts come in their order, at least one.

    The first that ended completed, partial or declined, for ever; while there is none, the last
    that ended at all; before that, the first (domain guide §6).
    """
    countable = counted_attempt(attempts)
    ended = [each for each in attempts if each.outcome is not Outcome.PENDING]
    return countable or (ended[-1] if ended else attempts[0])


def fact_of(case: CaseRecord, attempts: Sequence[AttemptRecord]) -> Fact:
    """The facts of a pair from its attempts, but for `is_repeat`: see `with_repeats`."""
    chosen = counted(attempts)
    # Of what was tried after the offer that counts, nothing is counted here (domain guide §6).
    so_far = {each.outcome for each in attempts if each.number <= chosen.number}
    outcome = chosen.outcome
    at = case.reported_at
    if outcome is not Outcome.PENDING and chosen.at:
        at = chosen.at
    has_reason = outcome not in {Outcome.COMPLETED, Outcome.PENDING}
    return Fact(
        pair_id=case.pair_id,
        team_id=chosen.team_id or case.team_id,
        victim_key=case.victim_key,
        reported_at=case.reported_at,
        question_set=chosen.question_set,
        counted_on=london_date(at),
        hour=at.astimezone(LONDON).hour,
        attempt=chosen.number,
        outcome=outcome,
        reason=chosen.reason if has_reason else None,
        reason_basis=chosen.reason_basis if has_reason else None,
        converted_on=converted_on(
            outcome,
            chosen.number,
            [
                Result(each.number, each.outcome, london_date(each.at))
                for each in attempts
                if each.at
            ],
        ),
        mode=chosen.mode,
        delay_minutes=minutes_until(case.reported_at, case.arrived_at),
        has_children=case.has_children,
        was_unable=Outcome.UNABLE in so_far,
        was_not_offered=Outcome.NOT_OFFERED in so_far,
        is_blanket_no=outcome is Outcome.COMPLETED and chosen.ticks == 0,
        seconds=chosen.seconds if outcome is Outcome.COMPLETED else None,
        grade=chosen.grade if outcome is not Outcome.PENDING else None,
        has_red_flag=outcome is Outcome.DECLINED and chosen.has_red_flag,
        marac_decided=any(each.marac_decided for each in attempts),
        encompass_due_on=case.encompass_due_on,
        encompass_in_time=case.encompass_in_time,
        camera=case.camera,
        response_grade=CallGrade.of(case.response_grade),
    )


def minutes_until(reported_at: datetime, arrived_at: datetime | None) -> int | None:
    """How many whole minutes the first officer took to arrive, if an arrival was entered."""
    return int((arrived_at - reported_at).total_seconds()) // 60 if arrived_at else None


def attendance_facts(found: Attendance) -> tuple[AttendanceFact, list[CameraFact]]:
    """The facts of an incident, and of the officers there whose answer is known."""
    on = london_date(found.attended_at) if found.attended_at else None
    fact = AttendanceFact(
        incident_id=found.incident_id,
        team_id=found.team_id,
        attended_at=found.attended_at,
        attended_on=on,
        standing=found.standing,
        reported_on=london_date(found.reported_at),
        response_grade=CallGrade.of(found.response_grade),
        delay_minutes=minutes_until(found.reported_at, found.arrived_at),
    )
    cameras = [
        CameraFact(found.incident_id, officer_id, found.team_id, on, said)
        for officer_id, said in sorted(found.cameras.items())
        if on and said.is_there
    ]
    return fact, cameras


def with_repeats(facts: Iterable[Fact]) -> list[Fact]:
    """The same facts, each marked if the same victim had another incident in the year before."""
    by_victim: defaultdict[bytes, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_victim[fact.victim_key].append(fact)
    marked = []
    for group in by_victim.values():
        group.sort(key=lambda each: (each.reported_at, each.pair_id))
        before: Fact | None = None
        for fact in group:
            marked.append(
                replace(fact, is_repeat=before is not None and _within_year(before, fact))
            )
            if before is None or fact.reported_at > before.reported_at:
                before = fact
    return marked


def _within_year(earlier: Fact, later: Fact) -> bool:
    first, second = london_date(earlier.reported_at), london_date(later.reported_at)
    return earlier.reported_at < later.reported_at and first > months_before(second, REPEAT_MONTHS)
