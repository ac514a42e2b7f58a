"""What a baseline is called, what it says of itself, and what cannot be one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dash_forms.domain.baselines import (
    REPORTED_DECLINE_RATE,
    Baseline,
    Origin,
    Rate,
    cases_refusals,
    chosen,
    counts_refusals,
    period_refusals,
    rate_of_percent,
    read_count,
    read_percent,
    reason_refusals,
    time_words,
)
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.periods import Period

YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))


def own(known: Rate = Rate(0.342, 1000, 342), withdrawn: str = "") -> Baseline:  # noqa: B008
    return Baseline(
        "own", known, Origin.OWN, "Invented report", "2025", period=YEAR, withdrawn=withdrawn
    )


def test_the_words_fit_whose_rate_it_is() -> None:
    assert REPORTED_DECLINE_RATE.name == "the reported 38%"
    assert REPORTED_DECLINE_RATE.short_name == "38% reported"
    assert REPORTED_DECLINE_RATE.choice == (
        "Reported 38%: HMICFRS PEEL 2023–25, Staffordshire Police (2024)"
    )
    assert REPORTED_DECLINE_RATE.remark == (
        "Fieldwork April–May 2024, published 24 September 2024."
    )
    assert own().name == "your force’s 34.2% for 2025"
    assert own().short_name == "34.2% own"
    assert own().choice == "Your force’s 34.2% for 2025"
    assert own().remark == ""


def test_each_says_which_comparison_is_made_with_it() -> None:
    assert REPORTED_DECLINE_RATE.comparison == "treated as a fixed reference"
    assert REPORTED_DECLINE_RATE.caveat == "baseline n unknown; treated as a fixed reference"
    assert REPORTED_DECLINE_RATE.sample is None
    wide = own(Rate(0.342, 1234))
    assert wide.comparison == wide.caveat == "two-sample, its own n of 1,234 counted in"


@pytest.mark.parametrize(
    ("known", "percent", "cases"),
    [
        (Rate(0.38), "38%", "number of cases not published"),
        (Rate(0.345, 1200), "34.5%", "1,200 cases"),
        (rate_of_percent(Decimal("34.25"), 1200), "34.25%", "1,200 cases"),
        (rate_of_percent(Decimal("7")), "7%", "number of cases not published"),
        (Rate(0.34, 1000, 340), "34.0%", "340 of 1,000 cases"),
        (Rate(1 / 3, 30, 10), "33.3%", "10 of 30 cases"),
    ],
)
def test_a_rate_is_written_as_precisely_as_it_is_known(
    known: Rate, percent: str, cases: str
) -> None:
    assert own(known).percent == percent
    assert own(known).cases == cases


def test_only_counts_that_are_known_make_a_sample() -> None:
    assert Rate(0.38).sample is None
    of_percent, of_counts = Rate(0.345, 1200).sample, Rate(0.342, 1000, 342).sample
    assert of_percent is not None
    assert of_counts is not None
    assert of_percent.rate == pytest.approx(0.345)
    assert (of_counts.numerator, of_counts.denominator) == (342, 1000)


def test_no_key_means_the_one_that_ships_and_a_withdrawn_one_says_why() -> None:
    both = [REPORTED_DECLINE_RATE, own()]
    assert chosen(both, "") is chosen([], " ") is REPORTED_DECLINE_RATE
    assert chosen(both, "hmicfrs-2024") is REPORTED_DECLINE_RATE
    assert chosen(both, "own") is both[1]
    with pytest.raises(InvalidError, match="from the list") as refused:
        chosen(both, "other")
    assert refused.value.field == "baseline"
    wrong = own(withdrawn="on 5 April 2026 by Somebody, because: counted twice.")
    with pytest.raises(InvalidError, match="withdrawn: on 5 April 2026 by Somebody, because"):
        chosen([wrong], "own")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), "2025"),
        (date(2024, 1, 1), date(2025, 12, 31), "2024 to 2025"),
        (date(2025, 3, 1), date(2025, 3, 31), "March 2025"),
        (date(2024, 4, 1), date(2025, 3, 31), "April 2024 to March 2025"),
        (date(2024, 4, 2), date(2025, 3, 31), "2 April 2024 to 31 March 2025"),
        (date(2025, 2, 1), date(2025, 2, 1), "1 February 2025"),
    ],
)
def test_time_is_told_as_briefly_as_it_can_be(start: date, end: date, words: str) -> None:
    assert time_words(Period(start, end)) == words


@pytest.mark.parametrize(
    ("typed", "percent"), [("38", "38"), (" 34.25 %", "34.25"), ("0.1", "0.1"), ("99.99", "99.99")]
)
def test_a_percentage_is_read_as_people_write_it(typed: str, percent: str) -> None:
    assert read_percent(typed, field="percent") == Decimal(percent)


@pytest.mark.parametrize("typed", ["", "0", "100", "0.00", "34.255", "-3", "1e1", "٣٨", "34,2"])
def test_what_is_no_percentage_is_refused_beside_its_field(typed: str) -> None:
    with pytest.raises(InvalidError, match="Enter a percentage") as refused:
        read_percent(typed, field="percent")
    assert refused.value.field == "percent"


@pytest.mark.parametrize(
    ("typed", "count"), [("0", 0), ("1234", 1234), ("1,234", 1234), ("12 345 678", 12_345_678)]
)
def test_a_count_is_read_as_people_write_it(typed: str, count: int) -> None:
    assert read_count(typed, field="cases") == count


@pytest.mark.parametrize("typed", ["", "-1", "1.5", "1,23", "9999999999", "1,234,567,890", "x"])
def test_what_is_no_count_is_refused_beside_its_field(typed: str) -> None:
    with pytest.raises(InvalidError, match="Enter a whole number"):
        read_count(typed, field="cases")


@pytest.mark.parametrize(
    ("declined", "cases", "fields"),
    [
        (10, 30, []),
        (10, 29, ["cases"]),
        (0, 30, ["declined"]),
        (30, 30, ["declined"]),
        (31, 30, ["declined"]),
        (31, 20, ["cases", "declined"]),
    ],
)
def test_counts_that_support_no_comparison_are_refused(
    declined: int, cases: int, fields: list[str]
) -> None:
    assert [each.field for each in counts_refusals(declined, cases)] == fields
    assert bool(list(cases_refusals(cases))) is (cases < 30)


def test_a_period_has_to_be_over() -> None:
    assert not list(period_refusals(YEAR, date(2026, 1, 1)))
    [refused] = period_refusals(YEAR, date(2025, 12, 31))
    assert refused.field == "to"


@pytest.mark.parametrize("words", ["", "x" * 19, "." * 40, " ".join("abcdefghi") + "....."])
def test_a_reason_has_to_say_something(words: str) -> None:
    [refused] = reason_refusals(words, why="why")
    assert refused.sentence == "Say in at least 20 characters why"


def test_a_period_of_ones_own_may_share_cases_with_the_one_shown() -> None:
    assert own().shares_cases_with(Period(date(2025, 12, 31), date(2026, 3, 1)))
    assert not own().shares_cases_with(Period(date(2026, 1, 1), date(2026, 3, 1)))
    assert not REPORTED_DECLINE_RATE.shares_cases_with(YEAR)
