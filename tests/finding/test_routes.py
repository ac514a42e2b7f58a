"""Finding an incident, a person or a plan: by whom, how exactly, and what stays behind of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from dash_forms.domain.finding import Purpose
from dash_forms.finding import lookups
from dash_forms.store.cameras import index_footage
from dash_forms.store.models import CameraRecord, Opening, Search
from dash_forms.store.work import Store
from tests.support.client import StrictClient, page_of
from tests.support.finding import BORN, ask, ask_person, found, token
from tests.support.force import Force, new_incident, new_urn
from tests.support.log import events, last
from tests.support.plans import flagged, opened, parts

SignIn = Callable[[str], StrictClient]
WREN: dict[str, Any] = {"given_name": "Wren", "surname": "Ashdown", "born_on": BORN}
PHONE = "07700 900123"
RECORDED: dict[str, Any] = {
    "victim_name": "Wren Ashdown",
    "born_on": parts(BORN),
    "victim_phone": PHONE,
}


def elsewhere(client: StrictClient, path: str, **sought: Any) -> str:
    """Where a search for a person leads to in another team's incident."""
    links = found(client, ask_person(client, **sought or WREN)).links(f"/find{path}")
    return links[0] if links else f"/find{path}"


def _id(path: str) -> UUID:
    return UUID(path.rpartition("/")[2])


@pytest.mark.parametrize("typed", ["{0}", " {1} ", "{2}", "{3}"])
def test_an_incident_is_found_by_its_number_however_it_is_typed(
    officer: StrictClient, typed: str
) -> None:
    urn = new_urn()
    path = new_incident(officer, urn=urn)
    spelt = (urn, urn.lower(), urn.replace("-", " "), urn.replace("-", "").lower())
    assert ask(officer, reference=typed.format(*spelt)).location == path


@pytest.mark.parametrize("typed", ["{0}", "{1}", "{2}"])
def test_an_incident_is_found_without_the_letters_before_its_number(
    officer: StrictClient, typed: str
) -> None:
    urn = new_urn()
    path = new_incident(officer, urn=urn)
    figures = urn[3:]
    spelt = (figures, figures.replace("-", ""), f" {figures.replace('-', ' ')} ")
    page = found(officer, ask(officer, reference=typed.format(*spelt)))
    assert page.link(urn) == path


def test_a_number_under_two_prefixes_shows_both(officer: StrictClient) -> None:
    urn = new_urn()
    other = f"{'XA' if urn[:2] != 'XA' else 'XB'}{urn[2:]}"
    paths = [new_incident(officer, urn=each) for each in (urn, other)]
    page = found(officer, ask(officer, reference=urn[3:]))
    assert [page.link(each) for each in (urn, other)] == paths
    assert ask(officer, reference=other).location == paths[1]


@pytest.mark.parametrize(
    "phone",
    ["07700 900 123", "07700900123", "+44 7700 900123", "447700900123", "44 7700 900123"],
)
def test_a_phone_is_never_taken_for_a_number_without_its_letters(
    officer: StrictClient, phone: str
) -> None:
    answer = officer.submit("/find", action="/find", expect=422, reference=phone)
    assert "a phone number is found below" in answer.text


def test_a_number_that_became_another_shows_which_was_found(officer: StrictClient) -> None:
    old, urn = new_urn(), new_urn()
    path = new_incident(officer, urn=old)
    officer.submit(f"{path}/details", urn=urn)
    assert found(officer, ask(officer, reference=old)).link(urn) == path
    assert ask(officer, reference=urn).location == path


def test_the_list_of_incidents_and_the_header_lead_to_the_search(officer: StrictClient) -> None:
    urn = new_urn()
    path = new_incident(officer, urn=urn)
    page = officer.page("/incidents")
    assert page.link("Find") == "/find"
    form = page.form("/find")
    assert officer.post("/find", data=form.filled(reference=urn)).location == path


def test_nothing_found_says_what_was_sought_and_what_to_try(officer: StrictClient) -> None:
    text = found(officer, ask(officer, reference="SM-20200101-9999")).text()
    assert "Nothing found" in text
    assert "Reference SM-20200101-9999" in text
    assert "Check each figure" in text
    text = found(officer, ask_person(officer, **WREN)).text()
    assert "Wren Ashdown, born 31 January 1990" in text
    assert "not found by name" in text


@pytest.mark.parametrize(
    ("details", "parts_"),
    [
        (RECORDED, ["As the victim"]),
        (
            {"perpetrator_name": "ashdown, WREN", "perpetrator_born_on": parts(BORN)},
            ["As the alleged perpetrator"],
        ),
    ],
)
def test_a_person_is_found_by_name_and_birthday_in_what_they_were(
    officer: StrictClient, details: dict[str, Any], parts_: list[str]
) -> None:
    urn = new_urn()
    path = new_incident(officer, urn=urn, **details)
    page = found(officer, ask_person(officer, **WREN))
    assert page.link(urn) == path
    assert [each for each in parts_ if each not in page.text()] == []


def test_a_child_is_found_too(officer: StrictClient) -> None:
    urn = new_urn()
    path = new_incident(officer, urn=urn)
    born = date(2018, 5, 4)
    officer.submit(f"{path}/children/new", child_name="Linden Carrow", born_on=parts(born))
    page = found(officer, ask_person(officer, given_name="Linden", surname="Carrow", born_on=born))
    assert page.link(urn) == path
    assert "As a child or dependant" in page.text()


@pytest.mark.parametrize("typed", [PHONE, "+44 7700 900123", "(07700) 900-123"])
def test_a_person_is_found_by_phone_alone(officer: StrictClient, typed: str) -> None:
    urn = new_urn()
    path = new_incident(officer, urn=urn, victim_name="Wren Ashdown", victim_phone=PHONE)
    assert found(officer, ask_person(officer, phone=typed)).link(urn) == path


@pytest.mark.parametrize(
    "other",
    [
        {"given_name": "Wrenn"},
        {"surname": "Ash"},
        {"born_on": BORN + timedelta(1)},
    ],
)
def test_nobody_like_it_is_found(officer: StrictClient, other: dict[str, Any]) -> None:
    urn = new_urn()
    new_incident(officer, urn=urn, **RECORDED)
    page = found(officer, ask_person(officer, **(WREN | other)))
    assert "Nothing found" in page.text()
    assert urn not in page.text()


def test_who_was_corrected_is_found_by_what_is_right_alone(officer: StrictClient) -> None:
    urn = new_urn()
    path = new_incident(officer, urn=urn, **RECORDED | {"victim_phone": "07700 900124"})
    [pair] = officer.page(path).links("/victims/0")
    officer.submit(pair, victim_phone=PHONE)
    assert found(officer, ask_person(officer, phone=PHONE)).link(urn) == path
    assert "Nothing found" in found(officer, ask_person(officer, phone="07700 900124")).text()


def test_an_incident_is_found_by_its_footage_and_not_by_what_was_corrected(
    officer: StrictClient, store: Store, force: Force
) -> None:
    urn = new_urn()
    path = new_incident(officer, urn=urn)
    camera = f"{path}/cameras/{force.actors['officer1'].id}"
    for reference in ("BWV-260131-0041", "BWV-260131-0042"):
        officer.submit(camera, said="recording", reference=reference)
    wrong, right = (
        ask(officer, reference="BWV-260131-0041"),
        ask(officer, reference="bwv 2601310042"),
    )
    assert "Nothing found" in found(officer, wrong).text()
    assert found(officer, right).link(urn) == path
    with store.work(writes=True) as work:
        work.session.execute(update(CameraRecord).values(reference_index=None))
    assert "Nothing found" in officer.page(right.location).text()
    assert index_footage(store) == 2
    assert index_footage(store) == 0
    assert officer.page(right.location).link(urn) == path


def test_callers_and_plans_are_found_by_details_and_by_call(
    store: Store, force: Force, sergeant: StrictClient, as_: SignIn
) -> None:
    person = flagged(store, force)
    plan = opened(sergeant, force, person)
    control = as_("control1")
    for answer in (
        ask_person(control, **WREN),
        ask_person(control, phone="07700 900001"),
        ask(control, reference="Wre-1-0"),
    ):
        page = found(control, answer)
        assert page.link("Wren Ashdown") == f"/callers/{person}"
        assert page.links("/plans/") == [plan]
        assert "4 calls" in page.text()


def test_an_officer_finds_the_plans_that_are_theirs_and_no_caller(
    store: Store, force: Force, sergeant: StrictClient, as_: SignIn
) -> None:
    plan = opened(sergeant, force, flagged(store, force))
    page = found(officer := as_("officer1"), ask_person(officer, **WREN))
    assert page.links("/plans/") == [plan]
    assert "Callers" not in page.text()
    page = found(other := as_("officer2"), ask_person(other, **WREN))
    assert "Nothing found" in page.text()


def test_the_control_room_finds_no_incident(officer: StrictClient, as_: SignIn) -> None:
    urn = new_urn()
    path = new_incident(officer, urn=urn, **RECORDED)
    control = as_("control1")
    for answer in (ask(control, reference=urn), ask_person(control, **WREN)):
        assert "Nothing found" in found(control, answer).text()
    assert control.get(f"/find{path}").status_code == 403


def test_of_another_team_s_incident_the_number_and_the_team_show_and_no_more(
    officer: StrictClient, as_: SignIn
) -> None:
    urn = new_urn()
    path = new_incident(officer, urn=urn, **RECORDED)
    other = as_("officer2")
    for answer in (ask(other, reference=urn), ask_person(other, **WREN)):
        page = found(other, answer)
        assert page.link(urn).partition("?")[0] == f"/find{path}"
        assert other.page(page.link(urn)).link("What was found") == answer.location
        assert "An incident of another team (North) matches" in page.text()
        assert "As the victim" not in page.text()
        assert "2026" not in page.text().replace(urn, "")
    assert other.get(path).status_code == 404


def test_opening_it_asks_why_and_shows_who_is_in_it_for_an_hour(
    officer: StrictClient, as_: SignIn, store: Store, force: Force
) -> None:
    path = new_incident(officer, **RECORDED, perpetrator_name="Rowan Birkett")
    officer.submit(f"{path}/children/new", child_name="Linden Carrow")
    other = as_("officer2")
    assert other.get(f"/find{path}").status_code == 404
    link = elsewhere(other, path)
    assert "Wren" not in other.page(link).text()
    assert "Choose why" in page_of(other.submit(link, expect=422, purpose=None)).text()
    assert other.submit(link, purpose="attending").location == link
    text = other.page(link).text()
    assert "Whom you searched for is in it as the victim." in text
    assert [
        each for each in ("Wren Ashdown", "Rowan Birkett", "Linden Carrow") if each not in text
    ] == []
    assert "900123" not in text
    event, detail = last(store, "incident.opened_elsewhere")
    assert (event.actor_id, event.justification) == (force.actors["officer2"].id, "attending")
    assert detail == {"incident": str(_id(path))}
    event, _ = last(store, "incident.viewed")
    assert (event.actor_id, event.subject_id) == (force.actors["officer2"].id, str(_id(path)))
    with store.work(writes=True) as work:
        work.session.execute(update(Opening).values(opened_at=work.now - timedelta(hours=1)))
    assert "Wren" not in other.page(link).text()
    assert other.get(f"/find{path}").status_code == 404
    assert as_("officer3").get(link).status_code == 302
    assert "Wren" not in as_("sergeant1").page(f"/find{new_incident(officer)}").text()


def test_what_was_said_of_the_person_stands_in_the_form_for_an_hour(
    officer: StrictClient, as_: SignIn, store: Store
) -> None:
    path = new_incident(officer, **RECORDED)
    other, words = as_("officer2"), "Her sister is at the front desk"
    link = elsewhere(other, path, **WREN, purpose="other", words=words)
    assert other.page(link).form().fields["purpose"] == ["other"]
    other.submit(link)  # one tap; what was said is kept and logged with this record, too
    assert "Wren Ashdown" in other.page(link).text()
    event, _ = last(store, "incident.opened_elsewhere")
    assert event.justification == "other"
    with store.work(writes=True) as work:
        work.session.execute(update(Opening).values(opened_at=work.now - timedelta(hours=1)))
        work.session.execute(update(Search).values(made_at=work.now - timedelta(hours=1)))
    assert "purpose" not in other.page(link).form().fields


def test_after_a_search_by_number_nothing_was_said_yet(officer: StrictClient, as_: SignIn) -> None:
    urn = new_urn()
    new_incident(officer, urn=urn)
    other = as_("officer2")
    link = found(other, ask(other, reference=urn)).link(urn)
    assert "purpose" not in other.page(link).form().fields


def test_one_s_own_incident_needs_no_reason(officer: StrictClient, as_: SignIn) -> None:
    path = new_incident(officer)
    for client in (officer, as_("inspector1"), as_("specialist1"), as_("sergeant1")):
        assert client.get(f"/find{path}").location == path
        assert client.post(f"/find{path}", data={"csrf_token": token(client)}).location == path


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"reference": ""}, "reference", "Enter a reference"),
        ({"reference": "SM-2026*"}, "reference", "stand for nothing"),
        ({"reference": "Ashdown"}, "reference", "people are found below"),
        ({"reference": "07700 900123"}, "reference", "a phone number is found below"),
        ({"reference": "1"}, "reference", "Enter the whole reference"),
        ({"reference": "9" * 61}, "reference", "Shorten this"),
        ({"kind": "person"}, "given_name", "Enter a whole name"),
        ({"kind": "person", "given_name": "Wren"}, "surname", "Enter the surname"),
        (
            {"kind": "person", "given_name": "Wren", "surname": "Ashdown"},
            "born_on",
            "no name is found alone",
        ),
        ({"kind": "person", **WREN, "surname": "Ash*"}, "surname", "stand for nothing"),
        ({"kind": "person", **WREN, "born_on": date(2999, 1, 1)}, "born_on", "in the future"),
        ({"kind": "person", "phone": "withheld"}, "phone", "Enter a phone number"),
        ({"kind": "person", "phone": "ask her"}, "phone", "Enter a phone number"),
        ({"kind": "person", **WREN, "purpose": ""}, "purpose", "Choose why"),
        ({"kind": "person", **WREN, "purpose": "other"}, "words", "at least 10 letters"),
    ],
)
def test_what_is_too_vague_is_refused_beside_its_field_and_kept(
    officer: StrictClient, store: Store, given: dict[str, Any], field: str, sentence: str
) -> None:
    send = ask_person if given.get("kind") else ask
    answer = send(officer, **given)
    assert answer.status_code == 422
    assert any(sentence in each for each in page_of(answer).errors), page_of(answer).errors
    for name, value in given.items():
        if isinstance(value, str) and name not in {"kind", "purpose"} and value:
            assert f'value="{value}"' in answer.text
    assert not [each for each in events(store) if each.name == "search.made"]


def test_the_log_says_who_searched_why_and_how_many_were_found(
    officer: StrictClient, store: Store, force: Force
) -> None:
    urn = new_urn()
    new_incident(officer, urn=urn, **RECORDED)
    answer = ask_person(officer, **WREN, purpose="other", words="Her sister Wren rang the desk")
    event, detail = last(store, "search.made")
    assert event.actor_id == force.actors["officer1"].id
    assert (event.category.value, event.justification) == ("consultation", "other")
    keys = [store.vault.identity_index(name, BORN) for name in ("Wren Ashdown", "Ashdown Wren")]
    hashes = [key.hex() for key in keys if key]
    assert detail == {"by": "person", "found": 1, "sought": hashes}
    found(officer, answer)
    event, detail = last(store, "search.viewed")
    assert (event.subject_id, detail) == (str(_id(answer.location)), {"found": 1})
    ask(officer, reference=urn.lower())
    _, by_number = last(store, "search.made")
    ask(officer, reference=urn.replace("-", " "))
    assert last(store, "search.made")[1] == by_number  # one number, one hash


def test_an_auditor_reads_why_in_words(officer: StrictClient, as_: SignIn) -> None:
    ask_person(officer, **WREN, purpose="other", words="Her sister is at the front desk")
    text = as_("auditor1").page("/audit?name=search.made").text()
    assert Purpose.OTHER.label in text
    assert "Her sister is at the front desk" in text


def test_a_search_is_for_whoever_made_it_and_for_a_shift(
    officer: StrictClient, as_: SignIn, store: Store
) -> None:
    answer = ask_person(officer, **WREN)
    assert as_("officer3").get(answer.location).status_code == 404
    assert as_("inspector1").get(answer.location).status_code == 404
    assert officer.get(answer.location).status_code == 200
    with store.work(writes=True) as work:
        work.session.execute(update(Search).values(made_at=work.now - timedelta(hours=13)))
    assert officer.get(answer.location).status_code == 404


@pytest.fixture
def few(app: Flask) -> Any:
    """Three searches for people in an hour."""
    settings = app.extensions["dash_settings"]
    app.extensions["dash_settings"] = replace(settings, searches_an_hour=3)
    yield
    app.extensions["dash_settings"] = settings


def test_nobody_can_look_for_many_people(
    few: None, officer: StrictClient, as_: SignIn, store: Store
) -> None:
    for number in range(3):
        assert ask_person(officer, phone=f"07700 90000{number}").status_code == 303
    answer = ask_person(officer, phone=PHONE)
    assert answer.status_code == 429
    assert "You have looked for 3 people" in page_of(answer).text()
    assert f'value="{PHONE}"' in answer.text
    assert last(store, "search.throttled")[0].category.value == "security"
    assert ask(officer, reference=new_urn()).status_code == 303
    assert ask_person(as_("officer3"), phone=PHONE).status_code == 303
    with store.work(writes=True) as work:
        work.session.execute(update(Search).values(made_at=work.now - timedelta(hours=1)))
    assert ask_person(officer, phone=PHONE).status_code == 303


def test_records_opened_elsewhere_count_with_them(
    few: None, officer: StrictClient, as_: SignIn
) -> None:
    urns = [new_urn() for _ in range(3)]
    for urn in urns:
        new_incident(officer, urn=urn)
    other = as_("officer2")
    links = [found(other, ask(other, reference=urn)).link(urn) for urn in urns]
    for link in links[:2]:
        other.submit(link, purpose="attending")
    assert ask_person(other, phone=PHONE).status_code == 303
    other.submit(links[2], purpose="attending", expect=429)


def test_a_force_need_not_ask_why(app: Flask, officer: StrictClient, as_: SignIn) -> None:
    settings = app.extensions["dash_settings"]
    app.extensions["dash_settings"] = replace(settings, asks_why=False)
    try:
        path = new_incident(officer, **RECORDED)
        other = as_("officer2")
        assert "Why do you need this" not in other.page("/find").text()
        link = elsewhere(other, path, **WREN, purpose="")
        other.submit(link)
        assert "Wren Ashdown" in other.page(link).text()
    finally:
        app.extensions["dash_settings"] = settings


def test_what_is_sought_and_why_is_sealed(officer: StrictClient, store: Store) -> None:
    ask_person(officer, **WREN, phone=PHONE, purpose="other", words="Her sister Wren rang the desk")
    with store.work(writes=False) as work:
        [row] = work.session.scalars(select(Search)).all()
    for sealed in (row.sought_sealed, row.words_sealed or b""):
        assert b"Wren" not in sealed
    assert PHONE.encode() not in row.sought_sealed


@pytest.mark.parametrize(("query", "sought"), [("_BY_PHONE", {"phone": PHONE}), ("_BY_NAME", WREN)])
def test_of_more_people_than_are_looked_through_the_latest_are_shown(
    officer: StrictClient, monkeypatch: pytest.MonkeyPatch, query: str, sought: dict[str, Any]
) -> None:
    monkeypatch.setattr(lookups, query, getattr(lookups, query).limit(2))
    urns = [new_urn() for _ in range(4)]
    for urn in urns:
        new_incident(officer, urn=urn, **RECORDED)
    text = found(officer, ask_person(officer, **sought)).text()
    assert [urn for urn in urns if urn in text] == urns[2:]
