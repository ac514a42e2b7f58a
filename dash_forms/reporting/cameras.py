"""Body-worn video in the reports: how many recorded, by month and team, why not, and declines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dash_forms.domain.body_worn_video import FirstContact, Standing
from dash_forms.domain.definitions import metric
from dash_forms.domain.metrics import (
    FEWEST_FOR_A_RATE,
    FEWEST_FOR_A_VERDICT,
    DeclineRate,
    decline_rate,
    percent,
)
from dash_forms.domain.periods import london_date
from dash_forms.domain.report_counts import FORCE, Dimension, in_dimension, of_camera, of_standing
from dash_forms.domain.statistics import compare
from dash_forms.reporting.charts import Axis, Mark, axis_for
from dash_forms.reporting.places import Breakdown, Part, place_label
from dash_forms.reporting.shares import ShareFigures, share_figures, told
from dash_forms.store.report_counts import sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dash_forms.domain.baselines import Baseline
    from dash_forms.domain.disclosure import Rules
    from dash_forms.reporting.figures import DeclineFilter, Measured, TeamChoice
    from dash_forms.store.work import Work

V1 = metric("V1")
_WHY_NOT = tuple(each for each in FirstContact if each.is_issued and not each.is_recording)
_OFFICERS = [of_camera(each) for each in FirstContact if each.is_there]
_CROSSED = [
    in_dimension(Dimension.CAMERA, standing, declined=declined)
    for standing in Standing
    for declined in (True, False)
]
_STANDINGS = [of_standing(each) for each in Standing if each.is_attended]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """How many officers' cameras did not record for one reason; no share of too few."""

    code: str
    label: str
    number: int | None
    length: float
    """Of its bar, in per cent of the longest."""
    share: str


@dataclass(frozen=True, slots=True)
class Crossed:
    """Decline rates by what the cameras did, on one scale."""

    axis: Axis
    reported: float
    breakdown: Breakdown
    difference: str
    """How far the rate where a camera recorded lies from that where none did; empty for few."""


@dataclass(frozen=True, slots=True)
class CameraFigures:
    """The whole page for one filter. A count is None where it is withheld from the reader."""

    share: ShareFigures
    """V1, by month and by team."""
    counts: Mapping[str, int | None]
    attended: int | None
    crossed_rates: frozenset[Standing]
    """Of whom there are enough pairs for a decline rate."""
    baseline: Baseline
    """What decline rates are set against."""

    def told_in(self, measures: Mapping[str, Measured]) -> tuple[Measured, ...]:
        """V1 to V3 with the counts that the rest of the page has."""
        v1 = replace(measures["V1"], numerator=self.share.number, denominator=self.share.of)
        return v1, measures["V2"], measures["V3"]

    @property
    def without_record(self) -> int | None:
        """Attended incidents of which nobody has said anything."""
        return self.counts.get(of_standing(Standing.NO_RECORD), 0)

    @property
    def why_not(self) -> tuple[WhyNot, ...]:
        """The reasons of officers who had a camera, the most common first."""
        found = {each: self.counts.get(of_camera(each), 0) for each in _WHY_NOT}
        numbers = [each for each in found.values() if each is not None]
        total, longest = sum(numbers), max([1, *numbers])
        has_shares = total >= FEWEST_FOR_A_RATE and None not in found.values()
        return tuple(
            WhyNot(
                of_camera(each),
                each.reason,
                number,
                100 * (number or 0) / longest,
                percent((number or 0) / total) if has_shares else "",
            )
            for each, number in sorted(
                found.items(), key=lambda one: (-(one[1] or 0), one[0].reason)
            )
        )

    @property
    def not_issued(self) -> int | None:
        """Officers who had no camera."""
        return self.counts.get(of_camera(FirstContact.NOT_ISSUED), 0)

    @property
    def crossed(self) -> Crossed:
        rates = {each: self._declined(each) for each in Standing}
        axis = axis_for(list(rates.values()))
        parts = tuple(
            Part(
                each.value,
                place_label(Dimension.CAMERA, each.value),
                rate,
                Mark.of(rate, axis),
            )
            for each, rate in rates.items()
        )
        return Crossed(
            axis,
            axis.place(self.baseline.rate),
            Breakdown(Dimension.CAMERA, parts),
            _difference(rates[Standing.RECORDING], rates[Standing.NOT_RECORDING]),
        )

    def _declined(self, standing: Standing) -> DeclineRate:
        declined, countable = (
            self.counts.get(in_dimension(Dimension.CAMERA, standing, declined=each), 0)
            for each in (True, False)
        )
        has_rate = standing in self.crossed_rates
        return decline_rate(declined, countable, self.baseline, has_rate=has_rate)


def _difference(recorded: DeclineRate, not_recorded: DeclineRate) -> str:
    one, other = recorded.sample, not_recorded.sample
    if not one or not other or min(one.denominator, other.denominator) < FEWEST_FOR_A_VERDICT:
        return ""
    found = compare(one, other)
    points, lower, upper = (
        f"{100 * each:+.1f}".replace("-", "−")
        for each in (found.difference, found.interval.lower, found.interval.upper)
    )
    return (
        f"Where a camera was recording, {recorded.percent} declined; where one was issued and did"
        f" not record, {not_recorded.percent}: {points} percentage points (95% interval {lower} to"
        f" {upper})."
    )


def _counts_told(
    counts: Mapping[str, int], codes: Iterable[str], control: Rules | None
) -> dict[str, int | None]:
    """The rows of one table that adds up to a total."""
    listed = list(codes)
    rows = told(((counts.get(code, 0), 0) for code in listed), control, is_whole=True)
    return {code: number for code, (number, _, _) in zip(listed, rows, strict=True)}


def _crossed_told(counts: Mapping[str, int], control: Rules | None) -> dict[str, int | None]:
    """Declined of countable by what the cameras did."""
    codes = [_crossed_codes(each) for each in Standing]
    pairs = ((counts.get(declined, 0), counts.get(countable, 0)) for declined, countable in codes)
    found: dict[str, int | None] = {}
    for (declined, countable), row in zip(codes, told(pairs, control, is_whole=True), strict=True):
        found[declined], found[countable], _ = row
    return found


def _crossed_rates(counts: Mapping[str, int], control: Rules | None) -> frozenset[Standing]:
    if control is None:
        return frozenset(Standing)
    return frozenset(
        each for each in Standing if control.has_rate(counts.get(_crossed_codes(each)[1], 0))
    )


def _crossed_codes(standing: Standing) -> tuple[str, str]:
    return (
        in_dimension(Dimension.CAMERA, standing, declined=True),
        in_dimension(Dimension.CAMERA, standing, declined=False),
    )


def camera_figures(
    work: Work,
    wanted: DeclineFilter,
    teams: tuple[TeamChoice, ...],
    control: Rules | None = None,
) -> CameraFigures:
    """The page's figures, from kept counts alone; nothing of them is kept by question set.

    Under `control` small counts are withheld and the others rounded, before anything is made of
    them. A chosen team is told as its row among the teams is.
    """
    period = V1.window.within(wanted.period, london_date(work.now)) or wanted.period
    scope = wanted.team.id if wanted.team else FORCE
    counts = sums(work.connection, [*_STANDINGS, *_OFFICERS, *_CROSSED], period, scope=scope)
    attended = sum(counts.get(code, 0) for code in _STANDINGS)
    return CameraFigures(
        share=share_figures(work, wanted, teams, V1, period=period, control=control),
        counts={
            **_counts_told(counts, _STANDINGS, control),
            **_counts_told(counts, _OFFICERS, control),
            **_crossed_told(counts, control),
        },
        attended=attended if control is None else control.shown(attended),
        crossed_rates=_crossed_rates(counts, control),
        baseline=wanted.baseline,
    )
