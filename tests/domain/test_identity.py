"""The same person is the same however a name is typed; nobody is matched on too little."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.identity import UNNAMED, identity_text, plain_name

BORN = date(1990, 2, 1)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("  Zoë   O’Hara ", "zoe ohara"),
        ("SMITH-JONES, Ann", "smith jones ann"),
        ("Łukasz Ødegård", "lukasz odegard"),
        ("Strauß", "strauss"),
        ("Iolo ap Huw", "iolo ap huw"),
        ("…", ""),
    ],
)
def test_accents_punctuation_case_and_spaces_make_no_difference(typed: str, plain: str) -> None:
    assert plain_name(typed) == plain


@given(st.text(max_size=30))
def test_what_is_plain_stays_as_it_is(name: str) -> None:
    plain = plain_name(name)
    assert plain_name(plain) == plain
    assert plain_name(f" {plain}\t") == plain


@given(st.text(max_size=30), st.dates(), st.text(max_size=30), st.dates())
def test_two_people_are_one_only_if_name_and_birthday_are(
    name: str, born_on: date, other: str, other_born_on: date
) -> None:
    one, two = identity_text(name, born_on), identity_text(other, other_born_on)
    if one is not None and two is not None:
        same = (plain_name(name), born_on) == (plain_name(other), other_born_on)
        assert (one == two) == same


@pytest.mark.parametrize("name", ["", "  ", "-", UNNAMED, UNNAMED.upper()])
def test_a_birthday_alone_is_nobody(name: str) -> None:
    assert identity_text(name, BORN) is None


def test_a_name_alone_is_nobody() -> None:
    assert identity_text("Ashdown Invented", None) is None
