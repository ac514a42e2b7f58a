"""Add-on sets of the last weeks: asked or skipped, since the force took them up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dash_forms.demo.attempts import Saved
from dash_forms.demo.chance import Chance, Weighted
from dash_forms.domain.add_ons import SkipReason, offered_add_ons, undecided
from dash_forms.domain.answers import AnswerValue, Source
from dash_forms.domain.assessment import Outcome
from dash_forms.domain.audit_events import Name, Occurrence
from dash_forms.domain.sync import AnswerContent, AnswerOperation
from dash_forms.store.add_ons import TakenUp
from dash_forms.store.answers import StoredAnswer
from dash_forms.store.audit import By

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dash_forms.demo.attempts import Attempt
    from dash_forms.domain.instruments import Instrument

TAKEN_UP = timedelta(days=60)
"""How long before the end of the year the force began to ask them."""
_ASKED = 0.55
_VALUES = Weighted({AnswerValue.YES: 0.35, AnswerValue.NO: 0.55, AnswerValue.DONT_KNOW: 0.1})
_SKIPS = Weighted(
    {
        SkipReason.VICTIM_DOES_NOT_WANT: 0.45,
        SkipReason.NO_TIME: 0.25,
        SkipReason.ANSWERED_ELSEWHERE: 0.12,
        SkipReason.NOT_RELEVANT: 0.13,
        SkipReason.OTHER: 0.05,
    }
)
_WORDS = {
    SkipReason.NOT_RELEVANT: "Was about a neighbour, which is on another report.",
    SkipReason.OTHER: "The specialist desk asks them tomorrow.",
}


@dataclass(frozen=True, slots=True)
class InventedSet:
    """One set as the officer left it."""

    add_on: Instrument
    skipped: SkipReason | None
    decided_at: datetime
    saved: Sequence[Saved]

    @property
    def words(self) -> str:
        """What the officer added to a skip."""
        return _WORDS.get(self.skipped, "") if self.skipped else ""

    @property
    def taken_up(self) -> TakenUp:
        """As the application reads it."""
        answers = {
            each.operation.item: StoredAnswer(
                each.operation.content, 1, in_conflict=False, op_order=each.operation.op_id.int
            )
            for each in self.saved
        }
        return TakenUp(self.add_on.id, self.add_on, self.skipped, self.words, answers)


def invented_sets(attempt: Attempt, *, child_linked: bool, until: datetime) -> list[InventedSet]:
    """What became of each set that the answers of a recent submission call for."""
    if attempt.submitted_at is None or attempt.submitted_at < until - TAKEN_UP:
        return []
    chance = Chance(attempt.id.int + 2)  # its own, so that the rest of the year stays as it is
    offers = offered_add_ons(
        attempt.instrument,
        attempt.given,
        child_linked=child_linked,
        children=attempt.closing.children if attempt.closing else None,
    )
    owed = undecided(offers, (), attempt.outcome)
    begun_at = max(saved.received_at for saved in attempt.saved) if attempt.saved else None
    if begun_at is None or not owed:
        return []
    step = (attempt.submitted_at - begun_at) / (len(owed) + 1)
    return [
        _invent(attempt, chance, offer.add_on, begun_at + step * number)
        for number, offer in enumerate(owed, start=1)
    ]


def _invent(attempt: Attempt, chance: Chance, add_on: Instrument, at: datetime) -> InventedSet:
    skipped = None if chance.happens(_ASKED) else _SKIPS.pick(chance)
    saved = [] if skipped else [_answer(attempt, chance, add_on, n, at) for n in add_on.numbers]
    about = ("assessment", str(attempt.id))
    part = {"part": add_on.id}
    said = (
        [Occurrence(Name.ADD_ON_SKIPPED, *about, part | {"reason": skipped.value})]
        if skipped
        else [
            Occurrence(Name.ADD_ON_BEGUN, *about, part),
            Occurrence(Name.ANSWERS_SAVED, *about, {"items": list(add_on.numbers)} | part),
        ]
    )
    by = By(attempt.author.id, attempt.author.role.value, at, str(chance.id_at(at)))
    attempt.journal.entries.append((by, tuple(said)))
    return InventedSet(add_on, skipped, at, saved)


def _answer(attempt: Attempt, chance: Chance, add_on: Instrument, item: int, at: datetime) -> Saved:
    was_asked = attempt.outcome in {Outcome.COMPLETED, Outcome.PARTIAL}
    source = Source.VICTIM if was_asked else Source.OFFICER_OBSERVED
    content = AnswerContent(_VALUES.pick(chance), source)
    operation = AnswerOperation(
        chance.id_at(at), attempt.id, item, content, 0, at, item, part=add_on.id
    )
    return Saved(operation, at, "")
