"""Encryption of single fields (AES-256-GCM, bound to record and field) and their blind index."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dash_forms.domain.callers import Kind, plain_phone
from dash_forms.domain.finding import plain_reference
from dash_forms.domain.identity import identity_text
from dash_forms.store.envelopes import (
    envelope_key,
    new_envelope_key,
    open_envelope,
    public_point,
)

_NONCE_BYTES = 12
_KEY_BYTES = 32
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
    index_key: bytes = b""
    envelope_key: EllipticCurvePrivateKey | None = None

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

    def identity_index(self, name: str, born_on: date | None) -> bytes | None:
        """The blind index of a person: HMAC-SHA256 under a key of its own, so that the same person
        is found again without anything to read. None for whom nothing may be matched.
        """
        text = identity_text(name, born_on)
        return None if text is None else self._blind(text)

    def phone_index(self, phone: str) -> bytes | None:
        """The same of a phone as people write it, in every table; None for what is no number."""
        try:
            number = plain_phone(phone)
        except ValueError:
            return None
        return self.blind_key(Kind.PHONE, number) if number else None

    def footage_index(self, reference: str) -> bytes | None:
        """The same of a reference of footage, however it is typed; None where there is none."""
        plain = plain_reference(reference)
        return self.blind_key("footage", plain) if plain else None

    def number_index(self, urn: str) -> bytes:
        """The same of an incident's number that was mistyped once."""
        return self.blind_key("number", plain_reference(urn))

    def blind_key(self, kind: str, text: str) -> bytes:
        """The same of anything else that is only ever compared, such as a phone number. A kind
        stands before the text, so that no two kinds ever have a key in common.
        """
        return self._blind(f"{kind}\0{text}")

    def _blind(self, text: str) -> bytes:
        if not self.index_key:
            raise KeyFileError("this vault has no index key")
        return hmac.digest(self.index_key, text.encode(), hashlib.sha256)

    @property
    def envelope_point(self) -> bytes:
        """The public key that tablets seal to (65 bytes)."""
        return public_point(self._envelope_key())

    def open_envelope(self, envelope: bytes) -> bytes:
        """What a tablet sealed to this server; else EnvelopeError."""
        return open_envelope(self._envelope_key(), envelope)

    def _envelope_key(self) -> EllipticCurvePrivateKey:
        if self.envelope_key is None:
            raise KeyFileError("this vault has no envelope key")
        return self.envelope_key


def _context(record_id: UUID, field: str) -> bytes:
    return record_id.bytes + field.encode()


def load_vault(path: Path) -> Vault:
    """Read the key file, making it with mode 0600 at the first start.

    It holds `{"active": id, "keys": {id: base64 of 32 bytes}, "index": base64 of 32 bytes,
    "envelope": base64 of a private key}` and belongs outside the database and its backups. One
    from before there was an index, or envelopes, is given their keys.
    """
    if not path.exists():
        write_private(path, json.dumps(_new_keys(), indent=2))
    _require_private(path)
    stored = _read_keys(path)
    if not stored.keys() >= _ADDED_LATER.keys():
        stored = _add_keys(path)
    return _vault(path, stored)


def _read_keys(path: Path) -> dict[str, Any]:
    """The key file's contents, once its field keys are known to be whole."""
    try:
        stored: dict[str, Any] = json.loads(path.read_text())
    except ValueError as error:
        raise _not_a_key_file(path, error) from error
    _vault(path, stored)
    return stored


def _vault(path: Path, stored: Any) -> Vault:
    try:
        keys = {key_id: base64.b64decode(key) for key_id, key in stored["keys"].items()}
        index_key = base64.b64decode(stored.get("index", ""))
        envelopes = base64.b64decode(stored.get("envelope", ""))
        vault = Vault(
            stored["active"],
            {key_id: AESGCM(key) for key_id, key in keys.items()},
            index_key,
            envelope_key(envelopes) if envelopes else None,
        )
        vault.seal(UUID(int=0), "check", "check")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _not_a_key_file(path, error) from error
    if "index" in stored and len(index_key) != _KEY_BYTES:
        raise _not_a_key_file(path, "the index key is not 32 bytes")
    return vault


def _not_a_key_file(path: Path, why: object) -> KeyFileError:
    return KeyFileError(f"{path} is not a key file: {why}")


def _new_keys() -> dict[str, Any]:
    added: dict[str, Any] = {name: make() for name, make in _ADDED_LATER.items()}
    return {"active": "k1", "keys": {"k1": _new_key()}} | added


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def _new_envelope_key() -> str:
    return base64.b64encode(new_envelope_key()).decode()


# What the first key files did not have, and how it is made.
_ADDED_LATER = {"index": _new_key, "envelope": _new_envelope_key}


def _add_keys(path: Path) -> dict[str, Any]:
    """Give an older key file what it lacks, once for all processes that start at the same time.

    Whoever waited for the lock finds the key of the one before. The file is replaced whole, and
    keeps its owner.
    """
    path = path.resolve()
    try:
        with path.open() as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            stored = _read_keys(path)
            lacking = [name for name in _ADDED_LATER if name not in stored]
            if lacking:
                stored |= {name: _ADDED_LATER[name]() for name in lacking}
                _replace_private(path, json.dumps(stored, indent=2))
            return stored
    except OSError as error:
        raise KeyFileError(
            f"{path} lacks a newer key and cannot be changed ({error.strerror}); start once where"
            " it can be written, then back it up again"
        ) from error


def _replace_private(path: Path, text: str) -> None:
    owner = path.stat()
    temporary = _written_beside(path, text)
    try:
        os.chown(temporary, owner.st_uid, owner.st_gid)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _written_beside(path: Path, text: str) -> Path:
    """A new file in the same folder that only its owner can read, safely on the disk."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink()
        raise
    return temporary


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all; keep one that exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _written_beside(path, text)
    try:
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
