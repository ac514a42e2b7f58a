"""How an incident stands by its cameras, when it was attended, and what has to be explained."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.body_worn_video import (
    CameraAnswer,
    FirstContact,
    Standing,
    attended_at,
    standing_of,
)

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
    refused = CameraAnswer(said, words=" ... no ").refusal("camera_words")
    if said is F.OTHER_REASON:
        assert refused is not None
        assert refused.field == "camera_words"
    else:
        assert refused is None
    assert CameraAnswer(said, words="Left on charge").refusal("camera_words") is None


def test_whoever_had_a_camera_and_did_not_record_has_a_reason() -> None:
    for said in F:
        assert bool(said.reason) == (said.is_there and not said.is_recording)
        assert said.is_issued or not said.is_recording
