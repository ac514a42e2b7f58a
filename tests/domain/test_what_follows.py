"""What a "yes" sets in motion is said, with the topics that call for it, and by nothing else."""

from __future__ import annotations

import pytest

from dash_forms.domain.answers import AnswerValue, Given, Source
from dash_forms.domain.instruments import Trigger, instrument, published
from dash_forms.domain.what_follows import Following, what_follows

MAIN = instrument("dash-27", 1)

# Domain guide, table (a), without the add-on sets that are offered.
CALLED_FOR = {
    1: ("Photograph the injuries or the damage", "Get medical help, or offer it"),
    5: ("Get health help now if the victim might act on it",),
    6: ("Weigh separation, control and violence together",),
    9: ("Refer to children’s services, the unborn child too",),
    10: ("Link each child, so that the school is told",),
    11: ("Refer the child, or the adult at risk, now",),
    12: ("Refer the child, or the adult at risk, now",),
    13: ("Weigh that it is getting worse or more frequent",),
    14: ("Weigh that it is getting worse or more frequent",),
    15: (
        "Consider the offence of controlling or coercive behaviour",
        "Weigh separation, control and violence together",
    ),
    16: ("Mark the danger to officers, and check for firearms",),
    17: ("Consider the offence of threats to kill",),
    18: ("Get medical help, or offer it", "Consider the offence of strangulation or suffocation"),
    19: ("Ask for a specialist officer", "Offer the sexual assault referral centre"),
    20: ("Record the further suspect",),
    21: ("Consider Clare’s Law",),
    23: ("Offer help with economic abuse",),
    24: ("Note what is known of health, drink and drugs",),
    25: (
        "Act at once, and tell a supervisor",
        "Weigh the danger of killing and suicide together",
    ),
    26: ("Check for a breach of bail, an order or contact terms",),
    27: ("Check PNC and PND",),
}


def answers(value: AnswerValue, *numbers: int) -> dict[int, Given]:
    return {number: Given(value, Source.OFFICER_OBSERVED) for number in numbers}


@pytest.mark.parametrize("number", range(1, 28))
def test_each_topic_calls_for_what_the_guide_says(number: int) -> None:
    found = what_follows([(MAIN, answers(AnswerValue.YES, number))])
    assert tuple(each.action for each in found) == CALLED_FOR.get(number, ())
    assert all(each.because == f"Topic {number}" for each in found)


@pytest.mark.parametrize("value", [each for each in AnswerValue if each is not AnswerValue.YES])
def test_nothing_but_a_yes_calls_for_anything(value: AnswerValue) -> None:
    assert what_follows([(MAIN, answers(value, *MAIN.numbers))]) == ()


def test_the_same_thing_is_said_once_with_all_its_topics() -> None:
    block = instrument("child-block", 1)
    found = what_follows(
        [
            (MAIN, answers(AnswerValue.YES, 11, 12)),
            (block, answers(AnswerValue.YES, 6)),
            (block, answers(AnswerValue.YES, 6)),
        ]
    )
    assert found[0] == Following(
        "Refer the child, or the adult at risk, now",
        "Topics 11, 12; Topic 6 of “Each child: 6 topics”",
    )


def test_every_trigger_of_every_set_is_an_offer_or_says_what_to_do() -> None:
    assert all(trigger.is_offer != bool(trigger.action) for trigger in Trigger)
    for question_set in published().values():
        for item in question_set.items:
            assert len(item.actions) == sum(not each.is_offer for each in item.triggers)
