"""History first: what the officer reads before the first question, and what is kept from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.history import History
from dash_forms.store.history import history_of
from dash_forms.store.work import Store
from tests.support.client import StrictClient
from tests.support.force import (
    DUTIES,
    Force,
    answer_all,
    new_assessment,
    new_incident,
    new_urn,
    skip_offered,
)
from tests.support.log import last

SignIn = Callable[[str], StrictClient]
VICTIM: dict[str, Any] = {"victim_name": "Ashdown Invented", "born_on": ["1", "2", "1990"]}
PERPETRATOR: dict[str, Any] = {
    "perpetrator_name": "Birch Invented",
    "perpetrator_born_on": ["3", "4", "1988"],
}
REVERSED: dict[str, Any] = {
    "victim_name": "birch  invented",
    "born_on": ["3", "4", "1988"],
    "perpetrator_name": "ASHDOWN INVENTED",
    "perpetrator_born_on": ["1", "2", "1990"],
}
PAIR = VICTIM | PERPETRATOR
HIGH: dict[str, Any] = {
    "children": "no",
    "grade": "high",
    "rationale": "Escalating violence with a weapon.",
}


def assessed(client: StrictClient, path: str, **by_item: str) -> None:
    answer_all(client, path, **by_item)
    skip_offered(client, path)
    client.submit(f"{path}/finish", **HIGH)


def look(store: Store, force: Force, path: str, username: str = "officer1") -> History:
    with store.work(writes=False, actor=force.actors[username]) as work:
        return history_of(work, UUID(path.rsplit("/", 1)[1]))


def test_what_was_recorded_stands_above_the_first_question_and_names_nobody(
    officer: StrictClient,
) -> None:
    urn = new_urn()
    assessed(officer, new_assessment(officer, urn=urn, **PAIR), q16="yes", q18="yes")
    page = officer.page(new_assessment(officer, started=False, **PAIR))
    text = page.text()
    assert "Graded high on" in text
    assert "Earlier answers: strangled or choked, weapon used" in text
    assert "1 earlier incident in 12 months, 1 with the same alleged perpetrator" in text
    assert "Invented" not in text
    assert text.index("Graded high") < text.index("How are you asking?")
    assert page.link(urn).startswith("/incidents/")


def test_the_cards_keep_the_history_in_a_line(officer: StrictClient) -> None:
    assessed(officer, new_assessment(officer, **PAIR))
    page = officer.page(new_assessment(officer, **PAIR))
    [card] = [each for each in page.all("details") if each.get("id") == "history-card"]
    assert "open" not in card.attrib
    assert "Graded high on" in page.text(card)


def test_an_earlier_decline_says_why(officer: StrictClient) -> None:
    path = new_assessment(officer, **PAIR)
    officer.submit(f"{path}/decline", primary="fear_of_abuser", basis="said")
    officer.submit(f"{path}/finish", **HIGH, **DUTIES, mode="in_person", seen_alone="yes")
    text = officer.page(new_assessment(officer, started=False, **PAIR)).text()
    assert "Declined last time: afraid of the abuser" in text


def test_the_same_person_is_found_however_the_name_is_typed(officer: StrictClient) -> None:
    assessed(officer, new_assessment(officer, **PAIR | {"victim_name": "Zoë O’Hara-Luk"}))
    again = new_assessment(officer, started=False, **PAIR | {"victim_name": "ZOE OHARA LUK"})
    assert "1 earlier incident" in officer.page(again).text()


def test_nothing_found_is_said_with_what_was_searched(officer: StrictClient) -> None:
    text = officer.page(new_assessment(officer, started=False, **PAIR)).text()
    assert "No earlier record found." in text
    assert "exact name and date of birth, in this system only" in text
    assert "alleged perpetrator was not searched" not in text


@pytest.mark.parametrize("given", [{"born_on": ["", "", ""]}, {"victim_name": ""}])
def test_nobody_is_matched_on_too_little_and_the_page_says_so(
    officer: StrictClient, given: dict[str, Any]
) -> None:
    values = VICTIM | given
    assessed(officer, new_assessment(officer, **values))
    text = officer.page(new_assessment(officer, started=False, **values)).text()
    assert "The victim was not searched for" in text
    assert "The alleged perpetrator was not searched for" in text
    assert "Graded high" not in text


def test_another_teams_incident_is_shown_and_does_not_open(
    as_: SignIn, officer: StrictClient
) -> None:
    urn = new_urn()
    assessed(officer, new_assessment(officer, urn=urn, **PAIR))
    elsewhere = as_("officer2")
    page = elsewhere.page(new_assessment(elsewhere, started=False, **PAIR))
    assert f"{urn} (another team’s)" in page.text()
    assert "Graded high on" in page.text()
    with pytest.raises(AssertionError, match="no link"):
        page.link(urn)


def test_neither_sides_answers_are_shown_to_the_other(
    officer: StrictClient, store: Store, force: Force
) -> None:
    assessed(officer, new_assessment(officer, **PAIR), q16="yes", q18="yes")
    other = new_assessment(officer, **REVERSED)
    text = officer.page(other).text()
    assert "This victim was the other party in 1 incident" in text
    assert "Graded high" not in text
    assert "Earlier answers" not in text
    found = look(store, force, other)
    assert (len(found.records), len(found.as_other_party)) == (0, 1)
    answer_all(officer, other, value="no")
    assert "differ" not in officer.page(f"{other}/finish").text()


def test_a_counter_allegation_in_the_same_incident_is_no_history(
    officer: StrictClient, store: Store, force: Force
) -> None:
    """It read as another incident, and stood open where the one party sees that the other accuses.

    The incident's page shows both.
    """
    path = new_incident(officer, **PAIR)
    officer.submit(f"{path}/victims/new", **REVERSED)
    page = officer.page(path)
    links = [a.get("href", "") for a in page.all("a") if "/assessments/" in a.get("href", "")]
    assert len(links) == 2
    for link in links:
        found = look(store, force, link)
        assert (len(found.records), len(found.as_other_party)) == (0, 0)


def test_the_alleged_perpetrators_other_incidents_are_a_fact_without_answers(
    officer: StrictClient, store: Store, force: Force
) -> None:
    somebody = VICTIM | {"victim_name": "Cedar Invented"}
    assessed(officer, new_assessment(officer, **somebody | PERPETRATOR), q16="yes")
    found = look(store, force, new_assessment(officer, started=False, **PAIR))
    assert (len(found.records), len(found.with_other_victims)) == (0, 1)
    assert not any("weapon" in each.text for each in found.warnings)


def test_another_alleged_perpetrator_is_told_apart(
    officer: StrictClient, store: Store, force: Force
) -> None:
    assessed(officer, new_assessment(officer, **PAIR))
    other = VICTIM | {"perpetrator_name": "Elm Invented", "perpetrator_born_on": ["5", "6", "1980"]}
    assessed(officer, new_assessment(officer, **other))
    assessed(officer, new_assessment(officer, **VICTIM))
    found = look(store, force, new_assessment(officer, started=False, **PAIR))
    assert sorted(map(str, (each.same_perpetrator for each in found.records))) == [
        "False",
        "None",
        "True",
    ]


def test_a_later_incident_is_no_history(officer: StrictClient, store: Store, force: Force) -> None:
    early = new_assessment(officer, started=False, reported_at=["2026-01-30", "20:00"], **PAIR)
    late = new_assessment(officer, started=False, reported_at=["2026-01-31", "20:00"], **PAIR)
    assert look(store, force, early).is_empty
    assert len(look(store, force, late).records) == 1


def test_answers_and_history_that_differ_stand_on_the_last_page_and_in_the_record(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    urn = new_urn()
    assessed(officer, new_assessment(officer, urn=urn, **PAIR), q16="yes")
    path = new_assessment(officer, **PAIR)
    answer_all(officer, path)
    text = officer.page(f"{path}/finish").text()
    assert "Topic 16: Weapon used Now: No Before: “Yes” was recorded:" in text
    assert urn in text
    officer.submit(f"{path}/finish", **HIGH)
    record = sergeant.page(f"{path}/record")
    assert "Answers and history differ" in record.text()
    assert record.link("Topic 16") == "#q16"


def test_a_child_linked_after_a_no_on_the_last_page_was_sent_differs_from_it(
    officer: StrictClient,
) -> None:
    incident = new_incident(officer, **PAIR)
    path = officer.page(incident).link("Start the assessment")
    officer.submit(path, action="/start", mode="in_person", seen_alone="yes")
    assessed(officer, path)
    officer.submit(f"{incident}/children/new", child_name="Fern Invented", lives_there="yes")
    text = officer.page(f"{path}/record").text()
    assert "Children in the household Now: No (last page)" in text
    assert "Topic 10: Children at home Now: No Before: A child or dependant" in text


def test_a_child_who_lives_elsewhere_contradicts_nothing(officer: StrictClient) -> None:
    incident = new_incident(officer, **PAIR)
    officer.submit(f"{incident}/children/new", child_name="Fern Invented", lives_there="no")
    path = officer.page(incident).link("Start the assessment")
    officer.submit(path, action="/start", mode="in_person", seen_alone="yes")
    assessed(officer, path)
    assert "differ" not in officer.page(f"{path}/record").text()


def test_the_search_is_on_record_with_ids_only(
    officer: StrictClient, store: Store, force: Force
) -> None:
    incident = new_incident(officer, **PAIR)
    path = new_assessment(officer, started=False, **PAIR)
    officer.page(path)
    searched, detail = last(store, "history.searched")
    assert searched.subject_id == path.rsplit("/", 1)[1]
    assert searched.category == "consultation"
    assert detail == {
        "found": [incident.rsplit("/", 1)[1]],
        "perpetrator": True,
        "victim": True,
    }


def test_the_history_of_a_case_out_of_reach_looks_like_none(
    officer: StrictClient, store: Store, force: Force
) -> None:
    path = new_assessment(officer, started=False, **PAIR)
    for username in ("officer2", "analyst1"):
        with pytest.raises(NotFoundError):
            look(store, force, path, username)
    assert look(store, force, path, "specialist1").is_empty


def test_it_takes_five_statements_whatever_there_is(
    officer: StrictClient, store: Store, force: Force
) -> None:
    for _ in range(4):
        assessed(officer, new_assessment(officer, **PAIR), q16="yes")
    path = new_assessment(officer, started=False, **PAIR)
    unknown = new_assessment(officer, started=False, victim_name="Ashdown Invented")
    assert statements(store, force, path) == 5
    # A decision to stop contact is looked for by who somebody was before a correction, too.
    assert statements(store, force, unknown) == 2


def statements(store: Store, force: Force, path: str) -> int:
    """How many times the database is asked, the audit event aside."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        seen.append(arguments[2])

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        with store.work(writes=False, actor=force.actors["officer1"]) as work:
            history_of(work, UUID(path.rsplit("/", 1)[1]))
            return sum(each.startswith("SELECT") for each in seen)
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
