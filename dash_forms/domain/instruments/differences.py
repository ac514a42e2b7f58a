"""What changed from one version of a question set to another, in sentences."""

from __future__ import annotations

from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dash_forms.domain.instruments.model import Instrument, Item

_IDENTITY = {"id", "version", "digest"}
_PARTS = {
    "sections": "section",
    "follow_ups": "follow-up",
    "options": "option",
    "gates": "gate",
    "tick_sets": "tick set",
}
_LABELS = {"number": "moved", "prompt": "reworded", "how_to_ask": "how to ask reworded"}


class Mark(StrEnum):
    """What kind of change it is, as the lines of a comparison begin."""

    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"


@dataclass(frozen=True, slots=True)
class Difference:
    """One change; `where` is empty for the question set as a whole."""

    mark: Mark
    where: str
    what: str

    def __str__(self) -> str:
        return (
            f"{self.mark} {self.where}: {self.what}" if self.where else f"{self.mark} {self.what}"
        )


def differences(old: Instrument, new: Instrument) -> tuple[Difference, ...]:
    """Every change that a reader of the two versions would see; none if they say the same."""
    return tuple(_compared("", old, new))


def _compared(where: str, old: Any, new: Any) -> Iterator[Difference]:
    """The changes between two things of the same kind, field by field."""
    for field in fields(old):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before == after or field.name in _IDENTITY:
            continue
        if field.name == "items" and hasattr(old, "sections"):
            yield from _items(before, after)
        elif field.name in _PARTS:
            yield from _parts(where, _PARTS[field.name], before, after)
        else:
            label = _LABELS.get(field.name, field.name.replace("_", " "))
            yield Difference(Mark.CHANGED, where, f"{label}: {_change(before, after)}")


def _change(before: object, after: object) -> str:
    if isinstance(before, tuple) and isinstance(after, tuple):
        gone = [f"without {each}" for each in before if each not in after]
        come = [f"now with {each}" for each in after if each not in before]
        return ", ".join(come + gone) or "in another order"
    return f"{_value(before)} → {_value(after)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return f"“{value}”"
    return "none" if value is None else str(value)


def _parts(where: str, noun: str, old: Iterable[Any], new: Iterable[Any]) -> Iterator[Difference]:
    """The changes among things that go by an id, such as follow-ups."""
    before, after = ({_name(each): each for each in parts} for parts in (old, new))
    prefix = f"{where}: {noun}" if where else noun
    for name in [*before, *(name for name in after if name not in before)]:
        place = f"{prefix} {name}"
        if name not in after:
            yield Difference(Mark.REMOVED, place, _called(before[name]))
        elif name not in before:
            yield Difference(Mark.ADDED, place, _called(after[name]))
        else:
            yield from _compared(place, before[name], after[name])
    if [name for name in before if name in after] != [name for name in after if name in before]:
        yield Difference(Mark.CHANGED, f"{prefix}s", "in another order")


def _name(part: Any) -> str:
    return str(part.value if hasattr(part, "value") else part.id)


def _called(part: Any) -> str:
    return f"“{part.title if hasattr(part, 'title') else part.label}”"


def _items(old: tuple[Item, ...], new: tuple[Item, ...]) -> Iterator[Difference]:
    """The changes among items: those of the same words belong together, whatever their number.

    Between them, what stands in the same place is taken for a rewording.
    """
    matcher = SequenceMatcher(
        None, [item.prompt for item in old], [item.prompt for item in new], autojunk=False
    )
    for _, start, end, new_start, new_end in matcher.get_opcodes():
        for before, after in zip_longest(old[start:end], new[new_start:new_end]):
            if after is None:
                yield Difference(Mark.REMOVED, f"item {before.number}", _value(before.prompt))
            elif before is None:
                yield Difference(Mark.ADDED, f"item {after.number}", _value(after.prompt))
            else:
                yield from _compared(f"item {after.number}", before, after)
