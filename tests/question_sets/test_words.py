"""Question sets in plain words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.instruments import HOW_OFTEN, current, published
from dash_forms.question_sets.words import in_words, numbered, summary


@pytest.mark.parametrize("name", sorted({each for each, _ in published()}))
def test_everything_that_is_asked_is_printed(name: str) -> None:
    question_set = current(name)
    words = in_words(question_set)
    assert question_set.licence_note in words
    for item in question_set.items:
        assert item.prompt in words
        assert item.how_to_ask in words
        for follow_up in item.follow_ups:
            assert follow_up is HOW_OFTEN or follow_up.label in words
            assert all(option.label in words for option in follow_up.options)
    assert words.count("[high risk]") == sum(item.high_risk for item in question_set.items)


def test_a_set_is_summed_up_in_a_line() -> None:
    assert summary(current("dash-27")) == "version 1 · main set · 27 items in 4 sections"
    assert summary(current("animal-block")) == (
        "version 1 · add-on, asked for each animal · 3 items in 1 section"
    )


@pytest.mark.parametrize(
    ("numbers", "words"),
    [((), ""), ((4,), "4"), ((4, 5), "4, 5"), ((3, 7, 9, 10, 11, 12, 21), "3, 7, 9–12, 21")],
)
def test_numbers_in_a_row_are_short(numbers: tuple[int, ...], words: str) -> None:
    assert numbered(numbers) == words


@given(st.sets(st.integers(1, 60)))
def test_no_number_is_lost_on_the_way(numbers: set[int]) -> None:
    back: set[int] = set()
    for part in filter(None, numbered(tuple(sorted(numbers))).split(", ")):
        first, _, last = part.partition("–")
        back.update(range(int(first), int(last or first) + 1))
    assert back == numbers
