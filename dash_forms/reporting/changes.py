"""Whether a rate differs from that of the period before by more than chance."""

from __future__ import annotations

from enum import StrEnum

from dash_forms.domain.metrics import FEWEST_FOR_A_VERDICT
from dash_forms.domain.statistics import Sample, clear_difference


class Direction(StrEnum):
    """How a rate lies to that of the period before, as far as the interval tells."""

    HIGHER = "Higher than before"
    LOWER = "Lower than before"
    UNCLEAR = "No clear change"
    TOO_FEW = "Too few to compare"
    WITHHELD = "Withheld"
    NOT_FINAL = "Not final: cases are open"

    @property
    def is_change(self) -> bool:
        """Whether it is more than chance would give."""
        return self in {Direction.HIGHER, Direction.LOWER}


def of_rounded(found: Direction, now: Sample | None, before: Sample | None) -> Direction:
    """A change of rounded counts, where the exact ones (`now`, `before`) have it, too."""
    if not found.is_change or direction(now, before) is found:
        return found
    return Direction.UNCLEAR


def direction(now: Sample | None, before: Sample | None) -> Direction:
    """Compare x of n with x of n by Newcombe's 95% interval, from 30 cases on both sides on."""
    if now is None or before is None:
        return Direction.TOO_FEW
    if min(now.denominator, before.denominator) < FEWEST_FOR_A_VERDICT:
        return Direction.TOO_FEW
    found = {-1: Direction.LOWER, 0: Direction.UNCLEAR, 1: Direction.HIGHER}
    return found[clear_difference(now, before)]
