"""When two records mean one person: the same name, however it is typed, and the same birthday."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

UNNAMED = "Name not given"

# Letters that people also type without their stroke or as two, and that no decomposition reaches.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"})
_DASHES = re.compile(r"[-\u2010-\u2015\u2212/]")


def plain_name(name: str) -> str:
    """A name in small letters, without accents or punctuation, single-spaced; a dash is a space."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    text = _DASHES.sub(" ", text.translate(_PLAIN))
    kept = (each for each in text if each.isalnum() or each.isspace())
    return " ".join("".join(kept).split())


def identity_text(name: str, born_on: date | None) -> str | None:
    """What the blind index is made over, or None: a name or a birthday alone matches nobody."""
    plain = plain_name(name)
    if born_on is None or not plain or plain == plain_name(UNNAMED):
        return None
    return f"{plain}\n{born_on.isoformat()}"
