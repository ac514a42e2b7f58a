"""The assessment's pages: starting, answering, resuming, finishing."""

from __future__ import annotations

from typing import Any

from tests.support.client import StrictClient, page_of
from tests.support.force import DUTIES, answer_all, new_assessment, operation, sync

CLOSING: dict[str, Any] = {
    "children": "no",
    "grade": "standard",
    "rationale": "No sign of serious harm.",
}


def test_a_full_assessment_reaches_the_record(officer: StrictClient) -> None:
    path = new_assessment(officer)
    answer_all(officer, path)
    sent = officer.submit(f"{path}/finish", action="", **CLOSING)
    record = officer.page(sent.location)
    assert record.heading == "Assessment record"
    assert "Submitted" in record.text()
    assert "27 of 27" in record.text()


def test_submitting_without_a_grade_is_refused_in_words(officer: StrictClient) -> None:
    path = new_assessment(officer)
    answer_all(officer, path)
    kept = CLOSING | {"grade": None, "observed": "Broken door"}
    page = page_of(officer.submit(f"{path}/finish", expect=422, **kept))
    assert page.errors == ["Choose a risk grade. It is needed even when the victim declines"]
    assert page.form().fields["observed"] == ["Broken door"]


def test_open_topics_are_named_before_submission(officer: StrictClient) -> None:
    path = new_assessment(officer)
    sync(officer, [operation(path.rsplit("/", 1)[1], 1, "no")])
    page = page_of(officer.submit(f"{path}/finish", expect=422, **CLOSING))
    assert "26 topics have no answer yet" in page.text()


def test_after_a_decline_an_answer_is_the_officers_unless_said_otherwise(
    officer: StrictClient,
) -> None:
    """What an officer saw must never turn a decline into the victim's own answer."""
    path = new_assessment(officer)
    officer.submit(f"{path}/decline", primary="none_given", basis="said")
    section = officer.page(path).form("/sections/now")
    assert section.fields["q1-source"] == ["officer_observed"]
    officer.post(section.action, data=section.filled(**{"q1-value": "yes"}))
    sent = officer.submit(f"{path}/finish", **CLOSING, **DUTIES)
    assert "recorded as declined" in officer.page(sent.location).text()


def test_saving_a_section_leaves_alone_what_an_ending_filled_in(officer: StrictClient) -> None:
    path = new_assessment(officer)
    officer.submit(f"{path}/decline", primary="none_given", basis="said")
    section = officer.page(path).form("/sections/now")
    officer.post(section.action, data=section.fields)
    officer.submit(path, action="/resume")
    assert "0 of 27 done" in officer.page(path).text()
