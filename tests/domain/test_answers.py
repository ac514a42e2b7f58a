"""How answers are counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.answers import AnswerValue, Frequency, Given, Source, frequency_of, tally

ITEMS = range(1, 28)
V = AnswerValue

SHEETS = st.dictionaries(
    st.sampled_from(ITEMS),
    st.builds(Given, st.sampled_from(AnswerValue), st.sampled_from(Source)),
)


def sheet(value: AnswerValue, source: Source = Source.VICTIM) -> dict[int, Given]:
    return {number: Given(value, source) for number in ITEMS}


def test_a_blank_sheet_has_no_answers_and_could_hold_any_number_of_ticks() -> None:
    counts = tally({}, ITEMS)
    assert (counts.answered, counts.with_value, counts.ticks, counts.ticks_at_most) == (0, 0, 0, 27)
    assert not counts.is_complete
    assert not counts.everything_has_a_value


@pytest.mark.parametrize("value", [V.DECLINED, V.NOT_ASKED])
def test_what_was_refused_or_never_heard_is_open_and_never_a_no(value: AnswerValue) -> None:
    counts, as_no = tally(sheet(value), ITEMS), tally(sheet(V.NO), ITEMS)
    assert (counts.answered, counts.from_victim, counts.ticks_at_most) == (0, 0, 27)
    assert counts.everything_has_a_value
    assert not counts.is_complete
    assert (as_no.answered, as_no.ticks_at_most) == (27, 0)


def test_dont_know_is_an_answer_that_may_hide_a_yes() -> None:
    counts = tally(sheet(V.DONT_KNOW), ITEMS)
    assert counts.is_complete
    assert (counts.ticks, counts.ticks_at_most) == (0, 27)


def test_not_applicable_leaves_nothing_open_and_is_nobodys_answer() -> None:
    counts = tally(sheet(V.NOT_APPLICABLE), ITEMS)
    assert counts.is_complete
    assert (counts.ticks_at_most, counts.from_victim) == (0, 0)


@pytest.mark.parametrize("source", Source)
def test_a_tick_counts_whoever_it_came_from(source: Source) -> None:
    counts = tally(sheet(V.YES, source), ITEMS)
    assert counts.ticks == 27
    assert counts.from_victim == (27 if source is Source.VICTIM else 0)


def test_fifteen_yes_with_the_household_topics_are_twelve_of_the_24() -> None:
    """Scenario 1: the threshold of 14 belongs to the list without topics 10 to 12."""
    answers = {n: Given(V.YES if n <= 15 else V.NO, Source.VICTIM) for n in ITEMS}
    the_24 = [n for n in ITEMS if n not in {10, 11, 12}]
    assert tally(answers, ITEMS).ticks == 15
    assert tally(answers, the_24).ticks == 12


@given(SHEETS)
def test_the_true_count_of_ticks_always_lies_between_the_two(answers: dict[int, Given]) -> None:
    counts = tally(answers, ITEMS)
    certain_no = sum(g.value in {V.NO, V.NOT_APPLICABLE} for g in answers.values())
    assert counts.ticks <= counts.ticks_at_most == 27 - certain_no


@given(SHEETS, st.sampled_from(ITEMS))
def test_refusing_a_topic_never_lowers_what_may_be_true(
    answers: dict[int, Given], number: int
) -> None:
    refused = answers | {number: Given(V.DECLINED, Source.VICTIM)}
    said_no = answers | {number: Given(V.NO, Source.VICTIM)}
    assert tally(refused, ITEMS).ticks_at_most == tally(said_no, ITEMS).ticks_at_most + 1


def test_never_is_a_no_and_anything_else_a_yes() -> None:
    recorded = {each: each.recorded_as for each in Frequency}
    assert recorded.pop(Frequency.NEVER) is AnswerValue.NO
    assert set(recorded.values()) == {AnswerValue.YES}


def test_how_often_is_read_from_the_details_of_a_yes_only() -> None:
    often = {"frequency": ("often",)}
    assert frequency_of(AnswerValue.YES, often) is Frequency.OFTEN
    assert frequency_of(AnswerValue.YES, {}) is None
    assert frequency_of(AnswerValue.NO, {}) is Frequency.NEVER
    for value in set(AnswerValue) - {AnswerValue.YES, AnswerValue.NO}:
        assert frequency_of(value, often) is None
    assert frequency_of(None, often) is None
