"""The reasons for declining, the most common first, with what they add up to and how they moved."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from dash_forms.domain.metrics import FEWEST_FOR_A_RATE, percent
from dash_forms.domain.statistics import Sample
from dash_forms.reporting.changes import Direction, direction, of_rounded
from dash_forms.reporting.disclosed import ShownReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash_forms.reporting.figures import Reason

MOST = 0.8
"""What the few reasons at the head of the list are said to make up."""


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason with its bar, in per cent of the longest; shares are empty for too few declines."""

    figures: Reason
    said: float
    inferred: float
    share: str
    running: str
    share_before: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class Pareto:
    """Every reason given, of so many declines now and in the period before, where it is told."""

    rows: tuple[ReasonRow, ...]
    declined: int | None
    declined_before: int | None
    leading: int | None
    """How many reasons make up four fifths of the declines; None for too few that are told."""

    @classmethod
    def of(cls, reasons: Sequence[Reason], declined: int | None, before: int | None) -> Pareto:
        """Lay out reasons that come in their order, of so many declines now and before."""
        longest = max([1, *(each.total or 0 for each in reasons)])
        running = list(accumulate(each.total or 0 for each in reasons))
        told = next((at for at, each in enumerate(reasons) if each.total is None), len(reasons))
        rows = tuple(
            ReasonRow(
                each,
                said=100 * (each.said or 0) / longest,
                inferred=100 * (each.inferred or 0) / longest,
                share=_share(each.total, declined),
                running=_share(so_far if at < told else None, declined),
                share_before=_share(each.before, before),
                direction=_direction(each, declined, before),
            )
            for at, (each, so_far) in enumerate(zip(reasons, running, strict=True))
        )
        leading = None
        if declined is not None and declined >= FEWEST_FOR_A_RATE:
            leading = 1 + sum(so_far < MOST * declined for so_far in running)
        if leading and leading > len(rows):
            leading = None  # what is told of the reasons does not reach so far
        return cls(rows, declined, before, leading)


def _share(part: int | None, whole: int | None) -> str:
    if part is None or whole is None or whole < FEWEST_FOR_A_RATE:
        return ""
    return percent(min(1.0, part / whole))


def _direction(reason: Reason, declined: int | None, declined_before: int | None) -> Direction:
    now, before = (reason.total, declined), (reason.before, declined_before)
    if None in now or None in before:
        return Direction.WITHHELD
    found = direction(_sample(*now), _sample(*before))
    return of_rounded(found, *reason.behind) if isinstance(reason, ShownReason) else found


def _sample(part: int | None, whole: int | None) -> Sample | None:
    return Sample(min(part or 0, whole), whole) if whole else None
