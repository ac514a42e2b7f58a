"""How many more cases would tell a rate from what it is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash_forms.domain.metrics import FEWEST_FOR_A_VERDICT
from dash_forms.domain.statistics import more_pairs_needed

if TYPE_CHECKING:
    from dash_forms.domain.metrics import DeclineRate

FARTHEST_MORE = 10_000
"""More than that is not a number to plan by."""


def more_cases(rate: DeclineRate) -> int | None:
    """How many it would take, four times in five, if the rate stays; there is a rate.

    As many at least as a verdict takes. None if it is the baseline exactly, and 0 if it is the
    baseline that rests on too few.
    """
    if rate.rate is None or rate.denominator is None:
        raise ValueError("there is no rate")
    more = more_pairs_needed(rate.rate, have=rate.denominator, baseline=rate.baseline.rate)
    return None if more is None else max(more, FEWEST_FOR_A_VERDICT - rate.denominator, 0)


def about(more: int) -> str:
    """A number of cases in words."""
    return f"about {more:,} more case{'' if more == 1 else 's'}"
