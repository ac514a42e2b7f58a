"""What a page says of a form in which something is to be put right."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Form as PlainForm

from dash_forms.domain.grading import Stated
from dash_forms.web.filters import problems
from dash_forms.web.forms import Day, MadeHere, Moment, Radios, Text
from tests.support.client import StrictClient, page_of


class Visit(PlainForm):
    born_on = Day("Date of birth")
    told_at = Moment("When was the school told?", missing="Enter a date and a time")
    sent_at = Moment("Officers sent")
    name = Text("Name", limit=10)
    street = Text("Street", limit=10)
    town = Text("Town", limit=20)
    alone = Radios("Seen alone?", Stated, missing="Say whether they were seen alone")


def told(*pairs: tuple[str, str]) -> list[tuple[str | None, str]]:
    form: Any = Visit(MultiDict(pairs))
    form.validate()
    return problems(form)


RIGHT = (("told_at", "2026-01-31 21:45"), ("alone", "yes"))


def test_a_sentence_about_a_date_names_the_date() -> None:
    wrong = [("born_on", part) for part in ("31", "2", "1990")]
    assert told(*RIGHT, *wrong, ("sent_at", "2026-02-31 10:00")) == [
        ("born_on", "Date of birth: enter a real date, such as 31 1 1990"),
        ("sent_at", "Officers sent: enter a real date and time, such as 31/01/2026 and 21:45"),
    ]
    assert told(RIGHT[1]) == [("told_at", "When was the school told: enter a date and a time")]


def test_the_filter_of_the_reports_names_its_dates_too(sergeant: StrictClient) -> None:
    refused = page_of(sergeant.get("/reports?from=2026-02-31&to=x"))
    said = "enter a real date, such as 31/01/2026"
    assert f"From: {said}" in refused.text()
    assert f"To: {said}" in refused.text()


def test_a_field_that_nobody_sees_is_not_named() -> None:
    class Sent(PlainForm):
        pair_id = MadeHere()
        other_id = MadeHere()

    form: Any = Sent(MultiDict([("pair_id", "x"), ("other_id", "x")]))
    form.validate()
    assert {words for _, words in problems(form)} == {"Reload the page and send it again"}


def test_a_date_that_is_named_already_is_not_named_twice() -> None:
    form: Any = Visit(MultiDict(RIGHT))
    form.validate()
    form.born_on.errors = ["Enter the date of birth: no name is found alone"]
    assert problems(form) == [("born_on", "Enter the date of birth: no name is found alone")]


def test_two_fields_never_have_the_same_sentence() -> None:
    long = "x" * 11
    said = "horten this by 1 character: it has 11, and 10 are the most"
    assert told(*RIGHT, ("name", long), ("street", long), ("town", 2 * long)) == [
        ("name", f"Name: s{said}"),
        ("street", f"Street: s{said}"),
        ("town", "Shorten this by 2 characters: it has 22, and 20 are the most"),
    ]


def test_what_names_no_field_stands_last() -> None:
    form: Any = Visit(MultiDict())
    form.validate()
    form.form_errors.append("Nothing was saved")
    assert problems(form)[1:] == [
        ("alone", "Say whether they were seen alone"),
        (None, "Nothing was saved"),
    ]


def test_two_wrong_birthdays_are_told_apart(officer: StrictClient) -> None:
    wrong = ["31", "2", "1990"]
    page = page_of(
        officer.submit("/incidents/new", expect=422, born_on=wrong, perpetrator_born_on=wrong)
    )
    assert "Victim’s date of birth: enter a real date, such as 31 1 1990" in page.summary
    assert (
        "Alleged perpetrator’s date of birth: enter a real date, such as 31 1 1990" in page.summary
    )
