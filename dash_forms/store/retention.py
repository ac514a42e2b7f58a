"""Removing, in time, what was kept only to say why somebody looked."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, delete, exists, select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.periods import london_date, months_before
from dash_forms.store.models import OffenderReason, Opening, Search

if TYPE_CHECKING:
    from dash_forms.store.work import Store, Work

_KEPT: tuple[tuple[type[Any], Any], ...] = (
    (Search, Search.made_at),
    (Opening, Opening.opened_at),
    (OffenderReason, OffenderReason.given_at),
)


def remove_old_reasons(store: Store, months: int) -> None:
    """Remove what was sought and why, and why records were opened, after so many months.

    The audit log keeps that it was done, the purpose, and the keyed hash of what was sought.
    """
    with store.work(writes=False) as work:
        is_any = any(
            work.connection.scalar(select(exists().where(is_old)))
            for _, is_old in _old(work, months)
        )
    if not is_any:
        return
    with store.work(writes=True) as work:
        number = sum(
            work.connection.execute(delete(model).where(is_old)).rowcount
            for model, is_old in _old(work, months)
        )
        if number:  # another worker may have been faster
            work.audit(Name.REASONS_REMOVED, months=months, number=number)


def _old(work: Work, months: int) -> list[tuple[type[Any], ColumnElement[bool]]]:
    first = months_before(london_date(work.now), months)
    before = datetime.combine(first, time(), UTC)
    return [(model, at < before) for model, at in _KEPT]
