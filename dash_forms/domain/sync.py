"""Operations on answers: same op_id means one effect, and a stale change never overwrites."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from dash_forms.domain.answers import AnswerValue, Source


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

    `asked_at` is the device's clock and `device_seq` its own counter; `base_rev` is the revision
    of this item's answer that the officer was looking at (0 when it had none). `part` says which
    add-on set the item is of; it is empty for the main set.
    """

    op_id: UUID
    assessment_id: UUID
    item: int
    content: AnswerContent
    base_rev: int
    asked_at: datetime | None = None
    device_seq: int = 0
    part: str = ""


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


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with an operation: its receipt, the new revision, whether its content becomes
    the current one, and whether the item then waits for a decision."""

    receipt: Receipt
    rev: int
    becomes_current: bool
    in_conflict: bool


def decide(current: Current | None, operation: AnswerOperation) -> Decision:
    """Apply the conflict rule of design §3.

    A change made on the latest revision applies, and settles an open conflict, because its author
    was looking at both values. A stale change with the same content is agreement, unless a
    conflict is open that its author has not seen. Any other stale change keeps both and waits for
    a decision.
    """
    rev = current.rev if current else 0
    if operation.base_rev == rev:
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
