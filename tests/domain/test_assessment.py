"""The state machine, pair by pair, and the rules that hold along every path through it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dash_forms.domain.answers import AnswerValue, Given, Source, Tally, tally
from dash_forms.domain.assessment import (
    ENDED_STATES,
    TRANSITIONS,
    By,
    Event,
    Outcome,
    State,
    after,
    allows,
    ending_event,
    left_open,
    offered,
    outcome,
    submitted,
)
from dash_forms.domain.declines import Ending
from dash_forms.domain.errors import StateError

# Domain guide, table (b): what may happen in each state, and what follows. All else is refused.
_OPEN = "decline>declining cannot>unable stop>ready_partial complete>ready_complete void>void"
TABLE = {
    "required": "offer>offered not_offer>not_offered exempt>exempt_pending void>void",
    "exempt_pending": "endorse>exempt reject>required void>void",
    "exempt": "void>void",
    "not_offered": f"{_OPEN} not_offer>not_offered resume>draft submit>submitted",
    "offered": f"{_OPEN} start>draft",
    "draft": _OPEN,
    "declining": f"{_OPEN} resume>draft submit>submitted",
    "unable": f"{_OPEN} resume>draft submit>submitted",
    "ready_partial": f"{_OPEN} resume>draft submit>submitted",
    "ready_complete": f"{_OPEN} resume>draft submit>submitted",
    "submitted": "open_review>in_review void>void",
    "in_review": "agree>approved return>returned regrade>approved void>void",
    "returned": f"{_OPEN} not_offer>not_offered resume>draft",
    "approved": "plan_reoffer>reoffer_due send_to_specialist>secondary_due close>closed void>void",
    "closed": "void>void",
    "void": "",
    "reoffer_due": "due_passes>reoffer_overdue offer_again>reoffered end_reoffers>reoffer_closed",
    "reoffer_overdue": "offer_again>reoffered end_reoffers>reoffer_closed",
    "reoffered": "take_offer_back>reoffer_due stop_contact>reoffer_closed",
    "reoffer_closed": "",
    "secondary_due": "grade_again>secondary_done",
    "secondary_done": "",
}
EXPECTED = {
    (State(state), Event(event)): State(target)
    for state, arrows in TABLE.items()
    for event, _, target in (arrow.partition(">") for arrow in arrows.split())
}

ITEMS = (1, 2, 3)
V = AnswerValue


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_every_pair_of_state_and_event_is_as_the_guide_has_it(state: State, event: Event) -> None:
    target = EXPECTED.get((state, event))
    assert allows(state, event) == (target is not None)
    if target is None:
        with pytest.raises(StateError, match=state.label.lower()):
            after(state, event)
    else:
        assert after(state, event) is target


@pytest.mark.parametrize("state", State)
def test_a_button_asks_the_same_table_and_a_misspelt_event_is_no_silent_no(state: State) -> None:
    for event in Event:
        assert state.allows(event.value) == ((state, event) in EXPECTED)
    with pytest.raises(ValueError, match="ofer"):
        state.allows("ofer")


def test_the_sets_of_states_that_pages_go_by_follow_from_the_table() -> None:
    ended = {State.DECLINING, State.UNABLE, State.READY_PARTIAL, State.NOT_OFFERED}
    may_be_answered = {State.OFFERED, State.DRAFT, State.READY_COMPLETE, State.RETURNED, *ended}
    assert {each for each in State if each.is_open} == {State.REQUIRED, *may_be_answered}
    assert ended == ENDED_STATES
    assert {each for each in State if each.is_being_asked} == {State.DRAFT}
    assert {each for each in State if each.is_sent} == {
        State.SUBMITTED,
        State.IN_REVIEW,
        State.APPROVED,
        State.CLOSED,
    }
    assert {each for each in State if each.waits_for_review} == {
        State.EXEMPT_PENDING,
        State.SUBMITTED,
        State.IN_REVIEW,
    }
    # What is open is the officer's, and whoever decides is somebody else.
    for arrow in TRANSITIONS:
        if arrow.source.is_open and arrow.event is not Event.VOID:
            assert arrow.by is By.OFFICER
        if arrow.source.waits_for_review:
            assert arrow.by is By.SUPERVISOR


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
@pytest.mark.parametrize(
    "state", [State.OFFERED, State.DRAFT, State.READY_PARTIAL, State.DECLINING, State.UNABLE]
)
def test_after_an_offer_it_cannot_be_said_that_there_was_none(asked: Event, state: State) -> None:
    with pytest.raises(StateError, match="record how it ended"):
        after(state, ending_event(asked, counts(V.NO)))


Step = tuple[int, AnswerValue | None, Source] | tuple[Event]
_ENDINGS = {
    Event.DECLINE: Ending.DECLINED,
    Event.CANNOT: Ending.UNABLE,
    Event.NOT_OFFER: Ending.NOT_OFFERED,
    Event.EXEMPT: Ending.EXEMPT,
}


@dataclass
class Attempt:
    """An attempt as the rooms lead it: an ending fills what has no answer, resuming empties it."""

    state: State = State.REQUIRED
    ending: Ending | None = None
    answers: dict[int, Given] = field(default_factory=dict)
    filled: set[int] = field(default_factory=set)
    sent: list[Outcome] = field(default_factory=list)

    def answer(self, number: int, value: AnswerValue | None, source: Source) -> None:
        if not self.state.is_open or self.state in {State.REQUIRED, State.OFFERED}:
            return
        self.filled.discard(number)
        if value is None:
            self.answers.pop(number, None)
        else:
            self.answers[number] = Given(value, source)

    def end(self, asked: Event) -> None:
        kept = {n: each for n, each in self.answers.items() if n not in self.filled}
        state = offered(self.state) if asked in {Event.DECLINE, Event.CANNOT} else self.state
        if (
            asked is Event.NOT_OFFER
            and state is State.RETURNED
            and self.ending is not (Ending.NOT_OFFERED)
        ):
            raise StateError("It was offered.")
        self.state = after(state, ending_event(asked, tally(kept, ITEMS)))
        self.ending = _ENDINGS[asked]
        if self.state is State.EXEMPT_PENDING:
            return
        left = left_open(self.ending, ITEMS, {n: each.value for n, each in kept.items()})
        self.filled = set(left)
        self.answers = kept | {n: Given(value, Source.VICTIM) for n, value in left.items()}

    def resume(self) -> None:
        self.state = after(self.state, Event.RESUME)
        self.ending = None
        for number in self.filled:
            self.answers.pop(number, None)
        self.filled.clear()

    def take(self, step: Step) -> None:
        match step:
            case (number, value, source):
                self.answer(number, value, source)
            case (Event.RESUME,):
                self.resume()
            case (Event.SUBMIT,):
                self.state = submitted(self.state, self.outcome)
                self.sent.append(self.outcome)
            case (Event.START,):
                self.state = after(offered(self.state), Event.START)
            case (event,) if event in _ENDINGS:
                self.end(event)
            case (event,):
                self.state = after(self.state, event)

    @property
    def outcome(self) -> Outcome:
        return outcome(self.ending, tally(self.answers, ITEMS))


ANSWERED = {V.YES, V.NO, V.DONT_KNOW, V.NOT_APPLICABLE}
_BY_ANSWERS = {Event.STOP, Event.COMPLETE}  # never asked for: what was answered decides
STEPS = st.one_of(
    st.tuples(
        st.sampled_from(ITEMS),
        st.one_of(st.none(), st.sampled_from(AnswerValue)),
        st.sampled_from(Source),
    ),
    st.tuples(st.sampled_from([event for event in Event if event not in _BY_ANSWERS])),
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
    settled = attempt.state.is_open and attempt.ending is not Ending.EXEMPT
    if said and len(given_now) == len(ITEMS) and settled:
        assert ended is (Outcome.PARTIAL if left_open else Outcome.COMPLETED)


@settings(max_examples=400)
@given(st.lists(STEPS, max_size=14))
def test_along_every_path_the_outcome_follows_from_what_the_victim_answered(
    steps: list[Step],
) -> None:
    attempt = Attempt()
    for step in steps:
        before, answers = attempt.state, dict(attempt.answers)
        try:
            attempt.take(step)
        except StateError:
            assert attempt.state is before
        assert before.is_open or attempt.answers == answers
        check(attempt)


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
    ("ending", "ended"),
    [
        (Ending.DECLINED, Outcome.DECLINED),
        (Ending.UNABLE, Outcome.UNABLE),
        (Ending.NOT_OFFERED, Outcome.NOT_OFFERED),
    ],
)
def test_an_ending_stands_when_the_officer_alone_filled_in_every_topic(
    ending: Ending, ended: Outcome
) -> None:
    known = counts(V.YES, V.NO, V.YES, source=Source.RECORDS)
    assert outcome(ending, known) is ended


@pytest.mark.parametrize("value", [V.DECLINED, V.NOT_APPLICABLE])
def test_without_an_answer_of_the_victim_the_ending_has_to_be_recorded(value: AnswerValue) -> None:
    assert outcome(None, counts(value, value, value)) is Outcome.PENDING


def test_answers_from_others_alone_complete_nothing() -> None:
    seen = counts(V.NO, V.NO, V.NO, source=Source.OFFICER_OBSERVED)
    assert outcome(None, seen) is Outcome.PENDING


def test_all_topics_answered_no_is_completed_and_not_declined() -> None:
    assert outcome(None, counts(V.NO, V.NO, V.NO)) is Outcome.COMPLETED


@pytest.mark.parametrize("ending", [None, *(e for e in Ending if e is not Ending.EXEMPT)])
def test_with_a_topic_still_blank_there_is_no_outcome(ending: Ending | None) -> None:
    assert outcome(ending, counts(V.YES, V.NO)) is Outcome.PENDING
    with pytest.raises(StateError, match="no outcome yet"):
        submitted(State.DRAFT, Outcome.PENDING)


def test_ten_thousand_lives_keep_what_must_never_break() -> None:
    """Random paths through the whole table, seeded, so that a failure can be seen again."""
    chance = Random(38)
    reached: set[State] = set()
    for _ in range(10_000):
        attempt = Attempt()
        for _ in range(chance.randrange(4, 40)):
            before, answers = attempt.state, dict(attempt.answers)
            step = _any_step(chance, attempt.state)
            try:
                attempt.take(step)
            except StateError:
                assert attempt.state is before
                continue
            reached.add(attempt.state)
            assert before not in {State.VOID, State.REOFFER_CLOSED}
            # Nothing is sent without an outcome, and nothing outside an open state changes.
            assert Outcome.PENDING not in attempt.sent
            assert before.is_open or attempt.answers == answers
            # Once offered, it is never "not offered" or exempt afterwards.
            if before in _AFTER_AN_OFFER:
                assert attempt.state not in {State.NOT_OFFERED, State.EXEMPT_PENDING}
            if attempt.state is State.APPROVED:
                assert before is State.IN_REVIEW
            check(attempt)
    passing = {State.READY_COMPLETE}  # within a submission
    assert reached >= set(State) - {State.REQUIRED, State.REOFFER_OVERDUE} - passing


_AFTER_AN_OFFER = {
    State.OFFERED,
    State.DRAFT,
    State.DECLINING,
    State.UNABLE,
    State.READY_PARTIAL,
    State.READY_COMPLETE,
}


def _any_step(chance: Random, state: State) -> Step:
    """Mostly something that the state allows, sometimes anything at all."""
    if state.is_open and state not in {State.REQUIRED, State.OFFERED} and chance.random() < 0.5:
        value = chance.choice([None, *AnswerValue])
        return (chance.choice(ITEMS), value, chance.choice(list(Source)))
    possible = [event for event in Event if allows(state, event)]
    if state.is_open:
        possible += [Event.DECLINE, Event.CANNOT, Event.SUBMIT]
    if not possible or chance.random() < 0.1:
        possible = list(Event)
    event = chance.choice([each for each in possible if each is not Event.VOID] or possible)
    if chance.random() < 0.02:
        event = Event.VOID
    return (event,) if event not in _BY_ANSWERS else (Event.SUBMIT,)


def test_exactly_completed_partial_and_declined_are_countable() -> None:
    countable = {each for each in Outcome if each.is_countable}
    assert countable == {Outcome.COMPLETED, Outcome.PARTIAL, Outcome.DECLINED}
