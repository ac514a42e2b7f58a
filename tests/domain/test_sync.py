"""Two devices and one item: nothing that anybody sent is ever lost in silence."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from dash_forms.domain.answers import AnswerValue, Source
from dash_forms.domain.sync import (
    AnswerContent,
    AnswerOperation,
    Current,
    Decision,
    Receipt,
    decide,
)

CASE = UUID(int=1)
YES = AnswerContent(AnswerValue.YES, Source.VICTIM)
NO = AnswerContent(AnswerValue.NO, Source.VICTIM)


def an(
    content: AnswerContent, base_rev: int, number: int = 1, after: UUID | None = None
) -> AnswerOperation:
    return AnswerOperation(UUID(int=number), CASE, 1, content, base_rev, after=after)


def test_the_first_answer_applies() -> None:
    assert decide(None, an(YES, 0)) == Decision(Receipt.APPLIED, 1, True, False)  # noqa: FBT003


def test_a_change_on_the_latest_revision_applies() -> None:
    decision = decide(Current(YES, 4, in_conflict=False), an(NO, 4))
    assert decision.receipt is Receipt.APPLIED
    assert decision.becomes_current
    assert decision.rev == 5


def test_a_stale_change_keeps_both_and_waits_for_a_decision() -> None:
    decision = decide(Current(YES, 4, in_conflict=False), an(NO, 3))
    assert decision.receipt is Receipt.CONFLICT
    assert not decision.becomes_current
    assert decision.in_conflict


def test_a_stale_change_that_says_the_same_is_agreement() -> None:
    decision = decide(Current(YES, 4, in_conflict=False), an(YES, 0))
    assert decision.receipt is Receipt.APPLIED
    assert decision.rev == 4
    assert not decision.in_conflict


def test_agreeing_with_one_side_unseen_does_not_hide_that_there_are_two() -> None:
    """Its receipt has to send the device to look, or its next tap would settle the conflict."""
    decision = decide(Current(YES, 4, in_conflict=True), an(YES, 0))
    assert decision.receipt is Receipt.CONFLICT
    assert decision.in_conflict


def test_whoever_saw_both_values_settles_the_conflict() -> None:
    decision = decide(Current(YES, 4, in_conflict=True), an(YES, 4))
    assert decision.becomes_current
    assert not decision.in_conflict


def test_a_revision_that_was_never_given_out_overwrites_nothing() -> None:
    decision = decide(Current(YES, 4, in_conflict=False), an(NO, 9))
    assert decision.receipt is Receipt.CONFLICT
    assert not decision.becomes_current


def test_a_device_that_never_heard_its_answer_is_not_in_conflict_with_itself() -> None:
    own = Current(YES, 4, in_conflict=False, op_id=UUID(int=7))
    decision = decide(own, an(NO, 1, after=UUID(int=7)))
    assert decision == Decision(Receipt.APPLIED, 5, becomes_current=True, in_conflict=False)


def test_what_another_said_since_is_not_overwritten_by_one_who_follows_on() -> None:
    others = Current(YES, 4, in_conflict=False, op_id=UUID(int=8))
    beside = Current(YES, 4, in_conflict=True, op_id=UUID(int=7))
    for current in (others, beside, Current(YES, 4, in_conflict=False)):
        assert decide(current, an(NO, 1, after=UUID(int=7))).receipt is Receipt.CONFLICT


def test_the_note_the_source_and_the_details_are_part_of_what_an_answer_says() -> None:
    for other in (
        AnswerContent(AnswerValue.YES, Source.VICTIM, "louder"),
        AnswerContent(AnswerValue.YES, Source.RECORDS),
        AnswerContent(AnswerValue.YES, Source.VICTIM, "", {"weapon": ("knife",)}),
    ):
        assert decide(Current(YES, 4, in_conflict=False), an(other, 3)).in_conflict


@dataclass
class Server:
    """One item, kept as the store keeps it: the current value and a log of operations."""

    current: Current | None = None
    current_op: UUID | None = None
    log: dict[UUID, Decision] = field(default_factory=dict)
    kept: set[UUID] = field(default_factory=set)  # beside the current value, for a decision

    def receive(self, operation: AnswerOperation) -> Decision:
        if known := self.log.get(operation.op_id):
            return known
        decision = decide(self.current, operation)
        self.log[operation.op_id] = decision
        if decision.becomes_current:
            self.kept.clear()
            self.current_op = operation.op_id
            self.current = Current(operation.content, decision.rev, decision.in_conflict)
        elif self.current:
            if decision.receipt is Receipt.CONFLICT:
                self.kept.add(operation.op_id)
            self.current = Current(self.current.content, decision.rev, decision.in_conflict)
        return decision

    @property
    def shown(self) -> set[UUID]:
        """The operations whose values a page shows now."""
        return {self.current_op, *self.kept} - {None}  # type: ignore[return-value]


@dataclass
class Device:
    """A tablet: it has seen some operations, and sends its own in order, again if it must."""

    seen: set[UUID] = field(default_factory=set)
    rev: int = 0
    outbox: deque[AnswerOperation] = field(default_factory=deque)

    def look(self, server: Server) -> None:
        self.seen |= server.shown
        self.rev = server.current.rev if server.current else 0

    def hear(self, operation: AnswerOperation, decision: Decision) -> None:
        """As the page's script: a conflict gives no revision to build on, a saved answer does."""
        self.seen.add(operation.op_id)
        if decision.receipt is Receipt.APPLIED:
            self.rev = decision.rev


STEPS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.one_of(
            st.sampled_from(["look", "send", "send, reply lost"]),
            st.sampled_from(AnswerValue),
        ),
    ),
    max_size=24,
)


@settings(max_examples=250)
@given(STEPS)
def test_replaying_any_interleaving_of_two_devices_loses_nothing(
    steps: list[tuple[int, str]],
) -> None:
    server, devices = Server(), (Device(), Device())
    made: list[AnswerOperation] = []
    saw: dict[UUID, set[UUID]] = {}
    agreed: dict[UUID, UUID] = {}
    for who, what in [*steps, *((who, "send") for who in (0, 1) for _ in steps)]:
        device = devices[who]
        if isinstance(what, AnswerValue):
            content = AnswerContent(what, Source.VICTIM)
            operation = an(content, device.rev, len(made) + 10)
            made.append(operation)
            saw[operation.op_id] = set(device.seen)
            device.outbox.append(operation)
        elif what == "look" and not device.outbox:  # a page reloads once everything is delivered
            device.look(server)
        elif what.startswith("send") and device.outbox:
            operation = device.outbox[0]
            before = server.current_op
            decision = server.receive(operation)
            if decision.receipt is Receipt.APPLIED and not decision.becomes_current:
                agreed.setdefault(operation.op_id, before or operation.op_id)
            if what == "send":
                device.outbox.popleft()
                device.hear(operation, decision)

    rules = _Fate(server, saw, agreed)
    for operation in made:
        assert rules.is_accounted_for(operation.op_id), operation


@dataclass
class _Fate:
    server: Server
    saw: dict[UUID, set[UUID]]
    agreed: dict[UUID, UUID]

    def is_accounted_for(self, op_id: UUID) -> bool:
        """Shown now, or replaced by somebody who had seen it; what agrees shares its fate."""
        word = self._first_to_say(op_id)
        return word in self.server.shown or any(
            self.server.log[later].becomes_current and word in map(self._first_to_say, seen)
            for later, seen in self.saw.items()
        )

    def _first_to_say(self, op_id: UUID) -> UUID:
        while op_id in self.agreed:
            op_id = self.agreed[op_id]
        return op_id


@given(st.lists(st.sampled_from(AnswerValue), min_size=1, max_size=6), st.integers(1, 4))
def test_sending_everything_again_changes_nothing(values: list[AnswerValue], times: int) -> None:
    server = Server()
    operations = [
        an(AnswerContent(value, Source.VICTIM), number % 3, number + 10)
        for number, value in enumerate(values)
    ]
    first = [server.receive(each) for each in operations]
    state = (server.current, server.current_op, set(server.kept), dict(server.log))
    for _ in range(times):
        assert [server.receive(each) for each in operations] == first
    assert (server.current, server.current_op, server.kept, server.log) == state


def test_a_revision_that_counts_a_refused_answer_is_not_believed() -> None:
    current = Current(YES, 1, in_conflict=False, op_id=UUID(int=9))
    operation = an(NO, 1, after=UUID(int=7))
    assert decide(current, operation, is_after_latest=False).receipt is Receipt.CONFLICT
    assert decide(current, operation).receipt is Receipt.APPLIED
