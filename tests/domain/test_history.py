"""Facts from earlier incidents, the most serious first, each with its rule; never a grade."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.declines import Basis
from dash_forms.domain.grading import Grade
from dash_forms.domain.history import GRAVE_ANSWERS, History, Mention, Record
from dash_forms.domain.instruments import current
from dash_forms.domain.periods import months_before

TODAY = date(2026, 6, 1)
NOTHING = History(on=TODAY, victim_searched=True, perpetrator_searched=True)


def record(days_ago: int = 30, number: int = 1, **more: Any) -> Record:
    """A completed assessment of the same two people."""
    made = Record(
        UUID(int=number),
        f"SM-{number}",
        TODAY - timedelta(days=days_ago),
        opens=True,
        same_perpetrator=True,
        outcome=Outcome.COMPLETED,
        instrument_id="dash-27",
    )
    return replace(made, **more)


def history(*records: Record, **more: Any) -> History:
    return replace(NOTHING, records=records, **more)


def lines(found: History) -> list[str]:
    return [each.text for each in found.warnings]


def test_nothing_found_says_nothing() -> None:
    assert NOTHING.is_empty
    assert lines(NOTHING) == []


def test_the_count_is_of_twelve_months_and_says_how_many_were_of_the_pair() -> None:
    found = history(
        record(1, 1), record(365, 2, same_perpetrator=False), record(366, 3), record(900, 4)
    )
    assert "2 earlier incidents in 12 months, 1 with the same alleged perpetrator" in lines(found)
    assert "1 earlier incident with another alleged perpetrator" in lines(found)


def test_an_incident_with_two_alleged_perpetrators_counts_once() -> None:
    found = history(record(5, 1), record(5, 1, same_perpetrator=False))
    assert lines(found)[0].startswith("1 earlier incident in 12 months")


def test_older_incidents_are_not_passed_over() -> None:
    [line] = lines(history(record(500, same_perpetrator=None)))
    assert line == "1 earlier incident, none in 12 months; the last on 17 January 2025"


def test_a_high_grade_comes_first_with_its_own_day() -> None:
    high = record(60, 2, grade=Grade.HIGH, graded_on=date(2026, 4, 3))
    found = history(record(30, 1, grade=Grade.STANDARD), high)
    assert lines(found)[0] == "Graded high on 3 April 2026"
    assert "Last graded standard on 2 May 2026" in lines(found)


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        (Basis.SAID, "Declined last time: afraid of the abuser"),
        (Basis.INFERRED, "Declined last time: afraid of the abuser (officer’s impression)"),
    ],
)
def test_a_decline_says_why_and_on_whose_word(basis: Basis, words: str) -> None:
    declined = record(outcome=Outcome.DECLINED, reason="fear_of_abuser", basis=basis)
    assert words in lines(history(declined))
    later = history(record(1, 9), declined)
    assert any(line.startswith("Declined on 2 May 2026:") for line in lines(later))


def test_grave_answers_are_named_the_most_serious_first() -> None:
    found = history(record(yes=frozenset({16})), record(60, 2, yes=frozenset({18, 24})))
    assert lines(found)[0] == "Earlier answers: strangled or choked, weapon used"
    other = history(record(yes=frozenset({18}), instrument_id="another"))
    assert not any("Earlier answers" in line for line in lines(other))


def test_the_same_grave_answer_in_two_sets_is_named_once() -> None:
    scale = record(60, 2, yes=frozenset({10, 14}), instrument_id="frequency-abuse")
    found = history(record(yes=frozenset({18})), scale)
    assert lines(found)[0] == "Earlier answers: strangled or choked, pregnant or a new baby"


def test_grave_answers_are_high_risk_topics_of_their_question_set() -> None:
    for instrument_id, rows in GRAVE_ANSWERS.items():
        assert all(current(instrument_id).item(item).high_risk for item in rows)


def test_of_the_other_side_there_is_only_the_fact() -> None:
    mention = Mention(UUID(int=7), "SM-7", TODAY, opens=False)
    found = replace(NOTHING, as_other_party=(mention,), with_other_victims=(mention,))
    assert lines(found) == [
        "The alleged perpetrator is named in 1 incident with somebody else",
        "This victim was the other party in 1 incident",
    ]


RECORDS = st.builds(
    record,
    days_ago=st.integers(0, 1500),
    number=st.integers(1, 9),
    same_perpetrator=st.sampled_from([True, False, None]),
    outcome=st.sampled_from([Outcome.COMPLETED, Outcome.PARTIAL, Outcome.PENDING]),
    grade=st.sampled_from([None, *Grade]),
    yes=st.frozensets(st.integers(1, 27)),
)


@given(st.lists(RECORDS, max_size=6))
def test_every_line_is_short_has_a_rule_and_is_said_once(records: list[Record]) -> None:
    newest_first = sorted(records, key=lambda each: each.on, reverse=True)
    said = history(*newest_first).warnings
    assert bool(said) == bool(records)
    assert len({each.text for each in said}) == len(said) <= 8
    for each in said:
        assert each.rule.startswith(("Shown if", "Counts"))
        assert len(each.text) < 200
    high = any(each.grade is Grade.HIGH for each in records)
    assert any(each.text.startswith("Graded high") for each in said) == high


@given(st.dates(min_value=date(2, 1, 1)))
def test_a_year_before_is_the_same_day_or_the_last_of_february(day: date) -> None:
    before = months_before(day, 12)
    assert (before.year, before.month) == (day.year - 1, day.month)
    assert before.day == (28 if (day.month, day.day) == (2, 29) else day.day)
