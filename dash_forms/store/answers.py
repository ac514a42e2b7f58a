"""Reading and writing answers: the append-only log and the one current row per item."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dash_forms.domain.answers import Given
from dash_forms.domain.ids import tablet_name
from dash_forms.domain.sync import (
    AnswerContent,
    AnswerOperation,
    Current,
    Decision,
    Logged,
    Receipt,
    decide,
    is_latest,
    repeated,
)
from dash_forms.store.models import Account, Answer, AnswerLogEntry
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class Applied:
    """What the server made of one operation."""

    op_id: UUID
    item: int
    receipt: Receipt
    rev: int


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The current answer to an item, in the clear."""

    content: AnswerContent
    rev: int
    in_conflict: bool
    op_order: int
    """Operation ids are ordered by time, so the largest was saved last."""

    @property
    def tells(self) -> bool:
        """There is something to read: an answer, a note, or two answers to decide between."""
        value = self.content.value
        is_answer = value is not None and value.is_answer
        return is_answer or bool(self.content.note) or self.in_conflict


@dataclass(frozen=True, slots=True)
class Contender:
    """One of the values between which somebody has to decide."""

    op_id: UUID
    content: AnswerContent
    author: str
    received_at: datetime
    asked_at: datetime | None
    tablet: str
    """The name of the tablet that it was tapped on; empty where a browser keeps nothing."""


# These run on every tap: columns and not entities, put together once.
_CURRENT = select(
    Answer.item,
    Answer.value,
    Answer.source,
    Answer.note_sealed,
    Answer.details_sealed,
    Answer.op_id,
    Answer.rev,
    Answer.in_conflict,
).where(Answer.assessment_id == bindparam("assessment_id"), Answer.part == bindparam("part"))
_CURRENT_OF_ITEM = _CURRENT.where(Answer.item == bindparam("item"))
_LOGGED = select(
    AnswerLogEntry.assessment_id,
    AnswerLogEntry.part,
    AnswerLogEntry.item,
    AnswerLogEntry.receipt,
    AnswerLogEntry.rev,
).where(AnswerLogEntry.op_id == bindparam("op_id"))
_LOG = {
    dialect: insert_or_not(AnswerLogEntry)
    .on_conflict_do_nothing()
    .execution_options(preserve_rowcount=True)
    for dialect, insert_or_not in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_ADD = insert(Answer)
_CHANGE = update(Answer).where(
    Answer.assessment_id == bindparam("of_assessment"),
    Answer.part == bindparam("of_part"),
    Answer.item == bindparam("of_item"),
)


def stored_answers(work: Work, assessment_id: UUID, part: str = "") -> dict[int, StoredAnswer]:
    """Every current answer to the main set, or to one add-on set, by item number."""
    rows = work.connection.execute(_CURRENT, {"assessment_id": assessment_id, "part": part})
    return {
        row.item: StoredAnswer(
            AnswerContent(
                row.value,
                row.source,
                work.vault.open_text(row.op_id, "note", row.note_sealed),
                _details(work.vault.open_text(row.op_id, "details", row.details_sealed)),
            ),
            row.rev,
            row.in_conflict,
            row.op_id.int,
        )
        for row in rows
    }


def given(stored: Mapping[int, StoredAnswer]) -> dict[int, Given]:
    """Answers as the counting rules see them: only items that have a value."""
    return {
        item: Given(answer.content.value, answer.content.source)
        for item, answer in stored.items()
        if answer.content.value is not None
    }


def apply(work: Work, operation: AnswerOperation, *, cause: str = "") -> Applied:
    """Apply one operation; the caller holds the assessment's row.

    The same op_id gives the first result again and changes nothing.
    """
    current = _current(work, operation)
    is_after_latest = _is_after_latest(work, current, operation)
    decision = decide(current, operation, is_after_latest=is_after_latest)
    written = _write(work, operation, decision, is_new=current is None, cause=cause)
    if not written and (known := first_result(work, operation)):
        return known
    return Applied(operation.op_id, operation.item, decision.receipt, decision.rev)


def _is_after_latest(work: Work, current: Current | None, operation: AnswerOperation) -> bool:
    """Whether the answer that this one was made on, if the device made that too, is the latest."""
    after = operation.after
    if after is None:
        return True
    if current is not None and after == current.op_id:
        return not current.in_conflict
    row = work.connection.execute(_LOGGED, {"op_id": after}).first()
    return is_latest(current, Logged(*row) if row else None)


def first_result(work: Work, operation: AnswerOperation) -> Applied | None:
    """What the operation came to when it was first sent, if it was."""
    row = work.connection.execute(_LOGGED, {"op_id": operation.op_id}).first()
    if row is None:
        return None
    logged = Logged(*row)
    return Applied(operation.op_id, operation.item, repeated(logged, operation), logged.rev)


def _current(work: Work, operation: AnswerOperation) -> Current | None:
    row = work.connection.execute(_CURRENT_OF_ITEM, _place(operation)).first()
    if row is None:
        return None
    content = AnswerContent(
        row.value,
        row.source,
        work.vault.open_text(row.op_id, "note", row.note_sealed),
        _details(work.vault.open_text(row.op_id, "details", row.details_sealed)),
    )
    return Current(content, row.rev, row.in_conflict, row.op_id)


def _write(
    work: Work, operation: AnswerOperation, decision: Decision, *, is_new: bool, cause: str
) -> bool:
    """Write the log and the current row; False, and nothing, if the log has the operation."""
    content = operation.content
    seal = work.vault.seal_text
    sealed = {
        "value": content.value,
        "source": content.source,
        "note_sealed": seal(operation.op_id, "note", content.note),
        "details_sealed": seal(operation.op_id, "details", _details_text(content.details)),
        "op_id": operation.op_id,
        "rev": decision.rev,
    }
    entry = {
        **sealed,
        **_place(operation),
        "author_id": work.by.id,
        "asked_at": operation.asked_at,
        "received_at": work.now,
        "device_seq": operation.device_seq,
        "device_id": operation.device_id,
        "base_rev": operation.base_rev,
        "receipt": decision.receipt,
        "cause": cause,
    }
    if not work.connection.execute(_LOG[work.connection.dialect.name], entry).rowcount:
        return False
    row = sealed if decision.becomes_current else {"rev": decision.rev}
    row = {**row, "in_conflict": decision.in_conflict}
    if is_new:
        work.connection.execute(_ADD, {**row, **_place(operation)})
    else:
        which = {
            "of_assessment": operation.assessment_id,
            "of_part": operation.part,
            "of_item": operation.item,
        }
        work.connection.execute(_CHANGE, {**row, **which})
    return True


def _place(operation: AnswerOperation) -> dict[str, object]:
    return {
        "assessment_id": operation.assessment_id,
        "part": operation.part,
        "item": operation.item,
    }


def awaiting_decision(work: Work, assessment_id: UUID) -> list[tuple[str, int]]:
    """The part and item of every answer that waits for a decision, in their order."""
    rows = work.session.execute(
        select(Answer.part, Answer.item)
        .where(Answer.assessment_id == assessment_id, Answer.in_conflict)
        .order_by(Answer.part, Answer.item)
    )
    return [(row.part, row.item) for row in rows]


def contenders(
    work: Work, assessment_id: UUID, items: Iterable[int], part: str = ""
) -> dict[int, list[Contender]]:
    """For items that wait for a decision: the current value and those kept beside it."""
    wanted = list(items)
    if not wanted:
        return {}
    current_ops = select(Answer.op_id).where(
        Answer.assessment_id == assessment_id, Answer.part == part, Answer.item.in_(wanted)
    )
    rows = work.session.execute(
        select(AnswerLogEntry, Account.display_name)
        .join(Account, Account.id == AnswerLogEntry.author_id)
        .where(
            AnswerLogEntry.assessment_id == assessment_id,
            AnswerLogEntry.part == part,
            AnswerLogEntry.item.in_(wanted),
            (AnswerLogEntry.receipt == Receipt.CONFLICT) | AnswerLogEntry.op_id.in_(current_ops),
        )
        .order_by(AnswerLogEntry.rev)
    )
    found: dict[int, list[Contender]] = {item: [] for item in wanted}
    for entry, author in rows:
        if entry.receipt is not Receipt.CONFLICT:
            found[entry.item].clear()  # a conflict older than the current value is settled
        found[entry.item].append(
            Contender(
                entry.op_id,
                logged_content(work, entry),
                author,
                entry.received_at,
                entry.asked_at,
                tablet_name(entry.device_id) if entry.device_id else "",
            )
        )
    return found


def logged_content(work: Work, entry: AnswerLogEntry) -> AnswerContent:
    """What an entry of the log says, in the clear."""
    opened = work.vault.open_text
    return AnswerContent(
        entry.value,
        entry.source,
        opened(entry.op_id, "note", entry.note_sealed),
        _details(opened(entry.op_id, "details", entry.details_sealed)),
    )


def _details_text(details: Mapping[str, tuple[str, ...]]) -> str:
    kept = {key: list(values) for key, values in details.items() if values}
    return json.dumps(kept, sort_keys=True, separators=(",", ":")) if kept else ""


def _details(text: str) -> dict[str, tuple[str, ...]]:
    if not text:
        return {}
    return {key: tuple(values) for key, values in json.loads(text).items()}
