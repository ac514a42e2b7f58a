"""Add-on sets are offered by a "yes" or a linked child, with the reason, and by nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.add_ons import (
    MOST_ROUNDS,
    Offer,
    SkipReason,
    add_on_of,
    offered_add_ons,
    part_of,
    require_skip_words,
    round_title,
    set_and_round,
    undecided,
)
from dash_forms.domain.answers import AnswerValue, Given, Source
from dash_forms.domain.assessment import Outcome
from dash_forms.domain.errors import InvalidError, NotFoundError
from dash_forms.domain.grading import Stated
from dash_forms.domain.instruments import Instrument, SetRole, current_sets, instrument

MAINS = [instrument("dash-27", 1), instrument("frequency-abuse", 1)]
OFFERED_BY = {
    "stalking-11": {8},
    "honour-10": {4, 15, 20, 21},
    "child-block": {3, 7, 9, 10, 11, 12, 21},
    "animal-block": {22},
}


@st.composite
def answered(draw: st.DrawFn) -> tuple[Instrument, dict[int, Given]]:
    main = draw(st.sampled_from(MAINS))
    one = st.builds(Given, st.sampled_from(AnswerValue), st.sampled_from(Source))
    return main, draw(st.dictionaries(st.sampled_from(main.numbers), one))


def yes_to(*numbers: int) -> dict[int, Given]:
    return {number: Given(AnswerValue.YES, Source.VICTIM) for number in numbers}


def named(offers: tuple[Offer, ...]) -> dict[str, tuple[int, ...]]:
    return {offer.add_on.id: offer.because for offer in offers}


@pytest.mark.parametrize("number", range(1, 28))
def test_each_topic_of_dash_27_offers_what_the_guide_says(number: int) -> None:
    offers = offered_add_ons(MAINS[0], yes_to(number), child_linked=False)
    expected = {each: (number,) for each, numbers in OFFERED_BY.items() if number in numbers}
    assert named(offers) == expected


def test_a_linked_child_offers_the_child_block_alone_and_says_why() -> None:
    (offer,) = offered_add_ons(MAINS[0], {}, child_linked=True)
    assert (offer.add_on.id, offer.because, offer.because_of_child) == ("child-block", (), True)


def test_all_reasons_are_named_at_once() -> None:
    offers = offered_add_ons(MAINS[0], yes_to(20, 8, 4, 10), child_linked=True)
    assert named(offers) == {"child-block": (10,), "honour-10": (4, 20), "stalking-11": (8,)}


def test_every_shipped_add_on_can_be_reached_from_every_shipped_main_set() -> None:
    for main in MAINS:
        everything = offered_add_ons(main, yes_to(*main.numbers), child_linked=False)
        assert [each.add_on for each in everything] == list(current_sets(SetRole.ADD_ON))


@given(answered(), st.booleans())
def test_only_a_yes_or_a_linked_child_is_ever_a_reason(
    case: tuple[Instrument, dict[int, Given]], child_linked: bool
) -> None:
    main, answers = case
    for offer in offered_add_ons(main, answers, child_linked=child_linked):
        assert offer.add_on.role is SetRole.ADD_ON
        assert offer.because or offer.because_of_child
        assert child_linked or not offer.because_of_child
        assert all(answers[number].value is AnswerValue.YES for number in offer.because)
        assert list(offer.because) == sorted(set(offer.because))


@given(answered(), st.booleans())
def test_nothing_but_the_yeses_matters_and_their_source_does_not(
    case: tuple[Instrument, dict[int, Given]], child_linked: bool
) -> None:
    main, answers = case
    yes = yes_to(*(number for number, each in answers.items() if each.value is AnswerValue.YES))
    assert offered_add_ons(main, answers, child_linked=child_linked) == offered_add_ons(
        main, yes, child_linked=child_linked
    )


@given(answered(), st.integers(1, 18))
def test_one_more_yes_or_a_child_never_withdraws_an_offer(
    case: tuple[Instrument, dict[int, Given]], number: int
) -> None:
    main, answers = case
    before = named(offered_add_ons(main, answers, child_linked=False))
    after = named(offered_add_ons(main, answers | yes_to(number), child_linked=True))
    for add_on, because in before.items():
        assert set(because) <= set(after[add_on])


@given(answered())
def test_what_each_offer_rests_on_adds_up(case: tuple[Instrument, dict[int, Given]]) -> None:
    main, answers = case
    together = named(offered_add_ons(main, answers, child_linked=False))
    apart: dict[str, tuple[int, ...]] = {}
    for number in sorted(answers):
        alone = offered_add_ons(main, {number: answers[number]}, child_linked=False)
        for add_on, because in named(alone).items():
            apart[add_on] = (*apart.get(add_on, ()), *because)
    assert together == apart


@given(
    answered(),
    st.booleans(),
    st.none() | st.sampled_from(Stated),
    st.sampled_from(Outcome),
    st.data(),
)
def test_what_is_undecided_is_offered_and_neither_asked_nor_skipped(
    case: tuple[Instrument, dict[int, Given]],
    child_linked: bool,
    children: Stated | None,
    ended: Outcome,
    data: st.DataObject,
) -> None:
    main, answers = case
    offers = offered_add_ons(main, answers, child_linked=child_linked, children=children)
    every = [each.id for each in current_sets(SetRole.ADD_ON)]
    decided = data.draw(st.sets(st.sampled_from(every)))
    left = {offer.add_on.id for offer in undecided(offers, decided, ended)}
    if ended in {Outcome.PENDING, Outcome.COMPLETED, Outcome.PARTIAL}:
        assert left == {offer.add_on.id for offer in offers} - decided
    elif ended in {Outcome.DECLINED, Outcome.UNABLE, Outcome.NOT_OFFERED}:
        known = child_linked or children is Stated.YES
        assert left == ({"child-block"} if known else set()) - decided
    else:
        assert not left


@given(st.sampled_from(current_sets(SetRole.ADD_ON)), st.integers(1, MOST_ROUNDS))
def test_the_name_of_a_round_leads_back_to_its_set(add_on: Instrument, number: int) -> None:
    part = part_of(add_on.id, number)
    assert set_and_round(part) == (add_on.id, number)
    if number > 1 and not add_on.asked_for.is_repeated:
        with pytest.raises(NotFoundError):
            add_on_of(part)
    else:
        assert add_on_of(part) == add_on


@given(st.text(max_size=80))
def test_no_other_name_is_a_round_of_anything(part: str) -> None:
    set_id, number = set_and_round(part)
    sets = {each.id: each for each in current_sets(SetRole.ADD_ON)}
    if number and part_of(set_id, number) == part and set_id in sets:
        return
    with pytest.raises(NotFoundError):
        add_on_of(part)


@pytest.mark.parametrize(
    "part",
    [
        "dash-27",
        "stalking-11:2",
        "child-block:",
        "child-block:1",
        "child-block:02",
        "child-block:²",
        f"child-block:{MOST_ROUNDS + 1}",
        "child-block:2:2",
    ],
)
def test_a_round_has_one_name(part: str) -> None:
    with pytest.raises(NotFoundError):
        add_on_of(part)


def test_a_round_is_numbered_from_the_second_on() -> None:
    child, stalking = add_on_of("child-block"), add_on_of("stalking-11")
    assert round_title(child, 1) == "Each child: 6 topics"
    assert round_title(child, 2) == "Each child: 6 topics (number 2)"
    assert round_title(stalking, 1) == "Stalking and harassment: 11 topics"


@pytest.mark.parametrize("reason", SkipReason)
def test_a_skip_needs_words_where_its_code_says_too_little(reason: SkipReason) -> None:
    require_skip_words(reason, "Her sister asks them")
    if reason.asks_words:
        for words in ("", "no", " … – … "):
            with pytest.raises(InvalidError, match="few words"):
                require_skip_words(reason, words)
    else:
        require_skip_words(reason, "")
