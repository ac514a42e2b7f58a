"""How an incident stands by its cameras, when it was attended, and what has to be explained."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.body_worn_video import (
    FirstContact,
    Standing,
    attended_at,
    require_words,
    standing_of,
)
from dash_forms.domain.errors import InvalidError

AT = datetime(2026, 3, 1, 22, tzinfo=UTC)
F = FirstContact


@pytest.mark.parametrize(
    ("said", "standing"),
    [
        ([], Standing.NO_RECORD),
        ([F.NOT_THERE], Standing.NO_RECORD),
        ([F.NOT_ISSUED], Standing.NOT_ISSUED),
        ([F.NOT_ISSUED, F.NOT_THERE], Standing.NOT_ISSUED),
        ([F.NOT_ISSUED, F.FORGOT], Standing.NOT_RECORDING),
        ([F.VICTIM_ASKED, F.RECORDING, F.NOT_ISSUED], Standing.RECORDING),
    ],
)
def test_an_incident_stands_by_all_its_cameras(said: list[F], standing: Standing) -> None:
    assert standing_of(said) is standing


@given(st.lists(st.sampled_from(list(F)), max_size=5), st.randoms())
def test_neither_order_nor_absent_officers_change_it(said: list[F], chance: object) -> None:
    mixed = [*said, F.NOT_THERE]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert standing_of(mixed) is standing_of(said)
    assert (standing_of(said) is Standing.RECORDING) == (F.RECORDING in said)


def test_the_entered_arrival_says_when_and_else_the_first_attempt_in_person() -> None:
    later = AT + timedelta(hours=3)
    assert attended_at(AT, [later]) == AT
    assert attended_at(None, [later, AT]) == AT
    assert attended_at(None, []) is None


@pytest.mark.parametrize("said", list(F))
def test_only_another_reason_has_to_be_explained(said: F) -> None:
    if said is F.OTHER_REASON:
        with pytest.raises(InvalidError) as refused:
            require_words(said, " ... no ", "camera_words")
        assert refused.value.field == "camera_words"
    else:
        require_words(said, "", "camera_words")
    require_words(said, "Left on charge", "camera_words")


def test_whoever_had_a_camera_and_did_not_record_has_a_reason() -> None:
    for said in F:
        assert bool(said.reason) == (said.is_there and not said.is_recording)
        assert said.is_issued or not said.is_recording
