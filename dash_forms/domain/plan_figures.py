"""What is counted of repeat callers and their plans: C1, C2 and plans in time (domain guide §6).

Unlike the measures of the reports they count people, not cases, and follow from the calls as they
are put together now, so that no count of them is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.definitions import Better, OtherMeasure
from dash_forms.domain.disclosure import Count, controlled
from dash_forms.domain.metrics import FEWEST_FOR_A_RATE, percent
from dash_forms.domain.plans import Run, answered_at
from dash_forms.domain.repeat_calls import Rule
from dash_forms.domain.statistics import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime, timedelta
    from uuid import UUID

    from dash_forms.domain.disclosure import Rules


_UNIT = "One person, however many flags; callers who were put together count as one"
_PERIOD = (
    "People with a flag raised in the period, by the London day of the call that raised it,"
    " whenever its log was imported."
)
_C1_WORDS = " or ".join(f"more than {rule.most} calls within {rule.hours} hours" for rule in Rule)
C1 = OtherMeasure(
    "C1", "Repeat callers",
    f"People who made {_C1_WORDS} of each other, at any time of day",
    "None: it is a number of people",
    _UNIT,
    _PERIOD,
    "Calls that nobody can be told by, and further logs of the same contact.",
    "The rule that HMICFRS PEEL 2023–25 reports of Staffordshire Police",
    Better.NEITHER,
    "More people in it may mean more calls, or callers who are better told apart. A repeat caller"
    " is not the same as a repeat victim.",
)  # fmt: skip
C2 = OtherMeasure(
    "C2", "Repeat callers with a plan",
    "Those for whom a problem-solving plan ran when the last flag of the period was raised, or was"
    " opened since",
    "Repeat callers (C1)",
    _UNIT,
    _PERIOD,
    "Nobody. A plan that was closed before the flag does not count for it.",
    "HMICFRS PEEL 2023–25, Staffordshire Police, reports such plans; the counting rule is this"
    " product’s",
    Better.HIGHER,
    "It says that there is a plan, not that it works: its outcome and the calls since say that.",
)  # fmt: skip
C3 = OtherMeasure(
    "C3", "Plans in time",
    "Those of whom every flag that fell due had a plan by its due time, or raised no new one"
    " because a plan ran already",
    "Repeat callers (C1) of whom a plan was due before now because of a flag of the period",
    _UNIT,
    _PERIOD,
    "Flags whose plan is not due yet. The time runs from the call, not from its import.",
    "A proposal of this product",
    Better.HIGHER,
)  # fmt: skip
CALLER_MEASURES = (C1, C2, C3)


class Part(StrEnum):
    """A number of the figures, whose people can be asked for."""

    FLAGGED = "flagged"
    PLANNED = "planned"
    UNPLANNED = "unplanned"
    DUE = "due"
    IN_TIME = "in-time"
    LATE = "late"

    @property
    def label(self) -> str:
        """Who they are."""
        return _PARTS[self]


_PARTS = {
    Part.FLAGGED: "Repeat callers",
    Part.PLANNED: "Repeat callers with a plan",
    Part.UNPLANNED: "Repeat callers without a plan",
    Part.DUE: "Repeat callers whose plan was due",
    Part.IN_TIME: "Repeat callers with a plan in time",
    Part.LATE: "Repeat callers whose plan was late, or is missing",
}


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many people, with a rate only where there are enough; None is withheld."""

    numerator: int | None
    denominator: int | None
    fewest: int = FEWEST_FOR_A_RATE

    @property
    def percent(self) -> str | None:
        """The rate to one decimal place, or None of too few or of what is withheld."""
        if not self.denominator or self.denominator < self.fewest or self.numerator is None:
            return None
        return percent(min(1.0, self.numerator / self.denominator))

    @property
    def interval(self) -> str | None:
        """Wilson's 95% interval in words, or None where there is no rate."""
        if self.percent is None or self.numerator is None or self.denominator is None:
            return None
        found = wilson_interval(min(self.numerator, self.denominator), self.denominator)
        return f"{percent(found.lower)} to {percent(found.upper)}"


@dataclass(frozen=True, slots=True)
class ShownFigures:
    """The numbers as a reader may see them."""

    counts: Mapping[Part, int | None]
    fewest: int = FEWEST_FOR_A_RATE

    @property
    def with_a_plan(self) -> Share:
        """C2."""
        return Share(self.counts[Part.PLANNED], self.counts[Part.FLAGGED], self.fewest)

    @property
    def in_time(self) -> Share:
        """C3."""
        return Share(self.counts[Part.IN_TIME], self.counts[Part.DUE], self.fewest)


_WHOLES = {
    Part.FLAGGED: (Part.PLANNED, Part.UNPLANNED),
    Part.DUE: (Part.IN_TIME, Part.LATE),
}


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """Who is counted, number by number."""

    people: Mapping[Part, frozenset[UUID]]

    def count(self, part: Part) -> int:
        """How many people one number counts."""
        return len(self.people[part])

    @property
    def exact(self) -> ShownFigures:
        """The numbers for whoever may see the people behind them."""
        return ShownFigures({part: self.count(part) for part in Part})

    def under(self, rules: Rules, *, are_due: bool) -> ShownFigures:
        """The numbers for whoever may not: none that is small, nor what gives one away.

        Until all plans for flags of the period `are_due`, nothing of C3: it would be of a part.
        """
        counts: dict[Part, int | None] = dict.fromkeys(Part)
        for whole, parts in _WHOLES.items():
            if whole is Part.DUE and not are_due:
                continue
            counts[whole] = rules.shown(self.count(whole))
            for part in parts:
                row = Count(self.count(part), self.count(whole))
                [shown] = controlled([row], rules, is_whole=False)
                counts[part] = None if counts[whole] is None else shown.number
        # Of what is rounded, no fewer than surely were enough before.
        return ShownFigures(counts, rules.fewest_for_a_rate + rules.rounding // 2)


def plan_figures(
    raised: Mapping[UUID, Collection[datetime]],
    runs: Mapping[UUID, Collection[Run]],
    within: timedelta,
    now: datetime,
) -> PlanFigures:
    """Count people by the flags that they have in the period, and by all plans of theirs."""
    people: dict[Part, set[UUID]] = {part: set() for part in Part}
    for person, flags in raised.items():
        answers = {flag: answered_at(flag, runs.get(person, ())) for flag in flags}
        people[Part.FLAGGED].add(person)
        is_planned = answers[max(flags)] is not None
        people[Part.PLANNED if is_planned else Part.UNPLANNED].add(person)
        due = [flag for flag in flags if flag + within < now]
        if due:
            people[Part.DUE].add(person)
            in_time = all((at := answers[flag]) and at <= flag + within for flag in due)
            people[Part.IN_TIME if in_time else Part.LATE].add(person)
    return PlanFigures({part: frozenset(found) for part, found in people.items()})
