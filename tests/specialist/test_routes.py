"""The desk: second assessments, the decision on MARAC, and the tasks of a case."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from dash_forms.domain.assessment import State
from dash_forms.domain.grading import Grade
from dash_forms.domain.marac import Door
from dash_forms.domain.permissions import Role
from dash_forms.domain.referrals import KINDS, Channel, TaskKind, TaskState
from dash_forms.domain.review import FollowUpKind
from dash_forms.store.grades import ledger
from dash_forms.store.models import (
    Assessment,
    FollowUp,
    GradeEntry,
    Incident,
    MaracRecord,
    Pair,
    Task,
)
from dash_forms.store.work import Store
from tests.support.cases import (
    CLOSING,
    FOURTEEN,
    approve,
    decide,
    declined,
    id_of,
    read_all,
    submitted,
)
from tests.support.client import StrictClient, page_of
from tests.support.force import DUTIES, Force, answer_all, new_assessment, new_urn, skip_offered
from tests.support.log import last, names
from tests.support.offers import two_declined

SignIn = Callable[[str], StrictClient]
WHY = "Strangled twice this year, and he knows where she works."
SECOND: dict[str, Any] = {
    "grade": "medium",
    "rationale": "Her sister has taken her in, two hundred miles away.",
    "refer": "yes",
    "door": "professional_judgement",
    "reason": WHY,
}
PAIR: dict[str, Any] = {
    "victim_name": "Ashdown Invented",
    "born_on": ["1", "2", "1990"],
    "perpetrator_name": "Birch Invented",
    "perpetrator_born_on": ["3", "4", "1988"],
}


def record_of(path: str) -> str:
    return f"/desk/records/{id_of(path)}"


def follow_up(store: Store, path: str) -> FollowUp | None:
    with store.work(writes=False) as work:
        return work.session.scalar(
            select(FollowUp).where(
                FollowUp.assessment_id == id_of(path), FollowUp.kind == FollowUpKind.SECONDARY
            )
        )


def state_of(store: Store, path: str) -> State:
    with store.work(writes=False) as work:
        return work.session.get_one(Assessment, id_of(path)).state


def tasks(store: Store) -> list[Task]:
    with store.work(writes=False) as work:
        return list(work.session.scalars(select(Task).order_by(Task.created_at, Task.id)))


def decision(store: Store) -> MaracRecord | None:
    with store.work(writes=False) as work:
        return work.session.scalar(select(MaracRecord))


def post(client: StrictClient, path: str, **data: Any) -> Any:
    """Send what no page offers."""
    [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/desk").text)
    return client.post(path, data=data | {"csrf_token": token})


def second(specialist: StrictClient, path: str, *, expect: int = 303, **values: Any) -> Any:
    return specialist.submit(f"{record_of(path)}/assess", expect=expect, **(SECOND | values))


def add(specialist: StrictClient, path: str, *, expect: int = 303, **values: Any) -> Any:
    filled = {"kind": "idva"} | values
    return specialist.submit(f"{record_of(path)}/tasks/new", expect=expect, **filled)


def test_what_is_approved_as_high_waits_at_the_desk(
    specialist: StrictClient, store: Store, high: str
) -> None:
    assert state_of(store, high) is State.APPROVED
    owed = follow_up(store, high)
    assert owed is not None
    assert (owed.state, owed.due_at - owed.created_at) == (State.SECONDARY_DUE, timedelta(hours=24))
    assert "1 is due" in specialist.page("/desk").text()
    assert last(store, "desk.listed")[1] == {"count": 1}


@pytest.mark.parametrize("ticks", [13, 14])
def test_fourteen_of_the_twenty_four_come_to_the_desk_whatever_the_grade(
    ticks: int,
    officer: StrictClient,
    sergeant: StrictClient,
    store: Store,
    force: Force,
) -> None:
    """Topics 10 to 12 are not among the 24, so answering them "yes" changes nothing."""
    beside = {8, 10, 11, 12, 20}  # of which 8 and 20 lead to the desk by themselves
    of_24 = [number for number in range(1, 28) if number not in beside]
    path = new_assessment(officer)
    answer_all(officer, path, **{f"q{n}": "yes" for n in [*of_24[:ticks], 10, 11, 12]})
    skip_offered(officer, path)
    named: dict[str, Any] = CLOSING | {"authorised_because": "Both now live far from each other."}
    form = officer.page(f"{path}/finish").form()
    filled = form.filled(**named) | {"authoriser": str(force.actors["sergeant1"].id)}
    assert officer.post(f"{path}/finish", data=filled).status_code == 303
    read_all(sergeant, path)
    decide(sergeant, path, "agreed", words="Both now live far from each other.")
    assert (follow_up(store, path) is not None) == (ticks == 14)
    assert state_of(store, path) is State.APPROVED  # what is owed to the children keeps it open


def test_high_risk_comes_first_and_then_the_oldest(
    officer: StrictClient, sergeant: StrictClient, specialist: StrictClient
) -> None:
    paths = [
        approve(sergeant, submitted(officer, grade="medium", q8="yes")),
        approve(sergeant, submitted(officer, grade="high")),
        approve(sergeant, submitted(officer, grade="high")),
    ]
    shown = re.findall(r'href="/desk/records/([0-9a-f-]+)"', specialist.get("/desk").text)
    assert [UUID(each) for each in shown] == [id_of(paths[n]) for n in (1, 2, 0)]


def test_a_case_of_any_team_comes_to_the_desk(
    as_: SignIn, specialist: StrictClient, store: Store
) -> None:
    path = submitted(as_("officer2"), grade="high")
    with store.work(writes=True) as work:
        work.session.execute(update(Assessment).values(state=State.APPROVED))
    assert "Second assessment" in specialist.page(record_of(path)).text()


def test_the_second_grade_stands_in_the_ledger_beside_the_others(
    as_: SignIn, specialist: StrictClient, store: Store, high: str
) -> None:
    assert second(specialist, high).location == f"{record_of(high)}?done=assessed"
    with store.work(writes=False) as work:
        grades = ledger(work, id_of(high))
    assert [(each.grade, each.given_as) for each in grades] == [
        (Grade.HIGH, Role.OFFICER),
        (Grade.HIGH, Role.SERGEANT),
        (Grade.MEDIUM, Role.SPECIALIST),
    ]
    assert grades[2].rationale == SECOND["rationale"]
    assert SECOND["rationale"] in as_("officer1").page(f"{high}/record").text()
    owed = follow_up(store, high)
    assert owed is not None
    assert owed.state is State.SECONDARY_DONE
    taken = decision(store)
    assert taken is not None
    assert (taken.referred, taken.door) == (True, Door.PROFESSIONAL_JUDGEMENT)
    assert WHY in specialist.page(record_of(high)).text()
    assert names(store).count("desk.graded_again") == names(store).count("desk.marac_decided") == 1


def test_one_specialist_alone_does_not_go_below_what_the_count_means(
    officer: StrictClient, sergeant: StrictClient, specialist: StrictClient, store: Store
) -> None:
    high = approve(sergeant, submitted(officer, grade="high", **FOURTEEN))
    refused = specialist.submit(f"{record_of(high)}/assess", expect=422, **SECOND)
    assert "One person alone cannot go below that" in refused.text
    assert SECOND["rationale"] in refused.text
    specialist.submit(f"{record_of(high)}/assess", **(SECOND | {"grade": "high"}))
    with store.work(writes=False) as work:
        assert ledger(work, id_of(high))[-1].grade is Grade.HIGH


def test_a_yes_puts_the_referral_on_the_list_and_the_case_closes_once_it_is_sent(
    specialist: StrictClient, store: Store, high: str
) -> None:
    second(specialist, high)
    [task] = tasks(store)
    assert task.kind is TaskKind.MARAC_REFERRAL
    assert state_of(store, high) is State.APPROVED
    specialist.submit(f"/desk/tasks/{task.id}", action=f"/desk/tasks/{task.id}/end", state="done")
    assert state_of(store, high) is State.CLOSED


def test_a_no_with_nothing_else_to_do_closes_the_case(
    specialist: StrictClient, store: Store, high: str
) -> None:
    second(specialist, high, refer="no", door=None)
    assert state_of(store, high) is State.CLOSED
    taken = decision(store)
    assert taken is not None
    assert (taken.referred, taken.door) == (False, None)
    assert "Why not" in specialist.page(record_of(high)).text()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"grade": None}, "Choose a grade"),
        ({"rationale": "Too short"}, "Say why in at least 20 characters: the next officer"),
        ({"refer": None}, "Choose yes or no"),
        ({"door": None}, "Choose the door it goes through"),
        ({"reason": ""}, "Say why in at least 20 characters, for a yes and for a no"),
        ({"refer": "no", "door": None, "reason": "No."}, "Say why in at least 20 characters, for"),
        ({"refer": "no"}, "A “no” goes through no door"),
        ({"door": "window"}, "Choose one from the list"),
        ({"reason": "\u202e" + WHY}, "Remove the invisible character U+202E"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(
    values: dict[str, Any], sentence: str, specialist: StrictClient, store: Store, high: str
) -> None:
    page = page_of(second(specialist, high, expect=422, **values))
    assert len(page.errors) == 1
    assert page.errors[0].startswith(sentence)
    kept = page.form().fields
    for name in ("rationale", "reason"):
        assert kept[name] == [(SECOND | values)[name]]
    owed = follow_up(store, high)
    assert owed is not None
    assert owed.state is State.SECONDARY_DUE
    assert decision(store) is None


def test_everything_that_is_wrong_is_said_at_once(specialist: StrictClient, high: str) -> None:
    page = page_of(second(specialist, high, expect=422, rationale="x", door=None, reason="y"))
    assert len(page.errors) == 3


def test_a_second_assessment_is_done_once(
    officer: StrictClient, sergeant: StrictClient, specialist: StrictClient, store: Store, high: str
) -> None:
    second(specialist, high)
    assert specialist.get(f"{record_of(high)}/assess").location == record_of(high)
    assert post(specialist, f"{record_of(high)}/assess", **SECOND).status_code == 409
    with store.work(writes=False) as work:
        assert len(ledger(work, id_of(high))) == 3  # officer, sergeant, specialist
    medium = approve(sergeant, submitted(officer))
    assert post(specialist, f"{record_of(medium)}/assess", **SECOND).status_code == 409


def test_nobody_assesses_again_what_they_graded(
    specialist: StrictClient, store: Store, force: Force, high: str
) -> None:
    with store.work(writes=True) as work:
        me = force.actors["specialist1"].id
        work.session.execute(update(GradeEntry).values(given_by_id=me))
    assert "somebody else assesses it again" in specialist.page(record_of(high)).text()
    assert post(specialist, f"{record_of(high)}/assess", **SECOND).status_code == 403


def test_a_record_made_in_error_is_not_assessed_again(
    sergeant: StrictClient, specialist: StrictClient, high: str
) -> None:
    add(specialist, high)
    assert "1 open" in specialist.page("/desk").text()
    sergeant.submit(f"/reviews/{id_of(high)}/void", words="Recorded under the wrong number.")
    assert "None is due" in specialist.page("/desk").text()
    assert "No task is open" in specialist.page("/desk").text()
    assert post(specialist, f"{record_of(high)}/assess", **SECOND).status_code == 409
    assert post(specialist, f"{record_of(high)}/tasks/new", kind="idva").status_code == 422


def test_after_a_decline_the_page_offers_professional_judgement(
    officer: StrictClient, sergeant: StrictClient, specialist: StrictClient, store: Store
) -> None:
    path = approve(sergeant, declined(officer, grade="high"))
    text = specialist.page(f"{record_of(path)}/assess").text()
    assert "Professional judgement is open to this case" in text
    assert "None of the 24 was answered" in text
    second(specialist, path, refer="no", door=None)
    assert state_of(store, path) is State.APPROVED  # the victim is still to be offered it again


def refer_days_ago(store: Store, path: str, days: int) -> None:
    """Move the decision on MARAC, which was just taken, so far back."""
    with store.work(writes=True) as work:
        work.session.execute(
            update(MaracRecord)
            .where(MaracRecord.assessment_id == id_of(path))
            .values(decided_at=work.now - timedelta(days=days))
        )


def test_a_later_referral_does_not_hide_an_earlier_one(
    officer: StrictClient, sergeant: StrictClient, specialist: StrictClient, store: Store
) -> None:
    """What was decided after an incident was reported makes that incident no repeat."""
    paths = []
    for days in (40, 20, 1):
        paths.append(approve(sergeant, declined(officer, grade="high", urn=new_urn(), **PAIR)))
        with store.work(writes=True) as work:
            pair_id = work.session.get_one(Assessment, id_of(paths[-1])).pair_id
            incident = work.session.get_one(
                Incident, work.session.get_one(Pair, pair_id).incident_id
            )
            incident.reported_at = work.now - timedelta(days=days)
    first, middle, last_one = paths
    second(specialist, first)
    refer_days_ago(store, first, 30)
    second(specialist, last_one)  # which is newer than the incident in the middle
    refer_days_ago(store, last_one, 0)
    text = specialist.page(record_of(middle)).text()
    assert "Referred to MARAC on" in text
    assert "a door to MARAC as a repeat" in text
    assert "a door to MARAC as a repeat" not in specialist.page(record_of(first)).text()


def test_the_facts_of_each_door_stand_beside_it(
    officer: StrictClient, sergeant: StrictClient, specialist: StrictClient, store: Store
) -> None:
    first = approve(sergeant, declined(officer, grade="high", **PAIR))
    text = specialist.page(f"{record_of(first)}/assess").text()
    assert "No earlier incident is recorded in the 12 months before this one" in text
    assert "No referral of the same two is recorded in this system" in text
    second(specialist, first)
    refer_days_ago(store, first, 1)
    again = approve(sergeant, declined(officer, grade="high", urn=new_urn(), **PAIR))
    text = specialist.page(f"{record_of(again)}/assess").text()
    assert "1 earlier incident in the 12 months before this one, 1 of them between" in text
    assert "The same two were last referred on" in text


def test_a_task_is_added_taken_and_finished(
    as_: SignIn, specialist: StrictClient, store: Store, force: Force, high: str
) -> None:
    owner = force.actors["sergeant1"].id
    add(specialist, high, kind="clares_law_ask", owner=str(owner), asked="She asked at the door.")
    [task] = tasks(store)
    assert task.due_at - task.created_at == timedelta(days=28)
    assert task.owner_id == owner
    assert "Clare’s Law" in specialist.page("/desk").text()
    assert "No task is open for you" in specialist.page("/desk?tasks=mine").text()
    page = f"/desk/tasks/{task.id}"
    specialist.submit(page, action=f"{page}/take")
    assert "Clare’s Law" in specialist.page("/desk?tasks=mine").text()
    specialist.submit(
        page, action=f"{page}/end", state="done", words="Told in person at her sister’s."
    )
    [task] = tasks(store)
    assert (task.state, task.owner_id) == (TaskState.DONE, force.actors["specialist1"].id)
    assert post(specialist, f"{page}/take").status_code == 409
    assert post(specialist, f"{page}/end", state="done").status_code == 409
    for client in (as_("officer1"), as_("sergeant1")):
        text = client.page(f"{high}/record").text()
        assert "What is being done" in text
        assert "Told in person" in text
    assert names(store)[-12:].count("task.ended") == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": ""}, "Choose what is to be done"),
        ({"kind": "encompass"}, "Choose from the list"),
        ({"kind": "other"}, "Say what is to be done"),
        ({"due_at": ["2020-01-01", "10:00"]}, "This time has passed already"),
        ({"owner": "00000000-0000-7000-8000-000000000000"}, "Choose one from the list"),
    ],
)
def test_a_task_that_cannot_be_is_refused_in_words(
    values: dict[str, Any],
    sentence: str,
    officer: StrictClient,
    specialist: StrictClient,
    store: Store,
) -> None:
    path = submitted(officer)
    form = specialist.page(f"{record_of(path)}/tasks/new").form()
    sent = specialist.post(
        f"{record_of(path)}/tasks/new",
        data=form.filled(kind="idva") | values,
    )
    assert sent.status_code == 422
    [error] = page_of(sent).errors
    assert error.startswith(sentence)
    assert tasks(store) == []


def test_the_same_form_sent_twice_adds_one_task(
    officer: StrictClient, specialist: StrictClient, store: Store
) -> None:
    path, other = submitted(officer), submitted(officer)
    filled = specialist.page(f"{record_of(path)}/tasks/new").form().filled(kind="idva")
    for _ in range(2):
        sent = specialist.post(f"{record_of(path)}/tasks/new", data=filled)
        assert sent.status_code == 303
    assert len(tasks(store)) == 1
    elsewhere = specialist.post(f"{record_of(other)}/tasks/new", data=filled)
    assert elsewhere.status_code == 409


def test_a_task_that_is_not_needed_needs_a_reason(
    officer: StrictClient, specialist: StrictClient, store: Store
) -> None:
    path = submitted(officer)
    add(specialist, path)
    page = f"/desk/tasks/{tasks(store)[0].id}"
    refused = specialist.submit(page, action=f"{page}/end", state="not_needed", expect=422)
    assert "Say why it is not needed" in refused.text
    assert specialist.submit(page, action=f"{page}/end", expect=422).status_code == 422
    specialist.submit(
        page, action=f"{page}/end", state="not_needed", words="She has an IDVA already."
    )
    assert tasks(store)[0].state is TaskState.NOT_NEEDED


def test_an_open_task_keeps_an_approved_case_open(
    officer: StrictClient, sergeant: StrictClient, specialist: StrictClient, store: Store
) -> None:
    path = submitted(officer)
    add(specialist, path)
    approve(sergeant, path)
    assert state_of(store, path) is State.APPROVED
    page = f"/desk/tasks/{tasks(store)[0].id}"
    specialist.submit(page, action=f"{page}/end", state="done")
    assert state_of(store, path) is State.CLOSED


def test_the_other_party_reads_nothing_of_a_victims_tasks(
    officer: StrictClient, specialist: StrictClient, store: Store
) -> None:
    path = submitted(officer)
    incident = next(
        str(link.get("href"))
        for link in officer.page(f"{path}/record").all("a")
        if "/incidents/" in str(link.get("href"))
    )
    officer.submit(f"{incident}/victims/new", victim_name="Birch Invented")
    second_victim = officer.page(incident).link("Start the assessment")
    add(specialist, path, asked="Only for the first victim.")
    shown = officer.page(f"{path}/record").text()
    assert "Only for the first victim" in shown
    assert "Only for the first victim" not in officer.page(f"{second_victim}/record").text()


@pytest.mark.parametrize("username", ["officer1", "sergeant1", "analyst1", "admin1", "auditor1"])
def test_the_desk_is_for_specialists(
    username: str, officer: StrictClient, as_: SignIn, specialist: StrictClient, store: Store
) -> None:
    path = submitted(officer)
    add(specialist, path)
    client = as_(username)
    for address in ("/desk", record_of(path), f"/desk/tasks/{tasks(store)[0].id}"):
        assert client.get(address).status_code == 403


def test_no_list_names_anybody(
    officer: StrictClient, sergeant: StrictClient, specialist: StrictClient
) -> None:
    path = approve(sergeant, declined(officer, grade="high", **PAIR))
    for address in ("/desk", record_of(path), f"{record_of(path)}/assess"):
        text = specialist.page(address).text()
        assert "Ashdown" not in text
        assert "Birch" not in text


def test_every_kind_has_a_name_and_a_time() -> None:
    assert set(KINDS) == set(TaskKind)
    assert all(kind.label == KINDS[kind].label for kind in TaskKind)
    assert {channel.label for channel in Channel} == {"Phone", "E-mail", "Portal"}


@pytest.mark.parametrize(("grade", "is_hastened"), [("high", True), ("medium", False)])
def test_a_higher_second_grade_brings_the_offer_forward_and_none_puts_it_off(
    grade: str,
    *,
    is_hastened: bool,
    officer: StrictClient,
    sergeant: StrictClient,
    specialist: StrictClient,
    store: Store,
) -> None:
    """Graded medium, it was to be offered again in three days; the specialist sees high."""
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", primary="shame_community", basis="said")
    closing = CLOSING | DUTIES | {"grade": "medium", "mode": "in_person", "seen_alone": "yes"}
    officer.submit(f"{path}/finish", **closing)
    approve(sergeant, path)
    before = _offer_due(store)
    specialist.submit(
        f"/desk/records/{id_of(path)}/assess",
        grade=grade,
        rationale="Several relatives were seen outside the house.",
        refer="no",
        reason="Nothing that the partners could add is known yet.",
    )
    after = _offer_due(store)
    assert (after < before) is is_hastened
    if is_hastened:
        assert after - datetime.now(UTC) <= timedelta(hours=24)
        assert last(store, "reoffer.hastened")[1]["before"] == before.isoformat()


def _offer_due(store: Store) -> datetime:
    with store.work(writes=False) as work:
        owed = select(FollowUp.due_at).where(FollowUp.kind == FollowUpKind.REOFFER)
        return work.session.scalars(owed).one()


def test_two_victims_of_one_incident_are_told_apart_at_the_desk(
    officer: StrictClient, sergeant: StrictClient, as_: SignIn
) -> None:
    two_declined(officer, sergeant, grade="high")
    desk = as_("specialist1")
    text = desk.page("/desk").text()
    assert text.count("Victim 1 of 2") == text.count("Victim 2 of 2") == 1
    [record, *_] = desk.page("/desk").links("/desk/records/")
    link = next(each for each in desk.page(record).links("/tasks/new"))
    desk.submit(link, kind="idva")
    assert ", Victim 1 of 2" in desk.page("/desk").text()
