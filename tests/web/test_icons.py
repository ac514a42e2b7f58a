"""The icon in pixels: a sound file that shows what its SVG shows."""

from __future__ import annotations

import struct
import zlib

import pytest

from dash_forms.web.icons import SIZES, icon_png


def pixels(png: bytes) -> list[list[bytes]]:
    """The rows of a picture without filters; AssertionError if a chunk is not sound."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(kind + content),)
        chunks[kind] = content
        at += 12 + length
    width, height, *how = struct.unpack(">2I5B", chunks[b"IHDR"])
    assert how == [8, 2, 0, 0, 0]
    flat = zlib.decompress(chunks[b"IDAT"])
    rows = [flat[start : start + 1 + 3 * width] for start in range(0, len(flat), 1 + 3 * width)]
    assert len(rows) == height
    assert {row[0] for row in rows} == {0}
    return [[row[1 + 3 * x : 4 + 3 * x] for x in range(width)] for row in rows]


@pytest.mark.parametrize("size", SIZES)
def test_two_lines_on_a_dark_square(size: int) -> None:
    drawn = pixels(icon_png(size))
    assert len(drawn) == len(drawn[0]) == size

    def at(x: float, y: float) -> str:
        return drawn[int(y * size / 32)][int(x * size / 32)].hex()

    ink, ground = "f4f2ee", "16263b"
    assert [at(x, 12) for x in (5, 8, 16, 24, 27)] == [ground, ink, ink, ink, ground]
    assert [at(x, 20) for x in (5, 8, 16, 24, 27)] == [ground, ink, ink, ground, ground]
    assert {at(x, y) for x in (0, 31.9) for y in (0, 31.9)} == {ground}
