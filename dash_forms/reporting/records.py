"""The records behind a number of the reports, as far as the person may open them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, null, or_, select

from dash_forms.domain import report_counts as kept
from dash_forms.domain.assessment import Outcome
from dash_forms.domain.audit_events import Name
from dash_forms.domain.body_worn_video import FirstContact, Standing
from dash_forms.domain.declines import REASONS, Basis, Ending
from dash_forms.domain.definitions import METRICS, Metric, Sum, Window, in_time, waits_of, window_of
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.grading import Grade
from dash_forms.domain.permissions import PERMISSIONS, Permission, Scope
from dash_forms.domain.report_counts import FORCE, Between
from dash_forms.domain.response import WAITS, CallGrade, waited_words
from dash_forms.domain.statistics import LAST_DAY
from dash_forms.reporting.places import place_words
from dash_forms.reporting.queries import measured_over, number_of
from dash_forms.store.counted import counted_facts, year_pairs
from dash_forms.store.facts import rules_of
from dash_forms.store.models import (
    Assessment,
    AttemptFactRow,
    AttendanceFactRow,
    CameraFactRow,
    Incident,
    Pair,
    PairFact,
    Team,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy.orm import InstrumentedAttribute

    from dash_forms.domain.periods import Period
    from dash_forms.reporting.figures import DeclineFilter
    from dash_forms.store.work import Work

PAGE_LENGTH = 25


@dataclass(frozen=True, slots=True)
class Number:
    """A number whose records can be asked for, by the name that it has in an address."""

    name: str
    title: str
    part: Sum
    window: Window
    metric: Metric | None = None

    @property
    def is_of_waits(self) -> bool:
        """Whether it counts by how long victims waited, so that a record says so of itself."""
        return self.window in {Window.REPORTED, Window.WAITED}


@dataclass(frozen=True, slots=True)
class CountedRecord:
    """A record in the list: no names, because lists are seen by whoever stands near."""

    incident_id: UUID
    urn: str
    on: date
    """The day by which it is counted."""
    team: str
    attempt: int | None
    """None where what is counted is an incident, or an officer there."""
    outcome: Outcome | None
    grade: Grade | None
    call: CallGrade | None
    minutes: int | None
    """How its call was graded and how long it waited, where that is known of what is counted."""

    @property
    def wait(self) -> str:
        """The grade of its call, and the wait in words."""
        return f"{(self.call or CallGrade.NOT_GRADED).label}, {waited_words(self.minutes)}"


@dataclass(frozen=True, slots=True)
class CountedPage:
    """A page of the records, and how many of those counted the person may open."""

    number: Number
    period: Period | None
    counted: int
    reached: int
    records: list[CountedRecord]
    page: int
    page_count: int


def number_named(name: str) -> Number:
    """The number that an address names, or NotFoundError."""
    try:
        return NUMBERS[name]
    except KeyError:
        raise NotFoundError("The reports have no such number.") from None


def counted_page(work: Work, wanted: DeclineFilter, number: Number, page: int = 1) -> CountedPage:
    """The records that a number counts under a filter, the latest first.

    Whoever reaches one team only is shown what they could open by its address as well; `counted`
    says how many there are in all.
    """
    period = measured_over(work, number.window, wanted)
    counted = number_of(work, wanted, number.part, number.window)
    reached, page_count, records = 0, 1, []
    if period is not None and counted:
        query = _records(work, wanted, number, period)
        in_all = select(func.count()).select_from(query.subquery())
        reached = work.connection.scalar(in_all) or 0
        page_count = max(1, -(-reached // PAGE_LENGTH))
        page = min(max(page, 1), page_count)
        rows = work.connection.execute(
            query.order_by(
                query.selected_columns.on.desc(), Incident.urn, query.selected_columns.key
            )
            .limit(PAGE_LENGTH)
            .offset((page - 1) * PAGE_LENGTH)
        )
        records = [CountedRecord(*row[:-1]) for row in rows]
    else:
        page = 1
    work.audit(
        Name.COUNTED_RECORDS_LISTED,
        "report",
        number.name,
        start=wanted.period.start.isoformat(),
        end=wanted.period.end.isoformat(),
        team=str(wanted.team.id) if wanted.team else None,
        question_set=wanted.question_set,
        page=page,
        found=reached,
    )
    return CountedPage(number, period, counted, reached, records, page, page_count)


def _records(
    work: Work, wanted: DeclineFilter, number: Number, period: Period
) -> Select[*tuple[Any, ...]]:
    scope = wanted.team.id if wanted.team else FORCE
    if number.window is Window.YEAR:
        [code] = number.part.plus
        is_counted = PairFact.pair_id.in_(year_pairs(code, period, scope=scope))
        return _pairs(work, is_counted, PairFact.counted_on)
    day, where = counted_facts(
        number.part, period, rules_of(work), scope=scope, question_set=wanted.question_set
    )
    if day.class_ in {AttendanceFactRow, CameraFactRow}:
        return _incidents(work, where, day)
    return (_attempts if day.class_ is AttemptFactRow else _pairs)(work, where, day)


def _pairs(
    work: Work, where: ColumnElement[bool], day: InstrumentedAttribute[Any]
) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Incident.id,
            Incident.urn,
            day.label("on"),
            Team.name,
            PairFact.attempt,
            PairFact.outcome,
            PairFact.grade,
            PairFact.response_grade,
            PairFact.delay_minutes,
            Pair.id.label("key"),
        )
        .join(Pair, Pair.id == PairFact.pair_id)
        .join(Incident, Incident.id == Pair.incident_id)
        .join(Team, Team.id == PairFact.team_id)
        .where(where, *_reach(work))
    )


def _attempts(
    work: Work, where: ColumnElement[bool], day: InstrumentedAttribute[Any]
) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Incident.id,
            Incident.urn,
            day.label("on"),
            Team.name,
            Assessment.attempt,
            null(),
            AttemptFactRow.officer_grade,
            null(),
            null(),
            Pair.id.label("key"),
        )
        .join(Pair, Pair.id == AttemptFactRow.pair_id)
        .join(Incident, Incident.id == Pair.incident_id)
        .join(Team, Team.id == AttemptFactRow.team_id)
        .join(Assessment, Assessment.id == AttemptFactRow.assessment_id)
        .where(where, *_reach(work))
    )


def _incidents(
    work: Work, where: ColumnElement[bool], day: InstrumentedAttribute[Any]
) -> Select[*tuple[Any, ...]]:
    """Incidents, or the officers there: their incident stands once for each."""
    table = day.class_
    is_incident = table is AttendanceFactRow
    key = table.incident_id if is_incident else table.officer_id
    waits = (table.response_grade, table.delay_minutes) if is_incident else (null(), null())
    return (
        select(
            Incident.id,
            Incident.urn,
            day.label("on"),
            Team.name,
            null(),
            null(),
            null(),
            *waits,
            key.label("key"),
        )
        .select_from(table)
        .join(Incident, Incident.id == table.incident_id)
        .join(Team, Team.id == table.team_id)
        .where(where, *_reach(work))
    )


def _reach(work: Work) -> list[ColumnElement[bool]]:
    if PERMISSIONS[work.by.role].get(Permission.VIEW_COUNTED_RECORDS) is Scope.FORCE:
        return []
    return [or_(Incident.team_id == work.by.team_id, Incident.created_by_id == work.by.id)]


def _numbers() -> Iterator[Number]:
    for metric in METRICS:
        for part, words, counts in (
            ("numerator", metric.numerator, metric.top),
            ("denominator", metric.denominator, metric.bottom),
        ):
            yield Number(f"{metric.code}.{part}", words, counts, metric.window, metric)
    for code, words in _counts():
        yield Number(code, words, Sum((code,)), Window.PERIOD)
    for dimension in kept.VALUES:
        for code, words in _places(dimension):
            yield Number(code, words, Sum((code,)), window_of(dimension))
    yield from _of_incidents()
    for day in range(LAST_DAY + 1):
        words = f"Assessed on day {day} after a decline"
        code = kept.converted(day)
        yield Number(code, words, Sum((code,)), Window.COHORT)


def _of_incidents() -> Iterator[Number]:
    for standing in Standing:
        if standing.is_attended:
            code = kept.of_standing(standing)
            yield Number(code, standing.label, Sum((code,)), Window.ATTENDED)
    for grade in CallGrade:
        for band, words in WAITS.items():
            yield _of_grade(grade, band, words.lower(), Sum((kept.of_wait(grade, band),)))
        yield _of_grade(grade, "known", "with a time of arrival", waits_of(grade))
        yield _of_grade(grade, "in_time", "within 4 hours", in_time(grade))
    for said in FirstContact:
        if said.is_there:
            code, words = kept.of_camera(said), said.reason or "Recording at first contact"
            yield Number(code, f"Officers: {words.lower()}", Sum((code,)), Window.ATTENDED)


def _of_grade(grade: CallGrade, part: str, words: str, counts: Sum) -> Number:
    return Number(kept.of_wait(grade, part), f"{grade.label}: {words}", counts, Window.REPORTED)


def _counts() -> Iterator[tuple[str, str]]:
    for outcome in Outcome:
        yield kept.of_outcome(outcome), outcome.label
    for reason in REASONS:
        if reason.ending is Ending.DECLINED:
            yield kept.of_reason(reason.code, Basis.SAID), f"{reason.label}: victim said"
            yield kept.of_reason(reason.code, Basis.INFERRED), f"{reason.label}: officer inferred"
    yield kept.GRADED_UP, "Graded up by a supervisor"
    yield kept.GRADED_DOWN, "Graded down by a supervisor"
    for between in Between:
        for one in Grade:
            for other in Grade:
                words = f"{between.first} {one.label.lower()}, {between.second.lower()} "
                yield kept.grades(between, one, other), words + other.label.lower()


def _places(dimension: kept.Dimension) -> Iterator[tuple[str, str]]:
    for value in kept.VALUES[dimension]:
        place = place_words(dimension, value)
        yield kept.in_dimension(dimension, value, declined=True), f"{place}: declined"
        yield kept.in_dimension(dimension, value, declined=False), f"{place}: all counted"


NUMBERS = {number.name: number for number in _numbers()}
"""Every number whose records can be asked for."""
