"""The key under which a tablet keeps one person's work: sealed here, opened to be given out."""

from __future__ import annotations

from uuid import UUID

from dash_forms.store.models import TabletKey
from dash_forms.store.work import Work


def key_of(work: Work, device_id: UUID, account_id: UUID) -> TabletKey | None:
    """The stored key of a person on a tablet."""
    return work.session.get(TabletKey, (device_id, account_id))


def sealed(work: Work, device_id: UUID, account_id: UUID, key: str) -> bytes:
    """A key as it is stored; `key` is its 32 bytes in base64."""
    return work.vault.seal(device_id, f"key:{account_id}", key)


def opened(work: Work, known: TabletKey) -> str:
    """The key's 32 bytes in base64."""
    return work.vault.open(known.device_id, f"key:{known.account_id}", known.key_sealed)
