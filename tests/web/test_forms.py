"""Form fields: dates and times as people type them, clean text, and choices never made for you."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form as PlainForm
from wtforms import IntegerField, RadioField, SelectField

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.grading import Stated
from dash_forms.store.work import Store
from dash_forms.web.forms import Day, Dropdown, Form, LongText, Moment, Radios, Text, options
from tests.support.client import StrictClient, page_of


class EveryField(PlainForm):
    day = Day("Day")
    moment = Moment("Moment")
    line = Text("Line", limit=10)
    lines = LongText("Lines", limit=10)
    stated = Radios("Stated", Stated, missing="Say it")
    maybe = Radios("Maybe", Stated)
    listed = Dropdown("Listed", Stated)


def filled(**values: Any) -> Any:
    """The form as a browser sends it; a list becomes several values of one name."""
    pairs = [
        (name, each)
        for name, value in values.items()
        for each in (value if isinstance(value, list) else [value])
    ]
    form = EveryField(MultiDict(pairs))
    form.validate()
    return form


@pytest.mark.parametrize(
    "written", [["31", "1", "1990"], ["31", "01", "1990"], [" 31 ", "1 ", "1990"], ["1990-01-31"]]
)
def test_a_day_is_read_from_three_boxes_or_from_one(written: list[str]) -> None:
    field = filled(day=written).day
    assert field.data == date(1990, 1, 31)
    assert not field.errors


@pytest.mark.parametrize(
    "written",
    [
        ["31", "2", "1990"],
        ["31", "1", ""],
        ["", "", "1990"],
        ["0", "0", "0"],
        ["1", "1", "90"],
        ["1", "1", "1899"],
        ["1", "1", "99999"],
        ["١", "x", "1990"],
        ["31/1/1990"],
        ["1", "1990"],
        ["1", "2", "3", "4"],
        ["-1", "1", "1990"],
    ],
)
def test_a_day_that_is_none_is_refused_with_an_example(written: list[str]) -> None:
    field = filled(day=written).day
    assert field.data is None
    assert field.errors == ["Enter a real date, such as 31 1 1990"]


@pytest.mark.parametrize("written", [[], [""], ["", "", ""], [" ", " ", " "]])
def test_no_day_is_no_error(written: list[str]) -> None:
    field = filled(day=written).day
    assert field.data is None
    assert not field.errors


@pytest.mark.parametrize(
    "written",
    [
        ["2026-01-31", "21:45"],
        ["31/01/2026", "21:45"],
        ["31/1/2026", "21:45"],
        ["2026-01-31T21:45"],
        [" 2026-01-31 ", " 21:45 "],
    ],
)
def test_a_moment_is_read_as_picked_or_as_typed(written: list[str]) -> None:
    field = filled(moment=written).moment
    assert not field.errors
    assert field.utc == datetime(2026, 1, 31, 21, 45, tzinfo=UTC)


def test_a_single_figure_day_keeps_its_time() -> None:
    assert filled(moment=["1/2/2026", "9:05"]).moment.utc == datetime(2026, 2, 1, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (["2026-02-30", "10:00"], "a real date and time"),
        (["yesterday", "10:00"], "a real date and time"),
        (["", "10:00"], "a real date and time"),
        (["2026-01-31", ""], "the time too"),
        (["2026-01-31", "25:00"], "the time too"),
        (["2026-01-31", "10:60"], "the time too"),
        (["2026-01-31", "ten"], "the time too"),
        (["1899-12-31", "10:00"], "a real date and time"),
        (["0000-00-00", "00:00"], "a real date and time"),
    ],
)
def test_a_moment_that_is_none_is_refused_and_says_what_is_missing(
    written: list[str], says: str
) -> None:
    field = filled(moment=written).moment
    assert (field.data, field.utc) == (None, None)
    assert says in field.errors[0]


def test_a_moment_is_on_londons_clock_in_summer() -> None:
    field = filled(moment=["2025-07-01", "00:30"]).moment
    assert field.utc == datetime(2025, 6, 30, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize("clock", ["01:00", "01:30", "01:59"])
def test_a_time_that_the_clocks_skipped_is_refused_and_not_moved(clock: str) -> None:
    field = filled(moment=["2026-03-29", clock]).moment
    assert field.data is None
    assert "clocks went forward" in field.errors[0]


@pytest.mark.parametrize(
    ("clock", "hour"), [("00:59", 0), ("02:00", 1)], ids=["before the gap", "after the gap"]
)
def test_times_beside_the_gap_are_kept(clock: str, hour: int) -> None:
    field = filled(moment=["2026-03-29", clock]).moment
    assert not field.errors
    assert field.utc.hour == hour


def test_a_time_that_came_twice_is_read_as_the_first() -> None:
    field = filled(moment=["2025-10-26", "01:30"]).moment
    assert field.utc == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


def test_a_moment_is_written_back_as_the_boxes_take_it() -> None:
    field = filled(moment=["2025-07-01", "00:30"]).moment
    assert field._value() == "2025-07-01 00:30"
    assert filled(moment=field._value().split()).moment.utc == field.utc


@given(st.lists(st.text(max_size=12), max_size=4), st.lists(st.text(max_size=12), max_size=3))
def test_whatever_is_typed_as_a_date_is_a_date_or_an_error(day: list[str], at: list[str]) -> None:
    form = filled(day=day, moment=at)
    for field, written in ((form.day, day), (form.moment, at)):
        assert field.data is not None or field.errors or not "".join(written).strip()


def test_text_is_cleaned_before_any_rule_sees_it() -> None:
    form = filled(line=" one\r\ntwo\rx ", lines=" a\r\nb ")
    assert (form.line.data, form.lines.data) == ("one two x", "a\nb")


@pytest.mark.parametrize("field", ["line", "lines"])
@pytest.mark.parametrize(
    ("typed", "says"), [("x" * 11, "Shorten this by 1 character"), ("a\u202eb", "U+202E")]
)
def test_text_that_cannot_be_kept_is_refused_and_given_back(
    field: str, typed: str, says: str
) -> None:
    found = filled(**{field: typed})[field]
    assert says in found.errors[0]
    assert found.data == typed


def test_nothing_is_chosen_beforehand() -> None:
    form = EveryField()
    assert [form.stated.data, form.maybe.data] == [None, None]
    assert not [choice for field in (form.stated, form.maybe) for choice in field if choice.checked]


@pytest.mark.parametrize("sent", [{}, {"stated": ""}, {"stated": "None"}])
def test_a_choice_that_is_needed_says_so(sent: dict[str, str]) -> None:
    form = filled(**sent)
    assert form.stated.errors == ["Say it"]
    assert form.stated.member is None


@pytest.mark.parametrize("name", ["stated", "maybe", "listed"])
def test_a_value_that_was_never_offered_is_refused_and_forgotten(name: str) -> None:
    field = filled(**{name: "invented"})[name]
    assert field.errors
    assert field.member is None


def test_an_optional_choice_may_stay_open_and_a_made_one_is_its_member() -> None:
    form = filled(stated="not_known", listed="")
    assert not form.maybe.errors
    assert not form.listed.errors
    assert form.stated.member is Stated.NOT_KNOWN
    assert form.listed.member is None


class Named(Form):
    name = Text("Name")


def test_a_refusal_lands_at_the_field_it_names_or_at_the_top(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"name": "x"}):
        form = Named()
        assert form.validate()
        form.refuse(InvalidError("Not this", field="name"))
        form.refuse(InvalidError("Not so", field="elsewhere"))
        form.refuse(InvalidError("Not at all"))
    assert form.name.errors == ["Not this"]
    assert form.form_errors == ["Not so", "Not at all"]


def test_an_attempt_that_is_refused_undoes_itself(app: Flask, store: Store) -> None:
    def refuse() -> None:
        raise InvalidError("Not this", field="name")

    with app.test_request_context(method="POST", data={"name": "x"}):
        form = Named()
        with store.work(writes=True) as work:
            assert not form.attempt(work, refuse)
            assert form.attempt(work, lambda: None)
    assert form.name.errors == ["Not this"]


def test_no_form_answers_in_the_words_of_the_library_it_is_made_with(app: Flask) -> None:
    """WTForms says "Not a valid choice." of a hand-made value, and has words for numbers."""

    class Posted(Form):
        team = SelectField("Team", choices=options([("north", "North")]))
        way = RadioField("Way", choices=options([("call", "Call")]))
        rev = IntegerField("Rev")

    sent = MultiDict({"team": "nonsense", "way": "nonsense", "rev": "nonsense"})
    with app.test_request_context("/", method="POST", data=sent):
        form = Posted()
        assert not form.validate()
        assert form.errors == {
            "team": ["Choose one from the list"],
            "way": ["Choose one from the list"],
            "rev": ["Reload the page and send it again"],
        }


@pytest.mark.parametrize(
    ("username", "path", "field"),
    [
        ("officer1", "/incidents/new", "team"),
        ("admin1", "/accounts/new", "team"),
    ],
)
def test_a_hand_posted_choice_is_refused_in_the_houses_words(
    as_: Callable[[str], StrictClient], username: str, path: str, field: str
) -> None:
    client = as_(username)
    filled: Any = {field: "nonsense"}
    page = page_of(client.submit(path, expect=422, **filled))
    assert "Choose one from the list" in page.errors
