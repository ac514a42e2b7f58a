"""How invented victims answer, item by item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dash_forms.demo.chance import Weighted
from dash_forms.demo.words import ANY_DETAIL, DETAILS, NOTES
from dash_forms.domain.answers import AnswerValue, Source
from dash_forms.domain.instruments import FollowUpKind
from dash_forms.domain.sync import AnswerContent, AnswerOperation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from dash_forms.demo.attempts import Attempt
    from dash_forms.demo.chance import Chance
    from dash_forms.demo.households import Household
    from dash_forms.domain.instruments import FollowUp, Item

# The share of victims who say yes, by item, at a middling severity.
_YES = {
    1: 0.24, 2: 0.42, 3: 0.4, 4: 0.24, 5: 0.3, 6: 0.42, 7: 0.24, 8: 0.34, 9: 0.14,
    10: 0.6, 11: 0.08, 12: 0.06, 13: 0.32, 14: 0.3, 15: 0.42, 16: 0.18, 17: 0.18, 18: 0.2,
    19: 0.14, 20: 0.12, 21: 0.22, 22: 0.07, 23: 0.3, 24: 0.5, 25: 0.24, 26: 0.18, 27: 0.44,
}  # fmt: skip
_YES_ELSE = 0.25
_DONT_KNOW = 0.05
_RECORDS_ITEM = 27
_SEEN_ITEMS = (1, 2, 10, 24)
_SOURCES = Weighted({Source.VICTIM: 0.94, Source.OFFICER_OBSERVED: 0.04, Source.THIRD_PARTY: 0.02})


@dataclass(slots=True)
class Conversation:
    """Questions put to one victim, one tap after the other."""

    chance: Chance
    attempt: Attempt
    household: Household
    at: datetime
    seconds: tuple[float, float] = (8, 45)
    taps: int = 0

    def ask(self, items: Iterable[Item]) -> list[AnswerOperation]:
        """Answers as they come, mostly the victim's own."""
        return [self._tap(item, self._value(item), self._source(item)) for item in items]

    def all_no(self, items: Iterable[Item]) -> list[AnswerOperation]:
        """A form that says no throughout."""
        return [self._tap(item, AnswerValue.NO, Source.VICTIM) for item in items]

    def refuse(self, items: Iterable[Item], value: AnswerValue) -> list[AnswerOperation]:
        """Single items that the victim would not answer or was not asked."""
        return [self._tap(item, value, Source.VICTIM) for item in items]

    def observe(self, items: Iterable[Item]) -> list[AnswerOperation]:
        """What the officer saw or looked up, of the items that can be known without the victim."""
        seen = [item for item in items if item.number in _SEEN_ITEMS and self.chance.happens(0.3)]
        looked_up = [item for item in items if item.number == _RECORDS_ITEM]
        return [
            *(self._tap(item, AnswerValue.YES, Source.OFFICER_OBSERVED) for item in seen),
            *(self._tap(item, self._value(item), Source.RECORDS) for item in looked_up),
        ]

    def close_gate(self) -> None:
        """One tap for "no children or dependants", written by the server at once."""
        self.at += timedelta(seconds=12)
        for gate in self.attempt.instrument.gates:
            content = AnswerContent(gate.sets, Source.VICTIM)
            operations = [
                AnswerOperation(
                    self.chance.id_at(self.at), self.attempt.id, item, content, 0, self.at
                )
                for item in gate.items
            ]
            self.attempt.save(self.at, operations, gate.id)

    def save(self, operations: list[AnswerOperation]) -> None:
        """The tablet sends what it holds."""
        self.at += timedelta(seconds=self.chance.uniform(1, 30))
        self.attempt.save(self.at, operations)

    def _tap(self, item: Item, value: AnswerValue, source: Source) -> AnswerOperation:
        self.at += timedelta(seconds=self.chance.uniform(*self.seconds))
        self.taps += 1
        return AnswerOperation(
            self.chance.id_at(self.at),
            self.attempt.id,
            item.number,
            self._content(item, value, source),
            self.attempt.rev_of(item.number),
            self.at,
            self.taps,
        )

    def _value(self, item: Item) -> AnswerValue:
        share = _YES.get(item.number, _YES_ELSE) * (0.35 + 1.5 * self.household.severity)
        drawn = self.chance.random()
        if drawn < min(share, 0.93):
            return AnswerValue.YES
        return AnswerValue.DONT_KNOW if drawn > 1 - _DONT_KNOW else AnswerValue.NO

    def _source(self, item: Item) -> Source:
        if item.number == _RECORDS_ITEM and self.household.met_before:
            return Source.RECORDS
        return _SOURCES.pick(self.chance)

    def _content(self, item: Item, value: AnswerValue, source: Source) -> AnswerContent:
        is_yes = value is AnswerValue.YES
        note = self.chance.choice(NOTES) if is_yes and self.chance.happens(0.15) else ""
        details: dict[str, tuple[str, ...]] = {}
        if is_yes and self.chance.happens(0.45):
            details = {
                follow_up.id: self._detail(item, follow_up) for follow_up in item.applying(value)
            }
        return AnswerContent(value, source, note, details)

    def _detail(self, item: Item, follow_up: FollowUp) -> tuple[str, ...]:
        if follow_up.kind is FollowUpKind.TEXT:
            return (self.chance.choice(DETAILS.get((item.number, follow_up.id), ANY_DETAIL)),)
        return (self.chance.choice(follow_up.options).value,)
