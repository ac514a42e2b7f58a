"""The filter of the decline report: what it accepts, assumes and refuses."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from dash_forms.domain.periods import Period
from dash_forms.reporting.figures import DeclineFilter, TeamChoice
from dash_forms.reporting.forms import DeclineFilterForm

TODAY = date(2026, 3, 31)
ASHDOWN = TeamChoice(UUID(int=1), "Ashdown")
BROOKFIELD = TeamChoice(UUID(int=2), "Brookfield")
APP = Flask("forms")


def read(*given: tuple[str, str]) -> DeclineFilterForm:
    """Read a filter from the parameters of an address."""
    with APP.test_request_context():
        return DeclineFilterForm(
            MultiDict(given), teams=(ASHDOWN, BROOKFIELD), sets=("dash-27.1",), today=TODAY
        )


def accepted(*given: tuple[str, str]) -> DeclineFilter:
    wanted = read(*given).filter()
    assert wanted is not None
    return wanted


def refused(*given: tuple[str, str]) -> dict[str, str]:
    """Return the sentences of a refusal by parameter."""
    form = read(*given)
    assert form.filter() is None
    return {each["parameter"]: each["detail"] for each in form.problems()}


def test_nothing_given_means_three_months_up_to_today_and_all_teams() -> None:
    assert accepted() == DeclineFilter(Period(date(2026, 1, 1), TODAY), None)
    assert accepted(("from", ""), ("to", " "), ("team", "")) == accepted()


def test_only_an_end_means_three_months_up_to_it() -> None:
    assert accepted(("to", "2025-05-15")).period == Period(date(2025, 2, 16), date(2025, 5, 15))


def test_only_a_start_means_up_to_today() -> None:
    assert accepted(("from", "2025-05-15")).period == Period(date(2025, 5, 15), TODAY)


def test_a_start_in_the_future_is_a_day_of_its_own() -> None:
    assert accepted(("from", "2026-05-15")).period == Period(date(2026, 5, 15), date(2026, 5, 15))


@pytest.mark.parametrize(
    "typed", ["2026-02-01", "1/2/2026", "01/02/2026", "1 2 2026", " 1/2/2026 "]
)
def test_days_can_be_written_in_several_ways(typed: str) -> None:
    assert accepted(("from", typed)).period.start == date(2026, 2, 1)


@pytest.mark.parametrize("typed", [str(BROOKFIELD.id), "Brookfield", "brookfield", " BROOKFIELD "])
def test_a_team_is_known_by_its_id_or_its_name(typed: str) -> None:
    assert accepted(("team", typed)).team == BROOKFIELD


@pytest.mark.parametrize(
    "typed",
    [
        "banana",
        "2026-02-30",
        "31/11/2026",
        "0000-01-01",
        "1066-10-14",
        "9999-12-31",
        "2026",
        "\x00",
    ],
)
def test_a_day_that_is_not_one_is_refused_and_kept(typed: str) -> None:
    assert refused(("to", typed)) == {"to": "Enter a real date, such as 31/01/2026"}
    assert read(("to", typed)).to.data == typed


def test_an_unknown_team_is_refused() -> None:
    assert refused(("team", "Nowhere")) == {"team": "Choose a team from the list"}


def test_a_period_backwards_is_refused_at_its_end() -> None:
    assert refused(("from", "2026-02-02"), ("to", "2026-02-01")) == {
        "to": "The period ends on 1 February 2026, before it starts on 2 February 2026."
    }


def test_a_period_beyond_reason_is_refused_at_its_start() -> None:
    assert refused(("from", "1990-01-01")) == {"from": "Choose a period of at most 10 years"}


def test_a_program_is_told_of_parameters_that_mean_nothing() -> None:
    form = read(("form", "2026-01-01"), ("to", "2026-01-31"), ("to", "2026-02-28"))
    assert form.filter() is not None
    assert form.problems() == [
        {"parameter": "form", "detail": "This report has no such parameter"},
        {"parameter": "to", "detail": "Give this once"},
    ]


@given(st.lists(st.tuples(st.sampled_from(("from", "to", "team", "x")), st.text(max_size=40))))
def test_whatever_is_typed_is_accepted_or_refused_in_words(given: list[tuple[str, str]]) -> None:
    form = read(*given)
    if form.filter() is None:
        assert all(problem["detail"] for problem in form.problems())
        assert form.errors
