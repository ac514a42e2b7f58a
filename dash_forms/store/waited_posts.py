"""Which forms that waited for a signal have been applied already."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dash_forms.domain.errors import InvalidError
from dash_forms.store.models import WaitedPost
from dash_forms.store.work import Work


def is_applied(work: Work, op_id: UUID) -> bool:
    """Whether this person's form has been applied; one id never stands for two people's forms."""
    known = work.session.get(WaitedPost, op_id)
    if known is not None and known.author_id != work.by.id:
        raise InvalidError("This identifier is in use", field="op_id")
    return known is not None


def note_applied(work: Work, op_id: UUID, endpoint: str, made_at: datetime) -> None:
    """Remember a form, so that it has one effect however often it is sent."""
    work.session.add(
        WaitedPost(
            op_id=op_id,
            author_id=work.by.id,
            endpoint=endpoint,
            made_at=made_at,
            received_at=work.now,
        )
    )
    work.session.flush()
