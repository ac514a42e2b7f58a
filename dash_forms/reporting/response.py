"""How long victims wait for the police, by grade of the call, and declines beside their waits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dash_forms.domain.definitions import in_time, late, metric, waits_of
from dash_forms.domain.disclosure import told as told_words
from dash_forms.domain.metrics import (
    FEWEST_FOR_A_RATE,
    FEWEST_FOR_A_VERDICT,
    DeclineRate,
    decline_rate,
    percent,
)
from dash_forms.domain.report_counts import FORCE, Dimension, of_wait
from dash_forms.domain.response import (
    BANDS,
    NOT_KNOWN,
    WAITS,
    CallGrade,
    between_words,
    median_bands,
    share_bounds,
)
from dash_forms.domain.statistics import OddsRatio, Sample, mantel_haenszel
from dash_forms.reporting.charts import Axis, Mark, axis_for
from dash_forms.reporting.places import Part, place_label
from dash_forms.reporting.queries import measured_over
from dash_forms.reporting.shares import ShareFigures, share_figures, told
from dash_forms.store.report_counts import sums, sums_by_scope

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from dash_forms.domain.baselines import Baseline
    from dash_forms.domain.disclosure import Rules
    from dash_forms.domain.periods import Period
    from dash_forms.reporting.figures import DeclineFilter, Measured, Slice, TeamChoice
    from dash_forms.store.work import Work

T1, T3 = metric("T1"), metric("T3")
SOON, LONG = ("within_1_h", "within_4_h"), ("within_24_h", "over_24_h")
"""The bands of declines that lie on either side of 4 hours."""


@dataclass(frozen=True, slots=True)
class GradeWaits:
    """The waits of incidents of one grade. A count is None where it is withheld."""

    grade: CallGrade
    counts: Mapping[str, int | None]
    """By band, and of those whose wait is not known."""
    within: DeclineRate
    """Within 4 hours, of those whose wait is known."""
    over: DeclineRate
    """More than 7 days."""
    has_rate: bool
    """Whether the reader may be told a rate of so many, as they look to them."""

    @property
    def is_empty(self) -> bool:
        """Whether there was no such incident."""
        return not any(each is None or each for each in self.counts.values())

    @property
    def unknown(self) -> int | None:
        """Those without a time of arrival."""
        return self.counts[NOT_KNOWN]

    @property
    def within_bounds(self) -> str:
        """Between what T1 lies, whatever those without an arrival turn out to be."""
        return self._bounds(self.within)

    @property
    def over_bounds(self) -> str:
        """The same of those who waited more than 7 days."""
        return self._bounds(self.over)

    def _bounds(self, rate: DeclineRate) -> str:
        """Of counts as they are told; empty where all or none are known, few, or withheld.

        Calls for the telephone have none: nobody is expected to come.
        """
        number, known, unknown = rate.numerator, rate.denominator, self.unknown
        if number is None or not known or not unknown or not self.grade.is_visit:
            return ""
        if known + unknown < FEWEST_FOR_A_RATE:
            return ""
        lower, upper = share_bounds(number, known, unknown)
        return f"{percent(lower)} to {percent(upper)}"

    @property
    def bounds_words(self) -> str:
        """What those without an arrival can change, in a sentence; empty where there are none."""
        if self.unknown == 0:
            return ""
        if not self.within_bounds or not self.over_bounds:
            return (
                f"How far the {told_words(self.unknown)} of grade 2 without a time of arrival could"
                " move T1 and T2 is not said: counts are few, or withheld."
            )
        return (
            f"Whatever the {told_words(self.unknown)} of grade 2 without a time of arrival turn out"
            f" to be, T1 lies between {self.within_bounds.replace(' to ', ' and ')} and T2 between"
            f" {self.over_bounds.replace(' to ', ' and ')}: T1 is lowest and T2 highest if all of"
            " them waited more than 7 days, which whoever still waits has, and the other way round"
            " if officers came to all within 4 hours."
        )

    @property
    def median(self) -> str:
        """Between which bounds the median lies, or why it is not said."""
        known = self.within.denominator
        if known is None:
            return "Withheld"
        if not self.has_rate or known < FEWEST_FOR_A_RATE:
            return "Too few for a median" if known else "No cases"
        counts = [self.counts[each.code] for each in BANDS]
        found = median_bands(counts, known)
        words = between_words(*found) if found else ""
        if found and not words and None not in counts:  # the two in the middle lie at either end
            words = f"half up to {BANDS[0].end}, half more than {BANDS[-2].end}"
        return words[:1].upper() + words[1:] if words else "Not told: counts are withheld"


@dataclass(frozen=True, slots=True)
class WaitFigures:
    """The waits for one filter. A count is None where it is withheld from the reader."""

    share: ShareFigures
    """T1, by month and by team."""
    grades: tuple[GradeWaits, ...]
    unknown: int | None
    """Incidents that somebody was to attend, and whose wait is not known."""
    visits: int | None
    unknown_by_team: Mapping[UUID, int | None]
    """Of grade 2."""

    @property
    def shown(self) -> tuple[GradeWaits, ...]:
        """The grades that there were any of."""
        return tuple(each for each in self.grades if not each.is_empty)

    @property
    def second(self) -> GradeWaits:
        """Those of grade 2, of which T1 is."""
        return next(each for each in self.grades if each.grade is CallGrade.GRADE_2)

    def told_in(self, measures: Mapping[str, Measured]) -> tuple[Measured, ...]:
        """T1 to T3 with the counts that the rest of the page has."""
        over = self.second.over
        return (
            replace(measures["T1"], numerator=self.share.number, denominator=self.share.of),
            replace(measures["T2"], numerator=over.numerator, denominator=over.denominator),
            measures["T3"],
        )


def wait_figures(
    work: Work,
    wanted: DeclineFilter,
    teams: tuple[TeamChoice, ...],
    control: Rules | None = None,
) -> WaitFigures | None:
    """The waits of incidents, from kept counts alone; None by question set, which they have not.

    Under `control` small counts are withheld and the others rounded, before anything is made of
    them.
    """
    period = measured_over(work, T1.window, wanted)
    counts = wait_counts(work, wanted)
    if period is None or counts is None:
        return None
    share = share_figures(work, wanted, teams, T1, period=period, control=control)
    visits, known = T3.bottom.of(counts), T3.top.of(counts)
    grades = [_of_grade(each, counts, share, control) for each in CallGrade]
    unknown_by_team = _unknown_by_team(work, period, teams, control)
    if wanted.team and unknown_by_team[wanted.team.id] is None:
        grades = [_without_unknown(each) for each in grades]
    return WaitFigures(
        share,
        tuple(grades),
        visits - known if control is None else control.shown(visits - known),
        visits if control is None else control.shown(visits),
        unknown_by_team,
    )


def _without_unknown(waits: GradeWaits) -> GradeWaits:
    """Grade 2 of a team of which the table of teams withholds how many are not known."""
    if waits.grade is not CallGrade.GRADE_2:
        return waits
    return replace(waits, counts={**waits.counts, NOT_KNOWN: None})


def _unknown_by_team(
    work: Work, period: Period, teams: Sequence[TeamChoice], control: Rules | None
) -> dict[UUID, int | None]:
    """How many of grade 2 have no time of arrival, of each team."""
    code, ids = of_wait(CallGrade.GRADE_2, NOT_KNOWN), [team.id for team in teams]
    found = sums_by_scope(work.connection, [code], period, ids)
    rows = told(((found[each][code], 0) for each in ids), control, is_whole=True)
    return {each: number for each, (number, _, _) in zip(ids, rows, strict=True)}


def wait_counts(work: Work, wanted: DeclineFilter) -> Counter[str] | None:
    """Incidents by grade and wait; None by question set, and where none is old enough yet."""
    period = measured_over(work, T1.window, wanted)
    if period is None:
        return None
    codes = [of_wait(grade, band) for grade in CallGrade for band in WAITS]
    scope = wanted.team.id if wanted.team else FORCE
    return sums(work.connection, codes, period, scope=scope)


def _of_grade(
    grade: CallGrade, counts: Mapping[str, int], share: ShareFigures, control: Rules | None
) -> GradeWaits:
    """One grade; of grade 2, T1 is what it is by month and by team."""
    rows = told(
        ((counts.get(of_wait(grade, each), 0), 0) for each in WAITS), control, is_whole=True
    )
    cells: dict[str, int | None] = {
        band: number for band, (number, _, _) in zip(WAITS, rows, strict=True)
    }
    known = waits_of(grade).of(counts)
    [within] = told([(in_time(grade).of(counts), known)], control, is_whole=False)
    [over] = told([(late(grade).of(counts), known)], control, is_whole=False)
    if grade is CallGrade.GRADE_2:
        within = share.number, share.of, share.has_rate
        cells |= dict.fromkeys(_bands_that_tell(share))
    number, has_rate = over[0], within[2]
    if cells[BANDS[-1].code] is None:  # withheld to hide another, it is not told here either
        number = None
    return GradeWaits(
        grade,
        cells,
        decline_rate(within[0], within[1], has_rate=has_rate),
        decline_rate(number, within[1], has_rate=has_rate),
        has_rate,
    )


def _bands_that_tell(share: ShareFigures) -> tuple[str, ...]:
    """The bands whose sum is a part of T1 that is withheld, as that of a team is for another's.

    Those up to 4 hours are its upper number; what is beyond them, taken from all, is that number,
    too: so the next band goes with them, however many it has.
    """
    codes = tuple(each.code for each in BANDS)
    if share.of is None:
        return codes
    return codes[: codes.index("within_4_h") + 2] if share.number is None else ()


@dataclass(frozen=True, slots=True)
class GradeDeclines:
    """Decline rates by wait within one grade, of those waits that there were."""

    grade: CallGrade
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class DeclinesByWait:
    """Decline rates by grade and wait, on one scale, and long waits against short within grades."""

    axis: Axis
    reported: float
    grades: tuple[GradeDeclines, ...]
    ratio: OddsRatio | None
    """The odds after more than 4 hours over those within; None for few."""
    strata: Mapping[CallGrade, tuple[Sample, Sample]]
    """Those after more than 4 hours and those within, of every grade that has both."""
    soon: Sample | None
    long: Sample | None
    """Those compared, all grades together."""

    @classmethod
    def of(cls, slices: Sequence[Slice], baseline: Baseline) -> DeclinesByWait:
        """Lay out the parts, as far as they are told, and compare what is told."""
        by_value = {each.value: each for each in slices}
        rates = {value: each.rate_against(baseline) for value, each in by_value.items()}
        axis = axis_for([decline_rate(0, 0, baseline), *rates.values()])
        grades = []
        for grade in CallGrade:
            parts = tuple(
                Part(
                    value,
                    place_label(Dimension.DELAY, value.split(".")[1]),
                    rate,
                    Mark.of(rate, axis),
                )
                for value, rate in rates.items()
                if value.split(".")[0] == grade and rate.denominator != 0
            )
            if parts:
                grades.append(GradeDeclines(grade, parts))
        strata = {
            grade: (long, soon)
            for grade in CallGrade
            if (long := _together(grade, LONG, by_value))
            and (soon := _together(grade, SOON, by_value))
        }
        enters = [each for each in strata.values() if _is_enough(each)]
        long, soon = _summed([each for each, _ in enters]), _summed([each for _, each in enters])
        is_enough = (
            long and soon and min(long.denominator, soon.denominator) >= FEWEST_FOR_A_VERDICT
        )
        return cls(
            axis,
            axis.place(baseline.rate),
            tuple(grades),
            mantel_haenszel(enters) if is_enough else None,
            strata,
            soon,
            long,
        )

    @property
    def compared(self) -> tuple[CallGrade, ...]:
        """The grades with enough victims on each side to enter."""
        return tuple(grade for grade, sides in self.strata.items() if _is_enough(sides))

    @property
    def answer(self) -> str:
        """Whether waits go with declines, as short as can be said."""
        if self.ratio is None:
            return "Declines and waits: too few to compare long waits with short ones."
        lower, upper = self.ratio.interval.lower, self.ratio.interval.upper
        claim = "no difference shown"
        if lower > 1 or upper < 1:
            claim = f"{'more' if lower > 1 else 'fewer'} declined after more than 4 hours"
        return (
            f"Declines and waits: {claim} (odds ratio {self.ratio.value:.2f}, 95% interval"
            f" {lower:.2f} to {upper:.2f}). An association, not a cause."
        )

    @property
    def words(self) -> str:
        """The comparison within grades in a sentence."""
        if self.ratio is None:
            return "Too few for a comparison of long waits with short ones within grades."
        lower, upper = self.ratio.interval.lower, self.ratio.interval.upper
        claim = (
            "which leaves out 1" if lower > 1 or upper < 1 else "which takes in 1, no difference"
        )
        return (
            "Among calls of the same grade, the odds that a victim declined where the police took"
            f" more than 4 hours were {self.ratio.value:.2f} times those where they came within 4"
            f" hours (95% interval {lower:.2f} to {upper:.2f}, {claim})."
        )

    @property
    def counts_words(self) -> str:
        """What is compared, all grades together, and what each grade brings to either side."""
        if self.soon is None or self.long is None:
            return ""
        enter = self._sides(self.compared)
        left_out = self._sides([each for each in self.strata if each not in self.compared])
        return (
            f"In all {self.long.numerator:,} of {self.long.denominator:,} declined after more than"
            f" 4 hours, and {self.soon.numerator:,} of {self.soon.denominator:,} within 4 hours."
            f" A grade enters with at least {FEWEST_FOR_A_RATE} victims on each side: {enter}."
            + (f" Left out: {left_out}." if left_out else "")
        )

    def _sides(self, grades: Sequence[CallGrade]) -> str:
        """How many victims each of these grades has on either side."""
        return "; ".join(
            f"{each.label.split(' – ')[0].lower()} with {long.denominator:,} after more than 4"
            f" hours and {soon.denominator:,} within"
            for each in grades
            for long, soon in [self.strata[each]]
        )


def _together(grade: CallGrade, bands: Sequence[str], slices: Mapping[str, Slice]) -> Sample | None:
    """The pairs of some bands; None where there are none, or a count of them is withheld."""
    found = [slices[f"{grade}.{band}"] for band in bands]
    declined, countable = [each.declined for each in found], [each.countable for each in found]
    if None in declined or None in countable:
        return None
    number, of = sum(each or 0 for each in declined), sum(each or 0 for each in countable)
    return Sample(number, of) if of else None


def _is_enough(sides: tuple[Sample, Sample]) -> bool:
    """Whether a grade enters the comparison: one or two victims on a side would say nothing."""
    return min(each.denominator for each in sides) >= FEWEST_FOR_A_RATE


def _summed(samples: Sequence[Sample]) -> Sample | None:
    if not samples:
        return None
    number = sum(each.numerator for each in samples)
    return Sample(number, sum(each.denominator for each in samples))
