"""The record: what was answered, and in a line what was not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cases import declined, review_of
from tests.support.client import StrictClient
from tests.support.force import new_assessment, new_incident, operation, sync


@pytest.mark.parametrize("ending", ["decline", "unable", "not-offered", "exempt"])
def test_where_nothing_was_answered_it_says_so_once(officer: StrictClient, ending: str) -> None:
    reason: dict[str, dict[str, Any]] = {
        "decline": {"primary": "distrust", "basis": "said"},
        "unable": {"primary": "asleep"},
        "not-offered": {"primary": "forgotten"},
        "exempt": {"primary": "deceased"},
    }
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/{ending}", **reason[ending])
    text = officer.page(f"{path}/record").text()
    assert text.count("No topic was answered.") == 1
    for misleading in ("High-risk factor", "Answered “yes”", "it means high", "Not asked"):
        assert misleading not in text


def test_the_review_and_the_desk_say_it_too(
    officer: StrictClient, sergeant: StrictClient, specialist: StrictClient
) -> None:
    path = declined(officer, grade="high")
    text = sergeant.page(f"{review_of(path)}?section=ending").text()
    assert "No topic was answered." in text
    sergeant.submit("/reviews", action=f"{review_of(path)}/open")
    sergeant.submit(review_of(path), action=f"{review_of(path)}/sections/ending")
    sergeant.submit(f"{review_of(path)}/decide", decision="agreed")
    desk = f"/desk/records/{path.rsplit('/', 1)[1]}"
    text = specialist.page(desk).text()
    assert "No topic was answered." in text
    assert "High-risk factor" not in text


def test_what_was_not_answered_is_behind_a_line_that_counts_it(officer: StrictClient) -> None:
    path = new_assessment(officer)
    said = ((2, "yes"), (3, "no"), (4, "dont_know"))
    sync(officer, [operation(path.rsplit("/", 1)[1], item, value) for item, value in said])
    officer.submit(f"{path}/decline", primary="distrust", basis="said")
    page = officer.page(f"{path}/record")
    assert "5 of 8 were not answered" in page.text()
    assert "4 of 4 were not answered" in page.text()
    listed = {each.get("id"): page.text(each) for each in page.all("li") if each.get("value")}
    assert len(listed) == 27
    risky = [topic for topic, text in listed.items() if "High-risk factor" in text]
    assert risky == ["q2", "q4"]  # not q3, which is a “no”, nor what nobody answered


def test_its_heading_says_of_which_incident_and_victim_on_paper_too(officer: StrictClient) -> None:
    urn = "SM-20260131-7001"
    incident = new_incident(officer, urn=urn)
    officer.submit(f"{incident}/victims/new", victim_name="Birch Invented")
    paths = officer.page(incident).links("/assessments/")
    newest = max(link.split("/")[2] for link in paths)
    page = officer.page(f"/assessments/{newest}/record")
    [said] = [each for each in page.all("p") if "app-whose" in (each.get("class") or "")]
    assert page.text(said) == f"Incident {urn}. Victim 2 of 2"
    [handover] = [each for each in page.all("p") if "Handover summary" in page.text(each)]
    assert "app-screen-only" in (handover.get("class") or "")
