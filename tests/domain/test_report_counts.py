"""The counts behind the reports: steps of victims by day, and spans that cover each day once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.facts import Fact, with_repeats
from dash_forms.domain.periods import Month, Period, months_before
from dash_forms.domain.report_counts import (
    FORCE,
    STEP_DECLINES,
    STEP_REPEAT_DECLINES,
    STEP_VICTIMS,
    STEP_VICTIMS_DECLINED,
    Grain,
    Rules,
    counts_of,
    delay_band,
    victim_steps,
)
from dash_forms.domain.spans import Span, spans

TEAM = UUID(int=7)


def fact(number: int, on: date, outcome: Outcome, victim: bytes = b"one") -> Fact:
    return Fact(
        pair_id=UUID(int=number),
        team_id=TEAM,
        victim_key=victim,
        reported_at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        question_set="dash-27.1",
        counted_on=on,
        hour=12,
        attempt=1,
        outcome=outcome,
        reason="distrust" if outcome is Outcome.DECLINED else None,
    )


def _plainly(facts: list[Fact], on: date) -> dict[str, int]:
    """Who is counted on a day, victim by victim, as the definitions of D6 and D7 say it."""
    held = [
        each
        for each in facts
        if each.outcome.is_countable and months_before(on, 12) < each.counted_on <= on
    ]
    total: Counter[str] = Counter()
    for victim in {each.victim_key for each in held}:
        own = sorted(
            (each for each in held if each.victim_key == victim),
            key=lambda each: (each.counted_on, each.pair_id),
        )
        declines = sum(each.outcome is Outcome.DECLINED for each in own)
        total[STEP_VICTIMS] += 1
        total[STEP_VICTIMS_DECLINED] += own[-1].outcome is Outcome.DECLINED
        total[STEP_DECLINES] += declines
        total[STEP_REPEAT_DECLINES] += declines if declines >= 2 else 0
    return {code: number for code, number in total.items() if number}


def test_the_sum_of_steps_up_to_a_day_is_what_is_true_on_it() -> None:
    chance = Random(6)
    outcomes = [Outcome.DECLINED, Outcome.DECLINED, Outcome.COMPLETED, Outcome.UNABLE]
    for _ in range(2_000):
        facts = [
            fact(
                number,
                date(2023, 2, 20) + timedelta(days=chance.randrange(800)),
                chance.choice(outcomes),
                bytes([chance.randrange(3)]),
            )
            for number in range(chance.randrange(1, 9))
        ]
        on = date(2023, 2, 20) + timedelta(days=chance.randrange(1_200))
        kept: Counter[str] = Counter()
        for victim in {each.victim_key for each in facts}:
            for entry, number in victim_steps([f for f in facts if f.victim_key == victim]):
                if entry.day <= on:
                    kept[entry.code] += number
        assert {code: n for code, n in kept.items() if n} == _plainly(facts, on)


def test_a_leap_day_is_a_year_old_on_the_first_of_march() -> None:
    steps = list(victim_steps([fact(1, date(2024, 2, 29), Outcome.COMPLETED)]))
    assert [entry.day for entry, _ in steps] == [date(2024, 2, 29), date(2025, 3, 1)]


@pytest.mark.parametrize("longest", [Grain.YEAR, Grain.MONTH])
def test_spans_add_up_to_every_day_of_a_period_once(longest: Grain) -> None:
    chance = Random(3)
    for _ in range(1_500):
        start = date(2020, 1, 1) + timedelta(days=chance.randrange(1_500))
        period = Period(start, start + timedelta(days=chance.randrange(chance.choice([40, 1_500]))))
        covered: Counter[date] = Counter()
        for span in spans(period, longest=longest):
            assert span.grain is not Grain.YEAR or longest is Grain.YEAR
            day, end = span.first, _end(span.last, span.grain)
            while day <= end:
                covered[day] += -1 if span.is_taken_away else 1
                day += timedelta(days=1)
        days = (period.end - period.start).days + 1
        assert {day: n for day, n in covered.items() if n} == {
            period.start + timedelta(days=n): 1 for n in range(days)
        }


def _end(day: date, grain: Grain) -> date:
    if grain is Grain.YEAR:
        return date(day.year, 12, 31)
    return Month.of(day).last if grain is Grain.MONTH else day


def test_the_longest_period_takes_few_rows() -> None:
    most = 0
    for offset in range(0, 366, 5):
        end = date(2026, 1, 1) + timedelta(days=offset)
        found = spans(Period(months_before(end, 120) + timedelta(days=1), end))
        assert len(found) <= 5
        most = max(most, sum(_rows(span) for span in found))
    assert most <= 10 + 2 * 6 + 2 * 15 + 2


def _rows(span: Span) -> int:
    length = (span.last - span.first).days
    return 1 + {Grain.DAY: length, Grain.MONTH: round(length / 30.4)}.get(
        span.grain, round(length / 365.2)
    )


def test_each_scope_and_grain_counts_the_same() -> None:
    facts = [fact(n, date(2025, 3, 1 + n), Outcome.DECLINED, bytes([n])) for n in range(5)]
    kept = counts_of(facts, [], Rules())
    for scope in (TEAM, FORCE):
        for grain in Grain:
            found = sum(
                number
                for key, number in kept.items()
                if (key.code, key.scope, key.grain) == ("outcome.declined", scope, grain)
            )
            assert found == 5


def test_a_repeat_is_another_incident_of_the_victim_in_the_year_before() -> None:
    first, second = date(2024, 6, 1), date(2025, 6, 1)
    told = [
        [each.is_repeat for each in with_repeats([fact(1, one, out), fact(2, other, out)])]
        for out in (Outcome.COMPLETED,)
        for one, other in (
            (first, second),  # a year ago to the day is no longer within twelve months
            (first + timedelta(days=1), second),
            (second, second),
        )
    ]
    assert told == [[False, False], [False, True], [False, False]]


def test_a_delay_belongs_to_the_band_that_reaches_up_to_it() -> None:
    found = [delay_band(minutes) for minutes in (None, 0, 60, 61, 240, 241, 1440, 1441)]
    assert found == [
        "not_known", "within_1_h", "within_1_h", "within_4_h", "within_4_h", "within_24_h",
        "within_24_h", "over_24_h",
    ]  # fmt: skip
