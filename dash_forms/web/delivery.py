"""Delivering what somebody else brings: applied as its author's, by the one view that applies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app, g, request

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.permissions import Actor
from dash_forms.store.work import Work

_AT_ONCE = 50
Receipt = dict[str, Any]


def deliver(
    work: Work, author: Actor, operations: list[Any], sent_at: datetime | None
) -> list[Receipt]:
    """What became of each operation, in their order, as POST /sync tells it (docs/sync.md).

    `sent_at` is by the clock of the tablet that they come from, at this moment.
    """
    receipts: list[Receipt] = []
    with work.as_(author), work.savepoint():
        for start in range(0, len(operations), _AT_ONCE):
            body = {
                "author": str(author.id),
                "sent_at": sent_at.isoformat() if sent_at else None,
                "operations": operations[start : start + _AT_ONCE],
            }
            receipts += _sync(work, body)["receipts"]
    return receipts


def _sync(work: Work, body: Any) -> Any:
    try:
        within = current_app.test_request_context(
            "/sync", base_url=request.host_url, method="POST", json=body
        )
    except RecursionError:
        raise InvalidError("An operation is too deep to be read", field="operations") from None
    with within:
        g.actor, g.work = work.actor, work
        request.max_content_length = request.content_length  # the one around it was small enough
        sync: Any = current_app.view_functions["assessment.sync"]
        return sync.__wrapped__(work)
