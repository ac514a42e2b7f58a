"""“Do not contact”: at once, also while a new attempt is under way, and on every page of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from dash_forms.domain.assessment import State
from dash_forms.store.models import Assessment, FollowUp
from dash_forms.store.work import Store
from tests.support.cases import approve, review_of
from tests.support.client import StrictClient
from tests.support.force import answer_all, new_assessment, skip_offered
from tests.support.log import last
from tests.support.offers import CLOSING, decline, owed_offer, post

SignIn = Callable[[str], StrictClient]
ASHDOWN: dict[str, Any] = {"victim_name": "Ashdown Invented", "born_on": ["1", "2", "1990"]}
BIRCH: dict[str, Any] = {"victim_name": "Birch Invented", "born_on": ["3", "4", "1988"]}
AGAINST_BIRCH: dict[str, Any] = {
    "perpetrator_name": "Birch Invented",
    "perpetrator_born_on": ["3", "4", "1988"],
}
AGAINST_ASHDOWN: dict[str, Any] = {
    "perpetrator_name": "Ashdown Invented",
    "perpetrator_born_on": ["1", "2", "1990"],
}
STOPPED = "do not contact"
KNOWN = "Her sister says that he reads her messages."


def offers(store: Store) -> list[FollowUp]:
    with store.work(writes=False) as work:
        return list(work.session.scalars(select(FollowUp).order_by(FollowUp.created_at)))


def states(store: Store) -> list[State]:
    with store.work(writes=False) as work:
        return list(work.session.scalars(select(Assessment.state).order_by(Assessment.attempt)))


@pytest.fixture
def owed(officer: StrictClient, sergeant: StrictClient) -> str:
    """The path of the one offer that is owed."""
    return owed_offer(officer, sergeant)


@pytest.fixture
def begun(officer: StrictClient, owed: str) -> str:
    """The path of a second attempt that has begun."""
    path = str(officer.submit(owed, action="/offer").location)
    officer.submit(path, action="/start", mode="in_person", seen_alone="yes")
    return path


def incident_of(client: StrictClient, owed: str) -> str:
    return client.page(owed).link("Open the incident")


def stop(sergeant: StrictClient, owed: str) -> None:
    """As the sergeant finds it: from the incident, in the middle of the second attempt."""
    link = sergeant.page(incident_of(sergeant, owed)).link("Stop contact: unsafe")
    assert link == f"{owed}/end"
    sergeant.submit(link, words=KNOWN)


def test_contact_is_stopped_at_once_while_a_new_attempt_is_being_made(
    officer: StrictClient, sergeant: StrictClient, owed: str, begun: str, store: Store
) -> None:
    answer_all(officer, begun, q8="yes")
    sergeant.submit(f"{owed}/end", expect=422, words="")
    stop(sergeant, owed)
    [offer] = offers(store)
    assert (offer.state, offer.code) == (State.REOFFER_CLOSED, "unsafe")
    assert states(store) == [State.CLOSED, State.DRAFT]  # what was entered stays
    assert last(store, "reoffer.closed")[1] == {"reason": "unsafe"}
    assert sergeant.get(f"{owed}/end").location == owed
    assert post(sergeant, f"{owed}/end", reason="unsafe", words=KNOWN).status_code == 409
    officer.submit(begun, action="/sets/stalking-11/begin")
    for page in (
        begun,
        f"{begun}/sets/stalking-11",
        f"{begun}/sets/stalking-11/skip",
        f"{begun}/finish",
        f"{begun}/record",
        f"{begun}/handover",
        f"{begun}/decline",
        f"{begun}/unable",
        incident_of(officer, owed),
        owed,
    ):
        shown = officer.page(page).text()
        assert re.search("do not contact", shown, re.IGNORECASE), page
        assert KNOWN in shown, page
    skip_offered(officer, begun)
    officer.submit(f"{begun}/finish", **CLOSING)
    for reader, page in ((sergeant, review_of(begun)), (officer, f"{begun}/record")):
        assert KNOWN in reader.page(page).text()
    approve(sergeant, begun)
    assert State.REOFFER_DUE not in {each.state for each in offers(store)}


def test_after_a_stop_no_page_of_the_attempt_encourages_contact(
    officer: StrictClient, sergeant: StrictClient, owed: str, begun: str
) -> None:
    answer_all(officer, begun, q8="yes", q1="declined")
    officer.submit(f"{begun}/decline", primary="fear_of_abuser", basis="said")
    entered = CLOSING | {"contact_ways": ["email"], "next_offer": "day", "later": "1"}
    officer.submit(f"{begun}/finish", **entered)
    stop(sergeant, owed)
    incident = officer.page(incident_of(officer, owed)).text()
    assert "Continue the assessment" not in incident
    assert "07700 900000" not in incident
    cards = officer.page(begun).text()
    assert "Do not contact: ask nothing more" in cards  # in the bar that every card keeps in sight
    assert "The victim will answer after all" not in cards
    assert "Ask now" not in cards
    finish = officer.page(f"{begun}/finish").text()
    for asked in ("How can the victim be reached", "When should it be offered again", "Next offer"):
        assert asked not in finish
    assert "07700 900000" not in officer.page(owed).text()
    assert post(officer, f"{begun}/resume").status_code == 409
    skip_offered(officer, begun)
    asked_no_more = dict.fromkeys(
        ("contact_ways", "contact_times", "contact_never", "contact_words", "next_offer")
    )
    officer.submit(f"{begun}/finish", **(CLOSING | asked_no_more))
    record = officer.page(f"{begun}/record").text()
    assert "E-mail" in record  # what was entered before the stop is not lost by it


@pytest.mark.parametrize("ending", ["decline", "unable"])
def test_an_attempt_that_was_begun_before_the_stop_still_comes_to_its_own_end(
    officer: StrictClient, sergeant: StrictClient, owed: str, begun: str, ending: str
) -> None:
    stop(sergeant, owed)
    primary = {"decline": "fear_of_abuser", "unable": "left"}[ending]
    basis: dict[str, Any] = {"basis": "said"} if ending == "decline" else {}
    officer.submit(f"{begun}/{ending}", primary=primary, **basis)
    officer.submit(f"{begun}/finish", **CLOSING)
    approve(sergeant, begun)
    assert "Your team owes no offer" in officer.page("/reoffers").text()  # and none anew


def test_contact_can_be_stopped_while_the_attempt_waits_for_its_review(
    officer: StrictClient, sergeant: StrictClient, owed: str, store: Store
) -> None:
    path = str(officer.submit(owed, action="/offer").location)
    decline(officer, path)
    stop(sergeant, owed)
    assert KNOWN in sergeant.page(review_of(path)).text()
    approve(sergeant, path)
    assert [each.state for each in offers(store)] == [State.REOFFER_CLOSED]


def test_what_has_been_made_ends_for_no_other_reason_and_not_beside_a_newer_offer(
    officer: StrictClient, sergeant: StrictClient, owed: str, begun: str, store: Store
) -> None:
    assert officer.get(f"{owed}/end").status_code == 403
    assert "Stop contact" not in officer.page(incident_of(officer, owed)).text()
    refused = post(sergeant, f"{owed}/end", reason="moved_away", words=KNOWN)
    assert refused.status_code == 409
    assert "has been made already" in refused.text
    decline(officer, begun)
    approve(sergeant, begun)
    assert [each.state for each in offers(store)] == [State.REOFFERED, State.REOFFER_DUE]
    assert "Stop contact" not in sergeant.page(owed).text()
    assert post(sergeant, f"{owed}/end", reason="unsafe", words=KNOWN).status_code == 409
    sergeant.submit(f"/reoffers/{offers(store)[1].id}/end", reason="unsafe", words=KNOWN)
    assert KNOWN in officer.page(incident_of(officer, owed)).text()


@pytest.fixture
def stopped(officer: StrictClient, sergeant: StrictClient) -> str:
    """The path of an incident in which contact with its victim was stopped."""
    owed = owed_offer(officer, sergeant, **ASHDOWN, **AGAINST_BIRCH)
    incident = incident_of(officer, owed)
    sergeant.submit(f"{owed}/end", reason="unsafe", words=KNOWN)
    return incident


def incident_path(client: StrictClient, attempt: str) -> str:
    return client.page(attempt).links("/incidents/0")[0]


def school_task(specialist: StrictClient) -> str:
    return specialist.page("/desk").links("/desk/tasks/")[0]


def says_so(client: StrictClient, path: str) -> bool:
    shown = client.page(path).text()
    assert (STOPPED in shown.lower()) is (KNOWN in shown), path
    return KNOWN in shown


def test_every_page_about_the_incident_says_it(
    officer: StrictClient, sergeant: StrictClient, stopped: str, as_: SignIn
) -> None:
    for page in ("", "/details", "/victims/new", "/children/new"):
        assert says_so(officer, f"{stopped}{page}"), page
    officer.submit(
        f"{stopped}/children/new", child_name="Younger Invented", born_on=["1", "2", "2016"]
    )
    specialist = as_("specialist1")
    assert says_so(specialist, school_task(specialist))
    assert not says_so(sergeant, "/reoffers")


def test_where_an_incident_has_several_victims_it_says_whose_contact_is_stopped(
    officer: StrictClient, stopped: str, as_: SignIn
) -> None:
    officer.submit(f"{stopped}/victims/new", **BIRCH, **AGAINST_ASHDOWN)
    assert "Victim 1: do not contact, unsafe" in officer.page(f"{stopped}/details").text()
    officer.submit(
        f"{stopped}/children/new", child_name="Younger Invented", born_on=["1", "2", "2016"]
    )
    specialist = as_("specialist1")
    shown = specialist.page(school_task(specialist)).text()
    assert "Victim 1: do not contact, unsafe" in shown


def test_a_later_incident_of_the_same_victim_warns_with_the_reason_and_the_way_to_it(
    officer: StrictClient, sergeant: StrictClient, stopped: str
) -> None:
    later = new_assessment(officer, started=False, victim_phone="07700 900001", **ASHDOWN)
    start = officer.page(later)
    assert "Do not contact: unsafe in another incident" in start.text()
    assert "Sergeant sergeant1" in start.text()
    assert stopped in start.links("/incidents/")
    incident = incident_path(officer, later)
    for page in (later, incident, f"{incident}/details", f"{incident}/children/new"):
        assert says_so(officer, page), page
    assert "07700 900001" not in officer.page(incident).text()
    decline(officer, later)
    assert KNOWN in officer.page(f"{later}/handover").text()
    approve(sergeant, later)
    owed = officer.page(incident).link("Offer again")
    assert says_so(officer, owed)
    assert "07700 900001" not in officer.page(owed).text()
    listed = officer.page("/reoffers").text()
    assert "Do not contact: stopped in another incident" in listed
    assert "phone on record" not in listed


@pytest.mark.parametrize("at", ["stopped", "later", "both"])
def test_a_name_put_right_does_not_end_the_warning(
    officer: StrictClient, stopped: str, at: str
) -> None:
    """Whoever corrects one letter has not decided that contact is safe."""
    later = incident_path(officer, new_assessment(officer, victim_phone="07700 900101", **ASHDOWN))
    for incident in {"stopped": [stopped], "later": [later], "both": [stopped, later]}[at]:
        [path] = officer.page(incident).links("/victims/0")
        officer.submit(
            path, victim_name="Ashdowne Invented" if incident == later else "Ashdon Invented"
        )
    assert says_so(officer, later)
    assert "07700 900101" not in officer.get(later).text


@pytest.mark.parametrize("at_once", [True, False])
def test_sides_put_right_carry_no_decision_to_the_other_party(
    officer: StrictClient, sergeant: StrictClient, at_once: bool
) -> None:
    """Entered the wrong way round, put right, and only then stopped: Birch is the other party."""
    counter = incident_path(officer, new_assessment(officer, **BIRCH))
    attempt = new_assessment(officer, started=False, **BIRCH, **AGAINST_ASHDOWN)
    incident = incident_path(officer, attempt)
    [path] = officer.page(incident).links("/victims/0")
    if at_once:
        officer.submit(path, **ASHDOWN, **AGAINST_BIRCH)
    else:
        officer.submit(path, **ASHDOWN)
        officer.submit(path, **AGAINST_BIRCH)
    decline(officer, attempt)
    approve(sergeant, attempt)
    owed = officer.page(incident).link("Offer again")
    sergeant.submit(f"{owed}/end", reason="unsafe", words=KNOWN)
    assert says_so(officer, incident)
    assert not says_so(officer, counter)


def test_a_birthday_taken_back_does_not_hide_the_warning_from_the_history(
    officer: StrictClient, stopped: str
) -> None:
    attempt = new_assessment(officer, **ASHDOWN)
    [path] = officer.page(incident_path(officer, attempt)).links("/victims/0")
    officer.submit(path, born_on=["", "", ""])
    assert "Do not contact" in officer.page(attempt).text()


def test_an_earlier_incident_is_warned_by_a_later_stop(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    earlier = new_assessment(officer, **ASHDOWN, reported_at=["2026-01-05", "10:00"])
    owed = owed_offer(officer, sergeant, **ASHDOWN)
    assert not says_so(officer, earlier)
    sergeant.submit(f"{owed}/end", reason="unsafe", words=KNOWN)
    assert says_so(officer, earlier)


def test_another_team_reads_the_warning_and_cannot_open_the_incident(
    officer: StrictClient, stopped: str, as_: SignIn
) -> None:
    southern = as_("officer2")
    start = southern.page(new_assessment(southern, started=False, **ASHDOWN))
    assert KNOWN in start.text()
    assert "(another team’s)" in start.text()
    assert stopped not in start.links("/incidents/")
    assert southern.get(stopped).status_code == 404


def test_a_stop_for_one_side_is_never_shown_on_the_others_pages(
    officer: StrictClient, stopped: str
) -> None:
    theirs = new_assessment(officer, started=False, **BIRCH, **AGAINST_ASHDOWN)
    assert "This victim was the other party" in officer.page(theirs).text()
    assert not says_so(officer, theirs)
    assert not says_so(officer, incident_path(officer, theirs))
    officer.submit(f"{stopped}/victims/new", **BIRCH, **AGAINST_ASHDOWN)
    own = [link for link in officer.page(stopped).links("/assessments/") if "record" not in link]
    assert not says_so(officer, own[-1])


def test_somebody_whose_date_of_birth_is_not_known_is_not_mistaken_for_another(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    owed = owed_offer(officer, sergeant)
    sergeant.submit(f"{owed}/end", reason="unsafe", words=KNOWN)
    assert not says_so(officer, new_assessment(officer, started=False))


NO_SAFE_WAY: dict[str, Any] = {
    "contact_ways": ["none"],
    "contact_times": None,
    "contact_never": ["other_home"],
    "next_offer": "unsafe",
}
ALONE = "Met her at her sister’s, he is in custody until Friday."


@pytest.fixture
def unsafe(officer: StrictClient, sergeant: StrictClient) -> str:
    """The path of an offer whose last officer knew of no safe way."""
    path = new_assessment(officer, started=False, **ASHDOWN)
    officer.submit(f"{path}/decline", primary="fear_of_abuser", basis="said")
    officer.submit(f"{path}/finish", **(CLOSING | NO_SAFE_WAY))
    approve(sergeant, path)
    return officer.page(incident_path(officer, path)).link("Offer again")


def test_offering_again_where_no_safe_way_was_known_takes_words_on_how_it_was_made_safe(
    officer: StrictClient, sergeant: StrictClient, unsafe: str, store: Store
) -> None:
    assert f"{unsafe}/offer" not in officer.get("/reoffers").text  # the list leads to the page
    for words in ("", "short", "-" * 30):
        refused = officer.submit(unsafe, action="/offer", expect=422, made_safe=words)
        assert "Say how contact was made safe" in refused.text
        assert len(states(store)) == 1
    assert post(officer, f"{unsafe}/offer", made_safe="x" * 501).status_code == 422
    path = officer.submit(unsafe, action="/offer", made_safe=ALONE).location
    assert not last(store, "reoffer.made_safe")[1]  # the words stay sealed
    assert ALONE in sergeant.page(unsafe).text()
    assert officer.submit(unsafe, action="/offer").location == path  # it is asked once
    officer.submit(path, action="/start", mode="in_person", seen_alone="yes")
    decline(officer, path)
    for reader, page in ((officer, f"{path}/record"), (sergeant, review_of(path))):
        assert ALONE in reader.page(page).text()


def test_an_attempt_that_was_opened_before_it_looked_unsafe_cannot_begin_without_the_words(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    owed = owed_offer(officer, sergeant, **ASHDOWN)
    path = str(officer.submit(owed, action="/offer").location)
    other = owed_offer(officer, sergeant, **ASHDOWN)
    sergeant.submit(f"{other}/end", reason="unsafe", words=KNOWN)
    refused = post(officer, f"{path}/start", mode="in_person", seen_alone="yes")
    assert refused.status_code == 409
    assert "Say first how contact was made safe" in refused.text
    assert post(officer, f"{owed}/offer").status_code == 422
    assert officer.submit(owed, action="/offer", made_safe=ALONE).location == path
    officer.submit(path, action="/start", mode="in_person", seen_alone="yes")
    assert states(store)[-1] is State.DRAFT


def test_nothing_is_asked_where_a_safe_way_is_known(
    officer: StrictClient, owed: str, store: Store
) -> None:
    assert "How was contact made safe?" not in officer.page(owed).text()
    path = post(officer, f"{owed}/offer", made_safe=ALONE).location
    assert ALONE not in officer.page(f"{path}/record").text()  # and nothing of it is kept
