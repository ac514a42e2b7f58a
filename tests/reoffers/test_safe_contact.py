"""What was said of safe contact stands wherever somebody would call, write or visit."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.cases import approve, review_of
from tests.support.client import StrictClient
from tests.support.force import new_assessment
from tests.support.offers import CLOSING, decline, owed_offer

SignIn = Callable[[str], StrictClient]
PHONE = "07700 900000"
NO_SAFE_WAY = "No safe way to contact this victim is known"
NO_WAY: dict[str, Any] = {"contact_ways": ["none"], "contact_times": None, "contact_never": None}
ALONE = "Met her at her sister’s, he is in custody until Friday."
NOT_NOW: dict[str, Any] = {"next_offer": "unsafe"}


@pytest.fixture
def begun(officer: StrictClient) -> str:
    """The path of a first attempt that ends with a decline."""
    path = new_assessment(officer, started=False, victim_phone=PHONE)
    officer.submit(f"{path}/decline", primary="fear_of_abuser", basis="said")
    return path


def incident_of(client: StrictClient, path: str) -> str:
    return client.page(path).links("/incidents/0")[0]


@pytest.mark.parametrize("said", [NO_WAY, NOT_NOW])
def test_where_no_safe_way_is_known_the_incident_hides_the_number_and_says_so(
    officer: StrictClient, sergeant: StrictClient, begun: str, said: dict[str, Any]
) -> None:
    incident = incident_of(officer, begun)
    assert PHONE in officer.page(incident).text()
    assert NO_SAFE_WAY not in officer.page(incident).text()
    officer.submit(f"{begun}/finish", **(CLOSING | said))
    sent = officer.page(incident).text()
    approve(sergeant, begun)
    for shown in (sent, officer.page(incident).text()):
        assert NO_SAFE_WAY in shown
        assert PHONE not in shown


def test_an_attempt_that_was_not_offered_makes_contact_no_safer_but_may_find_it_unsafe(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    owed = owed_offer(officer, sergeant)
    incident = officer.page(owed).link("Open the incident")
    steps: list[tuple[dict[str, Any], dict[str, Any]]] = [
        (NO_WAY, {}),
        ({}, {"made_safe": ALONE}),
    ]
    for said, made_safe in steps:
        path = str(officer.submit(owed, action="/offer", **made_safe).location)
        officer.submit(f"{path}/not-offered", primary="urgent_duty")
        officer.submit(f"{path}/finish", **(CLOSING | said))
        approve(sergeant, path)
        for page in (incident, owed):
            assert PHONE not in officer.page(page).text()
        assert "No safe way known" in officer.page("/reoffers").text()


RULES: dict[str, Any] = {
    "contact_ways": ["call", "trusted"],
    "contact_times": ["morning"],
    "contact_never": ["other_home", "voicemail"],
    "contact_words": "Ask for the parcel that came back.",
}


@pytest.fixture
def ruled(officer: StrictClient, sergeant: StrictClient, begun: str) -> str:
    """The path of an incident whose victim said how contact is safe."""
    officer.submit(f"{begun}/finish", **(CLOSING | RULES))
    approve(sergeant, begun)
    return incident_of(officer, begun)


def says_rules(client: StrictClient, path: str) -> bool:
    shown = client.page(path).text()
    rules = (
        "Safe to contactPhone call, Through somebody trusted; Mornings",
        "Never contactWhen the other person may be home, By voicemail",
        "About contactAsk for the parcel that came back.",
    )
    found = [each in shown for each in rules]
    assert len(set(found)) == 1, shown
    return found[0]


def test_the_rules_stand_beside_the_phone_and_above_the_way_to_the_offer(
    officer: StrictClient, sergeant: StrictClient, ruled: str
) -> None:
    assert says_rules(officer, ruled)
    shown = officer.page(ruled).text()
    places = [shown.index(each) for each in (PHONE, "Never contact", "Offer again")]
    assert places == sorted(places)
    sergeant.submit(f"{officer.page(ruled).link('Offer again')}/end", reason="unsafe", words=ALONE)
    assert not says_rules(officer, ruled)


def test_the_list_says_when_not_and_which_ways_in_a_line_but_no_words(
    officer: StrictClient, ruled: str
) -> None:
    shown = officer.page("/reoffers").text()
    assert "Never: when the other person may be home, by voicemail" in shown
    assert "Safe: phone call, through somebody trusted" in shown
    assert "parcel" not in shown
    assert "Ashdown" not in shown


def test_the_list_invents_no_rule_where_no_limits_are_known(
    officer: StrictClient, sergeant: StrictClient, begun: str
) -> None:
    officer.submit(f"{begun}/finish", **(CLOSING | {"contact_never": ["no_limits"]}))
    approve(sergeant, begun)
    shown = officer.page("/reoffers").text()
    assert "No limits are known · Safe: phone call" in shown
    assert "Never:" not in shown


def test_the_list_leads_to_the_rules_and_begins_nothing(officer: StrictClient, ruled: str) -> None:
    owed = officer.page(ruled).link("Offer again")
    assert officer.page("/reoffers").link("Offer again") == owed
    assert says_rules(officer, owed)
    path = str(officer.submit(owed, action="/offer").location)
    assert says_rules(officer, path)
    refused = officer.submit(path, action="/start", expect=422, mode="in_person")
    assert "parcel" in refused.text
    assert officer.page("/reoffers").link("Go on") == owed
    assert f"{owed}/offer" not in officer.get("/reoffers").text


def test_the_page_that_starts_a_later_attempt_warns_where_no_safe_way_is_known(
    officer: StrictClient, sergeant: StrictClient, begun: str
) -> None:
    assert NO_SAFE_WAY not in officer.page(new_assessment(officer, started=False)).text()
    officer.submit(f"{begun}/finish", **(CLOSING | NO_WAY))
    approve(sergeant, begun)
    owed = officer.page(incident_of(officer, begun)).link("Offer again")
    shown = officer.page(str(officer.submit(owed, action="/offer", made_safe=ALONE).location))
    assert NO_SAFE_WAY in shown.text()
    assert ALONE in shown.text()


NOT_VALID = "Not valid any more: contact was stopped"


def stop(officer: StrictClient, sergeant: StrictClient, incident: str) -> None:
    owed = officer.page(incident).link("Offer again")
    sergeant.submit(f"{owed}/end", reason="unsafe", words=ALONE)


def test_after_a_stop_the_old_rules_stand_nowhere_as_if_they_were_valid(
    officer: StrictClient, sergeant: StrictClient, begun: str, ruled: str, as_: SignIn
) -> None:
    owed = officer.page(ruled).link("Offer again")
    stop(officer, sergeant, ruled)
    specialist = as_("specialist1")
    pages = (
        (officer, f"{begun}/record"),
        (sergeant, review_of(begun)),
        (specialist, begun.replace("/assessments/", "/desk/records/")),
        (officer, owed),
    )
    for reader, page in pages:
        shown = reader.page(page).text()
        assert NOT_VALID in shown, page
        assert not says_rules(reader, page), page
        assert "Never contact, as said before the stop" in shown, page
        assert "Next offer, as said before the stop" in shown, page
    text = officer.get(f"{begun}/handover").text
    assert f"Safe to contact: {NOT_VALID}" in text
    for gone in ("Phone call", "Mornings", "voicemail", "parcel", "Next offer", "before the stop"):
        assert gone not in text
    assert "Help offered: Helpline number" in text


def test_a_stop_in_another_incident_ends_the_rules_that_were_said_before_it(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    known: dict[str, Any] = {"victim_name": "Elder Invented", "born_on": ["1", "2", "1990"]}
    before, other = (new_assessment(officer, started=False, **known) for _ in range(2))
    for path in (before, other):
        decline(officer, path)
        approve(sergeant, path)
    stop(officer, sergeant, incident_of(officer, other))
    assert NOT_VALID in officer.page(f"{before}/record").text()
    after = new_assessment(officer, started=False, **known)
    decline(officer, after)
    shown = officer.page(f"{after}/record").text()
    assert NOT_VALID not in shown
    assert ALONE in shown


def test_where_no_way_is_known_the_officer_says_so_and_nobody_is_invited_to_call(
    officer: StrictClient, sergeant: StrictClient, begun: str
) -> None:
    unknown: dict[str, Any] = {
        "contact_ways": ["unknown"],
        "contact_times": ["ask"],
        "contact_never": ["unknown"],
    }
    officer.submit(f"{begun}/finish", **(CLOSING | unknown))
    approve(sergeant, begun)
    incident = officer.page(incident_of(officer, begun))
    assert NO_SAFE_WAY in incident.text()
    assert PHONE not in incident.text()
    owed = officer.page("/reoffers").link("Look first")
    assert "How was contact made safe?" in officer.page(owed).text()


def primary(client: StrictClient, path: str) -> list[str]:
    """What the page's offers invite to first."""
    main = client.get(path).text.split("<main", 1)[1]
    plain = re.findall(r'class="govuk-button(?: govuk-button--large)?"[^>]*>([^<]+)<', main)
    return [each for each in plain if each in {"Offer again", "Take it", "Take it over"}]


@pytest.mark.parametrize("listed", [True, False])
def test_what_a_colleague_has_is_taken_over_first_and_what_nobody_has_is_taken(
    officer: StrictClient, as_: SignIn, ruled: str, listed: bool
) -> None:
    owed = officer.page(ruled).link("Offer again")
    page = "/reoffers" if listed else owed
    assert primary(officer, page) == ["Offer again"]
    assert "Take it over" not in officer.page(page).text()
    officer.submit(page, action=f"{owed}/take")
    assert primary(officer, page) == ["Offer again"]
    assert "Take it" not in officer.page(page).text()
    colleague = as_("officer3")
    assert primary(colleague, page) == ["Take it over"]
    assert "Response officer officer1 has it" in colleague.page(page).text()
    colleague.submit(page, action=f"{owed}/take")
    assert primary(colleague, page) == ["Offer again"]
