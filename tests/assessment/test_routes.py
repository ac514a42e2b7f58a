"""The assessment's pages: starting, answering, resuming, finishing."""

from __future__ import annotations

from typing import Any

from tests.support.client import StrictClient, page_of
from tests.support.force import answer_all, new_assessment, operation, sync

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
