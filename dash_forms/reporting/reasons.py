"""The reasons for declining, the most common first, with what they add up to and how they moved."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from dash_forms.domain.metrics import FEWEST_FOR_A_RATE, percent
from dash_forms.reporting.changes import Direction, direction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash_forms.reporting.figures import ReasonFigures

MOST = 0.8
"""What the few reasons at the head of the list are said to make up."""


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason with its bar, in per cent of the longest; shares are empty for too few declines."""

    figures: ReasonFigures
    said: float
    inferred: float
    share: str
    running: str
    share_before: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class Pareto:
    """Every reason given, of so many declines now and in the period before."""

    rows: tuple[ReasonRow, ...]
    declined: int
    declined_before: int
    leading: int | None
    """How many reasons make up four fifths of the declines; None for too few declines."""

    @classmethod
    def of(cls, reasons: Sequence[ReasonFigures]) -> Pareto:
        """Add up reasons that come in their order."""
        declined = sum(each.total for each in reasons)
        before = sum(each.before for each in reasons)
        longest = max([1, *(each.total for each in reasons)])
        running = list(accumulate(each.total for each in reasons))
        rows = tuple(
            ReasonRow(
                each,
                said=100 * each.said / longest,
                inferred=100 * each.inferred / longest,
                share=_share(each.total, declined),
                running=_share(so_far, declined),
                share_before=_share(each.before, before),
                direction=direction((each.total, declined), (each.before, before)),
            )
            for each, so_far in zip(reasons, running, strict=True)
        )
        leading = None
        if declined >= FEWEST_FOR_A_RATE:
            leading = 1 + sum(so_far < MOST * declined for so_far in running)
        return cls(rows, declined, before, leading)


def _share(part: int, whole: int) -> str:
    return percent(part / whole) if whole >= FEWEST_FOR_A_RATE else ""
