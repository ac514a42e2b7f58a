"""Offering again: the instant at which an offer is overdue, and conversions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.assessment import Outcome, State
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.reoffers import EndReason, Result, converted_on, require_ground
from dash_forms.domain.review import standing

DUE = datetime(2026, 1, 31, 22, tzinfo=UTC)
TICK = timedelta(microseconds=1)
WORDS = "Clear both times, and alone."


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (DUE - TICK, State.REOFFER_DUE),
        (DUE, State.REOFFER_DUE),
        (DUE + TICK, State.REOFFER_OVERDUE),
    ],
)
def test_an_offer_is_overdue_from_the_instant_after_it_was_due(now: datetime, state: State) -> None:
    assert standing(State.REOFFER_DUE, DUE, now) is state


@pytest.mark.parametrize("state", [State.REOFFERED, State.REOFFER_CLOSED, State.SECONDARY_DUE])
def test_what_is_no_longer_owed_is_never_overdue(state: State) -> None:
    assert standing(state, DUE, DUE + timedelta(days=9)) is state


def test_only_unsafe_stops_contact() -> None:
    assert [each for each in EndReason if each.stops_contact] == [EndReason.UNSAFE]


@pytest.mark.parametrize("reason", EndReason)
def test_every_reason_needs_words(reason: EndReason) -> None:
    for words in ("", "short", "-" * 30):
        with pytest.raises(InvalidError) as refused:
            require_ground(reason, words, declined=2, limit=2)
        assert refused.value.field == "words"
    require_ground(reason, WORDS, declined=2, limit=2)


@pytest.mark.parametrize(
    ("declined", "said"), [(0, "declined not once"), (1, "declined once"), (2, "declined twice")]
)
def test_declined_again_needs_as_many_declines_as_the_force_has_set(
    declined: int, said: str
) -> None:
    with pytest.raises(InvalidError, match=said) as refused:
        require_ground(EndReason.DECLINED_AGAIN, WORDS, declined=declined, limit=3)
    assert refused.value.field == "reason"
    require_ground(EndReason.DECLINED_AGAIN, WORDS, declined=declined, limit=declined)


RESULTS = st.lists(st.sampled_from(Outcome), max_size=8).map(
    lambda outcomes: [
        Result(number, outcome, date(2026, 1, number))
        for number, outcome in enumerate(outcomes, start=1)
    ]
)


@given(RESULTS, st.randoms())
def test_a_conversion_is_the_first_success_after_a_decline_that_counts(
    results: list[Result], chance: object
) -> None:
    counted = next((each for each in results if each.outcome.is_countable), None)
    if counted is None:
        return
    later = [
        each.on
        for each in results[counted.attempt :]
        if each.outcome in {Outcome.COMPLETED, Outcome.PARTIAL}
    ]
    expected = later[0] if later and counted.outcome is Outcome.DECLINED else None
    chance.shuffle(results)  # type: ignore[attr-defined]
    assert converted_on(counted.outcome, counted.attempt, results) == expected
