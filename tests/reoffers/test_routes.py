"""Offers that are due: the list, the next attempt, the end of offers, and who may do what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from dash_forms.domain.assessment import Outcome, State
from dash_forms.domain.periods import Period, london_date
from dash_forms.domain.reoffers import EndReason
from dash_forms.reoffers.commands import escalate
from dash_forms.reporting.figures import DeclineFilter
from dash_forms.reporting.queries import decline_figures
from dash_forms.store.models import Account, Answer, Assessment, FollowUp, PairFact
from dash_forms.store.work import Store
from tests.support.cases import approve
from tests.support.client import StrictClient
from tests.support.distance import distance
from tests.support.force import Force, answer_all, new_assessment
from tests.support.log import last, names
from tests.support.offers import CLOSING, decline, owed_offer, post, two_declined

SignIn = Callable[[str], StrictClient]
KNOWN = "Her sister says that he reads her messages."


def offers(store: Store) -> list[FollowUp]:
    with store.work(writes=False) as work:
        return list(work.session.scalars(select(FollowUp).order_by(FollowUp.created_at)))


def attempts(store: Store) -> list[Assessment]:
    with store.work(writes=False) as work:
        return list(work.session.scalars(select(Assessment).order_by(Assessment.attempt)))


def fact(store: Store) -> PairFact:
    with store.work(writes=False) as work:
        return work.session.scalars(select(PairFact)).one()


def make_late(store: Store, **by: int) -> None:
    with store.work(writes=True) as work:
        at = work.now - timedelta(**by)
        work.session.execute(update(FollowUp).values(due_at=at))


@pytest.fixture
def owed(officer: StrictClient, sergeant: StrictClient) -> str:
    """The path of the one offer that is owed."""
    return owed_offer(officer, sergeant)


def offer_again(client: StrictClient, owed: str) -> str:
    return str(client.submit(owed, action="/offer").location)


def test_what_was_declined_stands_in_the_teams_list_with_what_the_visit_needs(
    officer: StrictClient, as_: SignIn, owed: str, store: Store
) -> None:
    shown = officer.page("/reoffers").text()
    for words in (
        f"Due in {distance(store, 72)}",
        "Medium",
        "1 attempt: declined, afraid of the abuser",
        "First officer: Response officer officer1",
        "spoken to alone: yes",
        "phone on record",
        "Nobody has it yet",
    ):
        assert words in shown
    assert "Ashdown" not in shown  # lists name nobody
    assert "07700 900000" in officer.page(owed).text()
    assert "Offers 1" in officer.page("/incidents").text()
    assert last(store, "reoffer.listed")[1] == {"found": 1}
    assert "Your team owes no offer" in as_("officer2").page("/reoffers").text()
    assert as_("officer2").get(owed).status_code == 404
    assert post(as_("officer2"), f"{owed}/offer").status_code == 404
    assert "Nothing is overdue" in as_("inspector1").page("/reoffers").text()


@pytest.mark.parametrize("username", ["specialist1", "analyst1", "admin1", "auditor1"])
def test_offers_are_for_officers_and_their_supervisors(
    as_: SignIn, owed: str, username: str
) -> None:
    assert as_(username).get("/reoffers").status_code == 403
    assert as_(username).get(owed).status_code == 403


def test_the_next_attempt_is_blank_and_the_earlier_one_stays_as_it_was(
    officer: StrictClient, owed: str, store: Store
) -> None:
    second = offer_again(officer, owed)
    [first, new] = attempts(store)
    assert second == f"/assessments/{new.id}"
    assert (first.attempt, first.state, new.attempt, new.state) == (
        1,
        State.APPROVED,
        2,
        State.REQUIRED,
    )
    with store.work(writes=False) as work:
        copied = select(Answer).where(Answer.assessment_id == new.id)
        assert work.session.scalars(copied).all() == []
    [offer] = offers(store)
    assert offer.state is State.REOFFER_DUE  # opening the page is no offer: the clock runs on
    assert "Attempt 2" in officer.page(second).text()
    assert "attempt 2 opened by Response officer officer1" in officer.page("/reoffers").text()
    officer.submit(second, action="/start", mode="in_person", seen_alone="yes")
    [offer] = offers(store)
    assert offer.state is State.REOFFERED
    assert offer.ended_at is not None
    assert [each.state for each in attempts(store)] == [State.CLOSED, State.DRAFT]
    assert last(store, "reoffer.made")[1] == {"attempt": 2}
    assert "Your team owes no offer" in officer.page("/reoffers").text()
    record = officer.page(f"/assessments/{first.id}/record").text()
    assert "Declined" in record
    assert "Attempt 2" in record
    assert officer.get(f"/assessments/{first.id}").location.endswith("/record")


def test_a_double_tap_makes_one_attempt_before_and_after_it_has_begun(
    officer: StrictClient, as_: SignIn, owed: str, store: Store
) -> None:
    second = offer_again(officer, owed)
    assert post(officer, f"{owed}/offer").location == second
    assert post(as_("officer3"), f"{owed}/offer").location == second
    officer.submit(second, action="/start", mode="in_person", seen_alone="yes")
    assert post(officer, f"{owed}/offer").location == second
    assert len(attempts(store)) == 2
    assert names(store).count("reoffer.opened") == 1


def test_lists_and_the_incident_show_the_latest_attempt_and_lead_to_the_others(
    officer: StrictClient, owed: str, store: Store
) -> None:
    offer_again(officer, owed)
    [first, second] = attempts(store)
    listing = officer.page("/incidents")
    assert listing.text().count("attempt 2") == 1
    assert not any(str(first.id) in (a.get("href") or "") for a in listing.all("a"))
    incident = officer.page(owed).link("Open the incident")
    page = officer.page(incident)
    assert page.link("Start the assessment") == f"/assessments/{second.id}"
    assert page.link("Attempt 1") == f"/assessments/{first.id}/record"
    assert page.link("Offer again") == owed


def test_taking_over_and_giving_away(
    sergeant: StrictClient, as_: SignIn, owed: str, store: Store, force: Force
) -> None:
    officer = as_("officer1")
    as_("officer3").submit("/reoffers", action=f"{owed}/take")
    assert "officer3 has it" in officer.page("/reoffers").text()
    assert "Yours" in as_("officer3").page("/reoffers").text()
    mine = str(force.actors["officer1"].id)
    sergeant.submit(owed, action=f"{owed}/give", officer=mine)
    assert offers(store)[0].owner_id == force.actors["officer1"].id
    assert last(store, "reoffer.assigned")[1] == {"owner": mine}
    for nobody in (str(force.actors["officer2"].id), "nonsense", ""):
        refused = post(sergeant, f"{owed}/give", officer=nobody)
        assert refused.status_code == 422
        assert "Choose an officer of this team" in refused.text
    assert post(officer, f"{owed}/give", officer=mine).status_code == 403
    assert post(sergeant, f"{owed}/take").status_code == 403
    sergeant.submit(owed, action=f"{owed}/give", officer="nobody")
    assert offers(store)[0].owner_id is None


def test_a_leaver_cannot_be_given_an_offer_by_an_old_page(
    sergeant: StrictClient, owed: str, store: Store, force: Force
) -> None:
    leaver = force.actors["officer3"].id
    with store.work(writes=True) as work:
        work.session.execute(update(Account).where(Account.id == leaver).values(closed_at=work.now))
    assert post(sergeant, f"{owed}/give", officer=str(leaver)).status_code == 422


def test_only_a_supervisor_ends_offers_and_says_why(
    officer: StrictClient, sergeant: StrictClient, owed: str, store: Store
) -> None:
    assert officer.get(f"{owed}/end").status_code == 403
    assert post(officer, f"{owed}/end", reason="unsafe", words=KNOWN).status_code == 403
    for values, refusal in (
        ({}, "Choose why no further offer is made"),
        ({"reason": "moved_away"}, "Say what is known"),
        (
            {"reason": "declined_again", "words": KNOWN},
            "has declined once. This reason needs twice",
        ),
    ):
        refused = sergeant.submit(f"{owed}/end", expect=422, **values)
        assert refusal in refused.text
        assert values.get("words", "") in refused.text
    sergeant.submit(f"{owed}/end", reason="moved_away", words=KNOWN)
    [offer] = offers(store)
    assert (offer.state, offer.code) == (State.REOFFER_CLOSED, "moved_away")
    assert attempts(store)[0].state is State.CLOSED
    assert last(store, "reoffer.closed")[1] == {"reason": "moved_away"}
    assert KNOWN in officer.page(owed).text()
    assert post(sergeant, f"{owed}/end", reason="other", words=KNOWN).status_code == 409
    assert post(officer, f"{owed}/offer").status_code == 409
    assert "Do not contact" not in officer.page(owed).text()


def test_unsafe_to_contact_stops_contact_and_says_why_wherever_one_would(
    officer: StrictClient, sergeant: StrictClient, owed: str, store: Store
) -> None:
    second = offer_again(officer, owed)  # opened, never begun
    incident = officer.page(owed).link("Open the incident")
    sergeant.submit(f"{owed}/end", reason="unsafe", words=KNOWN)
    for page in (incident, owed, f"/assessments/{attempts(store)[0].id}/record"):
        shown = officer.page(page).text()
        assert "Do not contact" in shown
        assert KNOWN in shown
    assert "Start the assessment" not in officer.page(incident).text()
    assert attempts(store)[1].state is State.VOID
    assert officer.get(second).location == f"{second}/record"
    refused = post(officer, f"{second}/start", mode="in_person", seen_alone="yes")
    assert refused.status_code == 409
    refused = post(officer, f"{owed}/offer")
    assert refused.status_code == 409
    assert "Do not contact this victim" in refused.text
    assert KNOWN not in officer.page("/reoffers").text()


def test_an_offer_that_was_not_made_stays_owed_with_its_clock_running(
    officer: StrictClient, sergeant: StrictClient, owed: str, store: Store
) -> None:
    due_at = offers(store)[0].due_at
    second = offer_again(officer, owed)
    officer.submit(f"{second}/not-offered", primary="urgent_duty")
    officer.submit(f"{second}/finish", **CLOSING)
    approve(sergeant, second)
    [offer] = offers(store)
    assert (offer.state, offer.due_at) == (State.REOFFER_DUE, due_at)
    third = offer_again(officer, owed)
    assert [each.attempt for each in attempts(store)] == [1, 2, 3]
    sergeant.submit(f"{owed}/end", reason="unsafe", words=KNOWN)
    assert post(officer, f"{third}/start", mode="in_person", seen_alone="yes").status_code == 409


def test_what_was_not_made_cannot_be_taken_up_once_offers_have_ended(
    officer: StrictClient, sergeant: StrictClient, owed: str, store: Store
) -> None:
    second = offer_again(officer, owed)
    officer.submit(f"{second}/not-offered", primary="urgent_duty")
    sergeant.submit(f"{owed}/end", reason="unsafe", words=KNOWN)
    assert post(officer, f"{second}/resume").status_code == 409
    assert attempts(store)[1].state is State.NOT_OFFERED
    officer.submit(f"{second}/finish", **CLOSING)
    approve(sergeant, second)
    assert [each.state for each in offers(store)] == [State.REOFFER_CLOSED]  # and none anew


def test_a_second_decline_is_reviewed_on_its_own_and_may_then_be_the_reason(
    officer: StrictClient, sergeant: StrictClient, owed: str, store: Store
) -> None:
    second = offer_again(officer, owed)
    decline(officer, second)
    assert "attempt 2" in sergeant.page("/reviews").text()
    approve(sergeant, second)
    assert [each.state for each in offers(store)] == [State.REOFFERED, State.REOFFER_DUE]
    assert "Attempt 2: declined" in officer.page("/reoffers").text()
    newest = f"/reoffers/{offers(store)[1].id}"
    sergeant.submit(f"{newest}/end", reason="declined_again", words="Clear both times, and alone.")
    assert (fact(store).outcome, fact(store).attempt) == (Outcome.DECLINED, 1)
    assert fact(store).converted_on is None


def test_a_later_success_is_recorded_and_the_decline_still_counts(
    officer: StrictClient, sergeant: StrictClient, owed: str, store: Store
) -> None:
    counted = fact(store)
    second = offer_again(officer, owed)
    officer.submit(second, action="/start", mode="in_person", seen_alone="yes")
    answer_all(officer, second)
    officer.submit(f"{second}/finish", **CLOSING)
    now = fact(store)
    assert (now.outcome, now.attempt, now.counted_on, now.reason) == (
        Outcome.DECLINED,
        1,
        counted.counted_on,
        "fear_of_abuser",
    )
    assert now.converted_on is not None
    assert "recorded as completed" in officer.page(f"{second}/record").text()
    first = f"/assessments/{attempts(store)[0].id}"
    assert "recorded as declined" in officer.page(f"{first}/record").text()
    assert "later assessed" not in sergeant.page("/reports").text()
    with store.work(writes=False) as work:
        work.now += timedelta(days=29)  # D5 waits until the 28 days after a decline are over
        period = Period.year_to(london_date(work.now))
        assert decline_figures(work, DeclineFilter(period), ()).measures["D5"].counts == "1 of 1"
    review = second.replace("assessments", "reviews")
    sergeant.submit(f"{review}/void", words="Recorded for another victim.")
    assert fact(store).converted_on is None


def test_what_is_overdue_reaches_the_inspector_of_the_force_who_may_end_it(
    officer: StrictClient, sergeant: StrictClient, as_: SignIn, owed: str, store: Store
) -> None:
    make_late(store, days=3, hours=2)
    late = f"Overdue by {distance(store, -74)}"
    inspector = as_("inspector1")
    shown = inspector.page("/reoffers").text()
    assert late in shown
    assert "North" in shown
    assert "Offers 1" in inspector.page("/reports").text()
    assert late in officer.page("/reoffers").text()
    inspector.submit(owed, action=f"{owed}/give", officer=_option(inspector, owed, "officer3"))
    inspector.submit(f"{owed}/end", reason="asked", words="Rang the front desk and asked for it.")
    assert offers(store)[0].code == "asked"
    assert names(store).count("reoffer.escalated") == 1  # noted with the first act


def _option(client: StrictClient, path: str, name: str) -> str:
    [value] = re.findall(rf'<option value="([^"]+)"[^>]*>[^<]*{name}<', client.get(path).text)
    return str(value)


def test_escalation_is_noted_once(owed: str, store: Store) -> None:
    def run() -> int:
        with store.work(writes=True) as work:
            return escalate(work)

    assert run() == 0
    make_late(store, minutes=1)
    assert [run(), run()] == [1, 0]
    assert names(store).count("reoffer.escalated") == 1


def test_nobody_ends_offers_that_they_made_themselves(
    officer: StrictClient, as_: SignIn, owed: str, store: Store, force: Force
) -> None:
    """For somebody who made one as an officer and has become a sergeant since."""
    with store.work(writes=True) as work:
        work.session.execute(update(Assessment).values(author_id=force.actors["sergeant1"].id))
    refused = post(as_("sergeant1"), f"{owed}/end", reason="moved_away", words=KNOWN)
    assert refused.status_code == 403
    assert offers(store)[0].state is State.REOFFER_DUE


def test_with_an_attempt_made_in_error_its_offer_falls(
    officer: StrictClient, sergeant: StrictClient, owed: str, store: Store
) -> None:
    review = f"/reviews/{attempts(store)[0].id}"
    sergeant.submit(f"{review}/void", words="Recorded under the wrong number.")
    assert "Your team owes no offer" in officer.page("/reoffers").text()
    assert post(officer, f"{owed}/offer").status_code == 409


def test_with_a_second_attempt_made_in_error_the_offer_is_owed_again(
    officer: StrictClient, sergeant: StrictClient, owed: str, store: Store
) -> None:
    due_at = offers(store)[0].due_at
    second = offer_again(officer, owed)
    decline(officer, second)
    review = second.replace("assessments", "reviews")
    sergeant.submit(f"{review}/void", words="That was another victim.")
    [offer] = offers(store)
    assert (offer.state, offer.due_at, offer.ended_at) == (State.REOFFER_DUE, due_at, None)
    assert last(store, "reoffer.taken_back")[1] == {}
    third = offer_again(officer, owed)
    assert [each.attempt for each in attempts(store)] == [1, 2, 3]
    decline(officer, third)
    assert offers(store)[0].state is State.REOFFERED
    assert "Attempt 3: declined" not in officer.page("/reoffers").text()  # still to be reviewed


def test_every_end_reason_can_be_recorded(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    for each in EndReason:
        if each is EndReason.DECLINED_AGAIN:
            continue
        path = owed_offer(officer, sergeant)
        sergeant.submit(f"{path}/end", reason=each.value, words=KNOWN)
    assert {each.code for each in offers(store)} == set(EndReason) - {EndReason.DECLINED_AGAIN}


def test_an_offer_is_due_when_the_officer_said_if_that_is_sooner(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", primary="distrust", basis="said")
    officer.submit(f"{path}/finish", **(CLOSING | {"grade": "standard", "next_offer": "day"}))
    approve(sergeant, path)
    with store.work(writes=False) as work:
        [owed] = work.session.scalars(select(FollowUp))
    assert owed.due_at - owed.created_at == timedelta(days=1)


def test_where_no_safe_way_is_known_no_number_is_shown(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    path = new_assessment(officer, started=False, victim_phone="07700 900000")
    officer.submit(f"{path}/decline", primary="fear_of_abuser", basis="said")
    unsafe = {"contact_ways": ["none"], "contact_times": [], "next_offer": "unsafe"}
    officer.submit(f"{path}/finish", **(CLOSING | unsafe))
    approve(sergeant, path)
    assert "No safe way known" in officer.page("/reoffers").text()
    record = officer.get(f"{path}/record").text
    [incident, *_] = re.findall(r'href="(/incidents/[0-9a-f-]{36})"', record)
    offer = officer.page(incident).link("Offer again")
    text = officer.page(offer).text()
    assert "Contact may not be safe" in text
    assert "07700 900000" not in text


def test_two_victims_of_one_incident_are_told_apart_in_the_list(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    two_declined(officer, sergeant)
    page = officer.page("/reoffers")
    assert page.text().count("Victim 1 of 2") == page.text().count("Victim 2 of 2") == 1
    named = [each.get("aria-label", "") for each in page.all("a")]
    assert sum("Offer again: SM-" in each and "Victim 2 of 2" in each for each in named) == 1
