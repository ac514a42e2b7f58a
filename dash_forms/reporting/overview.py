"""What stands beside the headline: the strip of D1 to D3, the balancing measures, what it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.metrics import Verdict, decline_rate, percent
from dash_forms.domain.statistics import pairs_needed
from dash_forms.reporting.changes import Direction, direction, of_rounded
from dash_forms.reporting.charts import Mark, axis_for
from dash_forms.reporting.needed import FARTHEST_MORE, about, more_cases

if TYPE_CHECKING:
    from dash_forms.domain.baselines import Baseline
    from dash_forms.domain.metrics import DeclineRate
    from dash_forms.reporting.charts import Axis
    from dash_forms.reporting.figures import DeclineFigures, Measured

STRIP = ("D1", "D2", "D3")
BALANCE = ("B1", "B2", "B4", "O3", "O2", "B5", "B3", "O1", "O4")
"""In the order in which pressure on the decline rate would show."""
BOUGHT_WITH = ("B1", "B2", "B4", "O2", "O3")
"""Whatever a decline can be written down as instead."""
COMPARED = ("D1", *BALANCE)
"""What is set beside the period before."""
OPEN_COUNTS_AGAINST = frozenset({"O1", "O4"})
"""A case without an outcome yet counts as not offered, or not complete."""
SMALLER_BY = (0.03, 0.05, 0.08, 0.13)


@dataclass(frozen=True, slots=True)
class Change:
    """One measure, now and in the period of the same length before."""

    now: Measured
    before: Measured
    is_final: bool = True
    """Whether what is still open cannot change it: a period that goes on has more of that."""

    @property
    def direction(self) -> Direction:
        """Of the one to the other; of rounded counts only what the exact ones say, too."""
        if self.now.is_withheld or self.before.is_withheld:
            return Direction.WITHHELD
        if not self.is_final:
            return Direction.NOT_FINAL
        found = direction(self.now.sample, self.before.sample)
        if self.now.behind and self.before.behind:
            return of_rounded(found, self.now.behind.sample, self.before.behind.sample)
        return found


@dataclass(frozen=True, slots=True)
class StripRow:
    """One of the three rates, and its mark where there are enough cases for one."""

    measure: Measured
    rate: DeclineRate
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Strip:
    """D1 to D3 on one axis: how far the answer depends on which pairs are counted."""

    axis: Axis
    reported: float
    rows: tuple[StripRow, ...]
    baseline: Baseline

    @classmethod
    def of(cls, figures: DeclineFigures) -> Strip:
        """Lay out the strip of a report."""
        baseline = figures.filter.baseline
        measured = [figures.measures[code] for code in STRIP]
        rates = [
            decline_rate(each.numerator, each.denominator, baseline, has_rate=each.has_rate)
            for each in measured
        ]
        axis = axis_for(rates)
        return cls(
            axis,
            axis.place(baseline.rate),
            tuple(
                StripRow(each, rate, Mark.of(rate, axis))
                for each, rate in zip(measured, rates, strict=True)
            ),
            baseline,
        )

    @property
    def words(self) -> str:
        """On which side of the baseline the three lie; empty where there is no rate."""
        sides: dict[str, list[str]] = {"below": [], "at": [], "above": []}
        for row in self.rows:
            if row.rate.rate is not None:
                code = row.measure.metric.code
                sides[_side(row.rate.rate, self.baseline.rate)].append(code)
        found = {side: codes for side, codes in sides.items() if codes}
        if len(found) > 1:
            where = ", ".join(f"{' and '.join(codes)} {side}" for side, codes in found.items())
            verdicts = {row.rate.verdict for row in self.rows if row.rate.rate is not None}
            which = (
                "Which cases are counted decides the answer here."
                if len(verdicts) > 1
                else "Chance alone could have put each on its side."
                if verdicts == {Verdict.NOT_DISTINGUISHABLE}
                else ""
            )
            words = f"They lie on different sides of {self.baseline.percent}: {where}. {which}"
            return words.rstrip()
        return "".join(f"All lie {side} {self.baseline.percent}." for side in found)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the first page shows beside the headline."""

    strip: Strip
    balance: tuple[Change, ...]
    rose_as_declines_fell: tuple[Measured, ...]
    """What rose while the decline rate fell: the fall may have been bought with it."""
    needed: str
    needed_for: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, figures: DeclineFigures) -> Overview:
        """Set a report beside the measures of the period before it."""
        before = figures.earlier.measures if figures.earlier else {}
        is_over = figures.counts[Outcome.PENDING] == 0
        changes = {
            code: Change(
                figures.measures[code],
                before[code],
                is_final=is_over or code not in OPEN_COUNTS_AGAINST,
            )
            for code in COMPARED
        }
        fell = changes["D1"].direction is Direction.LOWER
        return cls(
            strip=Strip.of(figures),
            balance=tuple(changes[code] for code in BALANCE),
            rose_as_declines_fell=tuple(
                changes[code].now
                for code in BOUGHT_WITH
                if fell and changes[code].direction is Direction.HIGHER
            ),
            needed=needed_words(figures.rate),
            needed_for=needed_for(figures.filter.baseline),
        )


def needed_words(rate: DeclineRate) -> str:
    """How many more cases would tell a rate from its baseline; empty where there is no rate."""
    if rate.rate is None or rate.denominator is None:
        return ""
    if rate.verdict in {Verdict.LOWER, Verdict.HIGHER}:
        return f"There are enough cases to tell it from {rate.baseline.name}."
    more = more_cases(rate)
    if more is None:
        return f"It is {rate.baseline.name} exactly, which no number of cases can tell apart."
    if more == 0:
        return (
            "More cases here would not help: it is the baseline that rests on too few to tell the"
            " two apart."
        )
    if more > FARTHEST_MORE:
        return f"It is too near to {rate.baseline.name} for any number of cases that will come."
    return (
        f"At the present rate it would take {about(more)} to tell it from {rate.baseline.name},"
        " four times in five."
    )


def needed_for(baseline: Baseline) -> tuple[tuple[str, int], ...]:
    """How many cases it takes to tell rates from a baseline taken as exact, four times in five."""
    rates = [baseline.rate - by for by in SMALLER_BY]
    return tuple(
        (percent(rate), needed)
        for rate in rates
        if rate > 0 and (needed := pairs_needed(rate, baseline=baseline.rate))
    )


def _side(rate: float, baseline: float) -> str:
    if rate == baseline:
        return "at"
    return "below" if rate < baseline else "above"
