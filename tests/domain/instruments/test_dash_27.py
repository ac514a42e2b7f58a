"""What dash-27 version 1 has to hold (domain guide, table (a))."""

from __future__ import annotations

import pytest

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.instruments import FollowUpKind, Instrument, Trigger, instrument

NOT_HIGH_RISK = {1, 5, 10, 20, 21, 23, 26, 27}


@pytest.fixture
def dash() -> Instrument:
    return instrument("dash-27", 1)


def test_it_has_the_27_topics_in_four_sections(dash: Instrument) -> None:
    assert dash.numbers == tuple(range(1, 28))
    sizes = {section.id: len(dash.items_in(section.id)) for section in dash.sections}
    assert sizes == {"now": 8, "children": 4, "history": 10, "abuser": 5}


def test_the_high_risk_topics_are_those_of_the_guide(dash: Instrument) -> None:
    assert {item.number for item in dash.items if not item.high_risk} == NOT_HIGH_RISK


def test_it_never_claims_to_be_the_official_form(dash: Instrument) -> None:
    assert "DASH-aligned" in dash.title
    assert "NOT the official DASH form" in dash.licence_note


def test_no_gate_can_skip_pregnancy(dash: Instrument) -> None:
    assert not dash.item(9).skippable
    assert all(9 not in gate.items for gate in dash.gates)
    gate = dash.gate("no_children")
    assert (gate.items, gate.sets) == ((10, 11, 12), AnswerValue.NOT_APPLICABLE)


def test_the_threshold_belongs_to_the_24_and_not_to_the_27(dash: Instrument) -> None:
    every, subset = dash.tick_set("all_27"), dash.tick_set("safelives_24")
    assert (every.items, every.threshold) == (dash.numbers, None)
    assert set(every.items) - set(subset.items) == {10, 11, 12}
    assert (len(subset.items), subset.threshold) == (24, 14)


def test_each_feared_harm_is_asked_for_self_children_and_others(dash: Instrument) -> None:
    grid = {each.id: each for each in dash.item(3).follow_ups if each.kind is FollowUpKind.CHOICES}
    assert set(grid) == {"killed", "hurt_more", "other_harm"}
    for fear in grid.values():
        assert [option.value for option in fear.options] == ["self", "children", "other"]


@pytest.mark.parametrize(
    ("trigger", "numbers"),
    [
        (Trigger.CHILD_BLOCK, {3, 7, 10, 21}),
        (Trigger.ENCOMPASS, {10}),
        (Trigger.SAFEGUARDING_REFERRAL, {11, 12}),
        (Trigger.S_DASH_OFFER, {8}),
        (Trigger.H_DASH_OFFER, {4, 15, 20}),
        (Trigger.TRIAD_PROMPT, {6, 15}),
        (Trigger.ESCALATION_PROMPT, {13, 14}),
        (Trigger.MEDICAL, {1, 18}),
        (Trigger.STRANGULATION_OFFENCE, {18}),
        (Trigger.ANIMAL_BLOCK, {22}),
    ],
)
def test_triggers_are_those_of_the_guide(
    trigger: Trigger, numbers: set[int], dash: Instrument
) -> None:
    assert {item.number for item in dash.items if trigger in item.triggers} == numbers


def test_every_trigger_is_pulled_by_something(dash: Instrument) -> None:
    assert {trigger for item in dash.items for trigger in item.triggers} == set(Trigger)


def test_every_topic_is_one_short_question_with_something_to_note(dash: Instrument) -> None:
    for item in dash.items:
        assert item.prompt.endswith("?"), item.number
        assert item.prompt.count("?") == 1, item.number
        assert len(item.prompt) <= 110, item.number
        assert item.follow_ups, item.number
