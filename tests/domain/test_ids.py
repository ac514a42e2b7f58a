"""Identifiers: version 7 UUIDs that sort by the time they were made."""

from __future__ import annotations

import time
from uuid import RFC_4122

import pytest

from dash_forms.domain.ids import uuid7


def test_an_identifier_says_it_is_version_7_of_the_standard_variant() -> None:
    made = [uuid7() for _ in range(200)]
    assert {each.version for each in made} == {7}
    assert {each.variant for each in made} == {RFC_4122}


def test_an_identifier_begins_with_the_millisecond_it_was_made_in() -> None:
    before = time.time_ns() // 1_000_000
    stamp = uuid7().int >> 80
    assert before <= stamp <= time.time_ns() // 1_000_000


def test_identifiers_sort_by_time_as_numbers_and_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1_700_000_000_000_000_000, 1_700_000_000_001_000_000, 4_102_444_800_000_000_000]
    made = []
    for at in clock:
        monkeypatch.setattr(time, "time_ns", lambda at=at: at)
        made.append(uuid7())
    assert sorted(made) == made
    assert sorted(map(str, made)) == [str(each) for each in made]


def test_identifiers_of_one_millisecond_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_000_000_000)
    assert len({uuid7() for _ in range(500)}) == 500
