"""Adding up the kept counts: sums over a period, by code, team and month."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import CompoundSelect, Select, func, select, union_all

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.periods import Month, Period
from dash_forms.domain.report_counts import FORCE, Grain, of_outcome
from dash_forms.domain.spans import Span, spans
from dash_forms.store.models import ReportCount

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sqlalchemy import Connection
    from sqlalchemy.orm import InstrumentedAttribute

_MANY = 8
"""So many scopes are sooner found together, day by day, where there is an index for it."""


def sums(
    connection: Connection,
    codes: Collection[str],
    period: Period,
    *,
    scope: UUID = FORCE,
    question_set: str | None = None,
) -> Counter[str]:
    """How often each code was counted in the period, in a team or in the whole force."""
    found = _ranges([ReportCount.code], codes, period, [scope], question_set).subquery()
    query = select(found.c.code, func.sum(found.c.number)).group_by(found.c.code)
    return Counter({code: int(number) for code, number in connection.execute(query)})


def sums_by_scope(
    connection: Connection,
    codes: Collection[str],
    period: Period,
    scopes: Sequence[UUID],
    *,
    question_set: str | None = None,
) -> dict[UUID, Counter[str]]:
    """The same for several teams at once."""
    total: dict[UUID, Counter[str]] = {scope: Counter() for scope in scopes}
    if not scopes:
        return total
    is_by_day = len(scopes) >= _MANY and connection.dialect.name == "postgresql"
    found = _ranges(
        [ReportCount.scope, ReportCount.code],
        codes,
        period,
        None if is_by_day else scopes,
        question_set,
    ).subquery()
    columns = (found.c.scope, found.c.code)
    for scope, code, number in connection.execute(
        select(*columns, func.sum(found.c.number)).group_by(*columns)
    ):
        if scope in total:
            total[scope][code] = int(number)
    return total


def sums_by_month(
    connection: Connection,
    codes: Collection[str],
    period: Period,
    *,
    scope: UUID = FORCE,
    question_set: str | None = None,
) -> dict[Month, Counter[str]]:
    """The same for each month of the period; its first and last may be parts of months."""
    total: dict[Month, Counter[str]] = {}
    found = _ranges(
        [ReportCount.starts_on, ReportCount.code],
        codes,
        period,
        [scope],
        question_set,
        longest=Grain.MONTH,
    ).subquery()
    columns = (found.c.starts_on, found.c.code)
    for day, code, number in connection.execute(
        select(*columns, func.sum(found.c.number)).group_by(*columns)
    ):
        total.setdefault(Month.of(day), Counter())[code] += int(number)
    return total


def _ranges(
    columns: Sequence[InstrumentedAttribute[Any]],
    codes: Collection[str],
    period: Period,
    scopes: Sequence[UUID] | None,
    question_set: str | None,
    *,
    longest: Grain = Grain.YEAR,
) -> Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]:
    """These columns and the number, in one range of the primary key for each span, code and scope.

    Of every scope if None, in one range of an index for each span and code. An OR of spans would be
    no range.
    """
    parts = [
        _range(columns, span, codes, scopes, question_set)
        for span in spans(period, longest=longest)
    ]
    return parts[0] if len(parts) == 1 else union_all(*parts)


def _range(
    columns: Sequence[InstrumentedAttribute[Any]],
    span: Span,
    codes: Collection[str],
    scopes: Sequence[UUID] | None,
    question_set: str | None,
) -> Select[*tuple[Any, ...]]:
    number = -ReportCount.number if span.is_taken_away else ReportCount.number
    wanted = select(*columns, number.label("number")).where(
        ReportCount.code.in_(codes),
        ReportCount.grain == span.grain,
        ReportCount.starts_on.between(span.first, span.last),
    )
    if scopes is not None:
        wanted = wanted.where(ReportCount.scope.in_(scopes))
    if question_set is not None:
        wanted = wanted.where(ReportCount.question_set == question_set)
    return wanted


def sets_in_use(connection: Connection) -> list[str]:
    """The question sets and versions that any pair was assessed with, as `id.version`.

    The codes are named one by one: what is like a pattern has no range in the key.
    """
    query = (
        select(ReportCount.question_set)
        .where(
            ReportCount.code.in_(of_outcome(each) for each in Outcome),
            ReportCount.grain == Grain.MONTH,
            ReportCount.scope == FORCE,
            ReportCount.question_set != "",
        )
        .distinct()
        .order_by(ReportCount.question_set)
    )
    return list(connection.scalars(query))
