"""Identifiers: time-ordered UUIDs (RFC 9562, version 7), made on the device or here."""

from __future__ import annotations

import os
import time
from uuid import UUID

NOBODYS = UUID(int=0)
"""Stands in a blank page for the record that a tablet will put there."""


def tablet_name(device_id: UUID) -> str:
    """What a tablet calls itself on its own page, and people call it by."""
    return device_id.hex[-6:].upper()


def uuid7() -> UUID:
    """A new version 7 UUID: 48 bits of Unix milliseconds, then random bits."""
    stamp = time.time_ns() // 1_000_000
    value = (stamp << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)
