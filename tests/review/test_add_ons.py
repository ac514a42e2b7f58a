"""Add-on sets in a review: a part to be read, a reason in the ending, a line when they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.cases import CLOSING, decide, id_of, read_all, review_of
from tests.support.client import StrictClient
from tests.support.force import answer_all, new_assessment, operation, sync


def submitted(officer: StrictClient) -> str:
    """Stalking asked, with one answer; honour skipped."""
    path = new_assessment(officer)
    answer_all(officer, path, q4="yes", q8="yes")
    officer.submit(f"{path}/finish", action="/sets/stalking-11/begin")
    tap(officer, path, 4, "yes", note="Five times since Monday")
    officer.submit(f"{path}/sets/honour-10/skip", reason="other", words="Asked by the MARAC desk")
    officer.submit(f"{path}/finish", **CLOSING)
    return path


def tap(officer: StrictClient, path: str, item: int, value: str, **more: Any) -> None:
    sent = operation(str(id_of(path)), item, value, part="stalking-11", **more)
    assert sync(officer, [sent])[0]["receipt"] == "applied"


def test_a_set_that_was_asked_has_to_be_read_and_a_skip_stands_in_the_ending(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    path = submitted(officer)
    ending = sergeant.page(f"{review_of(path)}?section=ending").text()
    assert "1 of 11 answered" in ending
    assert "Skipped – Another reason: Asked by the MARAC desk" in ending
    asked = sergeant.page(f"{review_of(path)}?section=set:stalking-11").text()
    assert "Five times since Monday" in asked
    assert read_all(sergeant, path) == 6  # the ending, four sections and the set
    decide(sergeant, path, "agreed")


def test_nobody_agrees_with_a_set_unread(officer: StrictClient, sergeant: StrictClient) -> None:
    path = submitted(officer)
    sergeant.submit("/reviews", action=f"{review_of(path)}/open")
    for section in ("ending", "now", "children", "history", "abuser"):
        response = sergeant.get(f"{review_of(path)}?section={section}")
        if f'action="{review_of(path)}/sections/{section}"' in response.text:
            sergeant.submit(
                f"{review_of(path)}?section={section}",
                action=f"{review_of(path)}/sections/{section}",
            )
    assert "more before you decide" in decide(sergeant, path, "agreed", expect=422).text


def test_a_returned_assessment_is_amended_in_its_sets_too_and_shows_what_changed(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    path = submitted(officer)
    sergeant.submit("/reviews", action=f"{review_of(path)}/open")
    decide(sergeant, path, "returned", words="Ask the honour questions, and topic 4 again.")
    tap(officer, path, 4, "dont_know", base_rev=1)
    officer.submit(f"{path}/finish", action="/sets/honour-10/begin")
    sent = operation(str(id_of(path)), 1, "yes", part="honour-10")
    assert sync(officer, [sent])[0]["receipt"] == "applied"
    officer.submit(f"{path}/finish", **CLOSING)
    shown = sergeant.page(f"{review_of(path)}?section=ending").text()
    assert "Stalking and harassment: 11 topics, topic 4" in shown
    assert "Don’t know (victim said)" in shown
    assert "So-called honour and forced marriage: 10 topics, topic 1" in shown
    assert "Asked by the MARAC desk" in shown  # before
    assert read_all(sergeant, path) == 7


def test_what_an_add_on_set_raises_is_shown_with_its_rule_and_sends_to_the_specialist(
    officer: StrictClient, sergeant: StrictClient, as_: Callable[[str], StrictClient]
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path, q4="yes")
    officer.submit(f"{path}/finish", action="/sets/honour-10/begin")
    sent = operation(str(id_of(path)), 7, "yes", part="honour-10")
    assert sync(officer, [sent])[0]["receipt"] == "applied"
    for page in (f"{path}/finish", f"{path}/record"):
        shown = officer.page(page).text()
        assert "A forced marriage is feared" in shown
        assert "Topic 7 of “So-called honour and forced marriage: 10 topics”" in shown
    officer.submit(f"{path}/finish", **CLOSING)  # and no prompt has graded anything
    read_all(sergeant, path)
    decide(sergeant, path, "agreed")
    desk = as_("specialist1")
    assert path.replace("assessments", "desk/records") in desk.get("/desk").text
