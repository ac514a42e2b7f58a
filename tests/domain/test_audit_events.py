"""The names of events and the links of the chain."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.audit_events import FIRST_HASH, Category, Name, canonical, link

FIELDS = st.lists(st.text(alphabet="0123456789:,ab|\x00é", max_size=6), min_size=1, max_size=4)


@pytest.mark.parametrize("name", Name)
def test_every_event_has_a_category_and_is_named_subject_dot_past(name: Name) -> None:
    assert name.category in Category
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", name.value)


@pytest.mark.parametrize(
    ("name", "category"),
    [
        (Name.SEARCH_MADE, Category.CONSULTATION),
        (Name.INCIDENT_VIEWED, Category.CONSULTATION),
        (Name.ASSESSMENT_VIEWED, Category.CONSULTATION),
        (Name.INCIDENT_CREATED, Category.COLLECTION),
        (Name.INCIDENT_CHANGED, Category.ALTERATION),
        (Name.REPORT_EXPORTED, Category.DISCLOSURE),
        (Name.SIGN_IN_FAILED, Category.SECURITY),
    ],
)
def test_the_law_s_categories_are_told_apart(name: Name, category: Category) -> None:
    assert name.category is category


@given(FIELDS, FIELDS)
def test_two_different_rows_never_spell_the_same_bytes(one: list[str], other: list[str]) -> None:
    same = link(FIRST_HASH, tuple(one)) == link(FIRST_HASH, tuple(other))
    assert same == (one == other)


@given(FIELDS, st.integers(0, 30))
def test_moving_the_border_between_two_fields_changes_the_hash(fields: list[str], cut: int) -> None:
    text = "".join(fields)
    moved = [text[:cut], text[cut:]]
    if moved != fields:
        assert link(FIRST_HASH, tuple(moved)) != link(FIRST_HASH, tuple(fields))


def test_a_link_depends_on_the_link_before() -> None:
    assert link(FIRST_HASH, ("same",)) != link("1" * 64, ("same",))


def test_the_same_facts_have_one_spelling_whatever_their_order() -> None:
    assert canonical({"b": 1, "a": ["é"]}) == canonical({"a": ["é"], "b": 1})
    assert canonical({"a": "é"}).isascii()
    assert canonical(None) == canonical({}) == "{}"
