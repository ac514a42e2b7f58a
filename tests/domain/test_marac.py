"""The decision on MARAC and the facts beside its doors."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from dash_forms.domain.answers import AnswerValue, Given, Source
from dash_forms.domain.grading import Grade
from dash_forms.domain.history import History
from dash_forms.domain.instruments import current
from dash_forms.domain.marac import Door, MaracDecision, facts
from dash_forms.domain.prompts import Limits, Threshold, prompts, threshold_of
from dash_forms.domain.review import needs_second_assessment

DASH = current("dash-27")
BEYOND_24 = {10, 11, 12}
NOTHING = History(date(2026, 2, 1), victim_searched=True, perpetrator_searched=True)
WHY = "He has found out where she lives now."


def answers(yes: set[int]) -> dict[int, Given]:
    return {
        number: Given(AnswerValue.YES if number in yes else AnswerValue.NO, Source.VICTIM)
        for number in DASH.numbers
    }


def of_24(yes: set[int]) -> Threshold:
    threshold = threshold_of(DASH, answers(yes))
    assert threshold is not None
    return threshold


def test_only_topics_of_the_24_reach_the_threshold_whatever_else_is_yes() -> None:
    draw = Random(14)
    for _ in range(200):
        yes = set(draw.sample(DASH.numbers, draw.randint(0, 27)))
        counted = len(yes - BEYOND_24)
        threshold = threshold_of(DASH, answers(yes))
        assert threshold is not None
        assert threshold.counts.ticks == counted
        assert threshold.is_met == (counted >= 14)
        raised = prompts(DASH, answers(yes), NOTHING, Limits())
        stalked_or_others = bool(yes & {8, 20})
        for grade in Grade:
            due = needs_second_assessment(grade, raised)
            assert due == (grade is Grade.HIGH or counted >= 14 or stalked_or_others)


def test_fifteen_with_the_three_beyond_the_24_claims_nothing() -> None:
    """Scenario 1 of the domain guide: 15 of 27, 12 of the 24."""
    yes = {*range(1, 13), 13, 14, 15}
    said = facts(of_24(yes), NOTHING, None, Limits(), was_assessed=True)
    assert said[Door.VISIBLE_HIGH_RISK].startswith("12 of the 24 are “yes”")


def test_what_is_not_known_is_said_as_not_known() -> None:
    unknown = History(date(2026, 2, 1), victim_searched=False, perpetrator_searched=False)
    said = facts(threshold_of(DASH, {}), unknown, None, Limits(), was_assessed=False)
    assert (
        said[Door.VISIBLE_HIGH_RISK] == "None of the 24 was answered, so there is nothing to count."
    )
    assert said[Door.POTENTIAL_ESCALATION].startswith("Not known")
    assert said[Door.REPEAT].startswith("Not known")
    assert "did not answer" in said[Door.PROFESSIONAL_JUDGEMENT]
    assert set(said) == set(Door)
    assert facts(None, NOTHING, None, Limits(), was_assessed=True)[
        Door.VISIBLE_HIGH_RISK
    ].startswith("This")


def test_the_last_referral_is_a_date() -> None:
    said = facts(None, NOTHING, date(2025, 11, 3), Limits(), was_assessed=True)
    assert said[Door.REPEAT] == (
        "The same two were last referred on 3 November 2025, within the 12 months that make a"
        " repeat."
    )
    said = facts(None, NOTHING, date(2025, 1, 31), Limits(), was_assessed=True)
    assert "31 January 2025, not within the 12 months" in said[Door.REPEAT]


@pytest.mark.parametrize(
    ("decision", "fields"),
    [
        (MaracDecision(refer=True, door=Door.REPEAT, reason=WHY), []),
        (MaracDecision(refer=False, door=None, reason=WHY), []),
        (MaracDecision(refer=True, door=None, reason=WHY), ["door"]),
        (MaracDecision(refer=False, door=Door.REPEAT, reason=WHY), ["door"]),
        (MaracDecision(refer=False, door=None, reason="No."), ["reason"]),
        (MaracDecision(refer=True, door=None, reason=" - " * 20), ["door", "reason"]),
    ],
)
def test_a_yes_needs_a_door_and_both_need_a_reason(
    decision: MaracDecision, fields: list[str]
) -> None:
    assert [refusal.field for refusal in decision.refusals] == fields
