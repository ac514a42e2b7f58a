"""A grade is a person's, and comes with a reason."""

from __future__ import annotations

import pytest

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.grading import Grade, Judgement


@pytest.mark.parametrize("grade", Grade)
def test_every_grade_needs_its_reason_in_at_least_twenty_characters(grade: Grade) -> None:
    assert Judgement(grade, "x" * 20).grade is grade
    with pytest.raises(InvalidError, match="at least 20") as caught:
        Judgement(grade, "x" * 19)
    assert caught.value.field == "rationale"


@pytest.mark.parametrize(
    "blank", ["." * 30, " \u200d" * 20, "– – – – – – – – – – – –", "ok" + "." * 30]
)
def test_twenty_characters_that_say_nothing_are_no_reason(blank: str) -> None:
    with pytest.raises(InvalidError):
        Judgement(Grade.HIGH, blank)


def test_each_grade_says_what_it_means_in_its_own_words() -> None:
    assert len({grade.meaning for grade in Grade}) == 3
    assert "at any time" in Grade.HIGH.meaning
    assert "unless something changes" in Grade.MEDIUM.meaning
