"""Looking things up in a question set."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from dash_forms.domain.answers import AnswerValue, frequency_of
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.instruments import Instrument, NotInInstrumentError, current

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def dash() -> Instrument:
    return current("dash-27")


def test_things_are_found_by_their_names(dash: Instrument) -> None:
    assert dash.item(9).number == 9
    assert [item.number for item in dash.items_in("children")] == [9, 10, 11, 12]
    assert dash.gate("no_children").id == "no_children"
    assert dash.tick_set("safelives_24").id == "safelives_24"


@pytest.mark.parametrize(
    ("look", "sentence"),
    [
        (lambda dash: dash.item(0), "dash-27.v1 has no item 0"),
        (lambda dash: dash.item(28), "dash-27.v1 has no item 28"),
        (lambda dash: dash.item(-1), "dash-27.v1 has no item -1"),
        (lambda dash: dash.items_in("nwo"), "dash-27.v1 has no section nwo"),
        (lambda dash: dash.gate("x"), "dash-27.v1 has no gate x"),
        (lambda dash: dash.tick_set("x"), "dash-27.v1 has no tick set x"),
    ],
)
def test_what_is_not_there_is_refused_in_words(
    look: Callable[[Instrument], object], sentence: str, dash: Instrument
) -> None:
    with pytest.raises(NotInInstrumentError, match=sentence) as caught:
        look(dash)
    assert isinstance(caught.value, NotFoundError)
    assert isinstance(caught.value, LookupError)


def test_follow_ups_apply_only_after_the_answers_they_name(dash: Instrument) -> None:
    fears = dash.item(3)
    assert fears.applying(AnswerValue.YES) == fears.follow_ups
    for value in set(AnswerValue) - {AnswerValue.YES}:
        assert fears.applying(value) == ()


def test_a_yes_or_no_item_offers_the_six_values(dash: Instrument) -> None:
    choices = dash.item(1).choices
    assert [choice.value for choice in choices] == list(AnswerValue)
    assert [choice.label for choice in choices] == [value.label for value in AnswerValue]
    assert all(choice.frequency is None and not choice.details for choice in choices)


def test_a_frequency_item_offers_the_scale_and_the_four_ways_of_not_knowing() -> None:
    item = current("frequency-abuse").item(1)
    assert [choice.label for choice in item.choices] == [
        "Never",
        "Occasionally",
        "Often",
        "All the time",
        "Don’t know",
        "Declined to answer",
        "Not asked",
        "Not applicable",
    ]
    assert len({choice.name for choice in item.choices}) == 8


def test_each_choice_on_a_scale_is_recorded_so_that_it_can_be_read_again() -> None:
    item = current("frequency-abuse").item(1)
    for choice in item.choices:
        assert frequency_of(choice.value, choice.details) is choice.frequency
        kept = {each.id: each for each in item.applying(choice.value)}
        for name, (value,) in choice.details.items():
            assert value in {option.value for option in kept[name].options}


def test_a_published_set_cannot_be_changed(dash: Instrument) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        dash.item(1).prompt = "?"  # type: ignore[misc]
    with pytest.raises(TypeError):
        dash.items[0] = dash.items[1]  # type: ignore[index]
