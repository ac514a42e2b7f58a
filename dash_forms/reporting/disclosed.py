"""What of a report its reader may see: true counts, or none that is small and the rest rounded.

Sergeants, inspectors and specialists may open the records behind a number, and see it as it is.
Whoever reads reports alone, as an analyst does, gets figures in which small counts are withheld and
the others rounded, before anything is made of them: rates, intervals, verdicts, orders and drawings
are all of those, so that none can give back what was withheld. This is the one place from which the
pages get figures.

Rounding is the same every time, so windows that overlap would tell by their differences what each
of them withholds: these readers get fixed periods that are over, of which any two are apart or one
holds the other (`FixedPeriod`), whatever days an address names (`reporting/filters.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.baselines import Baseline, Origin, Rate
from dash_forms.domain.definitions import METRICS
from dash_forms.domain.disclosure import Count, controlled, exact, told_of
from dash_forms.domain.metrics import FEWEST_FOR_A_RATE, decline_rate, is_complete, percent
from dash_forms.domain.periods import FixedPeriod
from dash_forms.domain.permissions import Actor, Permission
from dash_forms.domain.report_counts import of_outcome
from dash_forms.domain.statistics import (
    LAST_DAY,
    Sample,
    SurvivalPoint,
    Weights,
    weighted_kappa,
    wilson_interval,
)
from dash_forms.reporting.figures import (
    NO_REASON,
    DeclineFigures,
    Measured,
    MonthFigures,
    Part,
    Slice,
    TeamFigures,
    Wanted,
    kappa_words,
)
from dash_forms.reporting.queries import decline_figures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dash_forms.domain.definitions import Sum
    from dash_forms.domain.disclosure import Rules
    from dash_forms.domain.metrics import DeclineRate, OutcomeCounts
    from dash_forms.domain.report_counts import Between
    from dash_forms.reporting.figures import Counts, DeclineFilter, Grades, Reason, TeamChoice
    from dash_forms.store.work import Work

WEEK = 7
_BY_CODE = {of_outcome(outcome): outcome for outcome in Outcome}


def _outcomes_in(total: Sum) -> frozenset[Outcome] | None:
    """The outcomes whose pairs a sum adds up; None where it counts anything else."""
    plus, minus = set(total.plus), set(total.minus)
    if not (plus <= _BY_CODE.keys() and minus <= plus):
        return None
    return frozenset(_BY_CODE[code] for code in plus - minus)


_ALL = frozenset(Outcome)
_COUNTABLE = frozenset(outcome for outcome in Outcome if outcome.is_countable)
_SUMS = {
    *(frozenset({outcome}) for outcome in Outcome),
    *(_outcomes_in(each) for metric in METRICS for each in (metric.top, metric.bottom)),
    _ALL,
    _COUNTABLE,
} - {None}
"""Every sum of outcomes that is told anywhere."""


@dataclass(frozen=True, slots=True)
class ShownOutcomes:
    """How pairs ended, as far as it may be told: every sum of outcomes that any measure takes.

    A sum is of what is told of each outcome, with the same number for every one that is withheld.
    So no sum, and no difference of two, tells more of a small count than that it is small; and a
    number is the same wherever it stands.
    """

    sums: Mapping[frozenset[Outcome], int | None]
    has_rate: bool
    """Whether there are enough countable pairs for D1."""
    has_shares: bool
    """Whether there are enough pairs of all kinds for the share of one."""
    most_withheld: int
    """How many pairs an outcome can have that is withheld."""

    @classmethod
    def of(cls, counts: OutcomeCounts, rules: Rules) -> ShownOutcomes:
        """What of true counts may be told."""
        shown = {each: rules.shown(counts[each]) for each in Outcome}
        sums = {each: _sum([shown[one] for one in each], rules) for each in _SUMS if each}
        least = sum(rules.least_of(shown[each]) for each in _COUNTABLE)
        least_of_all = sum(rules.least_of(each) for each in shown.values())
        return cls(
            sums,
            has_rate=least >= rules.fewest_for_a_rate,
            has_shares=least_of_all >= rules.fewest_for_a_rate,
            most_withheld=rules.smallest - 1,
        )

    def without_declines(self) -> ShownOutcomes:
        """The same with every sum withheld from which that of the declines could be told."""
        hidden = [each for each in self.sums if Outcome.DECLINED in each]
        return replace(self, sums={**self.sums, **dict.fromkeys(hidden)})

    def __getitem__(self, outcome: Outcome) -> int | None:
        return self.sums[frozenset({outcome})]

    @property
    def all(self) -> int | None:
        """Every pair, whatever became of it."""
        return self.sums[_ALL]

    @property
    def countable(self) -> int | None:
        """The denominator of D1."""
        return self.sums[_COUNTABLE]

    @property
    def declined_of(self) -> tuple[int, int]:
        """The two counts of D1; none of none where the reader gets no rate of them."""
        declined, countable = self[Outcome.DECLINED], self.countable
        if declined is None or countable is None or not self.has_rate:
            return 0, 0
        return declined, countable

    def rate_against(self, baseline: Baseline) -> DeclineRate:
        """D1 of these counts, against any baseline."""
        declined, countable = self[Outcome.DECLINED], self.countable
        return decline_rate(declined, countable, baseline, has_rate=self.has_rate)

    def share(self, outcome: Outcome) -> float | None:
        """The part of all pairs that ended so, when there are enough for a rate."""
        number = self[outcome]
        if number is None or not self.all or not self.has_shares:
            return None
        return min(1.0, number / self.all)

    @property
    def allow_a_verdict(self) -> bool:
        """Whether enough of the pairs have an outcome to judge by, at the worst."""
        if self.all is None:
            return True  # so few have no rate, and no verdict either
        pending = self[Outcome.PENDING]
        return is_complete(self.most_withheld if pending is None else pending, self.all)


def _sum(shown: Sequence[int | None], rules: Rules) -> int | None:
    """The sum of what is told; withheld where nothing is."""
    if None in shown and not any(shown):
        return None
    return sum(rules.in_totals if each is None else each for each in shown)


@dataclass(frozen=True, slots=True)
class ShownReason:
    """A primary reason, as far as it may be told how often it was given."""

    code: str
    label: str
    said: int | None
    inferred: int | None
    total: int | None
    before: int | None
    behind: tuple[Sample | None, Sample | None] = (None, None)
    """The exact counts now and before, of all declines, of which nothing is told but whether they
    bear out a change of the rounded ones."""


@dataclass(frozen=True, slots=True)
class ShownGrades:
    """How two people graded the same attempts, as far as it may be told."""

    between: Between
    counts: tuple[tuple[int | None, ...], ...]
    total: int | None
    agreed: int | None
    has_rate: bool

    @property
    def words(self) -> str:
        """How far the two agree, as far as the numbers allow."""
        counts = f"The same grade {told_of(self.agreed, self.total)} times"
        if self.agreed is None or self.total is None:
            return f"{counts}; no rate."
        if not self.has_rate or self.total < FEWEST_FOR_A_RATE:
            return f"{counts}; too few for a rate."
        counts = f"{counts}: {percent(self.agreed / self.total)}."
        cells = [[each for each in row if each is not None] for row in self.counts]
        if any(len(row) < len(self.counts) for row in cells):
            return f"{counts} No kappa, because grades are withheld."
        return f"{counts} {kappa_words(weighted_kappa(cells, weights=Weights.LINEAR))}"


def is_controlled(reader: Actor) -> bool:
    """Whether a reader of reports may open none of the records behind them: see above."""
    return not reader.may(Permission.VIEW_COUNTED_RECORDS)


def figures_for_reader(
    work: Work,
    wanted: DeclineFilter,
    teams: tuple[TeamChoice, ...],
    shown: Wanted,
    rules: Rules,
) -> DeclineFigures:
    """The figures of a page, for whoever reads it: only who may open records sees true counts.

    Everybody else gets fixed periods; TypeError says that a page asked for other days by mistake.
    """
    if not is_controlled(work.by):
        return decline_figures(work, wanted, teams, shown)
    if not isinstance(wanted.period, FixedPeriod):
        raise TypeError("whoever is under control gets figures of fixed periods alone")
    if wanted.team:  # what the table of teams withholds of one, choosing that team must not tell
        shown = replace(shown, parts=shown.parts | {Part.TEAMS})
    return disclosed(decline_figures(work, wanted, teams, shown), rules.on_screen)


def baseline_for_reader(reader: Actor, baseline: Baseline, rules: Rules) -> Baseline | None:
    """A baseline; of the force's own counts they are rounded, and there is none if one is small."""
    known = baseline.rate_known
    is_own = baseline.origin is Origin.OWN
    if not is_own or not is_controlled(reader):
        return baseline
    if known.declined is None or known.cases is None:
        return baseline
    counted = [Count(known.declined, known.cases)]
    [shown] = controlled(counted, rules.on_screen, is_whole=False)
    if shown.rate is None or not 0 < shown.rate < 1:
        return None
    return replace(baseline, rate_known=Rate(shown.rate, shown.of, shown.number))


def disclosed(figures: DeclineFigures, rules: Rules) -> DeclineFigures:
    """True figures as they may be told under the rules. What is not named here is left out."""
    counts, teams = _outcomes(figures.counts, rules), _teams(figures.teams, rules)
    for each in teams:
        if each.team == figures.filter.team:
            counts = _outcomes(each.counts, rules)
    measures = {
        code: _measure(each, counts if each.period == figures.filter.period else None, rules)
        for code, each in figures.measures.items()
    }
    reasons = _reasons(figures.reasons, rules)
    is_all = figures.explained == figures.counts[Outcome.DECLINED]
    return DeclineFigures(
        filter=figures.filter,
        counts=counts,
        measures=measures,
        before=figures.before,
        teams=teams,
        everywhere=_outcomes(figures.everywhere, rules) if figures.everywhere else None,
        months=tuple(
            MonthFigures(
                each.month,
                _outcomes(each.counts, rules),
                each.in_period,
                each.is_part,
                each.baseline,
            )
            for each in figures.months
        ),
        history={month: _outcomes(each, rules) for month, each in figures.history.items()},
        reasons=reasons,
        explained=_total(figures.explained, counts if is_all else None, rules),
        explained_before=_total(figures.explained_before, None, rules),
        places={
            dimension: _slices(slices, figures.counts, counts, rules)
            for dimension, slices in figures.places.items()
        },
        survival=tuple(_weeks(figures.survival, measures.get("D5"), rules)),
        grade_tables=tuple(_grades(each, rules) for each in figures.grade_tables),
        regraded=_regraded(figures.regraded, measures.get("R2"), rules),
        earlier=disclosed(figures.earlier, rules) if figures.earlier else None,
        control=rules,
    )


def _outcomes(counts: Counts, rules: Rules) -> ShownOutcomes:
    return counts if isinstance(counts, ShownOutcomes) else ShownOutcomes.of(counts, rules)


def _teams(teams: Sequence[TeamFigures], rules: Rules) -> tuple[TeamFigures, ...]:
    """Each team; one of few declines, or few cases, is not alone in being withheld."""
    shown = [_outcomes(each.counts, rules) for each in teams]
    others = {
        at
        for numbers in (
            [exact(each.counts[Outcome.DECLINED]) for each in teams],
            [exact(each.counts.countable) for each in teams],
        )
        for at, row in enumerate(controlled([Count(n) for n in numbers], rules, is_whole=True))
        if row.number is None and not rules.is_small(numbers[at])
    }
    return tuple(
        replace(each, counts=counts.without_declines() if at in others else counts)
        for at, (each, counts) in enumerate(zip(teams, shown, strict=True))
    )


def _measure(measured: Measured, counts: ShownOutcomes | None, rules: Rules) -> Measured:
    """One measure; what the outcomes of the same days tell of its counts is told here, too."""
    number, of = exact(measured.numerator), exact(measured.denominator)
    [row] = controlled([Count(number, of)], rules, is_whole=False)
    top, bottom = _outcomes_in(measured.metric.top), _outcomes_in(measured.metric.bottom)
    return replace(
        measured,
        numerator=counts.sums[top] if counts and top else row.number,
        denominator=counts.sums[bottom] if counts and bottom else row.of,
        has_rate=counts.has_rate if counts and bottom == _COUNTABLE else rules.has_rate(of),
        behind=measured,
    )


def _total(number: int | None, counts: ShownOutcomes | None, rules: Rules) -> int | None:
    """How many declines have a reason; not told where they are too few for shares."""
    true = exact(number)
    if true and (rules.is_small(true) or not rules.has_rate(true)):
        return None
    return counts[Outcome.DECLINED] if counts else rules.rounded(true)


def _reasons(reasons: Sequence[Reason], rules: Rules) -> tuple[ShownReason, ...]:
    """The most common first, by what is told of them."""
    reasons = sorted(reasons, key=lambda each: each.label)
    codes = [each.code for each in reasons]
    totals = _settled(codes, [exact(each.total) for each in reasons], rules)
    before = _settled(codes, [exact(each.before) for each in reasons], rules)
    declined = sum(exact(each.total) for each in reasons)
    declined_before = sum(exact(each.before) for each in reasons)
    found = []
    for each, total, was in zip(reasons, totals, before, strict=True):
        words = [Count(exact(each.said)), Count(exact(each.inferred))]
        said, inferred = (row.number for row in controlled(words, rules, is_whole=True))
        if total is None:
            said = inferred = None
        behind = (
            _sample(exact(each.total), declined),
            _sample(exact(each.before), declined_before),
        )
        found.append(ShownReason(each.code, each.label, said, inferred, total, was, behind))
    return tuple(sorted(found, key=_place))


def _sample(number: int, of: int) -> Sample | None:
    return Sample(number, of) if of else None


def _place(row: ShownReason) -> tuple[int, int, str]:
    """What is told by size, then what is withheld and what there is none of, by name."""
    rank = 1 if row.total is None else 0 if row.total else 2
    return rank, -(row.total or 0), row.label


def _settled(codes: Sequence[str], totals: Sequence[int], rules: Rules) -> list[int | None]:
    """The totals of reasons; that of none given is told, or not, as B5 has it."""
    rows = dict(zip(codes, totals, strict=True))
    told: dict[str, int | None] = {}
    if (number := rows.get(NO_REASON)) is not None:
        [own] = controlled([Count(number, sum(totals))], rules, is_whole=False)
        told[NO_REASON] = own.number
        if own.number is not None:
            del rows[NO_REASON]
    shown = controlled([Count(each) for each in rows.values()], rules, is_whole=True)
    found = {code: row.number for code, row in zip(rows, shown, strict=True)} | told
    return [found[code] for code in codes]


def _slices(
    slices: Sequence[Slice], true: Counts, counts: ShownOutcomes, rules: Rules
) -> tuple[Slice, ...]:
    """The parts of a breakdown; one that holds everybody is told as the whole is."""
    pairs = [Count(exact(each.declined), exact(each.countable)) for each in slices]
    rows = controlled(pairs, rules, is_whole=True)
    found = []
    for each, pair, row in zip(slices, pairs, rows, strict=True):
        number, of = row.number, row.of
        if pair.of == true.countable:
            number, of = counts[Outcome.DECLINED], counts.countable
        has_rate = rules.has_rate(exact(pair.of))
        found.append(Slice(each.value, number, of, has_rate))
    return tuple(found)


def _grades(table: Grades, rules: Rules) -> ShownGrades:
    width = len(table.counts)
    cells = [Count(exact(each)) for row in table.counts for each in row]
    shown = [row.number for row in controlled(cells, rules, is_whole=True)]
    total = exact(table.total)
    [agreed] = controlled([Count(exact(table.agreed), total)], rules, is_whole=False)
    return ShownGrades(
        table.between,
        tuple(tuple(shown[at * width : (at + 1) * width]) for at in range(width)),
        agreed.of,
        agreed.number,
        has_rate=rules.has_rate(total),
    )


def _regraded(
    numbers: Mapping[str, int | None], measured: Measured | None, rules: Rules
) -> dict[str, int | None]:
    """Up and down; neither where their sum is withheld."""
    shown = controlled([Count(exact(each)) for each in numbers.values()], rules, is_whole=True)
    is_told = measured is None or measured.numerator is not None
    return {name: row.number if is_told else None for name, row in zip(numbers, shown, strict=True)}


def _weeks(
    points: Sequence[SurvivalPoint], measured: Measured | None, rules: Rules
) -> Iterator[SurvivalPoint]:
    """Who still declines at the end of weeks between which none, or no small count, was assessed.

    All at risk and all assessed so far are rounded, not the steps; so the last is D5.
    """
    if not points or measured is None or measured.sample is None:
        return
    so_far = list(accumulate(each.ended for each in points))
    days = [LAST_DAY]
    for day in range(LAST_DAY - WEEK, 0, -WEEK):
        if not (rules.is_small(so_far[day]) or rules.is_small(so_far[days[0]] - so_far[day])):
            days.insert(0, day)
    n = measured.sample.denominator
    ended = [0, *(rules.rounded(so_far[day]) for day in days)]
    for day, (before, after) in zip(days, pairwise(ended), strict=True):
        left = n - after
        yield SurvivalPoint(day, n - before, after - before, left / n, wilson_interval(left, n))
