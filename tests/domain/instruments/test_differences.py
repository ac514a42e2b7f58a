"""What a comparison of two versions tells, and that it leaves nothing out."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.instruments import Instrument, Trigger, instrument, load, published
from dash_forms.domain.instruments.differences import differences
from tests.domain.instruments.test_loader import SMALL


def told(*changes: tuple[str, str]) -> list[str]:
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return [str(each) for each in differences(load(SMALL), load(text))]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("version = 2", "version = 3", None),
        ('title = "A small set"', 'title = "Small"', "~ title: “A small set” → “Small”"),
        ('title = "Now"', 'title = "Today"', "~ section now: title: “Now” → “Today”"),
        (
            "Are you hurt?",
            "Are you injured?",
            "~ item 1: reworded: “Are you hurt?” → “Are you injured?”",
        ),
        ("Ask alone.", "Wait.", "~ item 2: how to ask reworded: “Ask alone.” → “Wait.”"),
        ("high_risk = true", "high_risk = false", "~ item 1: high risk: yes → no"),
        ("skippable = false", "skippable = true", "~ item 2: skippable: no → yes"),
        (
            '["medical"]',
            '["photos", "sarc"]',
            "~ item 1: triggers: now with photos, now with sarc, without medical",
        ),
        (
            'label = "Head" },',
            'label = "Face" },',
            "~ item 1: follow-up where: option head: label: “Head” → “Face”",
        ),
        (
            '  { value = "head", label = "Head" },\n',
            "",
            "- item 1: follow-up where: option head: “Head”",
        ),
        ('["yes", "dont_know"]', '["dont_know", "yes"]', None),
        ('id = "why"', 'id = "reason"', "+ item 2: follow-up reason: “Why”"),
        ("threshold = 2", "", "~ tick set both: threshold: 2 → none"),
        ('sets = "not_applicable"', 'sets = "no"', "~ gate unhurt: sets: not_applicable → no"),
    ],
)
def test_each_kind_of_change_is_told_at_its_place(old: str, new: str, expected: str | None) -> None:
    lines = told((old, new))
    if old == "version = 2":
        assert lines == []
    elif expected is None:
        assert lines == ["~ item 1: follow-up where: when: in another order"]
    else:
        assert expected in lines


NEW_ITEM = """
[[items]]
number = {number}
section = "now"
prompt = "Is anybody else here?"
how_to_ask = "Look round."
high_risk = false
kind = "yes_no"
"""


def test_an_item_put_in_between_does_not_make_the_rest_look_reworded() -> None:
    before_the_second = SMALL.index("[[items]]\nnumber = 2")
    text = (
        SMALL[:before_the_second]
        + NEW_ITEM.format(number=2)
        + "\n"
        + SMALL[before_the_second:].replace("number = 2", "number = 3")
    )
    assert [str(each) for each in differences(load(SMALL), load(text))] == [
        "+ item 2: “Is anybody else here?”",
        "~ item 3: moved: 2 → 3",
    ]
    assert [str(each) for each in differences(load(text), load(SMALL))] == [
        "- item 2: “Is anybody else here?”",
        "~ item 2: moved: 3 → 2",
    ]


def test_what_changes_places_is_told() -> None:
    old = instrument("dash-27", 1)
    new = dataclasses.replace(old, sections=old.sections[::-1])
    assert [str(each) for each in differences(old, new)] == ["~ sections: in another order"]


def test_licensed_wording_is_told_item_by_item() -> None:
    old = instrument("dash-27", 1)
    items = tuple(
        dataclasses.replace(each, prompt=f"Licensed {each.number}?") for each in old.items
    )
    lines = [str(each) for each in differences(old, dataclasses.replace(old, items=items))]
    assert len(lines) == 27
    assert lines[4].startswith("~ item 5: reworded: “Have you been very low")
    assert lines[4].endswith("→ “Licensed 5?”")


SETS = st.sampled_from(sorted(published().values(), key=lambda each: each.key))


@st.composite
def altered(draw: st.DrawFn) -> tuple[Instrument, Instrument]:
    """A set, and the same with one thing in it changed, or none."""
    old = draw(SETS)
    at = draw(st.integers(0, len(old.items) - 1))
    item = old.items[at]
    change: dict[str, Any] = draw(
        st.sampled_from(
            [
                {},
                {"prompt": "Something else?"},
                {"how_to_ask": "Another way."},
                {"high_risk": not item.high_risk},
                {"skippable": not item.skippable},
                {"triggers": (Trigger.ADD_SUSPECT, Trigger.MEDICAL)},
                {"triggers": item.triggers[::-1]},
                {"follow_ups": item.follow_ups[:-1]},
                {"follow_ups": item.follow_ups[::-1]},
                {
                    "follow_ups": (
                        dataclasses.replace(item.follow_ups[0], when=(AnswerValue.NO,)),
                        *item.follow_ups[1:],
                    )
                },
            ]
        )
    )
    new_item = dataclasses.replace(item, **change)
    items = (*old.items[:at], new_item, *old.items[at + 1 :])
    return old, dataclasses.replace(old, items=items)


@given(altered())
def test_nothing_is_told_exactly_when_nothing_changed(pair: tuple[Instrument, Instrument]) -> None:
    old, new = pair
    assert (differences(old, new) == ()) == (old == new)
    assert (differences(new, old) == ()) == (old == new)


@given(SETS, SETS)
def test_any_two_sets_can_be_compared_and_the_same_changes_are_found_both_ways(
    one: Instrument, other: Instrument
) -> None:
    there, back = differences(one, other), differences(other, one)
    assert sum(each.mark == "+" for each in there) == sum(each.mark == "-" for each in back)
    assert sum(each.mark == "-" for each in there) == sum(each.mark == "+" for each in back)
    assert (there == ()) == (one == other)
