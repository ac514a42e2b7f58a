"""Operations on answers: same op_id means one effect, and a stale change never overwrites."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from dash_forms.domain.answers import AnswerValue, Source
from dash_forms.domain.errors import StateError

PATH = r"/[A-Za-z0-9_./:-]{0,199}"
"""What the address of a form that waited looks like."""


@dataclass(frozen=True, slots=True)
class AnswerContent:
    """What an answer says: the whole of one card. `value` is None for a card with no answer."""

    value: AnswerValue | None
    source: Source
    note: str = ""
    details: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AnswerOperation:
    """One tap: made on the device, applied once (design §3).

    `asked_at` is the device's clock and `device_seq` its own counter; `device_id` is None where a
    browser keeps nothing and has no name. `base_rev` is the revision of this item's answer that
    the officer was looking at (0 when it had none), and `after` the operation that it was made by,
    where that was this device's own: a device that lost the answer to it does not know the
    revision. `part` says which add-on set the item is of; it is empty for the main set. `gate` is
    the one that gave the answer, where a tap closed it.
    """

    op_id: UUID
    assessment_id: UUID
    item: int
    content: AnswerContent
    base_rev: int
    asked_at: datetime | None = None
    device_seq: int = 0
    part: str = ""
    device_id: UUID | None = None
    after: UUID | None = None
    gate: str = ""


class Receipt(StrEnum):
    """What became of an operation."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Current:
    """The stored answer to an item as a new operation finds it."""

    content: AnswerContent
    rev: int
    in_conflict: bool
    op_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with an operation: its receipt, the new revision, whether its content becomes
    the current one, and whether the item then waits for a decision."""

    receipt: Receipt
    rev: int
    becomes_current: bool
    in_conflict: bool


def decide(
    current: Current | None, operation: AnswerOperation, *, is_after_latest: bool = True
) -> Decision:
    """Apply the conflict rule of design §3.

    A change made on the latest revision applies, and settles an open conflict, because its author
    was looking at both values. So does one made on what the same device said last, if that stands
    and nobody has said otherwise. A stale change with the same content is agreement, unless a
    conflict is open that its author has not seen. Any other stale change keeps both and waits for
    a decision.

    A device counts its own answers on their way into `base_rev`, and one whose receipt was lost
    may be in the page's figure already. Where the one before is not the latest (`is_after_latest`
    is false), the figure may be that of an answer that the device has not seen.
    """
    rev = current.rev if current else 0
    if (operation.base_rev == rev and is_after_latest) or _follows(current, operation):
        return Decision(Receipt.APPLIED, rev + 1, becomes_current=True, in_conflict=False)
    if current and not current.in_conflict and current.content == operation.content:
        return Decision(Receipt.APPLIED, rev, becomes_current=False, in_conflict=False)
    if current is None or operation.base_rev > rev:
        # A revision that this server never gave out: nothing is overwritten, so it may stand.
        in_conflict = current is not None
        return Decision(
            Receipt.CONFLICT if in_conflict else Receipt.APPLIED,
            rev + 1,
            becomes_current=not in_conflict,
            in_conflict=in_conflict,
        )
    return Decision(Receipt.CONFLICT, rev + 1, becomes_current=False, in_conflict=True)


@dataclass(frozen=True, slots=True)
class Logged:
    """An operation as the log has it: what it was for, and what became of it at first."""

    assessment_id: UUID
    part: str
    item: int
    receipt: Receipt
    rev: int


def is_latest(current: Current | None, logged: Logged | None) -> bool:
    """Whether an answer was taken, and nothing has come after it or beside it since."""
    if current is None or logged is None or logged.receipt is Receipt.CONFLICT:
        return False
    return logged.rev == current.rev


def repeated(logged: Logged, operation: AnswerOperation) -> Receipt:
    """What a device is told that sends an operation again: the first result, with no new effect.

    A conflict stays one: a device that never heard the answer has not seen the other value. One
    id never stands for two topics (StateError).
    """
    sent_for = (operation.assessment_id, operation.part, operation.item)
    if (logged.assessment_id, logged.part, logged.item) != sent_for:
        raise StateError("This operation was already sent for another topic.")
    was_conflict = logged.receipt is Receipt.CONFLICT
    return Receipt.CONFLICT if was_conflict else Receipt.DUPLICATE


def _follows(current: Current | None, operation: AnswerOperation) -> bool:
    if current is None or current.in_conflict or operation.after is None:
        return False
    return operation.after == current.op_id
