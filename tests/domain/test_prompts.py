"""Each prompt states the rule that raised it, and none of them grades."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.answers import AnswerValue, Given, Source
from dash_forms.domain.assessment import Outcome
from dash_forms.domain.authority import is_below_count
from dash_forms.domain.declines import REASONS, Reason
from dash_forms.domain.grading import Grade
from dash_forms.domain.history import History, Record
from dash_forms.domain.ids import uuid7
from dash_forms.domain.instruments import current
from dash_forms.domain.prompts import Limits, prompts, threshold_of
from dash_forms.domain.review import needs_second_assessment

SET = current("dash-27")
TODAY = date(2026, 11, 23)
NOTHING = History(on=TODAY, victim_searched=True, perpetrator_searched=True)
COUNTED = next(each.items for each in SET.tick_sets if each.threshold)


def yes(*numbers: int) -> dict[int, Given]:
    return {number: Given(AnswerValue.YES, Source.VICTIM) for number in numbers}


def before(*days: int) -> History:
    records = tuple(
        Record(
            uuid7(),
            "SM-20260131-0001",
            TODAY - timedelta(days=each),
            opens=True,
            same_perpetrator=True,
            outcome=Outcome.COMPLETED,
        )
        for each in days
    )
    return History(on=TODAY, victim_searched=True, perpetrator_searched=True, records=records)


def ids(
    answers: dict[int, Given], history: History = NOTHING, marac_on: date | None = None
) -> set[str]:
    return {each.id for each in prompts(SET, answers, history, Limits(), marac_on=marac_on)}


@given(st.sets(st.sampled_from(SET.numbers)))
def test_only_the_24_meet_fourteen(numbers: set[int]) -> None:
    threshold = threshold_of(SET, yes(*numbers))
    assert threshold is not None
    assert threshold.counts.ticks == len(numbers & set(COUNTED))
    assert ("visible_high_risk" in ids(yes(*numbers))) == (threshold.counts.ticks >= 14)
    for grade in Grade:
        assert is_below_count(grade, threshold) == (threshold.is_met and grade is not Grade.HIGH)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((18,), {"strangulation"}),
        ((17,), {"threat_to_kill"}),
        ((8,), {"stalking"}),
        ((20,), {"honour"}),
        ((6, 15), set()),
        ((6, 15, 1), {"separation_control_violence"}),
        ((6, 15, 18), {"strangulation", "separation_control_violence"}),
    ],
)
def test_answers_raise_their_prompts(numbers: tuple[int, ...], expected: set[str]) -> None:
    assert ids(yes(*numbers)) == expected


def test_three_incidents_in_twelve_months_this_one_included() -> None:
    assert ids({}, before(10)) == set()
    assert ids({}, before(10, 365)) == {"escalation"}
    assert ids({}, before(10, 366)) == set()


def test_a_repeat_within_twelve_months_of_a_referral() -> None:
    assert ids({}, marac_on=date(2025, 11, 23)) == {"marac_repeat"}
    assert ids({}, marac_on=date(2025, 11, 22)) == set()
    assert ids({}, marac_on=TODAY + timedelta(days=1)) == set()


def test_every_prompt_says_its_rule_and_no_grade() -> None:
    everything = prompts(
        SET, yes(*SET.numbers), before(1, 2, 3), Limits(), marac_on=TODAY - timedelta(days=9)
    )
    assert len(everything) == 8
    for each in everything:
        assert each.rule
        assert not {"standard", "medium", "high"} & set(each.text.lower().split())


def test_a_set_without_a_threshold_has_no_count_to_fall_below() -> None:
    assert threshold_of(current("stalking-11"), yes(1)) is None
    assert not is_below_count(Grade.STANDARD, None)


@pytest.mark.parametrize(
    ("set_id", "numbers", "expected"),
    [
        ("stalking-11", (6,), {"stalking_threats"}),
        ("stalking-11", (8,), {"stalking_violence"}),
        ("stalking-11", (1,), {"stalking_fear"}),
        ("stalking-11", (2, 3, 4, 5, 7, 9, 10, 11), set()),
        ("honour-10", (10,), {"honour_threats"}),
        ("honour-10", (7,), {"forced_marriage"}),
        ("honour-10", (8,), {"taken_abroad"}),
        *(("honour-10", (each,), {"honour_signs"}) for each in (1, 2, 3, 4, 5, 6, 9)),
        ("child-block", (1, 2, 3, 4, 5, 6), set()),
    ],
)
def test_answers_in_an_add_on_set_raise_theirs_and_say_of_which_set(
    set_id: str, numbers: tuple[int, ...], expected: set[str]
) -> None:
    add_on = current(set_id)
    raised = prompts(SET, {}, NOTHING, Limits(), add_ons=[(add_on, yes(*numbers))])
    assert {each.id for each in raised} == expected
    for each in raised:
        assert each.rule == f"Topic {numbers[0]} of “{add_on.title}” answered “yes”"
        assert each.for_specialist
    no = {number: Given(AnswerValue.NO, Source.VICTIM) for number in numbers}
    assert not prompts(SET, {}, NOTHING, Limits(), add_ons=[(add_on, no)])


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.code)
def test_honour_as_the_reason_of_a_decline_comes_to_the_specialist(reason: Reason) -> None:
    raised = prompts(SET, {}, NOTHING, Limits(), reasons={reason.code})
    is_honour = reason.code == "shame_community"
    assert [each.id for each in raised] == ["honour_reason"] * is_honour
    assert needs_second_assessment(Grade.STANDARD, raised) is is_honour


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((10,), {"strangulation"}),
        ((17,), {"honour"}),
        ((1, 13), set()),
        ((1, 13, 9), {"separation_control_violence"}),
    ],
)
def test_a_set_with_a_scale_raises_what_means_the_same(
    numbers: tuple[int, ...], expected: set[str]
) -> None:
    scale = current("frequency-abuse")
    raised = prompts(scale, yes(*numbers), NOTHING, Limits())
    assert {each.id for each in raised} == expected
    if numbers == (10,):
        assert raised[0].rule == "Topic 10 answered “yes”, or more often than “never”"
