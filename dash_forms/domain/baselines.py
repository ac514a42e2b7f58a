"""The published figures that a force's own rate is set against, with what is not known of them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Baseline:
    """One reported rate, its source, and the number of cases behind it when that was published."""

    rate: float
    source: str
    year: int
    published_on: date
    fieldwork: str
    case_count: int | None = None

    @property
    def percent(self) -> str:
        """The rate as it was reported, in whole per cent."""
        return f"{self.rate:.0%}"

    @property
    def cases(self) -> str:
        """How many cases the rate rests on, or that nobody has said."""
        if self.case_count is None:
            return "number of cases not published"
        return f"{self.case_count:,} cases"

    @property
    def label(self) -> str:
        """Everything that must stand beside the figure wherever it is shown."""
        return f"{self.percent}: {self.source} ({self.year}), {self.cases}"

    @property
    def caveat(self) -> str:
        """What a comparison with the figure takes for granted."""
        if self.case_count is None:
            return "baseline n unknown; treated as a fixed reference"
        return "treated as a fixed reference"


REPORTED_DECLINE_RATE = Baseline(
    rate=0.38,
    source="HMICFRS PEEL 2023–25, Staffordshire Police",
    year=2024,
    published_on=date(2024, 9, 24),
    fieldwork="April–May 2024",
)
