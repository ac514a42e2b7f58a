"""What comes together from one person's tablet, and the file in which somebody else brings it.

The file is JSON; `docs/offline.md` has its members. Its one box is locked (AES-256-GCM) with the
author's key on that tablet, which only this server and the author's own unlocked tablet have: a box
that opens proves whose work it is.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.handed_over import id_in
from dash_forms.domain.permissions import Actor, Permission
from dash_forms.store.models import Account
from dash_forms.store.tablet_keys import key_of, opened
from dash_forms.store.work import Work

FORMAT = "dash-forms waiting work"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Bundle:
    """Operations of one author on one tablet, in the order in which they were made."""

    author: Actor
    device_id: UUID
    operations: list[Any]
    sent_at: datetime | None
    """What the tablet's clock, which may be wrong, says now."""


def actor_of(account: Account) -> Actor:
    """Somebody as rules know them."""
    return Actor(account.id, account.display_name, account.role, account.team_id)


def bundle_in(work: Work, data: bytes) -> Bundle:
    """What a tablet saved as a file, or InvalidError that says why it cannot be taken."""
    header = _header(data)
    device_id, author_id = id_in(header.get("device")), id_in(header.get("author"))
    author, cipher = _author(work, device_id, author_id)
    try:
        content = cipher.decrypt(
            base64.b64decode(header["nonce"], validate=True),
            base64.b64decode(header["body"], validate=True),
            _place(header),
        )
        inside = json.loads(content)
        carried = work.now - datetime.fromisoformat(inside["now"])
        sent_at = datetime.fromisoformat(inside["sent_at"]) + max(carried, timedelta())
        [*operations] = inside["operations"]
    except (InvalidTag, KeyError, TypeError, ValueError, OverflowError, RecursionError):
        raise _refusal(
            "This file is damaged, so nothing of it was taken. Save it once more on the tablet"
        ) from None
    return Bundle(author, UUID(header["device"]), operations, sent_at)


def _place(header: Mapping[str, Any]) -> bytes:
    """The associated data, as the tablet's `lock` writes it: the box opens nowhere else."""
    place = [FORMAT, VERSION, header["author"], header["device"]]
    return json.dumps(place, separators=(",", ":")).encode()


def _header(data: bytes) -> Mapping[str, Any]:
    try:
        header = json.loads(data)
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, Mapping) or header.get("format") != FORMAT:
        raise _refusal("This is not a file of waiting work. Its name begins with “forms-”")
    if header.get("version") != VERSION:
        raise _refusal(
            "This file is from a newer release than this server. The tablet itself can still send"
            " what is in it"
        )
    return header


def _author(work: Work, device_id: UUID | None, author_id: UUID | None) -> tuple[Actor, AESGCM]:
    """Whose file it is, and what opens it; nobody out of reach is told apart from nobody."""
    known = device_id and author_id and key_of(work, device_id, author_id)
    account = known and work.session.get(Account, known.account_id)
    if (
        not known
        or not account
        or account.team_id is None
        or not work.by.reaches(Permission.REVIEW_ASSESSMENTS, team_id=account.team_id)
    ):
        raise _refusal("This file is not from an officer whose work you review")
    if known.revoked_at:
        raise _refusal(
            "The key of this tablet was revoked, so nobody can tell who made this file. What waits"
            " is sent when its author signs in on the tablet"
        )
    author = actor_of(account)
    if not author.may(Permission.RECORD_ASSESSMENTS):
        raise _refusal("Its author is in a role that records no assessments any more")
    return author, AESGCM(base64.b64decode(opened(work, known)))


def _refusal(sentence: str) -> InvalidError:
    return InvalidError(sentence, field="file")
