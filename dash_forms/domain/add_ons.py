"""Which add-on sets the answers to a main set call for: offered with the reason, never forced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.instruments import SetRole, current_sets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dash_forms.domain.answers import Given
    from dash_forms.domain.instruments import Instrument, Item


@dataclass(frozen=True, slots=True)
class Offer:
    """An add-on set and why it is offered; taking it up is the officer's decision."""

    add_on: Instrument
    because: tuple[int, ...]
    """The items of the main set whose "yes" calls for it, in order."""
    because_of_child: bool
    """A child is linked to the incident, and this set is about children."""


def offered_add_ons(
    main: Instrument, answers: Mapping[int, Given], *, child_linked: bool
) -> tuple[Offer, ...]:
    """The add-on sets to offer, by id, each in its current version.

    Only a "yes" calls for one, from whatever source and however often. No answer withdraws an
    offer that another has made.
    """
    yes = [
        item
        for item in main.items
        if (given := answers.get(item.number)) and given.value is AnswerValue.YES
    ]
    offers = (
        Offer(
            add_on,
            tuple(item.number for item in yes if calls_for(item, add_on)),
            child_linked and add_on.offered_for_children,
        )
        for add_on in current_sets(SetRole.ADD_ON)
    )
    return tuple(offer for offer in offers if offer.because or offer.because_of_child)


def calls_for(item: Item, add_on: Instrument) -> bool:
    """Whether a "yes" to this item of a main set calls for that add-on set."""
    return any(trigger in add_on.offered_on for trigger in item.triggers)
