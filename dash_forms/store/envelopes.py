"""Envelopes: what a tablet sealed to this server's public key, so that only the server opens it.

`version (1 byte) | one-time public key (65 bytes, uncompressed P-256) | ciphertext`.
The key is HKDF-SHA256 (RFC 5869) over the ECDH secret, salted with both public keys; the cipher is
AES-256-GCM under a nonce of zeros, since each key seals one envelope. A browser's own WebCrypto
can do all of it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

_VERSION = b"\x01"
_POINT = 65
_NONCE = bytes(12)
_INFO = b"dash-forms envelope 1"


class EnvelopeError(ValueError):
    """Not an envelope of ours: another key, another version, or altered bytes."""


def new_envelope_key() -> bytes:
    """A private key for the key file (PKCS 8, DER)."""
    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def envelope_key(stored: bytes) -> EllipticCurvePrivateKey:
    """The private key as it is kept in the key file; ValueError if it is none."""
    key = load_der_private_key(stored, None)
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("the envelope key is not a P-256 key")  # noqa: TRY004 - one for all
    return key


def public_point(key: EllipticCurvePrivateKey | EllipticCurvePublicKey) -> bytes:
    """The public key as browsers import it: 65 bytes, uncompressed."""
    public = key.public_key() if isinstance(key, EllipticCurvePrivateKey) else key
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def open_envelope(key: EllipticCurvePrivateKey, envelope: bytes) -> bytes:
    """What is inside, or EnvelopeError."""
    start = len(_VERSION) + _POINT
    if envelope[:1] != _VERSION:
        raise EnvelopeError("not an envelope of version 1")
    point = envelope[1:start]
    try:
        sender = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
        cipher = AESGCM(_derived(key.exchange(ECDH(), sender), point + public_point(key)))
        return cipher.decrypt(_NONCE, envelope[start:], None)
    except (ValueError, InvalidTag) as error:
        raise EnvelopeError("the envelope does not open with this server's key") from error


def unsealed(raw: Any, author: UUID, open_with: Callable[[bytes], bytes]) -> Any:
    """An operation that a tablet could no longer read itself, taken out of its envelope.

    One that does not open, or that somebody else recorded, is left as it is and refused later.
    """
    if not isinstance(raw, Mapping) or "envelope" not in raw:
        return raw
    try:
        inside = json.loads(open_with(base64.b64decode(raw["envelope"], validate=True)))
        return inside["operation"] if inside["author"] == str(author) else raw
    except (ValueError, TypeError, KeyError, RecursionError):
        return raw


def seal_envelope(recipient: bytes, content: bytes) -> bytes:
    """As a tablet seals; `recipient` is the server's public point."""
    sender = generate_private_key(SECP256R1())
    point = public_point(sender)
    to = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), recipient)
    cipher = AESGCM(_derived(sender.exchange(ECDH(), to), point + recipient))
    return _VERSION + point + cipher.encrypt(_NONCE, content, None)


def _derived(secret: bytes, salt: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=salt, info=_INFO).derive(secret)
