"""Keeping what was refused, and settling it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.handed_over import (
    Settlement,
    case_of,
    id_in,
    is_readable,
    number_in,
    with_number,
)
from dash_forms.domain.review import require_words
from dash_forms.domain.sync import Receipt
from dash_forms.handed_over.bundles import Bundle
from dash_forms.handed_over.queries import content_of, require_case
from dash_forms.store.models import HandedOver
from dash_forms.store.work import Work

KEPT = "handed_over"
"""The receipt of what was refused and is kept here."""


def settle(work: Work, bundle: Bundle, receipts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """After delivery: keep what was refused, and settle what was kept and is saved by now.

    Gives the receipts, in which a refusal has become `handed_over` wherever it could be kept.
    """
    team_id = bundle.author.team_id
    if team_id is None:
        raise InvalidError("Only somebody in a team can hand work over")
    settled = []
    for place, (operation, receipt) in enumerate(zip(bundle.operations, receipts, strict=True)):
        is_saved = receipt["receipt"] != Receipt.REJECTED
        op_id = id_in(receipt["op_id"])
        known = op_id and work.session.get(HandedOver, op_id)
        if known and known.author_id != bundle.author.id:
            settled.append(receipt)
        elif is_saved:
            if known and known.settlement is None:
                _end(work, known, Settlement.APPLIED)
            settled.append(receipt)
        elif known or (is_readable(operation) and _keep(work, bundle, team_id, place, receipt)):
            settled.append(
                {
                    "op_id": receipt["op_id"],
                    "receipt": KEPT,
                    "saved_at": work.now.isoformat(timespec="seconds"),
                }
            )
        else:
            settled.append(receipt)
    return settled


def _keep(work: Work, bundle: Bundle, team_id: UUID, place: int, receipt: dict[str, Any]) -> bool:
    operation = bundle.operations[place]
    op_id = UUID(operation["op_id"])
    content = {
        "operation": {name: value for name, value in operation.items() if name != "errors"},
        "errors": [each["detail"] for each in receipt["errors"]],
        "sent_at": bundle.sent_at.isoformat() if bundle.sent_at else None,
    }
    work.session.add(
        HandedOver(
            op_id=op_id,
            case_id=case_of(operation) or op_id,
            author_id=bundle.author.id,
            team_id=team_id,
            device_id=bundle.device_id,
            brought_by_id=work.by.id,
            received_at=work.now,
            place=place,
            content_sealed=work.vault.seal(op_id, "content", json.dumps(content)),
        )
    )
    work.session.flush()
    work.audit(Name.HANDED_OVER_TAKEN, "operation", op_id, author=str(bundle.author.id))
    return True


def correct_number(work: Work, case_id: UUID, op_id: UUID | None, number: str, why: str) -> None:
    """Put a mistyped incident number right. What it said, and who changed it and why, is kept."""
    rows = require_case(work, case_id, lock=True)
    row = next((each for each in rows if each.op_id == op_id and each.settled_at is None), None)
    content = content_of(work, row) if row else {"operation": {}}
    before = number_in(content["operation"])
    if row is None or not before:
        raise InvalidError("This is settled by now. Reload the page", field="number")
    if number == before:
        raise InvalidError("This is the number that was entered", field="number")
    require_words(why, "Say how you know the right number", field="why")
    correction = {"before": before, "by": str(work.by.id), "at": work.now.isoformat(), "why": why}
    content["operation"] = with_number(content["operation"], number)
    content.setdefault("corrections", []).append(correction)
    row.content_sealed = work.vault.seal(row.op_id, "content", json.dumps(content))
    work.audit(Name.HANDED_OVER_CORRECTED, "operation", row.op_id)


def close(work: Work, case_id: UUID, op_ids: Collection[UUID], reason: str) -> None:
    """Settle what was shown of a case without applying it. It is kept, with the reason."""
    rows = require_case(work, case_id, lock=True)
    require_words(reason, "Say why this is not to be saved")
    for each in rows:
        if each.op_id in op_ids and each.settled_at is None:
            each.reason_sealed = work.vault.seal(each.op_id, "reason", reason)
            _end(work, each, Settlement.CLOSED)
            work.audit(Name.HANDED_OVER_CLOSED, "operation", each.op_id)


def _end(work: Work, known: HandedOver, settlement: Settlement) -> None:
    known.settlement = settlement
    known.settled_at, known.settled_by_id = work.now, work.by.id
