"""The whole way on a main set that asks how often: cards, last page, record, review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from dash_forms.domain.answers import AnswerValue
from dash_forms.store.answers import stored_answers
from dash_forms.store.models import Assessment
from dash_forms.store.work import Store
from tests.support.client import StrictClient
from tests.support.force import new_assessment, operation, skip_offered, sync

SignIn = Callable[[str], StrictClient]
CLOSING: dict[str, Any] = {
    "children": "no",
    "grade": "medium",
    "rationale": "Seen by the officers who attended.",
}


@pytest.fixture(autouse=True)
def asked_how_often(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A force that has chosen the set with a scale."""
    monkeypatch.setattr(store, "main_set", "frequency-abuse")


def id_of(path: str) -> str:
    return path.rsplit("/", 1)[1]


def answer(client: StrictClient, path: str, value: str = "never", **by_item: str) -> None:
    operations = [
        operation(id_of(path), item, by_item.get(f"q{item}", value)) for item in range(1, 19)
    ]
    assert {each["receipt"] for each in sync(client, operations)} == {"applied"}


def test_a_new_assessment_is_made_with_the_chosen_set(officer: StrictClient, store: Store) -> None:
    path = new_assessment(officer)
    with store.work(writes=False) as work:
        row = work.session.get_one(Assessment, UUID(id_of(path)))
    assert (row.instrument_id, row.instrument_version) == ("frequency-abuse", 1)
    page = officer.page(path).text()
    assert "0 of 18 done" in page
    assert "27" not in page.partition("Topics")[0]
    for label in ("Never", "Occasionally", "Often", "All the time", "Not applicable"):
        assert label in page


def test_how_often_is_stored_as_a_yes_with_its_frequency_and_never_as_a_no(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    answer(officer, path, q1="often", q2="dont_know")
    with store.work(writes=False) as work:
        answers = stored_answers(work, UUID(id_of(path)))
    assert answers[1].content.value is AnswerValue.YES
    assert answers[1].content.details == {"frequency": ("often",)}
    assert answers[2].content.value is AnswerValue.DONT_KNOW
    assert (answers[3].content.value, answers[3].content.details) == (AnswerValue.NO, {})


def test_the_plain_form_takes_the_scale_and_marks_what_was_chosen(officer: StrictClient) -> None:
    path = new_assessment(officer)
    values: dict[str, Any] = {"q1-value": "all_the_time", "q1-areas": ["clothes"]}
    officer.submit(path, action="/sections/control", **values)
    fields = officer.page(path).form("/sections/control").fields
    assert fields["q1-value"] == ["all_the_time"]
    assert fields["q1-areas"] == ["clothes"]
    assert "q1-frequency" not in fields


def test_what_is_on_no_scale_is_refused_beside_its_card(officer: StrictClient) -> None:
    path = new_assessment(officer)
    form = officer.page(path).form("/sections/control")
    values: dict[str, Any] = {"q1-value": "weekly"}
    response = officer.post(form.action, data=form.filled(**values))
    assert response.status_code == 422
    assert "Choose one of" in response.text


def test_the_whole_way_without_a_count_or_a_threshold(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    path = new_assessment(officer)
    answer(officer, path, q1="often", q2="occasionally")
    assert "18 of 18" in officer.page(f"{path}/finish").text()
    assert "Answered “yes”" not in officer.page(f"{path}/finish").text()
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", **CLOSING)
    record = officer.page(f"{path}/record").text()
    assert "Often Victim said" in record
    assert "Occasionally Victim said" in record
    assert "Never Victim said" in record
    assert "Answered “yes”" not in record
    review = path.replace("assessments", "reviews")
    shown = sergeant.page(f"{review}?section=ending").text()
    assert "MARAC" not in shown
    assert "Answered “yes”" not in shown
    assert "Often Victim said" in sergeant.page(f"{review}?section=control").text()


def test_a_form_of_nothing_but_never_is_flagged_in_its_own_words(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    path = new_assessment(officer)
    answer(officer, path)
    officer.submit(f"{path}/finish", **CLOSING)
    shown = sergeant.page(path.replace("assessments", "reviews")).text()
    assert "Every topic that was answered is “Never”" in shown


def test_a_change_on_the_scale_is_shown_to_the_reviewer_in_words(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    path = new_assessment(officer)
    answer(officer, path, q5="often")
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", **CLOSING)
    review = path.replace("assessments", "reviews")
    sergeant.submit("/reviews", action=f"{review}/open")
    sergeant.submit(f"{review}/decide", decision="returned", words="Is topic 5 really often?")
    sync(officer, [operation(id_of(path), 5, "never", base_rev=1)])
    officer.submit(f"{path}/finish", **CLOSING)
    shown = sergeant.page(f"{review}?section=ending").text()
    assert "Topic 5Often (victim said)Never (victim said)" in shown.replace("  ", "")


def test_two_answers_on_the_scale_are_shown_in_words(officer: StrictClient, as_: SignIn) -> None:
    path = new_assessment(officer)
    sync(officer, [operation(id_of(path), 1, "often")])
    [receipt] = sync(as_("officer3"), [operation(id_of(path), 1, "occasionally")])
    assert receipt["receipt"] == "conflict"
    page = officer.page(path).text()
    assert page.count("Often") > page.count("All the time")
    assert page.count("Occasionally") > page.count("All the time")


def test_a_control_answer_on_the_scale_calls_for_the_honour_set(officer: StrictClient) -> None:
    path = new_assessment(officer)
    sync(officer, [operation(id_of(path), 1, "occasionally")])
    [link] = officer.page(f"{path}/finish").links("/skip?")
    assert "honour-10" in link
