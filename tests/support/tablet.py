"""A tablet in Python: its key, and the file that it saves (static/js/tablet.mjs does the same)."""

from __future__ import annotations

import base64
import json
import os
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from werkzeug.test import TestResponse

from dash_forms.domain.ids import uuid7
from tests.support.client import StrictClient
from tests.support.force import operation

DEVICE = UUID(int=7)
FORMAT = "dash-forms waiting work"


def released(client: StrictClient, device: UUID = DEVICE) -> dict[str, Any]:
    """As a tablet asks: for the key, and for a new one where there is none."""
    path = f"/tablet/keys/{device}"
    first: dict[str, Any] = client.get(path).json  # type: ignore[assignment]
    if first["key"] or first["revoked"]:
        return first
    made: dict[str, Any] = client.post(path, headers={"X-CSRF-Token": first["csrf"]}).json  # type: ignore[assignment]
    return made


def box(key: bytes, value: object, place: object) -> dict[str, str]:
    """What `lock` in static/js/secrets.mjs makes of a value."""
    nonce = os.urandom(12)
    content, context = (
        json.dumps(each, separators=(",", ":"), ensure_ascii=False).encode()
        for each in (value, place)
    )
    body = AESGCM(key).encrypt(nonce, content, context)
    return {
        "nonce": base64.b64encode(nonce).decode(),
        "body": base64.b64encode(body).decode(),
    }


def saved_file(
    client: StrictClient, operations: object, *, device: UUID = DEVICE, **inside: Any
) -> dict[str, Any]:
    """The file of what waits for somebody on a tablet."""
    known = released(client, device)
    now = datetime.now(UTC).isoformat()
    place = [FORMAT, 1, known["owner"], str(device)]
    content = {"sent_at": now, "now": now, "operations": operations} | inside
    return {
        "format": FORMAT,
        "version": 1,
        "author": known["owner"],
        "device": str(device),
        **box(base64.b64decode(known["key"]), content, place),
    }


def load(client: StrictClient, file: object) -> TestResponse:
    """Upload a file, which may be bytes that are none."""
    data = file if isinstance(file, bytes) else json.dumps(file).encode()
    token = client.page("/handed-over").form().fields["csrf_token"][0]
    return client.post(
        "/handed-over",
        data={"csrf_token": token, "file": (BytesIO(data), "forms-2026-01-31-2145.json")},
        content_type="multipart/form-data",
    )


def hand_over(client: StrictClient, operations: object, **more: object) -> TestResponse:
    """Hand over what was refused, as the tablet does."""
    return client.post(
        "/tablet/handed-over",
        json={"version": 1, "device": str(DEVICE), "operations": operations} | more,
        headers={"X-CSRF-Token": released(client)["csrf"]},
    )


def handed_over_case(client: StrictClient) -> str:
    """A case of which an answer was handed over; gives its id."""
    case_id = str(uuid7())
    answer = operation(case_id, 1, "yes", note="Invented.", details={"what": ["Bruises"]})
    assert hand_over(client, [answer]).status_code == 200
    return case_id
