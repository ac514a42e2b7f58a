"""The reason codes, and what a decline reason may really describe."""

from __future__ import annotations

from collections import Counter

import pytest

from dash_forms.domain.declines import (
    REASONS,
    Basis,
    Ending,
    GivenReason,
    Reason,
    RecordedReasons,
    proposed_unable,
    reason,
    reasons_for,
)
from dash_forms.domain.errors import InvalidError

# Domain guide §3, a word of each that the list has to hold.
GUIDE = {
    Ending.DECLINED: (
        "Afraid of the abuser", "losing, the children", "does not see it as abuse",
        "immediate help", "abuser in trouble", "police action", "distrust", "answered it all",
        "shame", "immigration", "shared with agencies", "not the victim", "childcare",
        "no reason", "another reason",
    ),
    Ending.UNABLE: (
        "no privacy", "drink or drugs", "injured", "distressed", "interpreter", "left", "asleep",
        "capacity", "called away", "device",
    ),
    Ending.EXEMPT: (
        "not domestic abuse", "under 16", "died", "already assessed", "another force",
    ),
}  # fmt: skip

IN_THE_ROOM = GivenReason("other_decline", Basis.SAID, "husband was in the room")


def inferred(code: str, text: str = "") -> GivenReason:
    return GivenReason(code, Basis.INFERRED, text)


@pytest.mark.parametrize(
    ("ending", "words"), [(ending, words) for ending, listed in GUIDE.items() for words in listed]
)
def test_every_reason_of_the_domain_guide_is_offered(ending: Ending, words: str) -> None:
    labels = [each.label.lower() for each in reasons_for(ending)]
    assert any(words.lower() in label for label in labels), labels


def test_every_code_and_every_label_of_an_ending_is_unique() -> None:
    assert max(Counter(each.code for each in REASONS).values()) == 1
    for ending in Ending:
        assert max(Counter(each.label for each in reasons_for(ending)).values()) == 1


@pytest.mark.parametrize("each", REASONS, ids=lambda each: each.code)
def test_a_reason_fits_its_own_ending_and_no_other(each: Reason) -> None:
    given = GivenReason(each.code, Basis.SAID, "in a few words")
    for ending in Ending:
        if ending is each.ending:
            assert RecordedReasons(ending, given).primary is given
        else:
            with pytest.raises(InvalidError):
                RecordedReasons(ending, given)


def test_a_reason_of_another_ending_is_refused_among_the_others_too() -> None:
    with pytest.raises(InvalidError, match="from the list"):
        RecordedReasons(Ending.DECLINED, inferred("distrust"), (inferred("intoxicated"),))


def test_a_reason_can_be_chosen_once() -> None:
    with pytest.raises(InvalidError, match="once"):
        RecordedReasons(Ending.DECLINED, inferred("distrust"), (inferred("distrust"),))


def test_an_unknown_reason_is_refused() -> None:
    with pytest.raises(InvalidError) as caught:
        reason("made_up")
    assert caught.value.field == "primary"


@pytest.mark.parametrize("each", [r for r in REASONS if r.asks_text], ids=lambda each: each.code)
def test_a_reason_that_says_nothing_by_itself_needs_words(each: Reason) -> None:
    with pytest.raises(InvalidError) as caught:
        RecordedReasons(each.ending, inferred(each.code))
    assert caught.value.field == "text"


def test_a_plain_reason_needs_no_words() -> None:
    assert RecordedReasons(Ending.DECLINED, inferred("distrust")).primary.text == ""


def test_husband_was_in_the_room_proposes_no_privacy() -> None:
    """Scenario 7."""
    proposed = proposed_unable(IN_THE_ROOM)
    assert proposed is reason("no_privacy")
    assert proposed.ending is Ending.UNABLE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Her partner is still there", "no_privacy"),
        ("could not talk alone", "no_privacy"),
        ("he was LISTENING", "no_privacy"),
        ("very drunk", "intoxicated"),
        ("speaks no English", "interpreter"),
        ("needs an interpreter", "interpreter"),
        ("asleep upstairs", "asleep"),
    ],
)
def test_words_that_describe_a_situation_propose_unable(text: str, code: str) -> None:
    assert proposed_unable(GivenReason("other_decline", Basis.SAID, text)) is reason(code)


@pytest.mark.parametrize(
    "text", ["", "does not trust us", "wants a fresh start", "has been through this before"]
)
def test_words_about_a_choice_propose_nothing(text: str) -> None:
    assert proposed_unable(GivenReason("other_decline", Basis.SAID, text)) is None


@pytest.mark.parametrize("each", [r for r in REASONS if r.proposes], ids=lambda each: each.code)
def test_a_coded_situation_proposes_an_unable_reason(each: Reason) -> None:
    proposed = proposed_unable(inferred(each.code))
    assert proposed is not None
    assert proposed.ending is Ending.UNABLE
    assert not proposed.asks_text


def test_only_a_decline_is_questioned() -> None:
    assert proposed_unable(inferred("no_privacy", "husband was in the room")) is None
