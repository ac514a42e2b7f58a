"""What invented supervisors made of the closed cases that were drawn: the same ones each time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from dash_forms.demo.chance import Chance
from dash_forms.domain.investigations import SEED_BYTES, Answer, Finding, SkipReason, months_to_draw

if TYPE_CHECKING:
    from datetime import datetime

    from dash_forms.domain.checklists import Checklist
    from dash_forms.domain.periods import Month

MONTHS = 3
"""How many months are drawn, the last one among them."""

# The shares of "not applicable" and, of the rest, of "yes"; by the place of a question.
_SHARES = ((0.05, 0.82), (0.2, 0.66), (0.45, 0.58), (0.0, 0.71), (0.15, 0.77), (0.25, 0.84),
           (0.0, 0.62))  # fmt: skip
_MISSING = (
    "Nothing in the record after the first week.",
    "Named in the log, and not in the record.",
    "Planned by the first officer, then left when the case changed hands.",
    "One line only, without a reason.",
)
_SKIPPED = "Recorded as domestic; the record shows a dispute between neighbours."


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does with a case: answer, or pass it over."""

    check_id: UUID
    answers: dict[str, Answer] = field(default_factory=dict)
    skip: tuple[SkipReason, str] | None = None


def chance() -> Chance:
    """One of its own, so that the year stays as it is."""
    return Chance(6)


def seed(chance: Chance) -> str:
    """The seed of a draw. A real one is the server's, and nobody can know it beforehand."""
    return f"{chance.getrandbits(SEED_BYTES * 8):0{SEED_BYTES * 2}x}"


def acts(chance: Chance, month: Month, now: datetime, checklist: Checklist) -> Act | None:
    """What is done with a case. Of the last month some wait, as they do for a while."""
    is_last = month == months_to_draw(now)[0]
    if chance.happens(0.7 if is_last else 0.12):
        return None
    check_id = chance.id_at(now)
    if chance.happens(0.04):
        return Act(check_id, skip=(SkipReason.NOT_DOMESTIC_ABUSE, _SKIPPED))
    answers = {
        question.id: _answer(chance, *_SHARES[place % len(_SHARES)])
        for place, question in enumerate(checklist.questions)
    }
    return Act(check_id, answers)


def _answer(chance: Chance, not_applicable: float, yes: float) -> Answer:
    if chance.happens(not_applicable):
        return Answer(Finding.NOT_APPLICABLE)
    if chance.happens(yes):
        return Answer(Finding.YES)
    return Answer(Finding.NO, chance.choice(_MISSING))
