"""Envelopes open with this server's key only, and no altered byte goes unnoticed."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.store.envelopes import (
    EnvelopeError,
    envelope_key,
    new_envelope_key,
    open_envelope,
    public_point,
    seal_envelope,
)

OURS, OTHERS = envelope_key(new_envelope_key()), envelope_key(new_envelope_key())


@given(st.binary())
def test_what_is_sealed_to_the_server_opens_there(content: bytes) -> None:
    assert open_envelope(OURS, seal_envelope(public_point(OURS), content)) == content


def test_no_other_key_opens_it() -> None:
    with pytest.raises(EnvelopeError):
        open_envelope(OTHERS, seal_envelope(public_point(OURS), b"fear"))


def test_no_two_envelopes_look_the_same() -> None:
    point = public_point(OURS)
    assert seal_envelope(point, b"fear") != seal_envelope(point, b"fear")


def test_no_altered_byte_and_no_cut_goes_unnoticed() -> None:
    sealed = seal_envelope(public_point(OURS), b"fear")
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        for wrong in (bytes(altered), sealed[:place]):
            with pytest.raises(EnvelopeError):
                open_envelope(OURS, wrong)


def test_a_key_of_another_kind_is_refused() -> None:
    other = generate_private_key(SECP384R1()).private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
    )
    for wrong in (other, b"", b"not a key"):
        with pytest.raises(ValueError):  # noqa: PT011 - whatever the library says of it
            envelope_key(wrong)
