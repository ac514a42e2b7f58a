"""Reads for the reports: sums of kept counts, a few statements for a whole page."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.declines import REASONS, Basis, Ending
from dash_forms.domain.definitions import CONVERTED, Window, metric, window_of
from dash_forms.domain.grading import Grade
from dash_forms.domain.metrics import OutcomeCounts
from dash_forms.domain.periods import Month, Period, london_date, months_in
from dash_forms.domain.report_counts import (
    FORCE,
    GRADED_DOWN,
    GRADED_UP,
    VALUES,
    Between,
    Dimension,
    converted,
    grades,
    in_dimension,
    of_outcome,
    of_reason,
)
from dash_forms.domain.statistics import LAST_DAY, still_declined_of
from dash_forms.reporting.baselines import recording_began
from dash_forms.reporting.figures import (
    EVERYTHING,
    DeclineFigures,
    DeclineFilter,
    GradeTable,
    Measured,
    MonthFigures,
    Part,
    ReasonFigures,
    Slice,
    TeamChoice,
    TeamFigures,
    Wanted,
)
from dash_forms.store.report_counts import sets_in_use, sums, sums_by_month, sums_by_scope
from dash_forms.store.teams import teams

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from dash_forms.domain.definitions import Sum
    from dash_forms.domain.statistics import SurvivalPoint
    from dash_forms.store.work import Work

MONTHS_SHOWN = 24

_OUTCOMES = {of_outcome(outcome): outcome for outcome in Outcome}
_DECLINE_REASONS = [each for each in REASONS if each.ending is Ending.DECLINED]
_REASONS = [of_reason(each.code, basis) for each in _DECLINE_REASONS for basis in Basis]
_PLACES = {
    dimension: [
        in_dimension(dimension, value, declined=declined)
        for value in values
        for declined in (True, False)
    ]
    for dimension, values in VALUES.items()
}
_DIMENSIONS: dict[Part, list[Dimension]] = {
    Part.PLACES: [each for each in VALUES if each is not Dimension.RESPONSE],
    Part.BESIDE_WAITS: [Dimension.RESPONSE],
}
"""The breakdowns that a part shows."""
_GRADES = [grades(between, a, b) for between in Between for a in Grade for b in Grade]
_OF_PART: Mapping[Part, Sequence[tuple[Window, list[str]]]] = {
    Part.REASONS: [(Window.PERIOD, _REASONS)],
    **{
        part: [(window_of(each), _PLACES[each]) for each in dimensions]
        for part, dimensions in _DIMENSIONS.items()
    },
    Part.GRADES: [(Window.PERIOD, [GRADED_UP, GRADED_DOWN, *_GRADES])],
    Part.SURVIVAL: [(Window.COHORT, [of_outcome(Outcome.DECLINED), *CONVERTED.plus])],
}
"""The kept counts that a part takes; teams and months ask for their own."""


def teams_to_choose(work: Work) -> tuple[TeamChoice, ...]:
    """Every team, by name."""
    return tuple(TeamChoice(*team) for team in teams(work))


def sets_to_choose(work: Work) -> tuple[str, ...]:
    """Every question set and version in use, as `id.version`."""
    return tuple(sets_in_use(work.connection))


def decline_counts(work: Work, wanted: DeclineFilter) -> OutcomeCounts:
    """How the pairs ended, and nothing else."""
    return _outcomes(_sums(work, wanted, _OUTCOMES, wanted.period))


def decline_figures(
    work: Work, wanted: DeclineFilter, teams: tuple[TeamChoice, ...], shown: Wanted = EVERYTHING
) -> DeclineFigures:
    """What a page shows of the report; what it does not show is not asked for."""
    parts = shown.parts
    by_team = _by_team(work, wanted, teams) if Part.TEAMS in parts else ()
    kept = _kept(work, wanted, shown, counts=_OUTCOMES)
    in_period = kept[Window.PERIOD]
    before = wanted.period.before
    explained = _explained(in_period) if Part.REASONS in parts else 0
    was = _sums(work, wanted, _REASONS, before) if Part.REASONS in parts else {}
    has_grades = Part.GRADES in parts
    return DeclineFigures(
        filter=wanted,
        counts=_outcomes(in_period),
        measures=_measures(work, wanted, shown, kept),
        before=before,
        teams=by_team,
        everywhere=_together(by_team),
        months=_by_month(work, wanted) if Part.MONTHS in parts else (),
        history=decline_history(work, wanted) if Part.HISTORY in parts else {},
        reasons=_reasons(in_period, was) if Part.REASONS in parts else (),
        explained=explained,
        explained_before=_explained(was),
        places=_places(kept, parts),
        survival=_survival(kept[Window.COHORT]) if Part.SURVIVAL in parts else (),
        grade_tables=tuple(GradeTable.of(each, in_period) for each in Between if has_grades),
        regraded={"up": in_period[GRADED_UP], "down": in_period[GRADED_DOWN]},
        earlier=_earlier(work, wanted, teams, shown) if Part.BEFORE in parts else None,
    )


def _earlier(
    work: Work, wanted: DeclineFilter, teams: tuple[TeamChoice, ...], shown: Wanted
) -> DeclineFigures:
    """The measures of the period over the stretch before; those of other days are not compared."""
    codes = tuple(code for code in shown.measures if metric(code).window is Window.PERIOD)
    parts = shown.parts & {Part.TEAMS}
    before = replace(wanted, period=wanted.period.before)
    return decline_figures(work, before, teams, Wanted(parts, codes))


def decline_history(work: Work, wanted: DeclineFilter) -> dict[Month, OutcomeCounts]:
    """The outcomes of each month from the first with a countable one to the last that is over.

    Limits rest on the first months, which may lie long before the period.
    """
    scope = wanted.team.id if wanted.team else FORCE
    began = recording_began(work, scope)
    over = min(wanted.period.end, london_date(work.now) - timedelta(days=1))
    end = Month.of(over) if Month.of(over).last == over else Month.of(over).back(1)
    if began is None or end < began:
        return {}
    window = Period(began.first, end.last)
    found = sums_by_month(
        work.connection, list(_OUTCOMES), window, scope=scope, question_set=wanted.question_set
    )
    counts = {month: _outcomes(found.get(month, Counter())) for month in months_in(window)}
    first = next((month for month, each in counts.items() if each.countable), None)
    return {month: each for month, each in counts.items() if first and month >= first}


def _kept(
    work: Work, wanted: DeclineFilter, shown: Wanted, counts: Iterable[str] = ()
) -> dict[Window, Counter[str]]:
    """The counts of each window, of those measures that the filter can be taken by."""
    today = london_date(work.now)
    codes: dict[Window, dict[str, None]] = {window: {} for window in Window}
    codes[Window.PERIOD].update(dict.fromkeys(counts))
    for code in shown.measures:
        each = metric(code)
        codes[each.window].update(dict.fromkeys(each.codes))
    for part in sorted(shown.parts & _OF_PART.keys()):
        for window, of_part in _OF_PART[part]:
            codes[window].update(dict.fromkeys(of_part))
    if not wanted.question_set:  # these are of the same days, so that one statement has both
        codes[Window.PERIOD].update(codes.pop(Window.ATTENDED))
    found = {}
    for window, of_window in codes.items():
        period = window.within(wanted.period, today)
        is_kept = bool(of_window) and (window.is_by_set or not wanted.question_set)
        found[window] = _sums(work, wanted, of_window, period) if period and is_kept else Counter()
    found.setdefault(Window.ATTENDED, found[Window.PERIOD])
    return found


def _measures(
    work: Work, wanted: DeclineFilter, shown: Wanted, kept: Mapping[Window, Counter[str]]
) -> dict[str, Measured]:
    return {
        each.code: Measured(
            each,
            each.top.of(kept[each.window]),
            each.bottom.of(kept[each.window]),
            measured_over(work, each.window, wanted),
        )
        for each in map(metric, shown.measures)
    }


def measured_over(work: Work, window: Window, wanted: DeclineFilter) -> Period | None:
    """The days that are measured of the period asked for, if any."""
    if wanted.question_set and not window.is_by_set:
        return None
    if window is Window.YEAR:
        return wanted.period.year
    return window.within(wanted.period, london_date(work.now))


def number_of(work: Work, wanted: DeclineFilter, part: Sum, window: Window) -> int:
    """One sum of kept counts, as the reports show it."""
    period = window.within(wanted.period, london_date(work.now))
    if period is None or (wanted.question_set and not window.is_by_set):
        return 0
    return part.of(_sums(work, wanted, part.codes, period))


def _sums(
    work: Work, wanted: DeclineFilter, codes: Collection[str], period: Period
) -> Counter[str]:
    return sums(
        work.connection,
        list(codes),
        period,
        scope=wanted.team.id if wanted.team else FORCE,
        question_set=wanted.question_set,
    )


def _outcomes(kept: Mapping[str, int]) -> OutcomeCounts:
    return OutcomeCounts.of((outcome, kept.get(code, 0)) for code, outcome in _OUTCOMES.items())


def _by_team(
    work: Work, wanted: DeclineFilter, teams: tuple[TeamChoice, ...]
) -> tuple[TeamFigures, ...]:
    found = sums_by_scope(
        work.connection,
        list(_OUTCOMES),
        wanted.period,
        [team.id for team in teams],
        question_set=wanted.question_set,
    )
    return tuple(TeamFigures(team, _outcomes(found[team.id]), wanted.baseline) for team in teams)


def _by_month(work: Work, wanted: DeclineFilter) -> tuple[MonthFigures, ...]:
    window = _trend_window(wanted.period)
    found = sums_by_month(
        work.connection,
        list(_OUTCOMES),
        window,
        scope=wanted.team.id if wanted.team else FORCE,
        question_set=wanted.question_set,
    )
    return tuple(
        MonthFigures(
            month,
            _outcomes(found.get(month, Counter())),
            in_period=month.last >= wanted.period.start,
            is_part=month.last > window.end,
            baseline=wanted.baseline,
        )
        for month in months_in(window)
    )


def _together(teams: Sequence[TeamFigures]) -> OutcomeCounts | None:
    counts = [each.counts for each in teams if isinstance(each.counts, OutcomeCounts)]
    return OutcomeCounts.total_of(counts) if counts else None


def _trend_window(period: Period) -> Period:
    """The months up to the end of the period, whole but for the last."""
    return Period(Month.of(period.end).back(MONTHS_SHOWN - 1).first, period.end)


def _reasons(kept: Mapping[str, int], before: Mapping[str, int]) -> tuple[ReasonFigures, ...]:
    found = [
        ReasonFigures(
            each.code,
            each.label,
            said=kept.get(of_reason(each.code, Basis.SAID), 0),
            inferred=kept.get(of_reason(each.code, Basis.INFERRED), 0),
            before=sum(before.get(of_reason(each.code, basis), 0) for basis in Basis),
        )
        for each in _DECLINE_REASONS
    ]
    given = [each for each in found if each.total or each.before]
    return tuple(sorted(given, key=lambda each: (-each.total, each.label)))


def _explained(kept: Mapping[str, int]) -> int:
    return sum(kept.get(code, 0) for code in _REASONS)


def _places(
    kept: Mapping[Window, Counter[str]], parts: Collection[Part]
) -> dict[Dimension, tuple[Slice, ...]]:
    return {
        dimension: tuple(
            Slice(
                value,
                kept[window_of(dimension)][in_dimension(dimension, value, declined=True)],
                kept[window_of(dimension)][in_dimension(dimension, value, declined=False)],
            )
            for value in VALUES[dimension]
        )
        for part, dimensions in _DIMENSIONS.items()
        if part in parts
        for dimension in dimensions
    }


def _survival(kept: Mapping[str, int]) -> tuple[SurvivalPoint, ...]:
    ended = {day: kept.get(converted(day), 0) for day in range(LAST_DAY + 1)}
    return still_declined_of(kept.get(of_outcome(Outcome.DECLINED), 0), ended)
