"""The handover summary: all of one's own record, and nothing of anybody else's."""

from __future__ import annotations

import re
from typing import Any

from dash_forms.store.work import Store
from tests.specialist.test_routes import second
from tests.support.cases import approve, declined
from tests.support.client import StrictClient
from tests.support.force import (
    DUTIES,
    answer_all,
    new_assessment,
    new_incident,
    operation,
    skip_offered,
    sync,
)
from tests.support.log import names

CLOSING: dict[str, Any] = {
    "children": "no",
    "grade": "medium",
    "rationale": "Seen by the officers who attended.",
    "observed": "A broken door; <b>no</b> injuries.",
}


SAID = ("only the first said this", "only the second said that")


def text_of(client: StrictClient, path: str) -> str:
    [pre] = client.page(f"{path}/handover").all("pre")
    return "".join(pre.itertext())


def test_it_holds_the_whole_record_and_its_marking(officer: StrictClient, store: Store) -> None:
    path = new_assessment(officer, victim_name="Ashdown Invented")
    answer_all(officer, path, q8="yes")
    change = {"note": "since & in May", "base_rev": 1}
    sync(officer, [operation(path.rsplit("/", 1)[1], 16, "yes", **change)])
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", **CLOSING)
    text = text_of(officer, path)
    lines = text.strip().splitlines()
    assert lines[0] == lines[-1] == "OFFICIAL-SENSITIVE"
    assert "How it ended: Completed" in lines
    assert 'Answered "yes": 2' in lines
    assert "A broken door; <b>no</b> injuries." in text
    assert "   Note: since & in May" in lines
    assert any(line.startswith("Medium by Response officer officer1") for line in lines)
    assert sum(bool(re.match(r"\d+\. .+ (Yes|No) \(victim said\)$", line)) for line in lines) == 27
    assert "Ashdown" not in text
    assert not re.search(r"\n\n\n", text)
    assert "assessment.handover_made" in names(store)


def test_it_holds_the_incident_the_open_tasks_and_no_name_of_others(
    officer: StrictClient,
) -> None:
    incident = new_incident(officer, victim_name="Ashdown Invented")
    officer.submit(
        f"{incident}/children/new", child_name="Cedar Invented", born_on=["1", "2", "2016"]
    )
    [path] = {
        link
        for link in officer.page(incident).links("/assessments/")
        if re.fullmatch(r"/assessments/[0-9a-f-]{36}", link)
    }
    officer.submit(path, action="/start", mode="in_person", seen_alone="yes")
    answer_all(officer, path, q16="yes")
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", **(CLOSING | {"children": "yes"}))
    text = text_of(officer, path)
    assert re.search(r"Incident reported \d+ \w+ \d{4}, \d\d:\d\d, \w+", text)
    tasks = text.split("OPEN TASKS\n")[1].split("\n\n")[0]
    assert re.match(r"- .+: due \d+ \w+ \d{4}, \d\d:\d\d", tasks)
    assert "Cedar" not in text
    page = officer.page(f"{path}/handover").text()
    assert "names neither" not in page
    assert "It does name the officers" in page


def test_it_holds_the_decision_on_marac(
    officer: StrictClient, sergeant: StrictClient, specialist: StrictClient
) -> None:
    path = declined(officer, grade="high")
    approve(sergeant, path)
    assert "\nMARAC\n" not in text_of(officer, path)
    second(specialist, path)
    assert "Referred (professional judgement) by " in text_of(officer, path).split("\nMARAC\n")[1]


def test_a_decline_hands_over_its_duties(officer: StrictClient) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", primary="distrust", basis="said")
    offered = {"mode": "in_person", "seen_alone": "yes"}
    officer.submit(f"{path}/finish", **(CLOSING | DUTIES | offered))
    text = text_of(officer, path)
    assert "Never contact: When the other person may be home" in text
    assert "How it ended: Declined" in text


def test_two_sides_of_one_incident_hand_over_apart(officer: StrictClient) -> None:
    """Each says that the other did it: two pairs, two assessments, two summaries."""
    incident = new_incident(
        officer, victim_name="Ashdown Invented", perpetrator_name="Birch Invented"
    )
    other: dict[str, Any] = {
        "victim_name": "Birch Invented",
        "perpetrator_name": "Ashdown Invented",
    }
    officer.submit(f"{incident}/victims/new", **other)
    links = [
        link.get("href", "")
        for link in officer.page(incident).all("a")
        if "/assessments/" in link.get("href", "")
    ]
    paths = sorted({link for link in links if re.fullmatch(r"/assessments/[0-9a-f-]{36}", link)})
    assert len(paths) == 2
    for path, words in zip(paths, SAID, strict=True):
        officer.submit(path, action="/start", mode="in_person", seen_alone="yes")
        answer_all(officer, path)
        change = {"note": words, "base_rev": 1}
        sync(officer, [operation(path.rsplit("/", 1)[1], 2, "yes", **change)])
        officer.submit(f"{path}/finish", **CLOSING)
    for page in ("", "/record", "/handover"):
        first, second = (officer.get(f"{path}{page}", follow_redirects=True).text for path in paths)
        assert "only the second said that" not in first
        assert "only the first said this" not in second
    assert "only the first said this" in text_of(officer, paths[0])


def test_of_a_decline_it_says_in_a_line_that_nothing_was_answered(officer: StrictClient) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", primary="distrust", basis="said")
    text = text_of(officer, path)
    assert "No topic was answered." in text
    assert "Declined to answer" not in text
    assert 'Answered "yes"' not in text
    assert "threshold" not in text


def test_it_lists_what_was_answered_and_numbers_the_rest(officer: StrictClient) -> None:
    path = new_assessment(officer)
    sync(officer, [operation(path.rsplit("/", 1)[1], 1, "yes")])
    officer.submit(f"{path}/decline", primary="distrust", basis="said")
    lines = text_of(officer, path).splitlines()
    assert any(re.match(r"1\. .+ Yes", line) for line in lines)
    assert "Declined to answer: 2, 3, 4, 5, 6, 7, 8" in lines
    assert 'Answered "yes": 1 (up to 27 if what is not known were "yes")' in lines
