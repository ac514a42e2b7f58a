"""Text as people type it: what is kept, what is tidied, what is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.text import NOTE_LENGTH, clean


def cleaned(text: str) -> str:
    return clean(text, field="note")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  a bruise on the arm \n", "a bruise on the arm"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("a\tb", "a\tb"),
        ("مرحبا", "مرحبا"),
        ("<b>&amp;", "<b>&amp;"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("   ", ""),
    ],
)
def test_ordinary_text_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert cleaned(typed) == kept


@pytest.mark.parametrize(
    "hostile",
    [
        "\x00",
        "\x07",
        "\x1b[31m",
        "\x7f",
        "\x85",
        "\u202e",
        "\u2066",
        "\u200f",
        "\ufeff",
        "\ud800",
        "\u200b",
        "\xad",
    ],
)
def test_text_that_hides_or_reorders_itself_is_refused_by_name(hostile: str) -> None:
    with pytest.raises(InvalidError, match=rf"U\+{ord(hostile[0]):04X}") as caught:
        cleaned(f"safe{hostile}text")
    assert caught.value.field == "note"


def test_text_up_to_the_limit_is_kept_and_one_more_is_refused_with_both_counts() -> None:
    assert len(cleaned("x" * NOTE_LENGTH)) == NOTE_LENGTH
    with pytest.raises(InvalidError, match=r"2,000 characters or fewer; it has 2,001"):
        cleaned("x" * (NOTE_LENGTH + 1))


def test_space_around_the_text_does_not_count_against_the_limit() -> None:
    assert clean("  abc  ", field="name", limit=3) == "abc"


@given(st.text())
def test_what_is_kept_is_always_storable_and_settled(text: str) -> None:
    try:
        kept = cleaned(text)
    except InvalidError:
        return
    kept.encode()
    assert unicodedata.is_normalized("NFC", kept)
    assert cleaned(kept) == kept
    assert "\r" not in kept
