"""Taking in calls that another program sends: the same rows as in a file, a few at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash_forms.calls.importing import ADDED
from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import InvalidError

if TYPE_CHECKING:
    from uuid import UUID

    from dash_forms.domain.logs import Log
    from dash_forms.store.work import Work

MOST_ROWS = 1_000


def receive(work: Work, token_id: UUID, log: Log, body: Any) -> dict[str, Any]:
    """Take in `{"rows": [...]}`; says how many were new, and each fault of those refused.

    InvalidError for a body that holds no rows, or too many; a row that is wrong is only refused.
    """
    rows = body.get("rows") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise InvalidError("Send an object with a list of `rows`", field="rows")
    if len(rows) > MOST_ROWS:
        raise InvalidError(f"Send at most {MOST_ROWS:,} rows at once", field="rows")
    calls, refused = [], []
    for at, row in enumerate(rows):
        try:
            calls.append(log.read(_cells(log, row), work.now))
        except InvalidError as error:
            refused += [
                {"row": at, "field": each.field or "", "reason": each.sentence}
                for each in (error, *error.also)
            ]
    new = ADDED[log](work, calls)
    known = len(calls) - new
    work.audit(
        Name.CALLS_SENT,
        "feed_token",
        token_id,
        log=log.value,
        new=new,
        known=known,
        refused=len(rows) - len(calls),
    )
    return {"new": new, "known": known, "refused": refused}


def _cells(log: Log, row: Any) -> dict[str, str]:
    """A row as text by column; a whole number is as good as its figures, and null as nothing."""
    if not isinstance(row, dict):
        raise InvalidError("A row is an object with a member for each column")
    cells = {}
    for name, value in row.items():
        if name not in log.layout.columns:
            known = ", ".join(log.layout.columns)
            raise InvalidError(f"There is no such column; there are: {known}", field=name[:40])
        cells[name] = _text(name, value)
    return cells


def _text(name: str, value: Any) -> str:
    if isinstance(value, str | None):
        return value or ""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        return str(value)
    raise InvalidError("Send text, a whole number or null", field=name)
