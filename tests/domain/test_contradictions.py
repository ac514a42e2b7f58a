"""Every answer that the history speaks against is shown, with both sides; nothing else is."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.answers import AnswerValue, Source
from dash_forms.domain.contradictions import CHILDREN_ITEM, RULES, Contradiction, contradictions
from dash_forms.domain.grading import Stated
from dash_forms.domain.history import History, Mention, Record
from dash_forms.domain.instruments import current
from dash_forms.domain.prompts import Limits
from dash_forms.domain.sync import AnswerContent
from tests.domain.test_history import NOTHING, RECORDS, TODAY, history, record

V = AnswerValue
MENTION = Mention(UUID(int=7), "SM-7", TODAY, opens=False)


def answers(**by_item: AnswerValue) -> dict[int, AnswerContent]:
    """`q16=V.NO` as an answer of the victim."""
    return {int(k[1:]): AnswerContent(value, Source.VICTIM) for k, value in by_item.items()}


def found(
    said: dict[int, AnswerContent], past: History, children: Stated | None = None
) -> tuple[Contradiction, ...]:
    return contradictions("dash-27", said, children, past, Limits())


@pytest.mark.parametrize("item", [11, 12, 16, 17, 18, 19, 21, 22, 25, 26, 27])
def test_no_now_against_yes_before(item: int) -> None:
    past = history(record(30, 4, yes=frozenset({item})))
    said = {item: AnswerContent(V.NO, Source.VICTIM)}
    each = found(said, past)[0]
    assert (each.item, each.now) == (item, "No")
    assert each.history == "“Yes” was recorded: 2 May 2026, SM-4"
    for value in set(V) - {V.NO}:
        assert not found({item: AnswerContent(value, Source.VICTIM)}, past)


@pytest.mark.parametrize(
    ("item", "now"), [(10, "Never"), (11, "Never"), (14, "No"), (16, "Never"), (18, "No")]
)
def test_the_set_with_a_scale_is_held_against_its_own_earlier_answers(item: int, now: str) -> None:
    before = record(30, 4, yes=frozenset({item}), instrument_id="frequency-abuse")
    said = {item: AnswerContent(V.NO, Source.VICTIM)}
    [each] = contradictions("frequency-abuse", said, None, history(before), Limits())
    assert (each.item, each.now) == (item, now)
    of_the_other_set = history(record(30, 4, yes=frozenset({item})))
    assert not contradictions("frequency-abuse", said, None, of_the_other_set, Limits())


@pytest.mark.parametrize("instrument_id", sorted(RULES))
def test_every_rule_says_no_in_the_words_of_its_topic(instrument_id: str) -> None:
    for rule in RULES[instrument_id]:
        if V.NO in rule.values:
            assert rule.now == current(instrument_id).item(rule.item).said(V.NO, {})


def test_what_was_said_of_somebody_else_is_no_contradiction() -> None:
    yes = record(yes=frozenset({16}))
    assert not found(answers(q16=V.NO), history(replace(yes, same_perpetrator=False)))
    [each] = found(answers(q16=V.NO), history(replace(yes, same_perpetrator=None)))
    assert "whether about the same person is not known" in each.history


def test_the_first_injury_against_an_earlier_one() -> None:
    past = history(record(yes=frozenset({1})))
    first = {1: AnswerContent(V.YES, Source.VICTIM, details={"first_injury": ("yes",)})}
    [each] = found(first, past)
    assert each.now == "Yes, for the first time"
    assert not found(answers(q1=V.YES), past)
    assert not found(first, history(record()))


def test_a_pregnancy_is_asked_about_for_a_year() -> None:
    yes = frozenset({9})
    assert found(answers(q9=V.NO), history(record(365, yes=yes, same_perpetrator=False)))
    assert not found(answers(q9=V.NO), history(record(366, yes=yes)))


@pytest.mark.parametrize("item", ["q13", "q14"])
def test_not_more_often_against_three_incidents_in_a_year(item: str) -> None:
    said = answers(**{item: V.NO})
    [each] = found(said, history(record(10, 1), record(20, 2)))
    assert each.history == (
        "3 incidents in 12 months, this one included: 22 May 2026, SM-1 and 1 more"
    )
    assert not found(said, history(record(10, 1), record(10, 1)))
    assert not found(said, history(record(10, 1), record(400, 2)))
    assert not found(said, history(record(10, 1), record(20, 2, same_perpetrator=False)))


def test_unknown_to_the_police_against_an_incident_that_names_them() -> None:
    said = answers(q27=V.NO)
    assert found(said, history(record()))
    assert not found(said, history(record(same_perpetrator=None)))
    assert found(said, replace(NOTHING, with_other_victims=(MENTION,)))
    assert found(answers(q21=V.NO), replace(NOTHING, with_other_victims=(MENTION,)))
    assert not found(said, replace(NOTHING, as_other_party=(MENTION,)))


@pytest.mark.parametrize("value", [V.NO, V.NOT_APPLICABLE])
def test_no_children_against_a_child_who_is_linked(value: AnswerValue) -> None:
    past = replace(NOTHING, children_linked=1)
    [topic, page] = found(answers(q10=value), past, Stated.NO)
    assert (topic.item, page.item) == (10, None)
    assert not found(answers(q10=V.YES), past, Stated.YES)


@pytest.mark.parametrize(
    ("value", "stated", "differ"),
    [
        (V.YES, Stated.NO, True),
        (V.NO, Stated.YES, True),
        (V.NOT_APPLICABLE, Stated.YES, True),
        (V.YES, Stated.YES, False),
        (V.NO, Stated.NO, False),
        (V.DECLINED, Stated.YES, False),
        (V.YES, Stated.NOT_KNOWN, False),
        (V.YES, None, False),
    ],
)
def test_the_last_page_against_the_topic(
    value: AnswerValue, stated: Stated | None, differ: bool
) -> None:
    assert bool(found(answers(q10=value), NOTHING, stated)) == differ


def test_another_question_set_has_no_rules_of_this_one() -> None:
    assert not contradictions(
        "another", answers(q16=V.NO), None, history(record(yes=frozenset({16}))), Limits()
    )
    foreign = history(record(yes=frozenset({16}), instrument_id="another"))
    assert not found(answers(q16=V.NO), foreign)


def test_rules_name_items_details_and_values_that_exist() -> None:
    for instrument_id, rules in RULES.items():
        asked = current(instrument_id)
        for rule in rules:
            item = asked.item(rule.item)
            if rule.detail:
                follow_up = next(each for each in item.follow_ups if each.id == rule.detail[0])
                assert rule.detail[1] in {option.value for option in follow_up.options}
    for instrument_id, number in CHILDREN_ITEM.items():
        assert "children" in current(instrument_id).item(number).prompt


@given(
    st.dictionaries(
        st.integers(1, 27), st.builds(AnswerContent, st.sampled_from(V), st.sampled_from(Source))
    ),
    st.lists(RECORDS, max_size=5),
)
def test_no_history_and_no_second_word_means_no_contradiction(
    said: dict[int, AnswerContent], records: list[Record]
) -> None:
    assert not found(said, NOTHING)
    past = history(*sorted(records, key=lambda each: each.on, reverse=True))
    for each in found(said, past):
        assert each.item in said
        assert each.found
        assert set(each.found) <= set(past.records)
