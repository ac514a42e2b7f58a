"""When and where victims decline: the parts of each breakdown in words, and on one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash_forms.domain.body_worn_video import Standing
from dash_forms.domain.incidents import Mode
from dash_forms.domain.report_counts import Dimension
from dash_forms.domain.response import CallGrade
from dash_forms.reporting.charts import Mark, axis_for

if TYPE_CHECKING:
    from dash_forms.domain.metrics import DeclineRate
    from dash_forms.reporting.charts import Axis
    from dash_forms.reporting.figures import DeclineFigures

_NOT_RECORDED = "Not recorded"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LABELS: dict[Dimension, dict[str, str]] = {
    Dimension.HOUR: {f"{hour:02}": f"{hour:02}:00" for hour in range(24)},
    Dimension.WEEKDAY: {str(number): name for number, name in enumerate(_DAYS)},
    Dimension.DELAY: {
        "within_1_h": "Within 1 hour",
        "within_4_h": "1 to 4 hours",
        "within_24_h": "4 to 24 hours",
        "over_24_h": "More than 24 hours",
        "not_known": _NOT_RECORDED,
    },
    Dimension.INCIDENT: {
        "first": "First",
        "repeat": "Further",
    },
    Dimension.CHILDREN: {"yes": "At least one", "no": "None, or not known"},
    Dimension.MODE: {**{mode.value: mode.label for mode in Mode}, "not_known": _NOT_RECORDED},
    Dimension.CAMERA: {each.value: each.label for each in Standing},
}
_LABELS[Dimension.RESPONSE] = {
    f"{grade}.{band}": f"{grade.label}, {words.lower()}"
    for grade in CallGrade
    for band, words in _LABELS[Dimension.DELAY].items()
}
_HEADINGS = {
    Dimension.HOUR: ("Hour of the attempt", "From"),
    Dimension.WEEKDAY: ("Day of the attempt", "Day"),
    Dimension.DELAY: ("From report to arrival", "Wait"),
    Dimension.INCIDENT: ("First or further incident in 12 months", "Incident"),
    Dimension.CHILDREN: ("Children or dependants recorded in the case", "Recorded"),
    Dimension.MODE: ("How it was asked", "How"),
    Dimension.CAMERA: ("Body-worn video", "Camera"),
    Dimension.RESPONSE: ("Grade and wait", "Grade and wait"),
}
ELSEWHERE = frozenset({Dimension.CAMERA, Dimension.RESPONSE})
"""The breakdowns that have pages of their own: `reporting.cameras` and `reporting.response`."""


def place_words(dimension: Dimension, value: str) -> str:
    """One part of a breakdown in words."""
    label = _LABELS[dimension][value]
    if dimension is not Dimension.WEEKDAY:
        label = label.lower()
    return f"{_HEADINGS[dimension][0]}, {label}"


def place_label(dimension: Dimension, value: str) -> str:
    """The same where its breakdown stands beside it."""
    return _LABELS[dimension][value]


@dataclass(frozen=True, slots=True)
class Part:
    """One row: the rate in one part of a breakdown, and its mark where there are enough for one."""

    value: str
    label: str
    rate: DeclineRate
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One table; parts in which nobody was counted are left out of the drawing, not of the rows."""

    dimension: Dimension
    parts: tuple[Part, ...]

    @property
    def heading(self) -> str:
        """By what it is broken down."""
        return _HEADINGS[self.dimension][0]

    @property
    def column(self) -> str:
        """The same where space is tight."""
        return _HEADINGS[self.dimension][1]


@dataclass(frozen=True, slots=True)
class PlacesPlot:
    """Every breakdown on the same axis, so that they can be compared by eye."""

    axis: Axis
    reported: float
    breakdowns: tuple[Breakdown, ...]

    @classmethod
    def of(cls, figures: DeclineFigures) -> PlacesPlot:
        """Lay out the breakdowns of a report."""
        baseline = figures.filter.baseline
        places = {each: slices for each, slices in figures.places.items() if each not in ELSEWHERE}
        rates = {
            (dimension, each.value): each.rate_against(baseline)
            for dimension, slices in places.items()
            for each in slices
        }
        axis = axis_for([figures.rate, *rates.values()])
        return cls(
            axis,
            axis.place(baseline.rate),
            tuple(
                Breakdown(
                    dimension,
                    tuple(
                        Part(
                            each.value,
                            _LABELS[dimension][each.value],
                            rates[dimension, each.value],
                            Mark.of(rates[dimension, each.value], axis),
                        )
                        for each in slices
                    ),
                )
                for dimension, slices in places.items()
            ),
        )
