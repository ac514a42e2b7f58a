"""What every statistic shares: counts that make sense, the ends of an interval, and how sure."""

from dataclasses import dataclass

from dash_forms.domain.errors import InvalidError

Z_95 = 1.959963984540054
Z_99_8 = 3.090232306167813
"""Standard normal quantiles that leave 2.5% and 0.1% in each tail."""


class CountsError(InvalidError, ValueError):
    """The counts cannot be the numerator and denominator of a proportion."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The two ends of a confidence interval, in the unit of what it is an interval for."""

    lower: float
    upper: float

    def excludes(self, value: float) -> bool:
        """Whether the whole interval lies on one side of the value, unrounded."""
        return value < self.lower or value > self.upper


def check_counts(numerator: float, denominator: int) -> None:
    """Refuse counts that no set of cases could give."""
    if numerator < 0 or denominator < 0:
        raise CountsError(f"Counts cannot be negative: {numerator} of {denominator}.")
    if numerator > denominator:
        raise CountsError(f"A part cannot exceed its whole: {numerator} of {denominator}.")


def check_proportion(proportion: float) -> None:
    """Refuse what nothing can be tested against: only cases that can go both ways are counted."""
    if not 0 < proportion < 1:
        raise CountsError(f"The reference proportion must lie between 0 and 1: {proportion}.")
