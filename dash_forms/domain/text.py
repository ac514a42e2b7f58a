"""Text as people type it: what is kept, what is refused, and why."""

from __future__ import annotations

import re
import unicodedata

from dash_forms.domain.errors import InvalidError

NOTE_LENGTH = 2_000
NAME_LENGTH = 100

# Controls, bidirectional overrides and lone surrogates: they can hide or reorder what a reader
# sees, and a lone surrogate cannot be stored at all. Tab and newline are ordinary text.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


def clean(text: str, *, field: str, limit: int = NOTE_LENGTH) -> str:
    """Normalised (NFC, Unix newlines, trimmed) text, or InvalidError in words."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := _UNPRINTABLE.search(text):
        raise InvalidError(
            f"Remove the invisible character U+{ord(found.group()):04X}; it cannot be kept safely",
            field=field,
        )
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > limit:
        raise InvalidError(
            f"Shorten this to {limit:,} characters or fewer; it has {len(text):,}", field=field
        )
    return text
