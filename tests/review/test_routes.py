"""The review: a queue, a record to be read, a decision, and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from dash_forms.domain.assessment import Outcome, State
from dash_forms.domain.grading import Grade
from dash_forms.domain.permissions import Role
from dash_forms.domain.review import Decision, FollowUpKind
from dash_forms.store.grades import ledger
from dash_forms.store.models import Assessment, FollowUp, PairFact, Review
from dash_forms.store.versions import snapshots
from dash_forms.store.work import Store
from tests.support.cases import CLOSING, decide, declined, id_of, read_all, review_of, submitted
from tests.support.client import StrictClient
from tests.support.force import DUTIES, new_assessment, new_incident, operation, skip_offered, sync
from tests.support.log import last, names

SignIn = Callable[[str], StrictClient]
WHY = "Calls to this address have become more frequent."


def assessment(store: Store, path: str) -> Assessment:
    with store.work(writes=False) as work:
        return work.session.get_one(Assessment, id_of(path))


def fact(store: Store, path: str) -> PairFact | None:
    with store.work(writes=False) as work:
        row = work.session.get_one(Assessment, id_of(path))
        return work.session.get(PairFact, row.pair_id)


def follow_ups(store: Store) -> list[FollowUp]:
    with store.work(writes=False) as work:
        return list(work.session.scalars(select(FollowUp)))


def post(sergeant: StrictClient, path: str, **data: str) -> Any:
    """Send what no page offers."""
    [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', sergeant.get("/reviews").text)
    return sergeant.post(path, data=data | {"csrf_token": token})


def test_what_is_submitted_waits_in_the_queue_and_is_approved_once_read(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = submitted(officer)
    queue = sergeant.page("/reviews").text()
    assert "1 waits for a decision" in queue
    assert read_all(sergeant, path) == 5  # how it ended, and the four sections
    assert assessment(store, path).state is State.IN_REVIEW
    assert decide(sergeant, path, "agreed").location == f"/reviews?done=agreed&of={id_of(path)}"
    assert assessment(store, path).state is State.CLOSED  # nothing is owed after a completed one
    assert follow_ups(store) == []
    assert last(store, "review.decided")[1] == {"decision": "agreed", "version": 1}
    assert "Nothing waits" in sergeant.page("/reviews").text()


def test_nobody_decides_what_they_have_not_read(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = submitted(officer)
    sergeant.submit("/reviews", action=f"{review_of(path)}/open")
    refused = decide(sergeant, path, "agreed", expect=422)
    assert "Read 5 sections more before you decide" in refused.text
    assert assessment(store, path).state is State.IN_REVIEW


def test_a_part_counts_as_read_only_where_it_was_shown_to_this_reviewer(
    officer: StrictClient, sergeant: StrictClient, as_: SignIn, store: Store
) -> None:
    path = submitted(officer)
    review = review_of(path)
    sergeant.submit("/reviews", action=f"{review}/open")
    ending = sergeant.page(review).form("/sections/ending").fields
    [version], [proof] = ending["version"], ending["proof"]
    inspector = as_("inspector1")
    post(inspector, f"{review}/open")
    for reader, section, values in (
        (sergeant, "ending", {}),
        (sergeant, "ending", {"version": version, "proof": "é" * 64}),
        (sergeant, "now", {"version": version, "proof": proof}),  # another part's
        (sergeant, "ending", {"version": "2", "proof": proof}),
        (inspector, "ending", {"version": version, "proof": proof}),  # somebody else's
    ):
        refused = post(reader, f"{review}/sections/{section}", **values)
        assert refused.status_code == 409
        assert "has not been shown to you yet" in refused.text
    assert "review.section_read" not in names(store)
    sent = post(sergeant, f"{review}/sections/ending", version=version, proof=proof)
    assert sent.status_code == 303
    assert names(store).count("review.section_read") == 1


def test_what_was_shown_of_an_older_version_is_not_read_of_the_newer(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    path = submitted(officer)
    review = review_of(path)
    sergeant.submit("/reviews", action=f"{review}/open")
    old = sergeant.page(review).form("/sections/ending").filled()
    read_all(sergeant, path)
    decide(sergeant, path, "returned", words="Say what was said of the car.")
    officer.submit(f"{path}/finish")
    sergeant.submit("/reviews", action=f"{review}/open")
    refused = sergeant.post(f"{review}/sections/ending", data=old)
    assert refused.status_code == 409
    assert "has sent a newer version" in refused.text


def test_a_decline_has_only_its_ending_to_read(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    assert read_all(sergeant, declined(officer)) == 1


def test_high_risk_comes_first_and_then_what_is_due_first(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    paths = [submitted(officer, grade=grade) for grade in ("standard", "medium", "high")]
    with store.work(writes=True) as work:  # the medium one was sent a day and an hour ago
        row = work.session.get_one(Assessment, id_of(paths[1]))
        row.submitted_at = row.submitted_at - timedelta(hours=25) if row.submitted_at else None
        row.review_due_at = row.review_due_at - timedelta(hours=25) if row.review_due_at else None
    page = sergeant.page("/reviews")
    shown = re.findall(r"/reviews/([0-9a-f-]+)/open", sergeant.get("/reviews").text)
    assert [UUID(each) for each in shown] == [id_of(paths[2]), id_of(paths[1]), id_of(paths[0])]
    assert page.text().count("Overdue") == 1


def test_a_return_says_what_to_fix_and_the_next_version_shows_what_changed(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = submitted(officer)
    sergeant.submit("/reviews", action=f"{review_of(path)}/open")
    decide(sergeant, path, "returned", expect=422)
    words = "Topic 8: the note says he waits outside. Is the answer still no?"
    decide(sergeant, path, "returned", words=words)
    assert assessment(store, path).state is State.RETURNED
    assert "Returned to the officer" in officer.page("/incidents").text()
    assert words not in officer.page(path).text()  # the victim may see the cards
    assert words in officer.page(f"{path}/finish").text()
    [incident] = set(officer.page("/incidents").links("/incidents/0"))
    assert officer.page(incident).link("See what to put right") == f"{path}/finish"
    [receipt] = sync(officer, [operation(str(id_of(path)), 8, "yes", base_rev=1)])
    assert receipt["receipt"] == "applied"
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", **(CLOSING | {"grade": "high"}))
    again = assessment(store, path)
    assert (again.state, again.version) == (State.SUBMITTED, 2)
    queue = sergeant.page("/reviews").text()
    assert "version 2" in queue
    assert "Since you read it: Risk grade, Stalking and harassment: 11 topics, Topic 8" in queue
    shown = sergeant.page(f"{review_of(path)}?section=ending").text()
    assert "Changed since version 1" in shown
    assert "Topic 8No (victim said)Yes (victim said)" in shown.replace("  ", "")
    with store.work(writes=False) as work:
        kept = snapshots(work, id_of(path))
    assert kept[1].closing["Risk grade"] == "Medium"
    assert kept[2].closing["Risk grade"] == "High"


def test_the_clock_keeps_running_while_the_officer_has_it_back(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = submitted(officer)
    due = assessment(store, path).review_due_at
    sergeant.submit("/reviews", action=f"{review_of(path)}/open")
    decide(sergeant, path, "returned", words="Say who lives there.")
    officer.submit(f"{path}/finish", **CLOSING)
    assert assessment(store, path).review_due_at == due


def test_a_regrade_stands_in_the_ledger_beside_the_first_grade(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = submitted(officer)
    read_all(sergeant, path)
    for values, refusal in (
        ({"words": WHY}, "Choose the new grade"),
        ({"grade": "high"}, "Say why the grade changes"),
        ({"grade": "high", "words": "Ten letters"}, "at least 20 characters"),
    ):
        assert refusal in decide(sergeant, path, "regraded", expect=422, **values).text
    same = decide(sergeant, path, "regraded", grade="medium", words=WHY, expect=422)
    assert "This is the officer’s grade" in same.text
    decide(sergeant, path, "regraded", grade="high", words=WHY)
    with store.work(writes=False) as work:
        grades = ledger(work, id_of(path))
    assert [(each.grade, each.given_as) for each in grades] == [
        (Grade.MEDIUM, Role.OFFICER),
        (Grade.HIGH, Role.SERGEANT),
    ]
    assert grades[1].rationale == WHY
    assert assessment(store, path).grade is Grade.HIGH


@pytest.mark.parametrize("words", ["", "Seen with the officer."])
def test_an_agreement_stands_in_the_ledger_as_well(
    words: str, officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    """The desk saw the officer's grade alone, as if nobody else had stood with it."""
    path = submitted(officer)
    read_all(sergeant, path)
    decide(sergeant, path, "agreed", words=words)
    with store.work(writes=False) as work:
        grades = ledger(work, id_of(path))
    assert [(each.grade, each.given_as) for each in grades] == [
        (Grade.MEDIUM, Role.OFFICER),
        (Grade.MEDIUM, Role.SERGEANT),
    ]
    assert grades[1].rationale == (words or "Agreed with the grade as it stands.")
    record = officer.page(f"{path}/record").text().partition("Grades so far")[2]
    assert grades[0].rationale in record
    assert grades[1].rationale in record


@pytest.mark.parametrize(("grade", "hours"), [("high", 24), ("medium", 72), ("standard", 168)])
def test_a_decline_is_to_be_offered_again_within_the_time_of_its_grade(
    officer: StrictClient, sergeant: StrictClient, store: Store, grade: str, hours: int
) -> None:
    path = declined(officer, grade=grade)
    read_all(sergeant, path)
    decide(sergeant, path, "agreed")
    assert assessment(store, path).state is State.APPROVED
    [owed] = [each for each in follow_ups(store) if each.kind is FollowUpKind.REOFFER]
    assert owed.state is State.REOFFER_DUE
    assert owed.due_at - owed.created_at == timedelta(hours=hours)


def test_a_returned_decline_may_turn_out_to_be_something_else_until_it_is_approved(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = declined(officer)
    before = fact(store, path)
    assert before is not None
    assert before.outcome is Outcome.DECLINED
    sergeant.submit("/reviews", action=f"{review_of(path)}/open")
    decide(sergeant, path, "returned", words="He was in the room: could she be asked at all?")
    officer.submit(f"{path}/not-offered", primary="forgotten", expect=409)
    officer.submit(f"{path}/unable", primary="no_privacy")
    officer.submit(f"{path}/finish", **CLOSING)
    after = fact(store, path)
    assert after is not None
    assert after.outcome is Outcome.UNABLE


def test_after_approval_nothing_of_it_can_change(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = submitted(officer)
    read_all(sergeant, path)
    decide(sergeant, path, "agreed")
    [receipt] = sync(officer, [operation(str(id_of(path)), 8, "yes", base_rev=1)])
    assert receipt["receipt"] == "rejected"
    assert officer.get(f"{path}/finish").location == f"{path}/record"
    sent = post(sergeant, f"{review_of(path)}/decide", decision="agreed", version="1")
    assert sent.status_code == 409


def test_scenario_14_nobody_reviews_their_own(
    officer: StrictClient, as_: SignIn, store: Store, force: Any
) -> None:
    """Not even somebody who wrote it as an officer and has become a sergeant since."""
    path = submitted(officer)
    with store.work(writes=True) as work:
        work.session.execute(update(Assessment).values(author_id=force.actors["sergeant1"].id))
    sergeant = as_("sergeant1")
    assert "Yours: somebody else reviews it" in sergeant.page("/reviews").text()
    assert post(sergeant, f"{review_of(path)}/open").status_code == 403
    assert sergeant.get(review_of(path)).status_code == 403
    assert assessment(store, path).state is State.SUBMITTED


def test_a_sergeant_sees_only_the_own_team(as_: SignIn, sergeant: StrictClient) -> None:
    path = submitted(as_("officer2"))
    assert "Nothing waits" in sergeant.page("/reviews").text()
    assert sergeant.get(review_of(path)).status_code == 404
    assert post(sergeant, f"{review_of(path)}/open").status_code == 404


@pytest.mark.parametrize("username", ["officer1", "analyst1", "admin1", "auditor1"])
def test_reviewing_is_for_supervisors(officer: StrictClient, as_: SignIn, username: str) -> None:
    path = submitted(officer)
    assert as_(username).get("/reviews").status_code == 403
    assert as_(username).get(review_of(path)).status_code == 403


def test_an_endorsed_exemption_counts_and_a_rejected_one_makes_it_due_again(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    paths = [new_assessment(officer, started=False) for _ in range(2)]
    for path in paths:
        officer.submit(f"{path}/exempt", primary="deceased")
    assert "Exemptions to endorse" in sergeant.page("/reviews").text()
    sergeant.submit(f"{review_of(paths[0])}/exemption", decision="endorsed")
    assert assessment(store, paths[0]).state is State.EXEMPT
    endorsed = fact(store, paths[0])
    assert endorsed is not None
    assert endorsed.outcome is Outcome.EXEMPT
    refused = sergeant.submit(f"{review_of(paths[1])}/exemption", decision="rejected", expect=422)
    assert "Say why an assessment is due after all" in refused.text
    words = "She is alive: the hospital has rung."
    sergeant.submit(f"{review_of(paths[1])}/exemption", decision="rejected", words=words)
    assert assessment(store, paths[1]).state is State.REQUIRED
    rejected = fact(store, paths[1])
    assert rejected is not None
    assert rejected.outcome is Outcome.PENDING
    assert words in officer.page(paths[1]).text()


def test_an_officer_reads_that_an_exemption_is_recorded_and_then_why_it_was_rejected(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    incident = new_incident(officer)
    path = officer.page(incident).link("Start the assessment")
    officer.submit(f"{path}/exempt", primary="deceased")
    assert "A supervisor has to endorse it." in officer.page(f"{path}/record").text()
    words = "She is alive: the hospital has rung."
    sergeant.submit(f"{review_of(path)}/exemption", decision="rejected", words=words)
    for page in ("/incidents", incident):
        text = officer.page(page).text()
        assert "An assessment is due after all" in text
        assert "Not started" not in text
    assert words in officer.page(incident).text()
    text = officer.page(path).text()
    assert "An assessment is due after all" in text
    assert words in text
    assert "Put this right" not in text
    assert "A supervisor has to endorse it." not in officer.page(f"{path}/record").text()
    officer.submit(path, action="/start", mode="in_person", seen_alone="yes")
    assert "An assessment is due after all" not in officer.page("/incidents").text()


def test_a_record_made_in_error_leaves_every_figure_and_stays_readable(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = submitted(officer)
    sergeant.submit(f"{review_of(path)}/void", words="", expect=422)
    words = "Recorded under the wrong incident number."
    sergeant.submit(f"{review_of(path)}/void", words=words)
    assert assessment(store, path).state is State.VOID
    assert fact(store, path) is None
    assert names(store).count("assessment.voided") == 1
    assert words in sergeant.page(f"{review_of(path)}?section=ending").text()
    assert "Made in error" in officer.page(f"{path}/record").text()


def test_all_no_and_very_fast_are_flagged_and_not_blocked(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    at = "2026-01-31T22:00:{:02}+00:00"
    sync(
        officer,
        [
            operation(str(id_of(path)), item, "no", asked_at=at.format(item))
            for item in range(1, 28)
        ],
    )
    officer.submit(f"{path}/finish", **CLOSING)
    shown = sergeant.page(f"{review_of(path)}?section=ending").text()
    assert "Every topic that was answered is “No”" in shown
    assert "Answered in 26 seconds; under 4 minutes is flagged" in shown
    read_all(sergeant, path)
    assert decide(sergeant, path, "agreed").location == f"/reviews?done=agreed&of={id_of(path)}"


def test_a_colleague_can_take_over_and_the_first_decision_stands(
    officer: StrictClient, sergeant: StrictClient, store: Store, as_: SignIn, force: Any
) -> None:
    path = submitted(officer)
    read_all(sergeant, path)
    with store.work(writes=True) as work:
        work.session.execute(update(Review).values(reviewer_id=force.actors["officer3"].id))
    assert "is reading it" in sergeant.page("/reviews").text()
    assert read_all(sergeant, path) == 5
    decide(sergeant, path, "agreed")
    with store.work(writes=False) as work:
        decisions = set(work.session.scalars(select(Review.decision)))
    assert decisions == {None, Decision.AGREED}


@pytest.mark.parametrize("ending", ["decline", "not-offered", "exempt"])
def test_two_victims_of_one_incident_are_told_apart_in_the_queue(
    officer: StrictClient, sergeant: StrictClient, ending: str
) -> None:
    incident = new_incident(officer)
    officer.submit(f"{incident}/victims/new", victim_name="Birch Invented")
    found = {link.split("/")[2] for link in officer.page(incident).links("/assessments/")}
    reasons: dict[str, dict[str, Any]] = {
        "decline": {"primary": "distrust", "basis": "said"},
        "not-offered": {"primary": "forgotten"},
        "exempt": {"primary": "deceased"},
    }
    for each in found:
        path = f"/assessments/{each}"
        officer.submit(f"{path}/{ending}", **reasons[ending])
        if ending == "decline":
            asked = CLOSING | DUTIES | {"mode": "in_person", "seen_alone": "yes"}
            officer.submit(f"{path}/finish", **asked)
    text = sergeant.page("/reviews").text()
    assert text.count("Victim 1 of 2") == text.count("Victim 2 of 2") == 1


def test_the_confirmation_says_of_which_incident_it_is(
    officer: StrictClient, sergeant: StrictClient, as_: SignIn
) -> None:
    incident = new_incident(officer, urn="SM-20260131-7002")
    path = officer.page(incident).link("Start the assessment")
    officer.submit(f"{path}/exempt", primary="deceased")
    page = f"{review_of(path)}/exemption"
    done = sergeant.submit(page, decision="endorsed").location
    text = sergeant.page(done).text()
    assert "Done: SM-20260131-7002" in text
    assert "Endorsed. No assessment is due." in text
    elsewhere = as_("officer2").page(new_incident(as_("officer2"), urn="SM-20260131-7003"))
    of = id_of(elsewhere.link("Start the assessment"))
    assert "7003" not in sergeant.page(f"/reviews?done=endorsed&of={of}").text()
    assert "Endorsed." in sergeant.page("/reviews?done=endorsed&of=nonsense").text()
