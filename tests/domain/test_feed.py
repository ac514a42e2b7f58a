"""What a request of the feed may say, and where a page of it goes on."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.definitions import METRICS, Window
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.feed import MOST_MONTHS, USUAL_ROWS, Lifetime, Place, is_final, read_query
from dash_forms.domain.ids import uuid7
from dash_forms.domain.periods import Month

TODAY = date(2026, 4, 15)
TEAM = uuid7()


def test_by_default_the_twelve_months_that_are_over_are_given() -> None:
    query = read_query({}, TODAY)
    assert (query.months[0], query.months[-1]) == (Month(2025, 4), Month(2026, 3))
    assert (query.metrics, query.limit) == (METRICS, USUAL_ROWS)
    assert (query.team_id, query.after) == (None, None)


def test_everything_can_be_narrowed_down() -> None:
    place = Place(Month(2026, 1), TEAM, 0)
    given = {"from": "2025-12", "to": "2026-02", "team": str(TEAM), "measure": "D1", "limit": "5"}
    query = read_query(given | {"cursor": place.cursor}, TODAY)
    assert query.months == (Month(2025, 12), Month(2026, 1), Month(2026, 2))
    assert (query.team_id, [each.code for each in query.metrics]) == (TEAM, ["D1"])
    assert (query.limit, query.after) == (5, place)


def cursor(words: str) -> str:
    return urlsafe_b64encode(words.encode()).decode()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"to": "2026-04"}, "to"),  # not over yet
        ({"from": "2026-03", "to": "2026-02"}, "from"),
        ({"from": "2015-01"}, "from"),
        ({"from": "2026-13"}, "from"),
        ({"from": "2026-1"}, "from"),
        ({"to": "2026-01\n"}, "to"),
        ({"to": "２０２６-01"}, "to"),
        ({"from": ""}, "from"),
        ({"team": "north"}, "team"),
        ({"measure": "D9"}, "measure"),
        ({"measure": ""}, "measure"),
        *(({"limit": each}, "limit") for each in ("0", "501", "-1", "1.5", "ten", "", "٣", "1\n")),
        *(
            ({"cursor": each}, "cursor")
            for each in (
                "",
                "x",
                "é",
                cursor("2026-01"),
                cursor(f"2026-01 {TEAM} D9"),
                cursor("2026-01 north D1"),
                cursor(f"2026-99 {TEAM} D1"),
                "a" * 5000,
            )
        ),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_what_cannot_be_given_is_refused_by_its_name(given: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        read_query(given, TODAY)
    assert refused.value.field == field


def test_a_request_is_of_so_many_months_at_most() -> None:
    assert len(read_query({"from": "2021-04"}, TODAY).months) == MOST_MONTHS
    with pytest.raises(InvalidError):
        read_query({"from": "2021-03"}, TODAY)


@given(st.integers(2000, 2026), st.integers(1, 12), st.uuids(), st.integers(0, len(METRICS) - 1))
def test_a_cursor_stands_for_its_place(year: int, month: int, scope: UUID, measure: int) -> None:
    place = Place(Month(year, month), scope, measure)
    assert Place.read(place.cursor) == place


def test_a_month_is_given_once_all_of_it_counts() -> None:
    march = Month(2026, 3)
    assert is_final(Window.PERIOD, march, TODAY)
    assert is_final(Window.DUE, march, date(2026, 4, 1))
    assert is_final(Window.YEAR, march, TODAY)
    assert not is_final(Window.COHORT, march, date(2026, 4, 28))
    assert is_final(Window.COHORT, march, date(2026, 4, 29))
    assert not is_final(Window.COHORT, march, date(2026, 3, 20))


def test_twelve_months_are_given_with_the_month_that_ends_a_year_alone() -> None:
    """Those of two other months would overlap, and tell by their difference what one withholds."""
    given = [number for number in range(1, 13) if is_final(Window.YEAR, Month(2025, number), TODAY)]
    assert given == [3]


def test_no_token_holds_for_more_than_a_year() -> None:
    assert max(each.span.days for each in Lifetime) <= 366
    assert all(str(each.span.days) in each.label or each is Lifetime.YEAR for each in Lifetime)
