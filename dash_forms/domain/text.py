"""Text as people type it: what is kept, what is refused, and why."""

from __future__ import annotations

import re
import unicodedata

from dash_forms.domain.errors import InvalidError

NOTE_LENGTH = 2_000
NAME_LENGTH = 100

# Controls, invisible and bidirectional marks, and lone surrogates: they can hide or reorder what a
# reader sees, or fill a mandatory box with nothing; a lone surrogate cannot be stored at all. Tab,
# newline and the joiners that emoji and several scripts need are ordinary text.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)


def letter_count(text: str) -> int:
    """How many letters and digits a text has: what is left of it when nothing is padded."""
    return sum(character.isalnum() for character in text)


def so_many(count: int, what: str) -> str:
    """A number of things: "1 day", "1,200 days"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


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
            f"Shorten this by {so_many(len(text) - limit, 'character')}: it has {len(text):,},"
            f" and {limit:,} are the most",
            field=field,
        )
    return text
