"""Giving a tablet the key under which it keeps an officer's work."""

from __future__ import annotations

import base64
import secrets
from uuid import UUID

from dash_forms.domain.audit_events import Name
from dash_forms.store.models import TabletKey
from dash_forms.store.tablet_keys import key_of, sealed
from dash_forms.store.work import Work

_KEY_BYTES = 32


def make_key(work: Work, device_id: UUID) -> None:
    """Make this person's key on this tablet, or note that it was asked for again."""
    known = key_of(work, device_id, work.by.id)
    if known is not None:
        known.seen_at = work.now
        return
    key = base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
    work.session.add(
        TabletKey(
            device_id=device_id,
            account_id=work.by.id,
            key_sealed=sealed(work, device_id, work.by.id, key),
            made_at=work.now,
            seen_at=work.now,
        )
    )
    work.session.flush()
    work.audit(Name.TABLET_KEY_MADE, "tablet", device_id)
