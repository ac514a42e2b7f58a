"""What a force sets holds on every page: no rule keeps a number of its own beside the setting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dash_forms.domain.answers import AnswerValue, Source, Tally
from dash_forms.domain.contradictions import contradictions
from dash_forms.domain.instruments import current
from dash_forms.domain.marac import Door, facts
from dash_forms.domain.prompts import Limits, Threshold, prompts
from dash_forms.domain.sync import AnswerContent
from tests.domain.test_history import TODAY, history, record

SET = current("dash-27")
NOT_MORE_OFTEN = {13: AnswerContent(AnswerValue.NO, Source.VICTIM)}


def said(incidents: int, limits: Limits) -> tuple[bool, bool, str, str, str]:
    """Whether a prompt and a contradiction are raised; the facts of two doors; the history."""
    earlier = [record(30 * number, number) for number in range(1, incidents)]
    past = replace(history(*earlier), months=limits.escalation_months)
    raised = {each.id for each in prompts(SET, {}, past, limits)}
    against = contradictions(SET.id, NOT_MORE_OFTEN, None, past, limits)
    doors = facts(None, past, TODAY.replace(month=1), limits, was_assessed=True)
    lines = " ".join(f"{each.text} {each.rule}" for each in past.warnings)
    shown = (doors[Door.POTENTIAL_ESCALATION], doors[Door.REPEAT], lines)
    return "escalation" in raised, bool(against), *shown


@pytest.mark.parametrize("least", [2, 3, 5])
@pytest.mark.parametrize("incidents", range(1, 7))
def test_prompt_and_contradiction_call_the_same_number_many(incidents: int, least: int) -> None:
    prompt, contradiction, door, _, _ = said(incidents, Limits(escalation_incidents=least))
    assert prompt == contradiction == (incidents >= least)
    assert f"From {least} on" in door or incidents == 1


def test_every_span_is_the_one_that_was_set() -> None:
    limits = Limits(escalation_incidents=2, escalation_months=5, marac_repeat_months=3)
    prompt, contradiction, door, repeat, lines = said(3, limits)
    assert prompt
    assert contradiction
    assert "in the 5 months before this one" in door
    assert "within the 3 months" in repeat
    assert "in 5 months" in lines
    assert "in the 5 months before this one" in lines
    assert "12" not in door + repeat + lines


def test_one_month_is_written_as_one() -> None:
    *_, door, _, lines = said(2, Limits(escalation_months=1, marac_repeat_months=1))
    assert "in the 1 month before" in door
    assert "in 1 month" in lines


def test_an_old_pregnancy_is_no_matter_of_how_escalation_is_counted() -> None:
    long_ago = history(record(200, 1, yes=frozenset({9})))
    content = {9: AnswerContent(AnswerValue.NO, Source.VICTIM)}
    for months in (1, 12, 60):
        limits = Limits(escalation_months=months)
        past = replace(long_ago, months=months)
        assert contradictions(SET.id, content, None, past, limits)


def test_the_count_and_its_threshold_are_those_of_the_set() -> None:
    of_six = Threshold(6, 4, Tally(6, 6, 6, 3, 3, 6))
    door = facts(of_six, history(), None, Limits(), was_assessed=True)[Door.VISIBLE_HIGH_RISK]
    assert "3 of the 6 are “yes”" in door
    assert "The threshold is 4." in door
    assert not {"14", "24"} & set(door.replace(".", "").split())
    for each in Door:
        assert not any(sign.isdigit() for sign in each.label)
