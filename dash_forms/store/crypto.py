"""Encryption of single fields: AES-256-GCM, bound to the record and the field it belongs to."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_FORMAT = 1


class KeyFileError(RuntimeError):
    """The key file is missing, unreadable or too widely readable."""


class SealError(RuntimeError):
    """A sealed value does not open: the wrong key, the wrong record, or altered bytes."""


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens fields. Values are `format | key id length | key id | nonce | ciphertext`.

    The associated data is the record's id and the field's name, so that a value copied to
    another row or column no longer opens. New values use the active key; old ones keep the id of
    theirs, which is how keys are rotated.
    """

    active: str
    ciphers: dict[str, AESGCM]

    def seal(self, record_id: UUID, field: str, text: str) -> bytes:
        """Encrypt text for one field of one record."""
        key_id = self.active.encode()
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self.ciphers[self.active].encrypt(nonce, text.encode(), _context(record_id, field))
        return bytes((_FORMAT, len(key_id))) + key_id + nonce + sealed

    def open(self, record_id: UUID, field: str, sealed: bytes) -> str:
        """Decrypt a value that `seal` made for the same record and field; else SealError."""
        try:
            if sealed[0] != _FORMAT:
                raise SealError("unknown format of a sealed value")
            start = 2 + sealed[1]
            cipher = self.ciphers[sealed[2:start].decode()]
            nonce, body = sealed[start : start + _NONCE_BYTES], sealed[start + _NONCE_BYTES :]
            return cipher.decrypt(nonce, body, _context(record_id, field)).decode()
        except (InvalidTag, IndexError, KeyError, UnicodeDecodeError, ValueError) as error:
            raise SealError(f"{field} of a record does not open with any known key") from error

    def seal_text(self, record_id: UUID, field: str, text: str) -> bytes | None:
        """As `seal`; an empty text is stored as no value."""
        return self.seal(record_id, field, text) if text else None

    def open_text(self, record_id: UUID, field: str, sealed: bytes | None) -> str:
        """As `open`; no value is an empty text."""
        return self.open(record_id, field, sealed) if sealed else ""


def _context(record_id: UUID, field: str) -> bytes:
    return record_id.bytes + field.encode()


def load_vault(path: Path) -> Vault:
    """Read the key file, making it with mode 0600 at the first start.

    It holds `{"active": id, "keys": {id: base64 of 32 bytes}}` and belongs outside the database
    and its backups.
    """
    if not path.exists():
        write_private(path, json.dumps(_new_keys(), indent=2))
    _require_private(path)
    try:
        stored = json.loads(path.read_text())
        keys = {key_id: base64.b64decode(key) for key_id, key in stored["keys"].items()}
        vault = Vault(stored["active"], {key_id: AESGCM(key) for key_id, key in keys.items()})
        vault.seal(UUID(int=0), "check", "check")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyFileError(f"{path} is not a key file: {error}") from error
    return vault


def _new_keys() -> dict[str, object]:
    return {"active": "k1", "keys": {"k1": base64.b64encode(secrets.token_bytes(32)).decode()}}


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all; keep one that exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its file stands
            os.link(temporary, path)
    finally:
        temporary.unlink()


def load_secret(path: Path) -> str:
    """The secret that signs cookies, made with mode 0600 at the first start."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    _require_private(path)
    if not (secret := path.read_text().strip()):
        raise KeyFileError(f"{path} is empty; remove it, and a new one is made")
    return secret


def _require_private(path: Path) -> None:
    if path.stat().st_mode & 0o077:
        raise KeyFileError(f"{path} can be read by others; run: chmod 600 {path}")
