"""Every figure of the report for the force and each team in one month, as it may leave together.

The rows are the same for every team and month, so that programs can pivot them. Whole months that
are over alone, as in the feed, and no total of several: then days that overlap are in no two rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.declines import REASONS, Basis, Ending
from dash_forms.domain.definitions import COUNTABLE, METRICS, Sum, Window, metric, window_of
from dash_forms.domain.feed import is_final
from dash_forms.domain.grading import Grade
from dash_forms.domain.linked_counts import AddsUp, withheld
from dash_forms.domain.periods import Month, Period, months_in
from dash_forms.domain.report_counts import (
    FORCE,
    GRADED,
    VALUES,
    Between,
    grades,
    in_dimension,
    of_outcome,
    of_reason,
    of_wait,
)
from dash_forms.domain.response import WAITS, CallGrade
from dash_forms.reporting.places import place_words
from dash_forms.store.report_counts import sums_by_scope

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence
    from datetime import date
    from uuid import UUID

    from dash_forms.domain.disclosure import Rules
    from dash_forms.store.work import Work

MEASURES = "Measures"
WHOLE_FORCE = "Whole force"
FORCE_WORDS = (
    f"The figures of “{WHOLE_FORCE}” hold those of the teams: add up the one or the others."
)
PROTECTION = (
    "What is withheld was settled for every team, the force and all tables of a month at once:"
    " where counts add up to another, across the teams or within a table, all of them are shown or"
    " at least two are withheld, which together are not small. There is no total of several months"
    " here; do not set one beside these figures, from another export or the screen."
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it is laid out: what is counted, and of what."""

    table: str
    row: str
    number: Sum
    of: Sum | None = None
    window: Window = Window.PERIOD

    @property
    def sums(self) -> tuple[Sum, ...]:
        return (self.number,) if self.of is None else (self.number, self.of)


@dataclass(frozen=True, slots=True)
class Figure:
    """One row as it may leave; None is withheld, or there is none."""

    line: Line
    scope: UUID
    number: int | None
    of: int | None
    rate: float | None


_DECLINED = Sum((of_outcome(Outcome.DECLINED),))
_REGRADED = metric("R2").top
_TOTALS = {"Reasons": _DECLINED, "Declined": _DECLINED}


def _graded(*, unequal: bool) -> tuple[Sum, ...]:
    """The grades of officer and supervisor: all of them, or only where they differ."""
    return tuple(
        Sum((grades(Between.OFFICER_SUPERVISOR, first, second),))
        for first in Grade
        for second in Grade
        if first is not second or not unequal
    )


def _lines() -> Iterator[Line]:
    for each in METRICS:
        yield Line(MEASURES, f"{each.code} {each.name}", each.top, each.bottom, each.window)
    for outcome in Outcome:
        yield Line("Outcomes", outcome.label, Sum((of_outcome(outcome),)))
    for reason in REASONS:
        if reason.ending is Ending.DECLINED:
            codes = tuple(of_reason(reason.code, basis) for basis in Basis)
            yield Line("Reasons", reason.label, Sum(codes))
    for dimension, values in VALUES.items():
        for value in values:
            declined, countable = (
                Sum((in_dimension(dimension, value, declined=is_declined),))
                for is_declined in (True, False)
            )
            words = place_words(dimension, value)
            table = f"Declined, by {dimension.value}"
            yield Line(table, words, declined, countable, window_of(dimension))
    yield from _waits()
    for between in Between:
        name = f"Grades: {between.first.lower()}, then {between.second.lower()}"
        for first in Grade:
            for second in Grade:
                words = f"{first.label}, then {second.label.lower()}"
                yield Line(name, words, Sum((grades(between, first, second),)))


def _waits() -> Iterator[Line]:
    for grade in CallGrade:
        for band, words in WAITS.items():
            counts = Sum((of_wait(grade, band),))
            yield Line(f"Time to attend: {grade.label}", words, counts, window=Window.REPORTED)


LINES = tuple(_lines())


def _tables() -> Iterator[tuple[tuple[Sum, ...], Sum | None]]:
    """What adds up to what in one scope: the rows of a table."""
    by_table: dict[str, list[Line]] = {}
    for line in LINES:
        by_table.setdefault(line.table, []).append(line)
    del by_table[MEASURES]
    for name, lines in by_table.items():
        yield tuple(line.number for line in lines), _TOTALS.get(name.split(",")[0])
        if lines[0].of is not None:
            yield tuple(line.of for line in lines if line.of), COUNTABLE
    yield _graded(unequal=False), Sum((GRADED,))
    yield _graded(unequal=True), _REGRADED


def _measures() -> Iterator[tuple[tuple[Sum, ...], Sum]]:
    """The same of measures that are sums, or differences, of what stands in other rows."""
    every = {each: None for line in LINES for each in line.sums}
    for each in every:
        singles = tuple(Sum((code,)) for code in each.plus)
        if each.minus:
            whole, taken = Sum(each.plus), Sum(each.minus)
            if whole in every and taken in every:
                yield (each, taken), whole
        elif len(singles) > 1 and all(single in every for single in singles):
            yield singles, each


TABLES = (*_tables(), *_measures())
"""Parts and their total; a total that stands in no row is None, and counts as known."""

Cell = tuple["UUID", bool, Sum]
"""One count: of a team or the force, over the year up to the month or in it alone, and of what."""


def months_to_export(period: Period, today: date) -> tuple[Month, ...]:
    """The whole months that a period touches and that are over, the earliest first."""
    return tuple(each for each in months_in(period) if each.last < today)


def about_how_many(months: int, teams: int) -> int:
    """How many rows that makes, in hundreds: some measures are not final for a month or two."""
    return -(-months * (teams + 1) * len(LINES) // 100) * 100


def lines_of(month: Month, today: date, question_set: str | None) -> tuple[Line, ...]:
    """The rows of a month: without measures that are not final yet, or not kept by question set."""
    return tuple(
        line
        for line in LINES
        if is_final(line.window, month, today) and (line.window.is_by_set or question_set is None)
    )


def figures_of(
    work: Work,
    month: Month,
    team_ids: Sequence[UUID],
    *,
    question_set: str | None,
    rules: Rules,
    today: date,
) -> list[Figure]:
    """Every row of a month: the force first, then the teams as they are given."""
    scopes = (FORCE, *team_ids)
    lines = lines_of(month, today, question_set)
    counts = _counts(work, month, scopes, lines, question_set)
    hidden = withheld(
        counts, _links(counts, scopes), rules, _tells_of_the_rest(counts, lines, rules)
    )
    return [_figure(line, scope, counts, hidden, rules) for scope in scopes for line in lines]


def _counts(
    work: Work,
    month: Month,
    scopes: Sequence[UUID],
    lines: Sequence[Line],
    question_set: str | None,
) -> dict[Cell, int]:
    """Each count once, however many rows show it.

    In a month that is final each window is that month, but for the one that reaches back.
    """
    found: dict[Cell, int] = {}
    for is_year in (False, True):
        sums = {
            each: None
            for line in lines
            if (line.window is Window.YEAR) is is_year
            for each in line.sums
        }
        if not sums:
            continue
        window = Window.YEAR if is_year else Window.PERIOD
        period = window.within(Period(month.first, month.last), month.last)
        if period is None:
            raise ValueError("a whole month has days")
        codes = list(dict.fromkeys(code for each in sums for code in each.codes))
        kept: dict[UUID, Counter[str]] = sums_by_scope(
            work.connection, codes, period, scopes, question_set=question_set
        )
        for scope in scopes:
            for each in sums:
                found[scope, is_year, each] = each.of(kept[scope])
    return found


def _links(counts: dict[Cell, int], scopes: Sequence[UUID]) -> Iterator[AddsUp[Cell]]:
    """Teams make the force, and the rows of a table its total."""
    force, *teams = scopes
    for scope, is_year, each in counts:
        if scope == force:
            yield AddsUp(tuple((team, is_year, each) for team in teams), (force, is_year, each))
    for scope in scopes:
        for parts, total in TABLES:
            here = tuple((scope, False, part) for part in parts)
            whole = None if total is None else (scope, False, total)
            if all(cell in counts for cell in here) and (whole is None or whole in counts):
                yield AddsUp(here, whole)


def _tells_of_the_rest(
    counts: dict[Cell, int], lines: Sequence[Line], rules: Rules
) -> Iterator[Cell]:
    """Counts that leave only few over of what they are a part of, which beside it would show."""
    parts = {
        (line.window is Window.YEAR, line.number, line.of) for line in lines if line.of is not None
    }
    scopes = {scope for scope, _, _ in counts}
    for is_year, number, of in parts:
        for scope in scopes:
            cell = (scope, is_year, number)
            if rules.is_small(counts[scope, is_year, of] - counts[cell]):
                yield cell


def _figure(
    line: Line, scope: UUID, counts: dict[Cell, int], hidden: set[Cell], rules: Rules
) -> Figure:
    is_year = line.window is Window.YEAR
    number = _shown((scope, is_year, line.number), counts, hidden, rules)
    if line.of is None:
        return Figure(line, scope, number, None, None)
    whole = (scope, is_year, line.of)
    of = _shown(whole, counts, hidden, rules)
    if of is None or number is None:
        return Figure(line, scope, None, of, None)
    has_rate = of > 0 and rules.has_rate(counts[whole])
    return Figure(line, scope, number, of, min(1.0, number / of) if has_rate else None)


def _shown(cell: Cell, counts: dict[Cell, int], hidden: set[Cell], rules: Rules) -> int | None:
    return None if cell in hidden else rules.rounded(counts[cell])
