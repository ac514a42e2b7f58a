"""Correcting who the victim and the alleged perpetrator are, without losing what was recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from dash_forms.domain.ids import uuid7
from dash_forms.domain.report_counts import Rules
from dash_forms.store.facts import differences
from dash_forms.store.models import Base, Correction, Incident, Pair, PairFact, Person, Task
from dash_forms.store.work import Store
from tests.support.client import StrictClient, page_of
from tests.support.finding import ask, found
from tests.support.force import new_incident, new_urn
from tests.support.log import last, names

SignIn = Callable[[str], StrictClient]
BORN = ["2", "3", "1988"]
RECORDED = {
    "victim_name": "Ashdown Invented",
    "born_on": BORN,
    "victim_phone": "07700 900101",
    "perpetrator_name": "Birch Invented",
    "relationship": "former_partner",
}


def of_pair(client: StrictClient, incident: str) -> str:
    """The page on which the incident's first pair is corrected."""
    return client.page(incident).links("/victims/0")[0]


def all_of(store: Store, model: type[Base]) -> list[Any]:
    with store.work(writes=False) as work:
        return list(work.session.scalars(select(model)))


def test_the_form_holds_what_is_recorded_and_saving_it_unchanged_changes_nothing(
    officer: StrictClient, store: Store
) -> None:
    incident = new_incident(officer, **RECORDED)
    path = of_pair(officer, incident)
    page = officer.page(path)
    filled = page.form().filled()
    assert filled["victim_name"] == ["Ashdown Invented"]
    assert filled["relationship"] == ["former_partner"]
    officer.submit(path)
    assert all_of(store, Correction) == []
    assert "incident.pair_corrected" not in names(store)
    assert "Corrected" not in officer.page(incident).text()


def test_what_was_recorded_stays_readable_with_who_corrected_it(
    officer: StrictClient, store: Store
) -> None:
    incident = new_incident(officer, **RECORDED)
    officer.submit(
        of_pair(officer, incident), victim_name="Ashdowne Invented", relationship="partner"
    )
    text = officer.page(incident).text()
    assert "Victim: Ashdowne Invented" in text
    assert "Corrected on " in text
    assert "Victim’s name: Ashdown Invented; Relationship: Former partner" in text
    _, detail = last(store, "incident.pair_corrected")[:2]
    assert detail["fields"] == ["relationship", "victim_name"]
    assert "Invented" not in str(detail)


def test_an_earlier_phone_number_is_never_shown_again(officer: StrictClient) -> None:
    incident = new_incident(officer, **RECORDED)
    officer.submit(of_pair(officer, incident), victim_phone="07700 900102")
    text = officer.page(incident).text()
    assert "07700 900102" in text
    assert "Victim’s phone: another number" in text
    assert "07700 900101" not in officer.get(incident).get_data(as_text=True)


def test_no_name_is_in_the_clear_in_what_is_kept(officer: StrictClient, store: Store) -> None:
    incident = new_incident(officer, **RECORDED)
    officer.submit(of_pair(officer, incident), victim_name="Cedar Invented")
    [kept] = all_of(store, Correction)
    assert b"Ashdown" not in kept.was_sealed


def test_an_earlier_incident_is_found_once_the_birthday_is_right(
    officer: StrictClient, store: Store
) -> None:
    """A wrong birthday hides what happened before, and makes a repeat victim look like a first."""
    first = new_incident(officer, reported_at=["2026-01-30", "20:00"], **RECORDED)
    second = new_incident(officer, **RECORDED | {"born_on": ["3", "2", "1988"]})
    before = {fact.victim_key for fact in all_of(store, PairFact)}
    assert len(before) == 2
    officer.submit(of_pair(officer, second), born_on=BORN)
    after = all_of(store, PairFact)
    assert len({fact.victim_key for fact in after}) == 1
    assert sorted(fact.is_repeat for fact in after) == [False, True]
    with store.work(writes=False) as work:
        assert list(differences(work.connection, Rules(), lambda _: None)) == []
    assert first != second


def test_who_did_it_can_be_learnt_later_and_taken_back(officer: StrictClient, store: Store) -> None:
    incident = new_incident(officer, victim_name="Ashdown Invented")
    path = of_pair(officer, incident)
    officer.submit(path, perpetrator_name="Birch Invented", perpetrator_born_on=["1", "1", "1980"])
    assert "Birch Invented, born 1 January 1980" in officer.page(incident).text()
    assert len(all_of(store, Person)) == 2
    officer.submit(path, perpetrator_name="", perpetrator_born_on=["", "", ""])
    text = officer.page(incident).text()
    assert "Alleged perpetratorNot known" in text
    assert "Corrected 2 times, last on " in text
    assert "Alleged perpetrator’s name: Birch Invented" in text
    [pair] = all_of(store, Pair)
    assert pair.perpetrator_id is None
    assert len(all_of(store, Person)) == 1


def test_a_victim_who_turns_out_to_be_under_16_is_for_the_child_process(
    officer: StrictClient, store: Store
) -> None:
    incident = new_incident(officer, **RECORDED)
    officer.submit(of_pair(officer, incident), born_on=["1", "1", "2015"])
    assert "The victim is under 16" in officer.page(incident).text()
    [pair] = all_of(store, Pair)
    assert pair.victim_age is not None
    assert pair.victim_age < 16


def test_a_child_who_turns_out_to_be_the_victim_is_owed_what_a_child_is(
    officer: StrictClient, store: Store
) -> None:
    """A victim of 16 or 17 is a child as well; before, nobody knew."""
    incident = new_incident(officer, **RECORDED)
    started = officer.page(incident).link("Start the assessment")
    officer.submit(started, action="/start", mode="in_person", seen_alone="yes")
    assert all_of(store, Task) == []
    year = all_of(store, Incident)[0].reported_at.year - 17
    officer.submit(of_pair(officer, incident), born_on=["1", "1", str(year)])
    assert {task.kind.value for task in all_of(store, Task)} == {"encompass", "child_referral"}


def a_child(officer: StrictClient, incident: str, **values: Any) -> str:
    """Link a child; gives the page on which it is corrected."""
    officer.submit(f"{incident}/children/new", **values)
    return officer.page(incident).links("/children/0")[0]


def test_a_childs_name_and_birthday_can_be_corrected_and_the_school_is_told(
    officer: StrictClient, store: Store
) -> None:
    incident = new_incident(officer, **RECORDED)
    started = officer.page(incident).link("Start the assessment")
    officer.submit(started, action="/start", mode="in_person", seen_alone="yes")
    path = a_child(officer, incident, child_name="Fern Invented", born_on=["1", "1", "1990"])
    assert all_of(store, Task) == []
    year = all_of(store, Incident)[0].reported_at.year - 9
    officer.submit(path, child_name="Ferne Invented", born_on=["1", "1", str(year)])
    text = officer.page(incident).text()
    assert "Ferne Invented" in text
    assert "Before: Name: Fern Invented; Date of birth: 1 January 1990" in text
    assert [task.kind.value for task in all_of(store, Task)] == ["encompass"]
    detail = last(store, "incident.child_changed")[1]
    assert detail["fields"] == ["child_born_on", "child_name"]


def test_a_page_of_a_tablet_that_does_not_ask_who_the_child_is_leaves_that_alone(
    officer: StrictClient, store: Store
) -> None:
    incident = new_incident(officer, **RECORDED)
    path = a_child(officer, incident, child_name="Fern Invented", born_on=["1", "1", "2015"])
    asked = officer.page(path).form().filled(school="Invented Primary")
    kept = {
        name: value
        for name, value in asked.items()
        if not name.startswith(("child_name", "born_on"))
    }
    assert officer.post(path, data=kept).status_code == 303
    text = officer.page(incident).text()
    assert "Fern Invented" in text
    assert "Invented Primary" in text
    assert all_of(store, Correction) == []


def test_a_child_stays_somebody(officer: StrictClient) -> None:
    incident = new_incident(officer, **RECORDED)
    path = a_child(officer, incident, child_name="Fern Invented")
    page = page_of(officer.submit(path, expect=422, child_name="", school="Invented Primary"))
    assert page.errors == ["Enter a name or a date of birth, whichever is known"]
    assert page.form().filled()["school"] == ["Invented Primary"]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("born_on", ["1", "1", "2199"], "A date of birth cannot be in the future"),
        ("perpetrator_born_on", ["1", "1", "2199"], "A date of birth cannot be in the future"),
        ("perpetrator_born_on", ["1", "1", "1901"], "Check the year of birth"),
        (
            "victim_phone",
            "900123",
            "Enter a phone number of 7 to 15 figures, such as 07700 900123, or leave it empty",
        ),
    ],
)
def test_what_is_refused_is_said_beside_its_field_and_changes_nothing(
    officer: StrictClient, store: Store, field: str, value: str | list[str], told: str
) -> None:
    incident = new_incident(officer, **RECORDED)
    path = of_pair(officer, incident)
    typed: dict[str, Any] = {"victim_name": "Cedar Invented", field: value}
    answer = officer.submit(path, expect=422, **typed)
    page = page_of(answer)
    assert page.errors == [told]
    assert page.form().filled()["victim_name"] == ["Cedar Invented"]
    assert "Victim: Ashdown Invented" in officer.page(incident).text()
    assert all_of(store, Correction) == []


def test_a_correction_made_since_is_not_undone_in_silence(officer: StrictClient) -> None:
    incident = new_incident(officer, **RECORDED)
    path = of_pair(officer, incident)
    stale = officer.page(path).form()
    officer.submit(path, victim_name="Cedar Invented")
    refused = officer.post(path, data=stale.filled(victim_name="Dogwood Invented"))
    assert refused.status_code == 409
    assert "Dogwood Invented" in refused.get_data(as_text=True)
    assert "Victim: Cedar Invented" in officer.page(incident).text()


def test_only_a_pair_of_this_incident_and_of_ones_own_team(
    officer: StrictClient, as_: SignIn
) -> None:
    incident, other = new_incident(officer, **RECORDED), new_incident(officer)
    path = of_pair(officer, incident)
    pair = path.rpartition("/")[2]
    filled = officer.page(path).form().filled()
    assert officer.get(f"{other}/victims/{pair}").status_code == 404
    assert officer.post(f"{other}/victims/{pair}", data=filled).status_code == 404
    assert officer.get(f"{incident}/victims/{uuid7()}").status_code == 404
    assert as_("officer2").get(path).status_code == 404
    assert as_("inspector1").get(path).status_code == 403


def test_a_mistyped_number_can_be_put_right_and_both_are_on_record(
    officer: StrictClient, store: Store
) -> None:
    taken, right = new_urn(), new_urn()
    new_incident(officer, urn=taken)
    incident = new_incident(officer, urn=new_urn())
    was = officer.page(f"{incident}/details").form().filled()["urn"]
    refused = page_of(officer.submit(f"{incident}/details", expect=422, urn=taken))
    assert refused.errors == [
        "There is already an incident with this number. Search for it under Find"
    ]
    assert page_of(officer.submit(f"{incident}/details", expect=422, urn=" ")).errors == [
        "Enter the incident number"
    ]
    officer.submit(f"{incident}/details", urn=right.lower())
    assert f"Incident {right}" in officer.page(incident).text()
    assert last(store, "incident.renumbered")[1] == {"old": was[0], "new": right}


def test_details_from_a_page_that_does_not_ask_for_the_number_leave_it(
    officer: StrictClient, store: Store
) -> None:
    incident = new_incident(officer)
    fields = officer.page(f"{incident}/details").form().filled()
    number = fields.pop("urn")[0]
    assert officer.post(f"{incident}/details", data=fields).status_code == 303
    assert f"Incident {number}" in officer.page(incident).text()
    assert "incident.renumbered" not in names(store)


@pytest.mark.parametrize("relationship", ["xyz", "None", ""])
def test_what_is_sent_past_the_page_is_refused_or_cleaned(
    officer: StrictClient, store: Store, relationship: str
) -> None:
    incident = new_incident(officer, **RECORDED)
    path = of_pair(officer, incident)
    typed = {"victim_name": "  Ashdown Invented \t ", "perpetrator_name": "   "}
    form = officer.page(path).form().filled(**typed)
    status = officer.post(path, data=form | {"relationship": relationship}).status_code
    assert status == (422 if relationship == "xyz" else 303)
    if status == 303:
        assert all_of(store, Pair)[0].perpetrator_id is None
        text = officer.page(incident).text()
        assert "Alleged perpetrator’s name: Birch Invented" in text
        assert "Victim’s name:" not in text


def test_a_hidden_number_stays_if_it_is_no_longer_hidden_when_the_form_comes(
    officer: StrictClient, store: Store
) -> None:
    incident = new_incident(officer, **RECORDED)
    path = of_pair(officer, incident)
    form = officer.page(path).form().filled(victim_phone="", perpetrator_name="Cedar Invented")
    assert officer.post(path, data=form | {"keeps_phone": "yes"}).status_code == 303
    assert "07700 900101" in officer.page(incident).text()


def test_a_phone_that_was_taken_before_is_still_shown_and_stops_no_correction(
    officer: StrictClient, store: Store
) -> None:
    incident = new_incident(officer, **RECORDED)
    with store.work(writes=True) as work:
        victim = work.session.get_one(Person, work.session.scalars(select(Pair.victim_id)).one())
        victim.phone_sealed = work.vault.seal_text(victim.id, "phone", "ask her mother")
    officer.submit(of_pair(officer, incident), victim_name="Cedar Invented")
    text = officer.page(incident).text()
    assert "Victim: Cedar Invented" in text
    assert "ask her mother" in text


def test_a_sergeant_corrects_nobody_in_another_teams_incident(
    as_: SignIn, sergeant: StrictClient
) -> None:
    other = as_("officer2")
    incident = new_incident(other, **RECORDED)
    path = of_pair(other, incident)
    other.submit(f"{incident}/children/new", child_name="Fern Invented")
    assert sergeant.get(path).status_code == 404
    assert sergeant.get(other.page(incident).links("/children/0")[0]).status_code == 404


def test_the_sergeant_of_the_team_corrects_people_too_and_is_named(
    as_: SignIn, officer: StrictClient
) -> None:
    incident = new_incident(officer, **RECORDED)
    officer.submit(f"{incident}/children/new", child_name="Fern Invented")
    sergeant = as_("sergeant1")
    sergeant.submit(
        of_pair(sergeant, incident), victim_name="Cedar Invented", victim_phone="07700 900102"
    )
    child = sergeant.page(incident).links("/children/0")[0]
    sergeant.submit(child, child_name="Rowan Invented")
    text = officer.page(incident).text()
    assert "Victim: Cedar Invented" in text
    assert "Before: Victim’s name: Ashdown Invented; Victim’s phone: another number" in text
    assert "Before: Name: Fern Invented" in text
    assert text.count("Sergeant sergeant1 ·") == 2


def test_a_correction_leaves_the_trace_of_a_search(officer: StrictClient, store: Store) -> None:
    """Whoever is corrected to somebody else is shown that one's earlier incidents."""
    incident = new_incident(officer, **RECORDED)
    officer.submit(of_pair(officer, incident), victim_name="Cedar Invented")
    detail = last(store, "incident.pair_corrected")[1]
    [victim, *_] = [row for row in all_of(store, Person) if row.identity_index]
    assert detail["people"] == [victim.identity_index.hex()]


def test_a_victim_is_as_old_as_on_the_day_to_which_the_report_is_corrected(
    officer: StrictClient, store: Store
) -> None:
    incident = new_incident(officer, reported_at=["2026-03-03", "10:00"], **RECORDED)
    assert all_of(store, Pair)[0].victim_age == 38
    officer.submit(f"{incident}/details", reported_at=["2026-03-01", "10:00"])
    assert all_of(store, Pair)[0].victim_age == 37
    told = page_of(
        officer.submit(f"{incident}/details", expect=422, reported_at=["1988-03-01", "10:00"])
    )
    assert told.errors == ["Somebody in this incident was not born yet on that day"]


def test_what_the_details_were_stays_readable_once_they_were_given(
    officer: StrictClient, store: Store
) -> None:
    incident = new_incident(officer, reported_at=["2026-01-30", "20:00"])
    details = f"{incident}/details"
    officer.submit(details, arrived_at=["2026-01-30", "20:57"], response_grade="grade_2")
    assert all_of(store, Correction) == []
    officer.submit(details, arrived_at=["2026-01-30", "20:50"])
    assert "Before: First arrived: 30 Jan 2026, 20:57" in officer.page(incident).text()


def test_who_has_the_old_number_still_finds_the_incident(officer: StrictClient) -> None:
    old, new = new_urn(), new_urn()
    incident = new_incident(officer, urn=old)
    officer.submit(f"{incident}/details", urn=new)
    answer = ask(officer, reference=old.lower().replace("-", " "))
    assert found(officer, answer).link(new) == incident
    assert f"Before: Number: {old}" in officer.page(incident).text()
