"""Recurring alleged perpetrators: counts, days and words, against a plain recomputation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.offenders import (
    ENDINGS,
    SOON_DAYS,
    ActionKind,
    ActionState,
    Allegation,
    Frequency,
    Order,
    Outstanding,
    Purpose,
    check_action,
    check_ending,
    frequency,
    gaps,
    gaps_in_words,
    may_look,
    require_purpose,
)

TODAY = date(2026, 11, 30)
START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = st.dates(date(2020, 1, 1), date(2032, 1, 1))

# An incident, how many days ago it was, and the victim, who may have no date of birth.
RECORDS = st.lists(
    st.tuples(st.integers(1, 6), st.integers(0, 700), st.integers(0, 4)), max_size=12
)


def _allegation(incident: int, days: int, victim: int) -> Allegation:
    return Allegation(
        UUID(int=incident), START - timedelta(days=days), bytes([victim]) if victim else None
    )


@given(RECORDS, st.integers(0, 700))
def test_counts_are_those_of_a_plain_recomputation(
    records: list[tuple[int, int, int]], back: int
) -> None:
    found = [_allegation(*each) for each in records]
    since = START - timedelta(days=back)
    incidents, victims, unlinked = [], [], 0
    for each in found:
        if each.at < since:
            continue
        if each.incident_id not in incidents:
            incidents.append(each.incident_id)
        if each.victim is None:
            unlinked += 1
        elif each.victim not in victims:
            victims.append(each.victim)
    counted = frequency(found, since)
    assert counted == Frequency(len(incidents), len(victims), unlinked)
    assert counted.recurs == (len(incidents) >= 2 or len(victims) + unlinked >= 2)
    assert frequency(reversed(found), since) == counted
    whole = frequency(found)
    assert whole.incidents >= counted.incidents
    assert whole.victims >= counted.victims


@given(st.lists(DAYS, max_size=8))
def test_gaps_add_up_to_the_whole_stretch(days: list[date]) -> None:
    found = gaps(days)
    assert len(found) == max(0, len(set(days)) - 1)
    assert all(each > 0 for each in found)
    assert sum(found) == ((max(days) - min(days)).days if days else 0)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([], "–"),
        ([1], "1 day before the latest"),
        ([324, 14], "324 days before the latest; 14 days before that"),
        ([2] * 12, "2 days before the latest" + "; 2 days before that" * 9 + "; and 2 more"),
    ],
)
def test_gaps_are_told_going_back_from_the_latest(found: list[int], words: str) -> None:
    assert gaps_in_words(found) == words


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((1, 1, 0), "1 incident, 1 victim"),
        ((3, 2, 0), "3 incidents, 2 victims"),
        ((2, 0, 2), "2 incidents, 2 victim records without a date of birth"),
        ((2, 1, 1), "2 incidents, 1 victim, and 1 victim record without a date of birth"),
    ],
)
def test_frequency_in_words(counts: tuple[int, int, int], words: str) -> None:
    assert Frequency(*counts).words == words


@given(st.sampled_from(ActionKind), st.one_of(st.none(), DAYS))
def test_an_action_is_past_soon_or_neither(kind: ActionKind, ends_on: date | None) -> None:
    found = Outstanding(kind, ends_on, TODAY)
    assert not (found.is_past and found.is_soon)
    assert found.is_past == (ends_on is not None and ends_on < TODAY)
    in_a_week = ends_on is not None and TODAY <= ends_on <= TODAY + timedelta(days=SOON_DAYS)
    assert found.is_soon == in_a_week
    assert found.words
    assert kind.label in found.in_short


@pytest.mark.parametrize(
    ("kind", "days", "words", "short"),
    [
        (
            ActionKind.POLICE_BAIL,
            -1,
            "Ended 1 day ago, no decision recorded",
            "Police bail ended 29 November 2026 (ask what came of it)",
        ),
        (ActionKind.POLICE_BAIL, 0, "Ends today", "Police bail until 30 November 2026"),
        (ActionKind.POLICE_BAIL, 7, "Ends in 7 days", "Police bail until 7 December 2026"),
        (ActionKind.COURT_BAIL, 8, "Until 8 December 2026", "Court bail until 8 December 2026"),
        (
            ActionKind.INTERVIEW,
            -3,
            "Overdue by 3 days",
            "Voluntary interview was due 27 November 2026 (ask what came of it)",
        ),
        (ActionKind.WANTED, 1, "Due in 1 day", "Wanted: arrest outstanding by 1 December 2026"),
        (ActionKind.WANTED, None, "No day is set", "Wanted: arrest outstanding"),
        (ActionKind.RESTRAINING, None, "No end date", "Restraining order"),
    ],
)
def test_when_it_ends_in_words(kind: ActionKind, days: int | None, words: str, short: str) -> None:
    ends_on = None if days is None else TODAY + timedelta(days=days)
    found = Outstanding(kind, ends_on, TODAY)
    assert (found.words, found.in_short) == (words, short)


@given(st.sampled_from(ActionKind), st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS))
def test_what_is_taken_begins_before_it_ends(
    kind: ActionKind, starts_on: date | None, ends_on: date | None
) -> None:
    words = "Not to go to the street."
    refused = {each.field for each in check_action(kind, starts_on, ends_on, words, TODAY)}
    assert refused <= {"starts_on", "ends_on"}
    assert ("starts_on" in refused) == (starts_on is None)
    if starts_on and ends_on:
        assert ("ends_on" in refused) == (ends_on < starts_on)
    elif ends_on is None:
        assert ("ends_on" in refused) == kind.needs_end


def test_running_out_needs_a_day_that_is_over_and_every_ending_needs_words() -> None:
    words = "Nobody extended it in time."
    check_ending(ActionState.EXPIRED, TODAY - timedelta(days=1), words, TODAY)
    for ends_on in (None, TODAY, TODAY + timedelta(days=1)):
        with pytest.raises(InvalidError, match="cannot have run out"):
            check_ending(ActionState.EXPIRED, ends_on, words, TODAY)
        check_ending(ActionState.DONE, ends_on, words, TODAY)
    for state in ENDINGS:
        with pytest.raises(InvalidError, match="Say what came of it"):
            check_ending(state, TODAY - timedelta(days=1), "……………………", TODAY)


@given(st.booleans(), st.booleans(), st.booleans())
def test_the_list_opens_ones_own_and_a_justification_of_its_own_anybody(
    for_the_list: bool, for_this: bool, is_own: bool
) -> None:
    allowed = may_look(for_the_list=for_the_list, for_this=for_this, is_own=is_own)
    assert allowed is (for_this or (for_the_list and is_own))


def test_a_justification_is_more_than_padding() -> None:
    require_purpose("Meeting of the desk.")
    for words in ("", "Because", "..............."):
        with pytest.raises(InvalidError):
            require_purpose(words)


def test_nothing_is_ordered_or_called_by_risk() -> None:
    labels = [each.label for kind in (Order, Purpose, ActionKind, ActionState) for each in kind]
    assert not [each for each in labels if "risk" in each.lower() or "score" in each.lower()]
