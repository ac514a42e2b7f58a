"""The conflict rule on real rows, one effect per operation, and no word of it in the clear."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from dash_forms.domain.answers import AnswerValue, Source
from dash_forms.domain.errors import StateError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.sync import AnswerContent, AnswerOperation, Receipt
from dash_forms.store.answers import Applied, apply, contenders, given, stored_answers
from dash_forms.store.models import AnswerLogEntry, Base
from dash_forms.store.work import Store, Work
from tests.store.conftest import Case, Opener

YES, NO = AnswerValue.YES, AnswerValue.NO
PLAIN = "the blue kitchen knife"


def content(value: AnswerValue | None, note: str = "", **details: tuple[str, ...]) -> AnswerContent:
    return AnswerContent(value, Source.VICTIM, note, details)


def tap(
    case: Case, said: AnswerContent, *, base_rev: int = 0, item: int = 1, op_id: UUID | None = None
) -> AnswerOperation:
    return AnswerOperation(op_id or uuid7(), case.assessment_id, item, said, base_rev)


@pytest.fixture
def send(work_of: Opener) -> Callable[..., Applied]:
    def apply_for(username: str, operation: AnswerOperation) -> Applied:
        with work_of(username) as work:
            return apply(work, operation)

    return apply_for


def log_length(work: Work) -> int:
    return work.session.scalar(select(func.count()).select_from(AnswerLogEntry)) or 0


def test_an_answer_comes_back_as_it_was_given(
    work_of: Opener, case: Case, send: Callable[..., Applied]
) -> None:
    said = content(YES, "twice – “hard”\nصباح", what=("hit", "kicked"), where=("arm",))
    assert send("officer1", tap(case, said)).rev == 1
    with work_of("officer1", writes=False) as work:
        answer = stored_answers(work, case.assessment_id)[1]
    assert answer.content == said
    assert (answer.rev, answer.in_conflict) == (1, False)


def test_the_same_operation_twice_has_one_effect(
    work_of: Opener, case: Case, send: Callable[..., Applied]
) -> None:
    operation = tap(case, content(YES))
    assert send("officer1", operation).receipt is Receipt.APPLIED
    send("officer1", tap(case, content(NO), base_rev=1))
    again = send("officer1", operation)
    assert (again.receipt, again.rev) == (Receipt.DUPLICATE, 1)
    with work_of("officer1", writes=False) as work:
        assert stored_answers(work, case.assessment_id)[1].content.value is NO
        assert log_length(work) == 2


def test_an_operation_cannot_be_sent_again_for_another_topic_or_case(
    new_case: Callable[..., Case], work_of: Opener, case: Case, send: Callable[..., Applied]
) -> None:
    operation = tap(case, content(YES))
    send("officer1", operation)
    elsewhere = new_case()
    for other in (
        tap(case, content(NO), item=2, op_id=operation.op_id),
        tap(elsewhere, content(NO), op_id=operation.op_id),
    ):
        with pytest.raises(StateError, match="already sent"):
            send("officer1", other)
    with work_of("officer1", writes=False) as work:
        assert log_length(work) == 1


def test_a_stale_change_leaves_the_first_value_and_keeps_both(
    work_of: Opener, case: Case, send: Callable[..., Applied]
) -> None:
    send("officer1", tap(case, content(YES, "first")))
    stale = tap(case, content(NO, "second"))
    assert send("officer3", stale).receipt is Receipt.CONFLICT
    assert send("officer3", stale).receipt is Receipt.CONFLICT  # the reply was lost: asked again
    with work_of("officer1", writes=False) as work:
        answer = stored_answers(work, case.assessment_id)[1]
        both = contenders(work, case.assessment_id, [1])[1]
    assert answer.in_conflict
    assert (answer.content.note, answer.rev) == ("first", 2)
    assert [(each.content.value, each.content.note) for each in both] == [
        (YES, "first"),
        (NO, "second"),
    ]
    assert [each.author.split()[-1] for each in both] == ["officer1", "officer3"]


def test_a_decision_settles_the_conflict_and_nothing_is_left_to_choose(
    work_of: Opener, case: Case, send: Callable[..., Applied]
) -> None:
    send("officer1", tap(case, content(YES)))
    conflict = send("officer3", tap(case, content(NO)))
    assert send("officer1", tap(case, content(NO), base_rev=conflict.rev)).rev == 3
    with work_of("officer1", writes=False) as work:
        answer = stored_answers(work, case.assessment_id)[1]
        left = contenders(work, case.assessment_id, [1])[1]
        assert log_length(work) == 3
    assert (answer.content.value, answer.in_conflict) == (NO, False)
    assert [each.content.value for each in left] == [NO]


def test_a_new_conflict_does_not_bring_back_one_that_was_settled(
    work_of: Opener, case: Case, send: Callable[..., Applied]
) -> None:
    send("officer1", tap(case, content(YES, "old")))
    send("officer3", tap(case, content(NO, "old and settled")))
    send("officer1", tap(case, content(YES, "decided"), base_rev=2))
    send("officer3", tap(case, content(NO, "new"), base_rev=1))
    with work_of("officer1", writes=False) as work:
        both = contenders(work, case.assessment_id, [1])[1]
    assert [each.content.note for each in both] == ["decided", "new"]


def test_three_hands_on_one_topic_keep_three_values(
    work_of: Opener, case: Case, send: Callable[..., Applied]
) -> None:
    for note in ("one", "two", "three"):
        send("officer1", tap(case, content(YES, note)))
    with work_of("officer1", writes=False) as work:
        kept = contenders(work, case.assessment_id, [1])[1]
    assert [each.content.note for each in kept] == ["one", "two", "three"]


def test_an_answer_taken_back_counts_as_none_but_keeps_its_place(
    work_of: Opener, case: Case, send: Callable[..., Applied]
) -> None:
    send("officer1", tap(case, content(YES)))
    send("officer1", tap(case, content(None), base_rev=1))
    with work_of("officer1", writes=False) as work:
        stored = stored_answers(work, case.assessment_id)
    assert stored[1].rev == 2
    assert given(stored) == {}


def test_topics_and_cases_do_not_disturb_each_other(
    new_case: Callable[..., Case], work_of: Opener, case: Case, send: Callable[..., Applied]
) -> None:
    elsewhere = new_case()
    for operation in (tap(case, content(YES)), tap(case, content(NO), item=2)):
        assert send("officer1", operation).rev == 1
    assert send("officer1", tap(elsewhere, content(NO))).rev == 1
    with work_of("officer1", writes=False) as work:
        stored = stored_answers(work, case.assessment_id)
        assert contenders(work, case.assessment_id, []) == {}
    assert {number: each.content.value for number, each in stored.items()} == {1: YES, 2: NO}


def test_the_log_keeps_who_said_it_and_both_clocks(
    work_of: Opener, case: Case, send: Callable[..., Applied]
) -> None:
    with work_of("officer3") as work:
        asked_at = work.now.replace(year=2025, microsecond=123_456)
        operation = AnswerOperation(
            uuid7(), case.assessment_id, 4, content(YES), 0, asked_at, device_seq=17
        )
        apply(work, operation)
        author, received_at = work.by.id, work.now
    with work_of("officer1", writes=False) as work:
        entry = work.session.scalars(select(AnswerLogEntry)).one()
    assert (entry.author_id, entry.device_seq) == (author, 17)
    assert (entry.asked_at, entry.received_at) == (asked_at, received_at)


def test_what_was_said_is_nowhere_in_the_clear(
    store: Store, case: Case, send: Callable[..., Applied]
) -> None:
    send("officer1", tap(case, content(YES, PLAIN, weapon=(PLAIN,))))
    send("officer3", tap(case, content(NO, PLAIN)))
    with store.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                written = b"".join(
                    bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    for value in row
                )
                for word in (PLAIN, "Ashdown", "Birch", "900123"):
                    assert word.encode() not in written, table.name
        if connection.dialect.name == "sqlite":
            name = connection.execute(text("PRAGMA database_list")).all()[0].file
            for suffix in ("", "-wal"):
                with open(name + suffix, "rb") as file:  # noqa: PTH123
                    assert PLAIN.encode() not in file.read()


@pytest.mark.parametrize("seed", range(8))
def test_sets_share_a_log_and_never_an_answer(
    seed: int, work_of: Opener, case: Case, send: Callable[..., Applied]
) -> None:
    """However the taps of several sets arrive mixed and repeated, each set ends as if alone."""
    draw = Random(seed)
    parts = ("", "stalking-11", "child-block", "child-block:2")
    alone: dict[tuple[str, int], list[AnswerOperation]] = {}
    for _ in range(40):
        part, item = draw.choice(parts), draw.randint(1, 3)
        taps = alone.setdefault((part, item), [])
        said = content(draw.choice((YES, NO, None)), note=f"{part} {len(taps)}")
        operation = AnswerOperation(uuid7(), case.assessment_id, item, said, len(taps), part=part)
        taps.append(operation)
    waiting = [list(taps) for taps in alone.values()]
    sent: list[AnswerOperation] = []
    while waiting := [taps for taps in waiting if taps]:
        sent.append(draw.choice(waiting).pop(0))
        assert send("officer1", sent[-1]).receipt is Receipt.APPLIED
        assert send("officer1", draw.choice(sent)).receipt is Receipt.DUPLICATE
    with work_of("officer1", writes=False) as work:
        kept = {part: stored_answers(work, case.assessment_id, part) for part in parts}
        assert log_length(work) == 40
    for (part, item), taps in alone.items():
        assert kept[part][item].content == taps[-1].content
        assert kept[part][item].rev == len(taps)
