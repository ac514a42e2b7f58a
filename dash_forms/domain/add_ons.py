"""Which add-on sets the answers to a main set call for: offered with the reason, never forced."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.assessment import Outcome
from dash_forms.domain.errors import InvalidError, NotFoundError
from dash_forms.domain.grading import Stated
from dash_forms.domain.instruments import SetRole, current_sets, published
from dash_forms.domain.text import letter_count

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from dash_forms.domain.answers import Given
    from dash_forms.domain.instruments import Instrument, Item

MOST_ROUNDS = 20
"""How many children, or animals, one assessment can ask about."""
LETTERS_AT_LEAST = 5
WHY = "Say in a few words why"
_ENDINGS_THAT_OWE_ALL = {Outcome.PENDING, Outcome.COMPLETED, Outcome.PARTIAL}
_ENDINGS_THAT_OWE_CHILDREN = {Outcome.DECLINED, Outcome.UNABLE, Outcome.NOT_OFFERED}


@dataclass(frozen=True, slots=True)
class Offer:
    """An add-on set and why it is offered; taking it up is the officer's decision."""

    add_on: Instrument
    because: tuple[int, ...]
    """The items of the main set whose "yes" calls for it, in order."""
    because_of_child: bool
    """A child is linked to the incident, and this set is about children."""
    because_stated: bool = False
    """The last page says that there are children, and this set is about them."""

    @property
    def is_for_children(self) -> bool:
        """Children are known of, so it is owed whatever the victim answered or refused."""
        return self.because_of_child or self.because_stated


def offered_add_ons(
    main: Instrument,
    answers: Mapping[int, Given],
    *,
    child_linked: bool,
    children: Stated | None = None,
) -> tuple[Offer, ...]:
    """The add-on sets to offer, by id, each in its current version.

    Only a "yes" calls for one, from whatever source and however often, also one to the last page's
    question about `children`. No answer withdraws an offer that another has made.
    """
    yes = {number for number, given in answers.items() if given.value is AnswerValue.YES}
    offers = (
        Offer(
            add_on,
            tuple(number for number in numbers if number in yes),
            child_linked and add_on.offered_for_children,
            children is Stated.YES and add_on.offered_for_children,
        )
        for add_on, numbers in callers(main)
    )
    return tuple(offer for offer in offers if offer.because or offer.is_for_children)


def callers(main: Instrument) -> list[tuple[Instrument, list[int]]]:
    """Each add-on set in its current version, with the items whose "yes" calls for it."""
    return [
        (add_on, [item.number for item in main.items if calls_for(item, add_on)])
        for add_on in current_sets(SetRole.ADD_ON)
    ]


def calls_for(item: Item, add_on: Instrument) -> bool:
    """Whether a "yes" to this item of a main set calls for that add-on set."""
    return not set(item.triggers).isdisjoint(add_on.offered_on)


class SkipReason(StrEnum):
    """Why a set that was offered is not asked, or not to its end."""

    VICTIM_DOES_NOT_WANT = "victim_does_not_want"
    NO_TIME = "no_time"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    NOT_RELEVANT = "not_relevant"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _SKIP_LABELS[self]

    @property
    def asks_words(self) -> bool:
        """The code alone says too little for a supervisor."""
        return self in {SkipReason.NOT_RELEVANT, SkipReason.OTHER}


_SKIP_LABELS = {
    SkipReason.VICTIM_DOES_NOT_WANT: "The victim does not want to",
    SkipReason.NO_TIME: "No time, or not safe to go on",
    SkipReason.ANSWERED_ELSEWHERE: "Already answered elsewhere",
    SkipReason.NOT_RELEVANT: "Not relevant after asking",
    SkipReason.OTHER: "Another reason",
}


def require_skip_words(reason: SkipReason, words: str) -> None:
    """InvalidError if the reason says nothing without words and has none."""
    if reason.asks_words and letter_count(words) < LETTERS_AT_LEAST:
        raise InvalidError(WHY, field="words")


def undecided(
    offers: Iterable[Offer], decided: Collection[str], ended: Outcome
) -> tuple[Offer, ...]:
    """The offers that somebody still has to take up or skip, for this ending.

    `decided` are the ids of the sets with an answer or a skip. Where the victim declined, or
    could not be asked, only the children are still owed it: what an officer knows of them does not
    hang on the victim's answers (domain guide, scenario 3).
    """
    left = tuple(offer for offer in offers if offer.add_on.id not in decided)
    if ended in _ENDINGS_THAT_OWE_ALL:
        return left
    if ended in _ENDINGS_THAT_OWE_CHILDREN:
        return tuple(offer for offer in left if offer.is_for_children)
    return ()


def part_of(set_id: str, round_number: int = 1) -> str:
    """The name under which one round of a set keeps its answers: `child-block`, `child-block:2`."""
    return set_id if round_number == 1 else f"{set_id}:{round_number}"


def set_and_round(part: str) -> tuple[str, int]:
    """The set and the round that a part is of; a part that makes no sense is round 0."""
    set_id, colon, number = part.partition(":")
    if not colon:
        return set_id, 1
    rounds = {str(each): each for each in range(2, MOST_ROUNDS + 1)}
    return set_id, rounds.get(number, 0)


def add_on_of(part: str, version: int | None = None) -> Instrument:
    """The add-on set that a part is a round of, or NotFoundError.

    It is the current version unless another published one is wanted.
    """
    set_id, number = set_and_round(part)
    for add_on in current_sets(SetRole.ADD_ON):
        if add_on.id == set_id and (number == 1 or (number and add_on.asked_for.is_repeated)):
            return published().get((set_id, version or 0), add_on)
    raise NotFoundError("There are no such questions.")


def round_title(add_on: Instrument, round_number: int) -> str:
    """The set's title, with which child or animal it is about from the second on."""
    if not add_on.asked_for.is_repeated or round_number == 1:
        return add_on.title
    return f"{add_on.title} (number {round_number})"
