"""The records behind a kept count: for each code, the facts that it counts and their day.

`domain.report_counts` says what a fact adds to; this is the same read backwards, as conditions that
the database can look up. A test holds the two against each other for every code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    false,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from dash_forms.domain import report_counts as kept
from dash_forms.domain.assessment import Outcome
from dash_forms.domain.body_worn_video import FirstContact, Standing
from dash_forms.domain.declines import REASONS, Basis, Ending
from dash_forms.domain.definitions import EPOCH
from dash_forms.domain.grading import Grade
from dash_forms.domain.report_counts import Between, Dimension
from dash_forms.domain.response import BANDS, NOT_KNOWN, CallGrade
from dash_forms.domain.statistics import LAST_DAY
from dash_forms.store.models import AttemptFactRow, AttendanceFactRow, CameraFactRow, PairFact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy.orm import InstrumentedAttribute
    from sqlalchemy.sql.compiler import SQLCompiler

    from dash_forms.domain.definitions import Sum
    from dash_forms.domain.periods import Period
    from dash_forms.domain.report_counts import Rules

Condition = ColumnElement[bool]


class days_between(FunctionElement[int]):  # noqa: N801 - a function of SQL
    """How many days the first date lies after the second."""

    inherit_cache = True
    type = Integer()


@compiles(days_between)
def _days_between(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    later, earlier = (compiler.process(each, **kw) for each in element.clauses)
    return f"({later} - {earlier})"


@compiles(days_between, "sqlite")
def _days_between_sqlite(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    later, earlier = (compiler.process(each, **kw) for each in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


@dataclass(frozen=True, slots=True)
class Counted:
    """The facts that a code counts: those of which `where` holds, on the day in `day`."""

    day: InstrumentedAttribute[Any]
    where: Condition


_P, _A = PairFact, AttemptFactRow
_V, _C = AttendanceFactRow, CameraFactRow
_countable = _P.outcome.in_([outcome for outcome in Outcome if outcome.is_countable])
_declined = _P.outcome == Outcome.DECLINED
_eligible = _P.outcome != Outcome.EXEMPT
_blanket_no = and_(_P.outcome == Outcome.COMPLETED, _P.is_blanket_no)


def counted(code: str, rules: Rules) -> Counted:
    """What a code counts, or KeyError; the codes of victims over a year are `year_pairs`'s."""
    if code in {kept.FAST_FORM, kept.BLANKET_AND_FAST}:
        is_fast = and_(
            _P.outcome == Outcome.COMPLETED, _P.seconds < rules.fast_form.total_seconds()
        )
        both = and_(is_fast, _P.is_blanket_no)
        return Counted(_P.counted_on, is_fast if code == kept.FAST_FORM else both)
    return _CODES[code]


def counted_facts(
    part: Sum, period: Period, rules: Rules, *, scope: UUID, question_set: str | None
) -> tuple[InstrumentedAttribute[Any], Condition]:
    """The day of the facts that a sum counts in a period, and the condition that picks them out.

    A fact counts once: the codes that are added up never hold of the same one together.
    """
    found = [counted(code, rules) for code in part.plus]
    day = found[0].day
    taken = [counted(code, rules).where for code in part.minus]
    return day, and_(
        day.between(period.start, period.end),
        or_(*(each.where for each in found)),
        not_(or_(false(), *taken)),
        *_narrowed(day.class_, scope, question_set),
    )


def year_pairs(code: str, period: Period, *, scope: UUID) -> Select[tuple[UUID]]:
    """The pairs by which victims or their declines are counted over a year (D6, D7).

    Of each victim the latest countable pair stands for the victim; a decline is a repeated one
    when the same victim has another in the year.
    """
    latest = func.row_number().over(
        partition_by=_P.victim_key,
        order_by=(_P.counted_on.desc(), _P.reported_at.desc(), _P.pair_id.desc()),
    )
    declines = func.count().over(partition_by=_P.victim_key)
    is_latest = code in {kept.STEP_VICTIMS, kept.STEP_VICTIMS_DECLINED}
    ranked = (
        select(_P.pair_id, _P.outcome, (latest if is_latest else declines).label("number"))
        .where(
            _countable if is_latest else _declined,
            _P.counted_on.between(period.start, period.end),
            _P.victim_key.is_not(None),
            *_narrowed(_P, scope, None),
        )
        .subquery()
    )
    wanted: dict[str, Condition] = {
        kept.STEP_VICTIMS: ranked.c.number == 1,
        kept.STEP_VICTIMS_DECLINED: and_(
            ranked.c.number == 1, ranked.c.outcome == Outcome.DECLINED
        ),
        kept.STEP_DECLINES: ranked.c.number >= 1,
        kept.STEP_REPEAT_DECLINES: ranked.c.number >= 2,
    }
    return select(ranked.c.pair_id).where(wanted[code])


def _narrowed(table: Any, scope: UUID, question_set: str | None) -> Iterator[Condition]:
    if scope != kept.FORCE:
        yield table.team_id == scope
    if question_set is not None:
        # What is not kept by set is asked for without one.
        yield table.question_set == question_set if issubclass(table, _P | _A) else false()


def _pairs() -> Iterator[tuple[str, Condition]]:
    for outcome in Outcome:
        yield kept.of_outcome(outcome), _P.outcome == outcome
    yield kept.EVER_UNABLE, and_(_eligible, _P.was_unable)
    yield kept.EVER_NOT_OFFERED, and_(_eligible, _P.was_not_offered)
    yield kept.HIGH, and_(_eligible, _P.grade == Grade.HIGH)
    yield kept.HIGH_WITH_MARAC, and_(_eligible, _P.grade == Grade.HIGH, _P.marac_decided)
    yield kept.BLANKET_NO, _blanket_no
    yield kept.UNSAFE_DECLINE, and_(_declined, _P.grade == Grade.STANDARD, _P.has_red_flag)
    for reason in REASONS:
        if reason.ending is Ending.DECLINED:
            for basis in Basis:
                said = and_(_declined, _P.reason == reason.code, _P.reason_basis == basis)
                yield kept.of_reason(reason.code, basis), said
    lag = days_between(_P.converted_on, _P.counted_on)
    for day in range(LAST_DAY + 1):
        on_it = lag <= 0 if day == 0 else lag == day
        yield kept.converted(day), and_(_declined, _P.converted_on.is_not(None), on_it)
    for dimension, values in kept.VALUES.items():
        for value in values:
            there = _there(dimension, value)
            yield kept.in_dimension(dimension, value, declined=False), and_(_countable, there)
            yield kept.in_dimension(dimension, value, declined=True), and_(_declined, there)


def _there(dimension: Dimension, value: str) -> Condition:
    match dimension:
        case Dimension.HOUR:
            return _P.hour == int(value)
        case Dimension.WEEKDAY:
            return days_between(_P.counted_on, literal(EPOCH, Date())) % 7 == int(value)
        case Dimension.DELAY | Dimension.RESPONSE:
            grade, _, band = value.rpartition(".")
            waited = _in_band(band)
            return and_(_P.response_grade == grade, waited) if grade else waited
        case Dimension.INCIDENT | Dimension.CHILDREN:
            column = _P.has_children if dimension is Dimension.CHILDREN else _P.is_repeat
            return column.is_(value in {"repeat", "yes"})
        case Dimension.MODE:
            return _P.mode.is_(None) if value == "not_known" else _P.mode == value
        case Dimension.CAMERA:
            return _P.camera == value


def _in_band(
    code: str,
    delay: InstrumentedAttribute[Any] = _P.delay_minutes,
    bands: tuple[tuple[str, int | None], ...] = kept.DELAY_BANDS,
) -> Condition:
    above = None
    if code == NOT_KNOWN:
        return delay.is_(None)
    for band, up_to in bands:
        if band == code:
            return and_(
                delay.is_not(None),
                *([] if above is None else [delay > above]),
                *([] if up_to is None else [delay <= up_to]),
            )
        above = up_to
    raise KeyError(code)


def _attempts() -> Iterator[tuple[str, Counted]]:
    yield kept.REVIEW_DUE, Counted(_A.review_due_on, _A.review_due_on.is_not(None))
    yield kept.REVIEW_IN_TIME, Counted(_A.review_due_on, _A.review_in_time.is_(True))
    yield kept.REOFFER_DUE, Counted(_A.reoffer_due_on, _A.reoffer_due_on.is_not(None))
    yield kept.REOFFER_IN_TIME, Counted(_A.reoffer_due_on, _A.reoffer_in_time.is_(True))
    officer, supervisor, specialist = _A.officer_grade, _A.supervisor_grade, _A.specialist_grade
    both = and_(officer.is_not(None), supervisor.is_not(None))
    yield kept.GRADED, Counted(_A.decided_on, both)
    pairs = [(one, other) for one in Grade for other in Grade]
    for code, direction in ((kept.GRADED_UP, 1), (kept.GRADED_DOWN, -1)):
        moved = [
            and_(officer == one, supervisor == other)
            for one, other in pairs
            if (other.rank - one.rank) * direction > 0
        ]
        yield code, Counted(_A.decided_on, or_(*moved))
    columns = {
        Between.OFFICER_SUPERVISOR: (_A.decided_on, officer, supervisor),
        Between.SUPERVISOR_SPECIALIST: (_A.graded_again_on, supervisor, specialist),
        Between.OFFICER_SPECIALIST: (_A.graded_again_on, officer, specialist),
    }
    for between, (day, first, second) in columns.items():
        for one, other in pairs:
            where = and_(first == one, second == other)
            yield kept.grades(between, one, other), Counted(day, where)


def _attendances() -> Iterator[tuple[str, Counted]]:
    for standing in Standing:
        where = _V.standing == standing
        yield kept.of_standing(standing), Counted(_V.attended_on, where)
    for grade in CallGrade:
        waits = _V.delay_minutes, tuple((each.code, each.up_to) for each in BANDS)
        for band in (*(each.code for each in BANDS), NOT_KNOWN):
            where = and_(_V.response_grade == grade, _in_band(band, *waits))
            yield kept.of_wait(grade, band), Counted(_V.reported_on, where)
    for said in FirstContact:
        yield kept.of_camera(said), Counted(_C.attended_on, _C.said == said)


_CODES: dict[str, Counted] = {
    **{code: Counted(_P.counted_on, where) for code, where in _pairs()},
    kept.SCHOOL_DUE: Counted(_P.encompass_due_on, _eligible),
    kept.SCHOOL_TOLD: Counted(_P.encompass_due_on, and_(_eligible, _P.encompass_in_time)),
    **dict(_attempts()),
    **dict(_attendances()),
}
