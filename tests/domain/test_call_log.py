"""What a row of a call log may say, and what is said of one that may not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.call_log import LAYOUT, Channel, LoggedCall, read_call
from dash_forms.domain.errors import InvalidError

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ROW = {"reference": "C-1", "called_at": "2026-01-31 21:45"}


def test_a_row_is_read_as_it_is_documented() -> None:
    told = {
        "phone": "+44 7700 900123", "name": " Wren Ashdown ", "born_on": "1990-01-31",
        "address": "1 Invented Row", "channel": "101", "duplicate_of": "C-0", "incident": "SM-1",
    }  # fmt: skip
    assert read_call({**ROW, **told}, NOW) == LoggedCall(
        "C-1", datetime(2026, 1, 31, 21, 45, tzinfo=UTC), Channel.NON_EMERGENCY, "07700900123",
        "Wren Ashdown", date(1990, 1, 31), "1 Invented Row", "C-0", "SM-1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2026-07-01 12:00", 11),
        ("2026-07-01T12:00:00Z", 12),
        ("2026-07-01T12:00:00+02:00", 10),
        ("2026-10-25 01:30:00+01:00", 0),
        ("2026-10-25 01:30:00+00:00", 1),
    ],
)
def test_times_are_of_london_unless_they_say_otherwise(written: str, hour: int) -> None:
    assert read_call({**ROW, "called_at": written}, NOW).called_at.hour == hour


@pytest.mark.parametrize(
    ("column", "written", "words"),
    [
        ("reference", "", "needs its number"),
        ("reference", "=1+1", "letters, figures"),
        ("reference", "x" * 61, "Use up to 60"),
        ("called_at", "", "needs its time"),
        ("called_at", "yesterday", "Write the time"),
        ("called_at", "2026-01-31", "time of day"),
        ("called_at", "0001-01-01T00:00+05:00", "Write the time"),
        ("called_at", "2026-11-29 12:01", "in the future"),
        ("called_at", "2026-10-25 01:30", "there twice"),
        ("called_at", "2026-03-29 01:30", "no such time"),
        ("channel", "carrier pigeon", "Use one of: 999"),
        ("phone", "call me", "not a phone number"),
        ("born_on", "31/01/1990", "date of birth as"),
        ("born_on", "2027-01-01", "year of birth"),
        ("duplicate_of", "C-1", "duplicate of itself"),
        ("incident", "abc", "has figures in it"),
        ("incident", "1; DROP", "letters, figures"),
        ("name", "x" * 101, "Shorten this"),
        ("name", "a\u202eb", "invisible character"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_column(
    column: str, written: str, words: str
) -> None:
    with pytest.raises(InvalidError, match=words) as refused:
        read_call({**ROW, column: written}, NOW)
    assert refused.value.field == column


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("", ""),
        ("None", ""),
        ("N/A", ""),
        ("-", ""),
        ("SM-20260131-0042", "SM-20260131-0042"),
        ("CAD 117/31JAN26", "CAD 117/31JAN26"),
    ],
)
def test_the_number_of_an_incident_has_whatever_form_the_call_system_gives_it(
    written: str, number: str
) -> None:
    assert read_call({**ROW, "incident": written}, NOW).incident == number


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    wrong = {"reference": "", "called_at": "soon", "phone": "ask", "name": "a\u202eb"}
    with pytest.raises(InvalidError) as refused:
        read_call({**ROW, **wrong}, NOW)
    every = (refused.value, *refused.value.also)
    assert sorted(each.field or "" for each in every) == sorted(wrong)


@given(st.dictionaries(st.sampled_from([*LAYOUT.columns]), st.text(max_size=40)))
def test_whatever_a_row_says_it_is_read_or_refused(row: dict[str, str]) -> None:
    found: LoggedCall | InvalidError
    try:
        found = read_call(row, NOW)
    except InvalidError as refusal:
        found = refusal
    if isinstance(found, LoggedCall):
        assert found.called_at <= NOW
    else:
        assert found.field in LAYOUT.columns


def test_the_first_row_names_the_columns_in_any_order_and_case() -> None:
    assert LAYOUT.read_header(["Called at", "REFERENCE"]) == ("called_at", "reference")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["reference"], "“called_at” is not among them"),
        (["reference", "called_at", "colour"], "no column “colour”"),
        (["reference", "called_at", "reference"], "there twice"),
        ([], "“reference” is not among them"),
    ],
)
def test_a_first_row_that_does_not_is_refused(names: list[str], words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        LAYOUT.read_header(names)
