"""Looking for words in everything that a browser has written into its folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

_MOZILLA_LZ4 = b"mozLz40\0"


def found_on_disk(folder: Path, wanted: Iterable[str]) -> dict[str, set[str]]:
    """The words that lie somewhere below a folder, each with the files, whatever their case.

    Files are read as they are: text in one or two bytes a letter is found, in SQLite and LevelDB
    files too. Firefox's session files are unpacked. Blocks that LevelDB or IndexedDB packed with
    Snappy are not; Snappy leaves a word as it is where it stands first, and so it is found there.
    """
    shapes = {
        word: [shape.lower() for shape in (word.encode(), word.encode("utf-16-le"))]
        for word in wanted
    }
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*"):
        for content in _contents(path):
            for word, of_word in shapes.items():
                if any(shape in content for shape in of_word):
                    found.setdefault(word, set()).add(str(path.relative_to(folder)))
    return found


def _contents(path: Path) -> Iterator[bytes]:
    with suppress(OSError):  # a browser that still runs takes files away
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            yield content.lower()
            if content.startswith(_MOZILLA_LZ4):
                yield unpacked(content[len(_MOZILLA_LZ4) + 4 :]).lower()


def unpacked(block: bytes) -> bytes:
    """An LZ4 block: literals as they stand, then a piece that was there before, and so on."""
    out, at = bytearray(), 0

    def length(nibble: int) -> int:
        nonlocal at
        total, byte = nibble, 255 if nibble == 15 else 0
        while byte == 255:
            byte, at = block[at], at + 1
            total += byte
        return total

    while at < len(block):
        token = block[at]
        at += 1
        literals = length(token >> 4)
        out += block[at : at + literals]
        at += literals
        if at >= len(block):
            break
        offset = int.from_bytes(block[at : at + 2], "little")
        at += 2
        for _ in range(length(token & 15) + 4):
            out.append(out[-offset])
    return bytes(out)
