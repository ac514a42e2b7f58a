"""The state machine, pair by pair, and the rules that hold along every path through it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dash_forms.domain.answers import AnswerValue, Given, Source, Tally, tally
from dash_forms.domain.assessment import (
    Event,
    Outcome,
    State,
    after,
    allows,
    ending_event,
    outcome,
)
from dash_forms.domain.errors import StateError

# Domain guide, table (b): a row per state, a column per event, "-" where nothing may happen.
TABLE = """
                start  decline    stop           cannot  not_offer    exempt          resume  submit
required        draft  declining  -              unable  not_offered  exempt_pending  -       -
draft           -      declining  ready_partial  unable  -            -               -       submitted
ready_partial   -      declining  ready_partial  unable  -            -               draft   submitted
declining       -      declining  ready_partial  unable  -            -               draft   submitted
unable          -      declining  ready_partial  unable  -            -               draft   submitted
not_offered     -      declining  ready_partial  unable  not_offered  -               draft   submitted
exempt_pending  -      -          -              -       -            -               -       -
submitted       -      -          -              -       -            -               -       -
"""  # noqa: E501 - a table
_HEAD, *_ROWS = [line.split() for line in TABLE.strip().splitlines()]
EXPECTED = {
    (State(row[0]), Event(event)): None if target == "-" else State(target)
    for row in _ROWS
    for event, target in zip(_HEAD, row[1:], strict=True)
}

ITEMS = (1, 2, 3)
ENDINGS = {Event.DECLINE, Event.CANNOT, Event.NOT_OFFER, Event.EXEMPT}
V = AnswerValue


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_every_pair_of_state_and_event_is_as_the_guide_has_it(state: State, event: Event) -> None:
    target = EXPECTED[state, event]
    assert allows(state, event) == (target is not None)
    if target is None:
        with pytest.raises(StateError, match=state.label.lower()):
            after(state, event)
    else:
        assert after(state, event) is target


def counts(*values: AnswerValue, source: Source = Source.VICTIM) -> Tally:
    return tally({n: Given(value, source) for n, value in enumerate(values, 1)}, ITEMS)


@pytest.mark.parametrize("asked", [Event.DECLINE, Event.CANNOT, Event.NOT_OFFER, Event.EXEMPT])
def test_a_start_with_no_answer_that_stops_is_the_ending_asked_for(asked: Event) -> None:
    assert ending_event(asked, counts()) is asked


@pytest.mark.parametrize("value", [V.DECLINED, V.NOT_ASKED, V.NOT_APPLICABLE])
def test_a_refusal_or_a_gate_is_no_answer_so_stopping_then_is_still_a_decline(
    value: AnswerValue,
) -> None:
    assert ending_event(Event.DECLINE, counts(value)) is Event.DECLINE


def test_what_the_officer_saw_does_not_turn_a_decline_into_a_partial() -> None:
    seen = counts(V.YES, V.YES, source=Source.OFFICER_OBSERVED)
    assert ending_event(Event.DECLINE, seen) is Event.DECLINE


@pytest.mark.parametrize("asked", [Event.DECLINE, Event.CANNOT])
@pytest.mark.parametrize("value", [V.YES, V.NO, V.DONT_KNOW])
def test_after_one_answer_of_the_victim_a_stop_is_partial(asked: Event, value: AnswerValue) -> None:
    assert ending_event(asked, counts(value)) is Event.STOP


@pytest.mark.parametrize("asked", [Event.NOT_OFFER, Event.EXEMPT])
@pytest.mark.parametrize("state", [State.DRAFT, State.READY_PARTIAL, State.DECLINING, State.UNABLE])
def test_after_an_offer_it_cannot_be_said_that_there_was_none(asked: Event, state: State) -> None:
    with pytest.raises(StateError, match="record how it ended"):
        after(state, ending_event(asked, counts(V.NO)))


Step = tuple[int, AnswerValue | None, Source] | tuple[Event]


@dataclass
class Attempt:
    """An attempt as the rooms lead it: an ending fills what has no answer, resuming empties it."""

    state: State = State.REQUIRED
    answers: dict[int, Given] = field(default_factory=dict)
    filled: set[int] = field(default_factory=set)

    def answer(self, number: int, value: AnswerValue | None, source: Source) -> None:
        if not self.state.is_open or self.state is State.REQUIRED:
            return
        self.filled.discard(number)
        if value is None:
            self.answers.pop(number, None)
        else:
            self.answers[number] = Given(value, source)

    def end(self, asked: Event) -> None:
        kept = {n: each for n, each in self.answers.items() if n not in self.filled}
        self.state = after(self.state, ending_event(asked, tally(kept, ITEMS)))
        if self.state is State.EXEMPT_PENDING:
            return
        value = V.DECLINED if asked is Event.DECLINE else V.NOT_ASKED
        self.filled = set(ITEMS) - set(kept)
        self.answers = kept | dict.fromkeys(self.filled, Given(value, Source.VICTIM))

    def resume(self) -> None:
        self.state = after(self.state, Event.RESUME)
        for number in self.filled:
            del self.answers[number]
        self.filled.clear()

    def take(self, step: Step) -> None:
        match step:
            case (number, value, source):
                self.answer(number, value, source)
            case (Event.RESUME,):
                self.resume()
            case (event,) if event in ENDINGS:
                self.end(event)
            case (event,):
                self.state = after(self.state, event)

    @property
    def outcome(self) -> Outcome:
        return outcome(self.state, tally(self.answers, ITEMS))


ANSWERED = {V.YES, V.NO, V.DONT_KNOW, V.NOT_APPLICABLE}
STEPS = st.one_of(
    st.tuples(
        st.sampled_from(ITEMS),
        st.one_of(st.none(), st.sampled_from(AnswerValue)),
        st.sampled_from(Source),
    ),
    st.tuples(st.sampled_from([event for event in Event if event is not Event.STOP])),
)


def check(attempt: Attempt) -> None:
    """What a submission at this point would be counted as."""
    ended, given_now = attempt.outcome, list(attempt.answers.values())
    said = [g for g in given_now if g.source is Source.VICTIM and g.value.is_given]
    answered = [g for g in given_now if g.value in ANSWERED]
    left_open = len(given_now) - len(answered)
    if ended is Outcome.COMPLETED:
        assert len(answered) == len(ITEMS)
    if ended is Outcome.PARTIAL:
        assert said
        assert left_open
    if ended in {Outcome.DECLINED, Outcome.UNABLE, Outcome.NOT_OFFERED}:
        assert not said
    if said and len(given_now) == len(ITEMS) and attempt.state.is_open:
        assert ended is (Outcome.PARTIAL if left_open else Outcome.COMPLETED)


@settings(deadline=None, max_examples=400)
@given(st.lists(STEPS, max_size=14))
def test_along_every_path_the_outcome_follows_from_what_the_victim_answered(
    steps: list[Step],
) -> None:
    attempt = Attempt()
    for step in steps:
        was_final = attempt.state in {State.SUBMITTED, State.EXEMPT_PENDING}
        before = attempt.state
        try:
            attempt.take(step)
        except StateError:
            assert attempt.state is before
        assert not was_final or attempt.state is before
        check(attempt)


@settings(deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_an_ending_and_a_resumption_lose_no_answer(steps: list[Step]) -> None:
    attempt = Attempt()
    for step in steps:
        kept = {n: g for n, g in attempt.answers.items() if n not in attempt.filled}
        try:
            attempt.take(step)
        except StateError:
            continue
        if isinstance(step[0], Event):
            assert kept.items() <= attempt.answers.items()


@pytest.mark.parametrize(
    ("state", "ended"),
    [
        (State.DECLINING, Outcome.DECLINED),
        (State.UNABLE, Outcome.UNABLE),
        (State.NOT_OFFERED, Outcome.NOT_OFFERED),
    ],
)
def test_an_ending_stands_when_the_officer_alone_filled_in_every_topic(
    state: State, ended: Outcome
) -> None:
    known = counts(V.YES, V.NO, V.YES, source=Source.RECORDS)
    assert outcome(state, known) is ended


def test_a_stop_whose_answers_were_all_taken_from_the_victim_again_has_to_be_told_apart() -> None:
    seen = counts(V.YES, V.DECLINED, V.DECLINED, source=Source.OFFICER_OBSERVED)
    assert outcome(State.READY_PARTIAL, seen) is Outcome.PENDING


@pytest.mark.parametrize("value", [V.DECLINED, V.NOT_APPLICABLE])
def test_without_an_answer_of_the_victim_the_ending_has_to_be_recorded(value: AnswerValue) -> None:
    assert outcome(State.DRAFT, counts(value, value, value)) is Outcome.PENDING


def test_answers_from_others_alone_complete_nothing() -> None:
    seen = counts(V.NO, V.NO, V.NO, source=Source.OFFICER_OBSERVED)
    assert outcome(State.DRAFT, seen) is Outcome.PENDING


def test_all_topics_answered_no_is_completed_and_not_declined() -> None:
    assert outcome(State.DRAFT, counts(V.NO, V.NO, V.NO)) is Outcome.COMPLETED


@pytest.mark.parametrize("state", [s for s in State if s is not State.EXEMPT_PENDING])
def test_with_a_topic_still_blank_there_is_no_outcome(state: State) -> None:
    assert outcome(state, counts(V.YES, V.NO)) is Outcome.PENDING


def test_exactly_completed_partial_and_declined_are_countable() -> None:
    countable = {each for each in Outcome if each.is_countable}
    assert countable == {Outcome.COMPLETED, Outcome.PARTIAL, Outcome.DECLINED}
