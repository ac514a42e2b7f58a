"""Ending an attempt: at the door, midway, not possible, not offered, exempt, and changing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.assessment import Outcome, State
from dash_forms.domain.declines import Basis, Ending
from dash_forms.store.answers import StoredAnswer, stored_answers
from dash_forms.store.models import Assessment, AssessmentReason, Base, PairFact
from dash_forms.store.work import Store
from tests.support.client import StrictClient, page_of
from tests.support.force import DUTIES, new_assessment, new_incident, operation, sync
from tests.support.log import last, names
from tests.support.page import Page

SignIn = Callable[[str], StrictClient]
ALL = set(range(1, 28))
DECLINE: dict[str, Any] = {"primary": "fear_of_abuser", "basis": "said"}
CLOSING: dict[str, Any] = {
    "children": "no",
    "grade": "medium",
    "rationale": "Seen by the officers who attended.",
}


def id_of(path: str) -> UUID:
    return UUID(path.rsplit("/", 1)[1])


def answers(store: Store, path: str) -> dict[int, StoredAnswer]:
    with store.work(writes=False) as work:
        return stored_answers(work, id_of(path))


def values(store: Store, path: str) -> dict[int, AnswerValue | None]:
    return {number: each.content.value for number, each in answers(store, path).items()}


def state(store: Store, path: str) -> State:
    with store.work(writes=False) as work:
        return work.session.get_one(Assessment, id_of(path)).state


def the_fact(store: Store) -> PairFact:
    with store.work(writes=False) as work:
        return work.session.scalars(select(PairFact)).one()


def reasons(store: Store) -> dict[str, tuple[Ending, Basis, bool]]:
    with store.work(writes=False) as work:
        rows = work.session.scalars(select(AssessmentReason))
        return {row.code: (row.ending, row.basis, row.is_primary) for row in rows}


def answer(client: StrictClient, path: str, item: int, value: str, **more: object) -> None:
    [receipt] = sync(client, [operation(str(id_of(path)), item, value, **more)])
    assert receipt["receipt"] == "applied", receipt


def submit(client: StrictClient, path: str, **more: object) -> None:
    filled: dict[str, Any] = CLOSING | {"mode": "in_person", "seen_alone": "yes"} | DUTIES | more
    client.submit(f"{path}/finish", **filled)


def test_a_decline_at_the_door_leaves_every_topic_declined_and_goes_on_to_the_grade(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    sent = officer.submit(f"{path}/decline", **DECLINE)
    assert sent.location == f"{path}/finish"
    assert values(store, path) == dict.fromkeys(ALL, AnswerValue.DECLINED)
    assert state(store, path) is State.DECLINING
    submit(officer, path)
    fact = the_fact(store)
    assert (fact.outcome, fact.reason) == (Outcome.DECLINED, "fear_of_abuser")
    assert fact.reason_basis is Basis.SAID


def test_a_decline_midway_is_partial_and_keeps_what_was_answered(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    answer(officer, path, 1, "yes", note="a bruise")
    answer(officer, path, 18, "no")
    page = officer.page(f"{path}/decline")
    assert "answered 2 of 27 topics" in page.text()
    officer.submit(f"{path}/decline", **DECLINE)
    found = values(store, path)
    assert (found.pop(1), found.pop(18)) == (AnswerValue.YES, AnswerValue.NO)
    assert found == dict.fromkeys(ALL - {1, 18}, AnswerValue.DECLINED)
    assert answers(store, path)[1].content.note == "a bruise"
    assert state(store, path) is State.READY_PARTIAL
    submit(officer, path)
    assert the_fact(store).outcome is Outcome.PARTIAL


def test_a_note_without_an_answer_is_not_lost_by_a_decline(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    [receipt] = sync(officer, [operation(str(id_of(path)), 3, None, note="looked at the door")])
    assert receipt["receipt"] == "applied"
    officer.submit(f"{path}/decline", **DECLINE)
    content = answers(store, path)[3].content
    assert (content.value, content.note) == (AnswerValue.DECLINED, "looked at the door")


def test_what_could_not_be_asked_is_not_asked_and_stays_out_of_the_rate(
    officer: StrictClient, as_: SignIn, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/unable", primary="intoxicated")
    assert values(store, path) == dict.fromkeys(ALL, AnswerValue.NOT_ASKED)
    submit(officer, path)
    fact = the_fact(store)
    assert (fact.outcome, fact.reason) == (Outcome.UNABLE, "intoxicated")
    assert fact.reason_basis is Basis.INFERRED
    rate = as_("analyst1").get("/reports/declines.json").json
    assert rate is not None
    assert (rate["numerator"], rate["denominator"]) == (0, 0)


def test_not_offered_is_a_failure_of_ours_and_stays_out_of_the_rate(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/not-offered", primary="forgotten")
    assert values(store, path) == dict.fromkeys(ALL, AnswerValue.NOT_ASKED)
    officer.submit(f"{path}/finish", **CLOSING, **DUTIES)  # how it was offered is not asked
    assert the_fact(store).outcome is Outcome.NOT_OFFERED


@pytest.mark.parametrize(("ending", "code"), [("not-offered", "forgotten"), ("exempt", "deceased")])
def test_after_an_answer_of_the_victim_it_was_offered_and_cannot_be_said_otherwise(
    officer: StrictClient, store: Store, ending: str, code: str
) -> None:
    path = new_assessment(officer)
    answer(officer, path, 1, "no")
    officer.submit(f"{path}/{ending}", expect=409, primary=code)
    assert state(store, path) is State.DRAFT
    assert reasons(store) == {}
    assert values(store, path) == {1: AnswerValue.NO}
    assert "Was not offered" not in officer.page(path).text()


def test_exempt_waits_for_a_supervisor_and_closes_the_topics(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    sent = officer.submit(f"{path}/exempt", primary="under_16")
    assert sent.location == f"{path}/record"
    assert state(store, path) is State.EXEMPT_PENDING
    assert values(store, path) == {}
    assert the_fact(store).outcome is Outcome.PENDING  # until a supervisor has endorsed it
    [receipt] = sync(officer, [operation(str(id_of(path)), 1, "yes")])
    assert receipt["receipt"] == "rejected"


@pytest.mark.parametrize(
    ("ending", "filled", "error"),
    [
        ("decline", {}, "Choose the main reason"),
        ("decline", {"primary": "intoxicated", "basis": "said"}, "Choose the main reason"),
        ("decline", {"primary": "distrust"}, "Say whose words the reason is"),
        ("decline", {"primary": "other_decline", "basis": "said"}, "Say in a few words"),
        ("unable", {}, "Choose the main reason"),
        ("unable", {"primary": "distrust"}, "Choose the main reason"),
        ("not-offered", {"primary": "other_not_offered"}, "Say in a few words"),
        ("exempt", {"primary": "not_domestic"}, "Say in a few words"),
        ("unable", {"primary": "left", "text": "x" * 501}, "Shorten this by 1 character"),
    ],
)
def test_an_ending_without_its_reason_is_refused_beside_the_field(
    officer: StrictClient, store: Store, ending: str, filled: dict[str, Any], error: str
) -> None:
    path = new_assessment(officer, started=False)
    page = page_of(officer.submit(f"{path}/{ending}", expect=422, **filled))
    assert any(each.startswith(error) for each in page.errors), page.errors
    assert state(store, path) is State.REQUIRED
    assert reasons(store) == {}


def test_who_gave_no_reason_has_no_words_to_state(officer: StrictClient, store: Store) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", primary="none_given")
    assert reasons(store) == {"none_given": (Ending.DECLINED, Basis.INFERRED, True)}


@pytest.mark.parametrize(
    ("ending", "named"),
    [
        ("decline", "“Another reason”"),
        ("unable", "“Another reason”"),
        ("not-offered", "“Another reason”"),
        ("exempt", "“Another force or agency owns it”"),
    ],
)
def test_the_page_says_with_which_reasons_words_are_needed(
    officer: StrictClient, ending: str, named: str
) -> None:
    path = new_assessment(officer, started=False)
    text = officer.page(f"{path}/{ending}").text()
    assert f"{named}; otherwise only if it helps" in text


def test_every_reason_is_kept_with_whose_words_it_is(officer: StrictClient, store: Store) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(
        f"{path}/decline",
        primary="distrust",
        basis="inferred",
        said=["immigration", "bad_time", "distrust"],
        inferred=["shame_community", "bad_time"],
    )
    declined = Ending.DECLINED
    assert reasons(store) == {
        "distrust": (declined, Basis.INFERRED, True),
        "immigration": (declined, Basis.SAID, False),
        "bad_time": (declined, Basis.SAID, False),
        "shame_community": (declined, Basis.INFERRED, False),
    }
    assert last(store, "assessment.ending_recorded")[1]["reasons"][0] == "distrust"
    text = officer.page(f"{path}/record").text()
    assert "Worried about immigration status" in text


def test_the_words_of_a_reason_are_sealed_and_shown_on_the_record(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    said = "would rather talk to her sister"
    officer.submit(f"{path}/decline", primary="other_decline", basis="said", text=said)
    assert said in officer.page(f"{path}/record").text()
    with store.work(writes=False) as work:
        tables = Base.metadata.sorted_tables
        rows = [str(row) for table in tables for row in work.session.execute(select(table))]
    assert not [row for row in rows if "sister" in row]


def propose(client: StrictClient, path: str) -> Page:
    """Scenario 7: "declined" because her husband was in the room."""
    response = client.submit(
        f"{path}/decline",
        expect=200,
        primary="other_decline",
        basis="said",
        text="husband was in the room",
    )
    return page_of(response)


def press(client: StrictClient, path: str, page: Page, button: str) -> None:
    data = page.form().filled(**{button: "1"})
    response = client.post(page.form().action or f"{path}/decline", data=data)
    assert response.status_code == 303, response.text
    assert response.location == f"{path}/finish"


def test_a_reason_that_means_unable_is_questioned_before_anything_is_stored(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    page = propose(officer, path)
    assert "Could it simply not be done?" in page.text()
    assert "no privacy, or the abuser was present" in page.text()
    assert page.form().fields["text"] == ["husband was in the room"]
    assert page.form().fields["primary"] == ["other_decline"]
    assert state(store, path) is State.REQUIRED
    assert reasons(store) == {}


def test_the_officer_can_take_the_proposal(officer: StrictClient, store: Store) -> None:
    path = new_assessment(officer, started=False)
    press(officer, path, propose(officer, path), "as_unable")
    assert state(store, path) is State.UNABLE
    assert reasons(store) == {"no_privacy": (Ending.UNABLE, Basis.SAID, True)}
    assert values(store, path) == dict.fromkeys(ALL, AnswerValue.NOT_ASKED)
    assert "husband was in the room" in officer.page(f"{path}/record").text()


def test_the_officer_can_insist_on_the_decline(officer: StrictClient, store: Store) -> None:
    path = new_assessment(officer, started=False)
    press(officer, path, propose(officer, path), "still_declined")
    assert state(store, path) is State.DECLINING
    assert reasons(store) == {"other_decline": (Ending.DECLINED, Basis.SAID, True)}


@pytest.mark.parametrize("code", ["abuser_in_room", "too_intoxicated", "not_understood"])
def test_a_listed_situation_is_questioned_too(officer: StrictClient, code: str) -> None:
    path = new_assessment(officer, started=False)
    response = officer.submit(f"{path}/decline", expect=200, primary=code, basis="said")
    assert "Could it simply not be done?" in response.text


def test_resuming_opens_what_the_ending_filled_and_keeps_what_was_answered(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    answer(officer, path, 1, "yes", note="a bruise")
    [note] = sync(officer, [operation(str(id_of(path)), 3, None, note="kept note")])
    assert note["receipt"] == "applied"
    officer.submit(f"{path}/decline", **DECLINE)
    rev = answers(store, path)[5].rev
    answer(officer, path, 5, "yes", source="officer_observed", base_rev=rev)
    officer.submit(path, action="/resume")
    found = answers(store, path)
    kept = {n: each.content.value for n, each in found.items() if each.content.value}
    assert kept == {1: AnswerValue.YES, 5: AnswerValue.YES}
    assert (found[1].content.note, found[3].content.note) == ("a bruise", "kept note")
    assert state(store, path) is State.DRAFT
    assert reasons(store) == {}
    assert "assessment.resumed" in names(store)


def test_what_the_officer_saw_after_a_decline_stays_and_the_decline_stands(
    officer: StrictClient, store: Store
) -> None:
    """A decline never blanks observed answers, and they never make it less of one."""
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", **DECLINE)
    page = officer.page(path)
    checked = page.root.find(".//input[@name='q1-source'][@checked]")
    assert checked is not None
    assert checked.get("value") == "officer_observed"
    answer(officer, path, 1, "yes", source="officer_observed", base_rev=1, note="cut lip")
    submit(officer, path)
    assert values(store, path)[1] is AnswerValue.YES
    assert the_fact(store).outcome is Outcome.DECLINED
    assert "cut lip" in officer.page(f"{path}/record").text()


def test_a_victim_who_answers_after_all_is_no_longer_counted_as_declining(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", **DECLINE)
    answer(officer, path, 1, "yes", source="victim", base_rev=1)
    submit(officer, path)
    assert the_fact(store).outcome is Outcome.PARTIAL


def test_an_ending_is_corrected_until_it_is_submitted_and_only_the_last_counts(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", **DECLINE)
    officer.submit(f"{path}/unable", primary="interpreter")
    assert values(store, path) == dict.fromkeys(ALL, AnswerValue.NOT_ASKED)
    assert list(reasons(store)) == ["interpreter"]
    submit(officer, path)
    assert the_fact(store).outcome is Outcome.UNABLE
    response = officer.post(f"{path}/decline", data=DECLINE | {"csrf_token": officer.csrf_token()})
    assert response.status_code == 409
    assert list(reasons(store)) == ["interpreter"]


def test_the_same_decline_sent_twice_is_one(officer: StrictClient, store: Store) -> None:
    path = new_assessment(officer, started=False)
    form = officer.page(f"{path}/decline").form()
    for _ in range(2):
        assert officer.post(f"{path}/decline", data=form.filled(**DECLINE)).status_code == 303
    assert len(reasons(store)) == 1
    assert values(store, path) == dict.fromkeys(ALL, AnswerValue.DECLINED)
    officer.submit(path, action="/resume")
    assert set(values(store, path).values()) == {None}


def test_a_victim_under_16_leads_to_the_exemption(officer: StrictClient, store: Store) -> None:
    page = officer.page(new_incident(officer, born_on=["1", "1", "2020"]))
    path = page.link("Record as exempt").removesuffix("/exempt")
    officer.submit(f"{path}/exempt", primary="under_16")
    assert state(store, path) is State.EXEMPT_PENDING


@pytest.mark.parametrize("ending", ["decline", "unable", "not-offered"])
def test_a_victim_under_16_can_be_nothing_but_exempt(
    officer: StrictClient, store: Store, ending: str
) -> None:
    """Else the child would count as one who was assessed or declined."""
    page = officer.page(new_incident(officer, born_on=["1", "1", "2020"]))
    path = page.link("Record as exempt").removesuffix("/exempt")
    code = {"decline": "distrust", "unable": "left", "not-offered": "forgotten"}[ending]
    officer.submit(f"{path}/{ending}", expect=409, primary=code, basis="said")
    form = officer.page(f"{path}/exempt").form()
    start = form.filled(mode="in_person", seen_alone="yes")
    assert officer.post(f"{path}/start", data=start).status_code == 409
    assert state(store, path) is State.REQUIRED


def test_under_16_is_no_reason_for_somebody_who_is_not(officer: StrictClient, store: Store) -> None:
    path = new_assessment(officer, started=False, born_on=["1", "1", "1990"])
    page = page_of(officer.submit(f"{path}/exempt", expect=422, primary="under_16"))
    assert "this reason does not apply" in page.errors[0]
    assert state(store, path) is State.REQUIRED


@pytest.mark.parametrize(("ending", "code"), [("not-offered", "forgotten"), ("exempt", "deceased")])
@pytest.mark.parametrize("made", ["start", "decline"])
def test_once_an_offer_was_made_it_cannot_be_said_that_there_was_none(
    officer: StrictClient, store: Store, made: str, ending: str, code: str
) -> None:
    path = new_assessment(officer, started=made == "start")
    if made == "decline":
        officer.submit(f"{path}/decline", **DECLINE)
    officer.submit(f"{path}/{ending}", expect=409, primary=code)
    assert state(store, path) in {State.DRAFT, State.DECLINING}


def test_declining_is_one_tap_from_the_start_and_from_every_card(officer: StrictClient) -> None:
    path = new_assessment(officer, started=False)
    assert officer.page(path).link("Victim declines") == f"{path}/decline"
    officer.submit(path, action="/start", mode="in_person", seen_alone="yes")
    assert officer.page(path).link("Victim declines") == f"{path}/decline"
