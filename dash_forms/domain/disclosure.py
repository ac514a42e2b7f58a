"""What of a table of counts may leave the people who need to know: disclosure control.

Small counts are withheld; a further one is withheld where a total would give the first away; what
is shown is rounded, and a rate is taken of what is shown. The defaults are customary, not national
(domain guide §6, "Small numbers"): a force sets its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


WITHHELD = "withheld"
"""What stands in the place of a number that is not told."""


def told(count: int | None) -> str:
    """A count as it is written, or that it is withheld."""
    return WITHHELD if count is None else f"{count:,}"


def told_of(number: int | None, of: int | None) -> str:
    """So many of how many, as they are written; a part of what is withheld is not told."""
    return WITHHELD if of is None else f"{told(number)} of {told(of)}"


def exact(count: int | None) -> int:
    """A count of which nothing is withheld; TypeError for one that is."""
    if count is None:
        raise TypeError("a count that is withheld is not to be counted with")
    return count


@dataclass(frozen=True, slots=True)
class Rules:
    """How much is withheld. Each is a number of cases."""

    smallest: int = 5
    """A count from 1 up to one less than this is withheld."""
    rounding: int = 5
    """What is shown is rounded to a multiple of this."""
    fewest_for_a_rate: int = 30
    """Of fewer no rate is given."""

    @property
    def words(self) -> str:
        """The rules as they stand on everything that they were applied to."""
        return (
            f"Counts from 1 to {self.smallest - 1} are withheld, and so is a further one where a"
            f" total would give one away; the others are rounded to the nearest {self.rounding};"
            f" rates are taken of rounded counts, and none of fewer than {self.fewest_for_a_rate}."
        )

    @property
    def words_on_screen(self) -> str:
        """The same where numbers stand beside the totals that they are in."""
        return (
            f"{self.words} Totals of outcomes are of what is shown: one that is withheld stands in"
            f" them as {self.in_totals}."
        )

    @property
    def on_screen(self) -> Rules:
        """The same where many figures stand beside each other: rounded to `smallest` at least.

        Two numbers that are rounded so differ by anything from 1 up to one less than `smallest`, or
        by nothing of the kind: their difference tells no small count.
        """
        return replace(self, rounding=max(self.rounding, self.smallest))

    @property
    def in_totals(self) -> int:
        """What a count that is withheld stands as in a total of what is shown: its middle."""
        return self.rounded((self.smallest + 1) // 2)

    def shown(self, count: int) -> int | None:
        """A count by itself, as it may be shown."""
        return None if self.is_small(count) else self.rounded(count)

    def least_of(self, shown: int | None) -> int:
        """The least that a count can be that is shown so."""
        if shown is None:
            return 1
        return max(self.smallest, shown - self.rounding // 2) if shown else 0

    def has_rate(self, count: int) -> bool:
        """Whether whatever looks like this count once it is rounded is enough for a rate.

        So whether there is a rate tells no more of the count than the rounded one does.
        """
        return self.rounded(count) - self.rounding // 2 >= self.fewest_for_a_rate

    def is_small(self, count: int) -> bool:
        """Whether it could tell of somebody."""
        return 0 < count < self.smallest

    def rounded(self, count: int) -> int:
        """To the nearest multiple, halves up."""
        return (count + self.rounding // 2) // self.rounding * self.rounding


@dataclass(frozen=True, slots=True)
class Count:
    """So many, and of how many where it is a part of something."""

    number: int
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """The same as it may be shown; None is withheld, or was not there to begin with."""

    number: int | None
    of: int | None
    rate: float | None


def controlled(rows: Sequence[Count], rules: Rules, *, is_whole: bool) -> list[Shown]:
    """Each row as it may be shown, in order.

    `is_whole` says that the rows add up to a total that is shown somewhere, rounded. Then either
    nothing is withheld, or at least two counts that together are not small. Rows come in an order
    that does not depend on the counts; of those that need not be withheld the first go first.
    """
    wholes, numbers = [row.of or 0 for row in rows], [row.number for row in rows]
    few = {at for at, whole in enumerate(wholes) if rules.is_small(whole)}
    no_whole = _withheld(wholes, few, rules) if is_whole else few
    small = {at for at, row in enumerate(rows) if _tells(row, rules)} | no_whole
    no_number = _withheld(numbers, small, rules) if is_whole else small
    return [
        _shown(
            None if at in no_number else rules.rounded(row.number),
            None if at in no_whole or row.of is None else rules.rounded(row.of),
            has_rate=wholes[at] >= rules.fewest_for_a_rate,
        )
        for at, row in enumerate(rows)
    ]


def _tells(row: Count, rules: Rules) -> bool:
    """Whether the count is small, or the rest of what it is a part of."""
    return rules.is_small(row.number) or (
        row.of is not None and rules.is_small(row.of - row.number)
    )


def _withheld(counts: Sequence[int], small: set[int], rules: Rules) -> set[int]:
    """The small ones, with so many of the others that no total gives them away.

    They are taken in the order of the rows: by their size, that they are withheld would tell it.
    """
    found = set(small)
    left = [at for at, count in enumerate(counts) if count and at not in found]
    while found and left and gives_away([counts[at] for at in found if counts[at]], rules):
        found.add(left.pop(0))
    return found


def gives_away(withheld: Sequence[int], rules: Rules) -> bool:
    """Whether a total less what is shown would tell one of these, or a small sum of them.

    Where all are small, it would also tell that each is the least or the most that it can be.
    """
    number, total = len(withheld), sum(withheld)
    if number < 2 or rules.is_small(total):
        return True
    return all(map(rules.is_small, withheld)) and total in {number, number * (rules.smallest - 1)}


def _shown(number: int | None, of: int | None, *, has_rate: bool) -> Shown:
    rate = min(1.0, number / of) if has_rate and number is not None and of else None
    return Shown(number, of, rate)
