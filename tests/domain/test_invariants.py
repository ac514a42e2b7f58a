"""The invariants of domain guide, table (b), each along 10,000 random paths of the real rules.

What is random is what people do and in which order; whether it may be done, what it leads to and
what is counted is asked of the program. Each path has a seed of its own, so that it can be walked
again alone, and one that fails prints itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from dash_forms.assessment.closing import Closing, Standing, sent
from dash_forms.domain.answers import AnswerValue, Given, Source, Tally, tally
from dash_forms.domain.assessment import (
    SUBMITTABLE,
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
from dash_forms.domain.duties import (
    ContactNever,
    ContactTime,
    ContactWay,
    Duties,
    NextOffer,
    OnVideo,
    Support,
    System,
)
from dash_forms.domain.errors import DomainError, InvalidError, NotPermittedError, StateError
from dash_forms.domain.grading import Grade, Stated
from dash_forms.domain.incidents import Mode
from dash_forms.domain.instruments import current as current_set
from dash_forms.domain.metrics import OutcomeCounts
from dash_forms.domain.prompts import threshold_of
from dash_forms.domain.reoffers import Result, converted_on, counted_attempt
from dash_forms.domain.review import Clocks, flags, needs_reoffer, require_another_person
from dash_forms.domain.sync import (
    AnswerContent,
    AnswerOperation,
    Current,
    Logged,
    Receipt,
    decide,
    repeated,
)
from dash_forms.store.answers import StoredAnswer, given
from dash_forms.store.authorisers import Colleague
from dash_forms.store.duties import Authority

PATHS = 10_000
SET = current_set("dash-27")
V = AnswerValue
Path = list[str]


def walk(name: str, live: Callable[[Random, Path], None]) -> None:
    for number in range(PATHS):
        path: Path = []
        try:
            live(Random(f"{name} {number}"), path)
        except Exception as error:
            error.add_note(f"path {number} of “{name}”: " + " > ".join(path))
            raise


def test_a_path_that_fails_prints_itself() -> None:
    def live(_chance: Random, path: Path) -> None:
        path += ["one step", "another"]
        raise AssertionError

    with pytest.raises(AssertionError) as raised:
        walk("anything", live)
    assert raised.value.__notes__ == ["path 0 of “anything”: one step > another"]


# No submit without a grade.

WHY = "He waits outside the school and she is afraid."
WORDS = ("", "Short.", " - " * 20, "x" * 19, WHY)
DONE = Duties(
    systems=(System.PNC,),
    on_video=OnVideo.YES,
    contact_ways=(ContactWay.CALL,),
    contact_times=(ContactTime.ANY,),
    contact_never=(ContactNever.NO_LIMITS,),
    support=(Support.HELPLINE,),
    next_offer=NextOffer.DAYS,
)
COLLEAGUE = Colleague(UUID(int=9), "Sergeant Invented", "sergeant9")
WHOLE = Closing(
    mode=Mode.IN_PERSON,
    seen_alone=Stated.YES,
    children=Stated.NO,
    observed="",
    grade=Grade.HIGH,
    rationale=WHY,
    rev=1,
    duties=DONE,
    authority=Authority(COLLEAGUE.id, WHY),
)


@dataclass
class Draft:
    """An attempt from its offer to its submission, and again when it comes back."""

    state: State = State.OFFERED
    ending: Ending | None = None
    values: dict[int, AnswerValue] = field(default_factory=dict)
    closing: Closing = WHOLE

    @property
    def standing(self) -> Standing:
        stored = {
            number: StoredAnswer(
                AnswerContent(value, Source.VICTIM), 1, in_conflict=False, op_order=0
            )
            for number, value in self.values.items()
        }
        answers = given(stored)
        counts = tally(answers, SET.numbers)
        return Standing(
            stored, counts, outcome(self.ending, counts), threshold_of(SET, answers), [COLLEAGUE]
        )

    def end(self, ending: Ending, event: Event) -> None:
        self.state = after(self.state, event)
        self.ending, said = ending, {n: v for n, v in self.values.items() if v.is_given}
        self.values = said | left_open(ending, SET.numbers, said)

    def answer(self, chance: Random) -> None:
        if self.state is State.OFFERED:
            self.state = after(self.state, Event.START)
        values = chance.choices((V.YES, V.NO, V.DONT_KNOW), k=len(SET.numbers))
        self.values |= dict(zip(SET.numbers, values, strict=True))

    def enter(self, chance: Random) -> str:
        entered: dict[str, Any] = {
            "grade": chance.choice((None, *Grade)),
            "rationale": chance.choice(WORDS),
            "children": chance.choice((None, *Stated)),
            "mode": chance.choice((None, *Mode)),
            "duties": chance.choice((Duties(), DONE)),
        }
        name = chance.choice(("grade", *entered))
        self.closing = replace(self.closing, **{name: entered[name]})
        return f"{name}={str(entered[name])[:20]}"

    def act(self, chance: Random) -> str:
        act = chance.choice(("enter", "enter", "answer", "decline", "cannot", "send", "send"))
        if act == "enter":
            return self.enter(chance)
        if act == "answer" and self.state.is_open:
            self.answer(chance)
        elif act == "decline":
            self.end(Ending.DECLINED, Event.DECLINE)
        elif act == "cannot":
            self.end(Ending.UNABLE, Event.CANNOT)
        return act


def test_nothing_is_sent_without_a_grade_and_its_reason() -> None:
    with_grade: set[Outcome] = set()
    refused_without: set[Outcome] = set()

    def live(chance: Random, path: Path) -> None:
        draft = Draft()
        for _ in range(chance.randrange(2, 10)):
            try:
                path.append(act := draft.act(chance))
            except StateError:
                continue
            if act != "send":
                continue
            closing, standing = draft.closing, draft.standing
            has_reason = len(closing.rationale) >= 20 and any(map(str.isalpha, closing.rationale))
            try:
                judgement, state = sent(closing, standing, draft.state)
            except InvalidError as refusal:
                fields = {each.field for each in (refusal, *refusal.also)}
                assert ("grade" in fields) == (closing.grade is None)
                assert ("rationale" in fields) or has_reason
                if "grade" in fields:
                    refused_without.add(standing.ended)
            except StateError:
                assert not draft.state.is_open  # it was sent before
            else:
                assert closing.grade is not None
                assert has_reason
                assert (judgement.grade, state) == (closing.grade, State.SUBMITTED)
                with_grade.add(standing.ended)
                back = chance.choice((State.SUBMITTED, State.IN_REVIEW, State.RETURNED))
                draft.state = back

    walk("grade", live)
    reached = {Outcome.COMPLETED, Outcome.DECLINED, Outcome.UNABLE}
    assert with_grade >= reached
    assert refused_without >= reached


def test_submitting_is_the_only_way_to_submitted() -> None:
    assert {each.event for each in TRANSITIONS if each.target is State.SUBMITTED} == {Event.SUBMIT}


# Nobody reviews their own.

PEOPLE = tuple(UUID(int=number) for number in range(1, 5))
REVIEWING = (Event.OPEN_REVIEW, Event.AGREE, Event.RETURN, Event.REGRADE, Event.VOID)


def test_nobody_who_wrote_or_sent_a_record_reviews_it() -> None:
    met: set[tuple[Event, bool]] = set()

    def live(chance: Random, path: Path) -> None:
        author = chance.choice(PEOPLE)
        senders = [chance.choice(PEOPLE)]
        touched = {author, *senders}
        state = State.SUBMITTED
        for _ in range(chance.randrange(3, 16)):
            who = chance.choice(PEOPLE)
            if state is State.RETURNED:
                state = submitted(state, chance.choice((Outcome.COMPLETED, Outcome.DECLINED)))
                senders.append(who)
                touched.add(who)
                path.append(f"{who.int} sends")
                continue
            event = chance.choice(
                [each for each in REVIEWING if allows(state, each)] or [Event.VOID]
            )
            if not allows(state, event):
                return
            path.append(f"{who.int}: {event}")
            before = state
            try:
                require_another_person(who, author, *senders)
                state = after(state, event)
            except NotPermittedError:
                assert who in touched
                assert state is before
            met.add((event, who in touched))
            assert state is before or who not in touched

    walk("self-review", live)
    assert met == {(event, own) for event in REVIEWING for own in (True, False)}


# A decline never blanks what was observed.

ITEMS = (1, 2, 3, 4)
_BY_ENDING = {
    Ending.DECLINED: Event.DECLINE,
    Ending.UNABLE: Event.CANNOT,
    Ending.NOT_OFFERED: Event.NOT_OFFER,
}
CASE = UUID(int=1)


@dataclass
class Kept:
    """The answers of an attempt, each stored by the rule for operations."""

    state: State = State.REQUIRED
    current: dict[int, Current] = field(default_factory=dict)
    filled: set[int] = field(default_factory=set)
    count: int = 0

    def put(self, item: int, content: AnswerContent) -> None:
        known = self.current.get(item)
        self.count += 1
        op_id = UUID(int=self.count)
        operation = AnswerOperation(op_id, CASE, item, content, known.rev if known else 0)
        decision = decide(known, operation)
        assert decision.becomes_current
        self.current[item] = Current(content, decision.rev, decision.in_conflict, op_id)

    def answer(self, item: int, content: AnswerContent) -> None:
        self.put(item, content)
        self.filled.discard(item)

    @property
    def said(self) -> dict[int, AnswerContent]:
        return {n: each.content for n, each in self.current.items() if n not in self.filled}

    def end(self, ending: Ending) -> None:
        said = {n: each.value for n, each in self.said.items()}
        counts = tally(
            {n: Given(each.value, each.source) for n, each in self.said.items() if each.value},
            ITEMS,
        )
        event = ending_event(_BY_ENDING[ending], counts)
        state = self.state if event is Event.NOT_OFFER else offered(self.state)
        self.state = after(state, event)
        for item, value in left_open(ending, ITEMS, said).items():
            self.put(item, AnswerContent(value, Source.VICTIM))
            self.filled.add(item)

    def resume(self) -> None:
        self.state = after(self.state, Event.RESUME)
        for item in self.filled:
            self.put(item, AnswerContent(None, Source.VICTIM))
        self.filled.clear()


def test_no_ending_blanks_what_somebody_observed_or_said() -> None:
    beside: set[tuple[Ending, Source]] = set()

    def live(chance: Random, path: Path) -> None:
        case, stands = Kept(), {}
        for _ in range(chance.randrange(2, 14)):
            act = chance.choice(("answer", "answer", "end", "end", "resume"))
            try:
                if act == "answer" and case.state.is_open and case.state is not State.REQUIRED:
                    item = chance.choice(ITEMS)
                    content = AnswerContent(
                        chance.choice((V.YES, V.NO, V.DONT_KNOW)), chance.choice(list(Source))
                    )
                    case.answer(item, content)
                    stands[item] = content
                    path.append(f"{item}={content.value} by {content.source}")
                elif act == "end":
                    ending = chance.choice(list(_BY_ENDING))
                    case.end(ending)
                    path.append(ending)
                    beside.update((ending, each.source) for each in stands.values())
                    assert set(case.current) == set(ITEMS)
                elif act == "resume":
                    case.resume()
                    path.append(act)
            except StateError:
                continue
            now = {item: each.content for item, each in case.current.items()}
            assert stands.items() <= now.items()

    walk("blanks", live)
    seen = {Source.OFFICER_OBSERVED, Source.RECORDS, Source.THIRD_PARTY}
    assert beside >= {(ending, source) for ending in _BY_ENDING for source in seen}


# Declined is not “no” in any count.

COUNTED = next(each.items for each in SET.tick_sets if each.threshold)


def counted_apart(answers: dict[int, Given], items: tuple[int, ...]) -> Tally:
    """Both counts, with the lists of what is what written out."""
    values = [answers[n].value if n in answers else None for n in items]
    ticks = values.count(V.YES)
    unknown = sum(values.count(each) for each in (None, V.DONT_KNOW, V.DECLINED, V.NOT_ASKED))
    answered = sum(values.count(v) for v in (V.YES, V.NO, V.DONT_KNOW, V.NOT_APPLICABLE))
    said = [answers[n] for n in items if n in answers and answers[n].source is Source.VICTIM]
    from_victim = sum(each.value in {V.YES, V.NO, V.DONT_KNOW} for each in said)
    with_value = len(values) - values.count(None)
    return Tally(len(items), answered, with_value, ticks, ticks + unknown, from_victim)


def test_declined_is_not_no_in_any_count() -> None:
    ended_as: dict[bool, set[Outcome]] = {True: set(), False: set()}
    blanket: list[bool] = []

    def live(chance: Random, path: Path) -> None:
        kinds = chance.choice((list(V), [V.NO, V.NO, V.DECLINED], [V.DECLINED], [V.NO]))
        answers: dict[int, Given] = {}
        for number in SET.numbers:
            value, source = chance.choice(kinds), chance.choice((Source.VICTIM, Source.RECORDS))
            path.append(f"{number}={value}")
            answers[number] = Given(value, source if value.is_given else Source.VICTIM)
        declined = [n for n, each in answers.items() if each.value is V.DECLINED]
        as_no = answers | {n: Given(V.NO, Source.VICTIM) for n in declined}
        for items in (SET.numbers, COUNTED):
            counts, wrong = tally(answers, items), tally(as_no, items)
            refused = len(set(declined) & set(items))
            assert counts == counted_apart(answers, tuple(items))
            assert wrong.answered - counts.answered == refused
            assert counts.ticks_at_most - wrong.ticks_at_most == refused
            assert counts.ticks == wrong.ticks
        threshold = threshold_of(SET, answers)
        assert threshold is not None
        assert threshold.counts == counted_apart(answers, tuple(COUNTED))
        counts = tally(answers, SET.numbers)
        ended = outcome(Ending.DECLINED if declined else None, counts)
        raised = flags(counts, ended, timedelta(minutes=30), Clocks())
        ended_as[bool(declined)].add(ended)
        if declined:
            assert ended in {Outcome.PARTIAL, Outcome.DECLINED}
            assert not raised
        elif set(kinds) == {V.NO}:
            blanket.append(bool(raised))
        rate = OutcomeCounts.of([(ended, 1)])
        assert rate[Outcome.DECLINED] == (ended is Outcome.DECLINED)

    walk("declined", live)
    assert ended_as[True] == {Outcome.PARTIAL, Outcome.DECLINED}
    assert Outcome.COMPLETED in ended_as[False]
    assert any(blanket)


# What counts stays.


@dataclass
class Attempt:
    """One attempt at a pair, as far as its review and what it counts as."""

    number: int
    state: State = State.REQUIRED
    ended: Outcome | None = None


def send(attempt: Attempt, ended: Outcome) -> None:
    state = attempt.state
    if ended is Outcome.NOT_OFFERED:
        if state is State.RETURNED and attempt.ended is not Outcome.NOT_OFFERED:
            raise StateError("It was offered.")
        state = after(state, Event.NOT_OFFER)
    attempt.state = submitted(offered(state), ended)
    attempt.ended = ended


def results_of(attempts: list[Attempt]) -> list[Result]:
    return [
        Result(each.number, each.ended, date(2026, 1, 1) + timedelta(days=each.number))
        for each in attempts
        if each.ended is not None and each.state is not State.VOID
    ]


def step(chance: Random, attempts: list[Attempt]) -> str:
    latest = attempts[-1]
    if chance.random() < 0.04:
        each = chance.choice(attempts)
        each.state = after(each.state, Event.VOID)
        return f"{each.number} void"
    if latest.state in {State.REQUIRED, State.RETURNED}:
        ended = chance.choice(SUBMITTABLE)
        send(latest, ended)
        return f"{latest.number} {ended}"
    if latest.state is State.APPROVED and latest.ended and needs_reoffer(latest.ended):
        attempts.append(Attempt(latest.number + 1))
        return "offered again"
    events = (Event.OPEN_REVIEW, Event.AGREE, Event.RETURN, Event.REGRADE, Event.CLOSE)
    event = chance.choice(events)
    latest.state = after(latest.state, event)
    return f"{latest.number} {event}"


def test_the_countable_outcome_never_changes_after_approval() -> None:
    fixed_as: set[Outcome] = set()
    later_won = 0

    def live(chance: Random, path: Path) -> None:
        nonlocal later_won
        attempts = [Attempt(1)]
        fixed: Result | None = None
        for _ in range(chance.randrange(8, 60)):
            try:
                path.append(step(chance, attempts))
            except StateError:
                continue
            results = results_of(attempts)
            counted = counted_attempt(results)
            if fixed and attempts[fixed.attempt - 1].state is State.VOID:
                fixed = None  # made in error: it never counted
            assert fixed is None or counted == fixed
            if counted is None:
                assert not any(each.outcome.is_countable for each in results)
                continue
            assert counted.outcome.is_countable
            if attempts[counted.attempt - 1].state in {State.APPROVED, State.CLOSED}:
                fixed = counted
                fixed_as.add(counted.outcome)
            won = converted_on(counted.outcome, counted.attempt, results)
            assert won is None or (counted.outcome is Outcome.DECLINED and won > counted.on)
            later_won += won is not None and fixed is not None

    walk("counted", live)
    assert fixed_as == {Outcome.COMPLETED, Outcome.PARTIAL, Outcome.DECLINED}
    assert later_won > 100


# Sent twice, it is one record.


@dataclass
class Server:
    """The log and the current answers, by the two rules that the store follows."""

    log: dict[UUID, Logged] = field(default_factory=dict)
    current: dict[int, Current] = field(default_factory=dict)

    def receive(self, operation: AnswerOperation) -> Receipt:
        if logged := self.log.get(operation.op_id):
            return repeated(logged, operation)
        known = self.current.get(operation.item)
        decision = decide(known, operation)
        self.log[operation.op_id] = Logged(
            operation.assessment_id, "", operation.item, decision.receipt, decision.rev
        )
        if decision.becomes_current or known is None:
            stands = Current(operation.content, decision.rev, decision.in_conflict, operation.op_id)
        else:
            stands = replace(known, rev=decision.rev, in_conflict=decision.in_conflict)
        self.current[operation.item] = stands
        return decision.receipt


def test_one_client_id_sent_any_number_of_times_is_one_record() -> None:
    told: set[Receipt] = set()

    def live(chance: Random, path: Path) -> None:
        server = Server()
        made: list[AnswerOperation] = []
        arrived: dict[UUID, Receipt] = {}
        for number in range(chance.randrange(1, 7)):
            item = chance.choice((1, 2))
            known = server.current.get(item)
            content = AnswerContent(chance.choice(list(V)), Source.VICTIM)
            seen = chance.choice((0, known.rev if known else 0))
            made.append(AnswerOperation(UUID(int=number + 10), CASE, item, content, seen))
            for _ in range(chance.randrange(1, 4)):
                # The new one, or any that came before: a line that dies lets nobody know.
                operation = chance.choice((made[-1], chance.choice(made)))
                before = (dict(server.log), dict(server.current))
                receipt = server.receive(operation)
                told.add(receipt)
                path.append(f"{operation.op_id.int} on {operation.item}: {receipt}")
                if operation.op_id not in arrived:
                    arrived[operation.op_id] = receipt
                    continue
                assert (server.log, server.current) == before
                assert receipt is not Receipt.APPLIED
                first = arrived[operation.op_id]
                assert (receipt is Receipt.CONFLICT) == (first is Receipt.CONFLICT)
        assert set(server.log) == set(arrived)
        stands = {each.op_id for each in server.current.values()}
        assert len(stands) == len(server.current)
        elsewhere = replace(made[-1], item=3)
        if elsewhere.op_id in arrived:
            with pytest.raises(DomainError):
                server.receive(elsewhere)

    walk("twice", live)
    assert told == {Receipt.APPLIED, Receipt.DUPLICATE, Receipt.CONFLICT}


def test_every_arrow_of_a_supervisor_out_of_a_review_is_walked_above() -> None:
    under_review = {State.SUBMITTED, State.IN_REVIEW}
    arrows = {
        each.event
        for each in TRANSITIONS
        if each.source in under_review and each.by is By.SUPERVISOR
    }
    assert arrows == set(REVIEWING)
