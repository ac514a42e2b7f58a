"""Draws the application's icon as a picture of pixels, for home screens that take no SVG."""

from __future__ import annotations

import struct
import zlib
from math import hypot

SIZES = (192, 512)
"""In pixels, as Android and iOS ask for them."""
_UNITS = 32  # as in icons/maskable.svg, which this repeats
_GROUND, _INK = (0x16, 0x26, 0x3B), (0xF4, 0xF2, 0xEE)
_LINES = ((8, 24, 12), (8, 16, 20))  # from, to, at which height
_HALF_A_STROKE = 1.5


def name_of(size: int) -> str:
    """What the picture is called among the built files."""
    return f"icons/icon-{size}.png"


def icon_png(size: int) -> bytes:
    """Two lines on a dark square: nothing that says what the forms are."""
    rows = (b"\0" + b"".join(_row(y, size)) for y in range(size))
    header = struct.pack(">2I5B", size, size, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(rows), 9)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _row(y: int, size: int) -> list[bytes]:
    return [_pixel(x, y, size / _UNITS) for x in range(size)]


def _pixel(x: int, y: int, scale: float) -> bytes:
    """The ink covers a pixel by as much as its middle lies inside the stroke, half a pixel soft."""
    covered = max(
        _HALF_A_STROKE * scale + 0.5 - _distance(x + 0.5, y + 0.5, *(each * scale for each in line))
        for line in _LINES
    )
    share = min(max(covered, 0), 1)
    return bytes(
        round(ground + (ink - ground) * share) for ground, ink in zip(_GROUND, _INK, strict=True)
    )


def _distance(x: float, y: float, start: float, end: float, height: float) -> float:
    return hypot(x - min(max(x, start), end), y - height)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
