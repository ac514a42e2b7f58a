"""What the sets besides dash-27 have to hold (domain guide §1.3 to §1.5)."""

from __future__ import annotations

import pytest

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.instruments import (
    HOW_OFTEN,
    AnswerKind,
    AskedFor,
    Instrument,
    SetRole,
    Trigger,
    instrument,
    published,
)

SHIPPED = sorted(published().values(), key=lambda each: each.key)


def high_risk(question_set: Instrument) -> set[int]:
    return {item.number for item in question_set.items if item.high_risk}


@pytest.mark.parametrize(
    ("name", "items", "role", "asked_for"),
    [
        ("dash-27", 27, SetRole.MAIN, AskedFor.VICTIM),
        ("frequency-abuse", 18, SetRole.MAIN, AskedFor.VICTIM),
        ("stalking-11", 11, SetRole.ADD_ON, AskedFor.VICTIM),
        ("honour-10", 10, SetRole.ADD_ON, AskedFor.VICTIM),
        ("child-block", 6, SetRole.ADD_ON, AskedFor.EACH_CHILD),
        ("animal-block", 3, SetRole.ADD_ON, AskedFor.EACH_ANIMAL),
    ],
)
def test_each_set_has_its_size_and_its_part(
    name: str, items: int, role: SetRole, asked_for: AskedFor
) -> None:
    question_set = instrument(name, 1)
    assert len(question_set.items) == items
    assert (question_set.role, question_set.asked_for) == (role, asked_for)


def test_nothing_is_shipped_unseen() -> None:
    assert len(SHIPPED) == 6


@pytest.mark.parametrize("question_set", SHIPPED, ids=lambda each: each.key)
def test_every_topic_is_one_short_question_with_something_to_note(question_set: Instrument) -> None:
    for item in question_set.items:
        assert item.prompt.endswith("?"), item.number
        assert item.prompt.count("?") == 1, item.number
        assert len(item.prompt) <= 110, item.number
        assert set(item.follow_ups) - {HOW_OFTEN}, item.number


@pytest.mark.parametrize("question_set", SHIPPED, ids=lambda each: each.key)
def test_no_set_claims_to_be_an_official_form(question_set: Instrument) -> None:
    assert "Wording" in question_set.attribution
    assert "by the dash-forms project" in question_set.attribution
    assert "NOT the official" in question_set.licence_note or (
        "no official form" in question_set.licence_note
    )


@pytest.mark.parametrize("question_set", SHIPPED, ids=lambda each: each.key)
def test_only_dash_27_has_a_count_that_matters(question_set: Instrument) -> None:
    assert bool(question_set.tick_sets) == (question_set.id == "dash-27")


def test_high_risk_marks_are_those_that_the_guide_supports() -> None:
    assert high_risk(instrument("stalking-11", 1)) == {1, 4, 5, 6, 10}
    assert high_risk(instrument("honour-10", 1)) == {3, 4, 6, 10}
    assert high_risk(instrument("child-block", 1)) == {6}
    assert high_risk(instrument("animal-block", 1)) == {2}
    often = instrument("frequency-abuse", 1)
    assert set(often.numbers) - high_risk(often) == {4, 5, 6, 9, 17}


def test_the_frequency_set_asks_mostly_how_often_and_first_about_control() -> None:
    often = instrument("frequency-abuse", 1)
    assert often.sections[0].id == "control"
    scaled = [item.number for item in often.items if item.kind is AnswerKind.FREQUENCY]
    assert len(scaled) == 13
    assert {item.number for item in often.items_in("control")} <= set(scaled)


def test_no_gate_can_skip_pregnancy_in_either_main_set() -> None:
    often = instrument("frequency-abuse", 1)
    (pregnancy,) = [item for item in often.items if Trigger.CHILD_REFERRAL in item.triggers]
    assert not pregnancy.skippable


def test_a_child_at_school_is_told_to_the_school() -> None:
    school = instrument("child-block", 1).item(2)
    assert Trigger.ENCOMPASS in school.triggers


def test_where_a_child_lives_is_asked_after_a_no() -> None:
    lives_here = instrument("child-block", 1).item(3)
    assert [each.id for each in lives_here.applying(AnswerValue.NO)] == ["where"]
