"""What a tablet is told when somebody is signed in on it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.assessment import SUBMITTABLE
from dash_forms.domain.instruments import SetRole, current, current_sets
from dash_forms.store.models import TabletKey
from dash_forms.store.tablet_keys import key_of, opened
from dash_forms.store.work import Work

_SEEN_EVERY = timedelta(hours=1)
_STEPS = (
    *(
        "incident",
        "people",
        "pair",
        "child",
        "about-child",
        "details",
        "start",
        "decline",
        "unable",
        "not-offered",
        "exempt",
        "skip",
        "sent",
    ),
    *(f"finish/{each}" for each in SUBMITTABLE),
)


@dataclass(frozen=True, slots=True)
class Release:
    """The key of the signed-in person on this tablet. None until it is made, or once revoked."""

    owner: UUID
    key: str | None
    """32 bytes in base64."""
    is_revoked: bool
    is_due: bool
    """Whether the tablet should ask with a POST: for a key, or to be noted as seen."""
    envelope_point: str
    """The server's public key for envelopes, in base64."""


def release(work: Work, device_id: UUID) -> Release:
    """What the tablet needs to read and keep this person's work."""
    known = key_of(work, device_id, work.by.id)
    is_revoked = known is not None and known.revoked_at is not None
    key = None
    if known is not None and not is_revoked:
        key = opened(work, known)
    point = base64.b64encode(work.vault.envelope_point).decode()
    is_due = known is None or known.seen_at < work.now - _SEEN_EVERY
    return Release(work.by.id, key, is_revoked, is_due, point)


def revoked_owners(work: Work, device_id: UUID) -> list[UUID]:
    """Whose keys on a tablet are revoked."""
    revoked = select(TabletKey.account_id).where(
        TabletKey.device_id == device_id, TabletKey.revoked_at.is_not(None)
    )
    return list(work.session.scalars(revoked.order_by(TabletKey.account_id)))


def blank_pages(work: Work) -> list[str]:
    """The addresses of the pages that a tablet keeps, none of which knows anybody."""
    sets = [current(work.main_set), *current_sets(SetRole.ADD_ON)]
    cards = [f"/tablet/cards/{each.id}/{each.version}" for each in sets]
    return [
        "/tablet",
        *cards,
        "/manifest.webmanifest",
        *(f"/tablet/steps/{each}" for each in _STEPS),
    ]
