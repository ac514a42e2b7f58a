"""A "yes" about children asks for a referral, and nobody's child is forgotten unlinked."""

from __future__ import annotations

import pytest

from dash_forms.domain.answers import AnswerValue, Given, Source
from dash_forms.domain.grading import Stated
from dash_forms.domain.instruments import instrument
from dash_forms.domain.referrals import TaskKind
from dash_forms.domain.safeguarding import children_not_linked, referrals_called_for

MAIN, BLOCK = instrument("dash-27", 1), instrument("child-block", 1)


def answers(value: AnswerValue, *numbers: int) -> dict[int, Given]:
    return {number: Given(value, Source.OFFICER_OBSERVED) for number in numbers}


@pytest.mark.parametrize("number", range(1, 28))
def test_topics_9_11_and_12_ask_for_a_referral_and_no_others(number: int) -> None:
    expected = {
        9: {TaskKind.CHILD_REFERRAL},
        11: {TaskKind.SAFEGUARDING},
        12: {TaskKind.SAFEGUARDING},
    }
    found = referrals_called_for([(MAIN, answers(AnswerValue.YES, number))])
    assert set(found) == expected.get(number, set())


@pytest.mark.parametrize("value", [each for each in AnswerValue if each is not AnswerValue.YES])
def test_only_a_yes_asks_for_one(value: AnswerValue) -> None:
    assert referrals_called_for([(MAIN, answers(value, 9, 11, 12))]) == {}


def test_the_task_says_which_topics_of_which_set_it_is_because_of() -> None:
    asked = [
        (MAIN, answers(AnswerValue.YES, 11, 12)),
        (BLOCK, answers(AnswerValue.YES, 6)),
        (BLOCK, answers(AnswerValue.YES, 6)),
    ]
    found = referrals_called_for(asked)
    assert found == {
        TaskKind.SAFEGUARDING: "Because of a “yes”. Topics 11, 12; Topic 6 of “Each child: 6"
        " topics”"
    }


@pytest.mark.parametrize(
    ("at_home", "blocks", "stated", "linked", "expected"),
    [
        (AnswerValue.YES, 0, None, 0, True),  # by topic 10
        (AnswerValue.NO, 0, Stated.YES, 0, True),  # by the last page
        (AnswerValue.NO, 0, Stated.NO, 0, False),
        (AnswerValue.DONT_KNOW, 0, None, 0, False),
        (AnswerValue.YES, 0, Stated.YES, 1, False),  # linked
        (AnswerValue.NO, 1, Stated.NO, 0, True),  # by a block that was asked
        (AnswerValue.YES, 2, Stated.YES, 1, True),  # asked of two, one linked
        (AnswerValue.YES, 2, Stated.YES, 2, False),
    ],
)
def test_a_child_who_is_known_of_and_not_linked_is_noticed(
    at_home: AnswerValue, blocks: int, stated: Stated | None, linked: int, expected: bool
) -> None:
    asked = [(MAIN, answers(at_home, 10)), *[(BLOCK, answers(AnswerValue.DONT_KNOW, 1))] * blocks]
    assert children_not_linked(asked, stated, linked) is expected


def test_a_block_that_was_only_opened_says_nothing_of_a_child() -> None:
    assert not children_not_linked([(MAIN, {}), (BLOCK, {})], None, 0)
