"""Password hashes: Argon2id at the cost that was set, and guesses that cost the same."""

from __future__ import annotations

import pytest

from dash_forms.store.passwords import hasher, matches, nobodys_hash

CHEAP = (64, 1)
RIGHT = "three plain words"


@pytest.fixture(scope="module")
def stored() -> str:
    return hasher(*CHEAP).hash(RIGHT)


def test_the_hash_is_argon2id_at_the_cost_asked_for_and_salted(stored: str) -> None:
    assert stored.startswith("$argon2id$v=19$m=64,t=1,")
    assert hasher(*CHEAP).hash(RIGHT) != stored
    assert len(stored) <= 200


def test_only_the_password_itself_matches(stored: str) -> None:
    assert matches(stored, RIGHT, *CHEAP)
    for wrong in ("", RIGHT + " ", RIGHT.upper(), RIGHT[:-1], "\x00", RIGHT + "\x00"):
        assert not matches(stored, wrong, *CHEAP)


def test_a_hash_made_at_another_cost_still_matches(stored: str) -> None:
    assert matches(stored, RIGHT, 128, 2)


@pytest.mark.parametrize("broken", ["", "x", "$argon2id$v=19$m=64,t=1,p=2$bad$bad", "plain"])
def test_what_is_no_hash_matches_nothing(broken: str) -> None:
    assert not matches(broken, RIGHT, *CHEAP)
    assert not matches(broken, broken, *CHEAP)


def test_a_guess_at_nobody_costs_what_a_guess_at_somebody_costs() -> None:
    assert nobodys_hash(*CHEAP).split("$")[1:4] == hasher(*CHEAP).hash("x").split("$")[1:4]
    assert not matches(nobodys_hash(*CHEAP), "", *CHEAP)
