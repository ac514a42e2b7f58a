"""Who is still found by an earlier name, and who was the other party all along."""

from __future__ import annotations

import pytest

from dash_forms.domain.corrections import Indexes, former_index

A, B, C = b"a", b"b", b"c"


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (Indexes(A, B), Indexes(C, B), A),
        (Indexes(A, None), Indexes(None, None), A),
        (Indexes(A, B), Indexes(A, C), None),
        (Indexes(None, B), Indexes(A, B), None),
        (Indexes(B, A), Indexes(A, B), None),
        (Indexes(B, A), Indexes(A, A), None),
        (Indexes(B, B), Indexes(A, B), None),
        (Indexes(B, C), Indexes(A, B), None),
    ],
)
def test_a_name_put_right_is_kept_and_sides_put_right_are_not(
    before: Indexes, after: Indexes, kept: bytes | None
) -> None:
    assert former_index(before, after) == kept
