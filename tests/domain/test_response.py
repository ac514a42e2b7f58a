"""Bands of waiting, and what may be said of a median that is known by its band alone."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from statistics import median

import pytest

from dash_forms.domain.incidents import ResponseGrade
from dash_forms.domain.report_counts import DELAY_BANDS, delay_band
from dash_forms.domain.response import (
    BANDS,
    CallGrade,
    between_words,
    median_bands,
    share_bounds,
    wait_band,
    waited_words,
)

LAST = len(BANDS) - 1
MINUTES = {"minutes": 1, "hour": 60, "hours": 60, "days": 1440}


def _counts(waits: list[int]) -> list[int]:
    found = [wait_band(each) for each in waits]
    return [found.count(each.code) for each in BANDS]


def test_each_band_takes_in_its_own_end() -> None:
    assert wait_band(None) == "not_known"
    for before, after in pairwise(BANDS):
        assert before.up_to is not None
        assert wait_band(before.up_to) == before.code
        assert wait_band(before.up_to + 1) == after.code


def test_each_band_begins_in_words_where_the_one_before_ends() -> None:
    assert not BANDS[-1].end
    for before, after in pairwise(BANDS):
        number, unit = before.end.split()
        assert wait_band(int(number) * MINUTES[unit]) == before.code
        assert wait_band(int(number) * MINUTES[unit] + 1) == after.code
        assert between_words(0, BANDS.index(before)) == f"up to {before.end}"


def test_a_decline_is_put_in_a_band_that_ends_where_one_of_waiting_does() -> None:
    ends = {each.code: each.up_to for each in BANDS}
    *bounded, last = DELAY_BANDS
    assert [ends[code] for code, _ in bounded] == [up_to for _, up_to in bounded]
    assert last == ("over_24_h", None)
    assert delay_band(bounded[-1][1]) == "within_24_h"
    assert delay_band((bounded[-1][1] or 0) + 1) == "over_24_h"


def test_every_grade_of_a_call_is_one_and_so_is_none() -> None:
    assert {CallGrade.of(each).value for each in ResponseGrade} == {
        each.value for each in ResponseGrade
    }
    assert CallGrade.of(None) is CallGrade.NOT_GRADED
    assert [each for each in CallGrade if not each.is_visit] == [CallGrade.TELEPHONE]
    assert len({each.label for each in CallGrade}) == len(CallGrade)


@pytest.mark.parametrize("seed", range(300))
def test_the_median_lies_between_the_bounds_that_are_said(seed: int) -> None:
    chance = Random(seed)
    waits = [int(chance.lognormvariate(5, 2.5)) for _ in range(chance.randint(1, 25))]
    found = median_bands(_counts(waits), len(waits))
    assert found
    first, last = found
    true = median(waits)
    low = BANDS[first - 1].up_to if first else 0
    high = BANDS[last].up_to
    assert low is not None
    assert low <= true
    assert high is None or true <= high
    if len(waits) % 2:
        assert first == last


@pytest.mark.parametrize("seed", range(300))
def test_where_counts_are_withheld_it_still_does(seed: int) -> None:
    """As long as all of them stand in counts between the first and last that are withheld."""
    chance = Random(seed)
    waits = [int(chance.lognormvariate(5, 2.5)) for _ in range(chance.randint(10, 60))]
    true = _counts(waits)
    shown = [None if chance.random() < 0.3 else each for each in true]
    found = median_bands(shown, len(waits))
    whole = median_bands(true, len(waits))
    assert found
    assert whole
    assert found[0] <= whole[0]
    assert whole[1] <= found[1]


def test_of_nothing_there_is_no_median() -> None:
    assert median_bands([0] * len(BANDS), 0) is None


def test_bounds_in_words() -> None:
    assert between_words(0, 0) == "up to 15 minutes"
    assert between_words(2, 2) == "between 1 hour and 4 hours"
    assert between_words(1, 2) == "between 15 minutes and 4 hours"
    assert between_words(LAST, LAST) == "more than 7 days"
    assert between_words(3, LAST) == "more than 4 hours"
    assert between_words(0, LAST) == ""


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (None, "no time of arrival"),
        (0, "less than a minute"),
        (-3, "less than a minute"),
        (1, "1 minute"),
        (240, "4 hours"),
        (241, "4 hours 1 minute"),
        (13 * 60, "13 hours"),
        (10_081, "7 days 1 minute"),
        (26 * 60 + 5, "1 day 2 hours"),
    ],
)
def test_a_wait_in_words_shows_on_which_side_of_a_bound_it_is(
    minutes: int | None, words: str
) -> None:
    assert waited_words(minutes) == words


@pytest.mark.parametrize("seed", range(100))
def test_a_share_lies_within_its_bounds_whatever_is_not_known(seed: int) -> None:
    chance = Random(seed)
    waits = [int(chance.lognormvariate(5, 2.5)) for _ in range(chance.randint(1, 40))]
    known = waits[: chance.randint(0, len(waits))]
    unknown = len(waits) - len(known)
    for is_in in (lambda each: each <= 240, lambda each: each > 10_080):
        lower, upper = share_bounds(sum(map(is_in, known)), len(known), unknown)
        assert lower <= sum(map(is_in, waits)) / len(waits) <= upper
    assert share_bounds(0, 122, 8) == (0, 8 / 130)
