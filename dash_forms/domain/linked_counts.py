"""Counts that add up to each other: which may leave together, so that no sum gives one away.

`disclosure` guards the rows of one table. Where teams, the force and several tables leave at once,
each count stands in several sums: across the teams, which make the force, and down each table.
Here every such sum is held at the same time. Each is looked at by itself; what only several of them
together could narrow down is left to the rounding.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from dash_forms.domain.disclosure import gives_away

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from dash_forms.domain.disclosure import Rules

K = TypeVar("K", bound="Hashable")


@dataclass(frozen=True, slots=True)
class AddsUp(Generic[K]):
    """Counts that add up to another, or, without `total`, to one that has to be taken as known."""

    parts: tuple[K, ...]
    total: K | None = None


def withheld(
    counts: Mapping[K, int], sums: Iterable[AddsUp[K]], rules: Rules, also: Iterable[K] = ()
) -> set[K]:
    """Which counts are withheld: the small ones, those named, and in every sum enough to hide them.

    In each sum either every count is shown, or those withheld cannot be told from it: there are two
    of them at least, and where its total is known, the parts withheld come to no small number.
    Nothing is withheld of a count that is 0.
    """
    found = {key for key, count in counts.items() if rules.is_small(count)}
    found.update(key for key in also if counts[key])
    waiting = deque(dict.fromkeys(sums))
    queued = set(waiting)
    held_in: dict[K, list[AddsUp[K]]] = {}
    for each in queued:
        for key in _members(each):
            held_in.setdefault(key, []).append(each)
    while waiting:
        each = waiting.popleft()
        queued.discard(each)
        if added := _to_add(each, counts, found, rules):
            found |= added
            for key in added:
                again = [one for one in held_in[key] if one not in queued]
                waiting.extend(again)
                queued.update(again)
    return found


def _members(each: AddsUp[K]) -> tuple[K, ...]:
    return each.parts if each.total is None else (*each.parts, each.total)


def _to_add(each: AddsUp[K], counts: Mapping[K, int], found: set[K], rules: Rules) -> set[K]:
    """Parts that have to be withheld as well, and the total where none is left.

    They are taken in the order of the parts: by their size, that they are withheld would tell it.
    """
    parts = [counts[key] for key in each.parts if key in found]
    is_total_known = each.total is None or each.total not in found
    left = [key for key in each.parts if key not in found and counts[key]]
    added: set[K] = set()
    while _is_told(parts, rules, is_total_known=is_total_known):
        if left:
            key = left.pop(0)
            parts.append(counts[key])
            added.add(key)
        elif is_total_known and each.total is not None:
            is_total_known = False
            added.add(each.total)
        else:
            break
    return added


def _is_told(parts: list[int], rules: Rules, *, is_total_known: bool) -> bool:
    """Whether the sum tells a count that is withheld, or that a few of them are few together."""
    if is_total_known:
        return bool(parts) and gives_away(parts, rules)
    return not parts  # the parts alone would add up to the total that is withheld
