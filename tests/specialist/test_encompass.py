"""Operation Encompass: the school is told, whatever becomes of the assessment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from dash_forms.domain.answers import AnswerValue, Source
from dash_forms.domain.assessment import State
from dash_forms.domain.grading import Grade
from dash_forms.domain.periods import LONDON
from dash_forms.domain.referrals import Channel, TaskKind, TaskState
from dash_forms.store.answers import stored_answers
from dash_forms.store.models import Assessment, FollowUp, IncidentChild, Task
from dash_forms.store.work import Store
from tests.support.cases import CLOSING, DECLINE, approve, decide, id_of, read_all, review_of
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
from tests.support.log import last

SignIn = Callable[[str], StrictClient]
SCHOOLCHILD: dict[str, Any] = {
    "child_name": "Younger Invented",
    "born_on": ["1", "2", "2016"],
    "school": "Invented Primary",
}


def born(years_ago: int) -> list[str]:
    """A date of birth that many years before the day on which the tests' incidents are reported."""
    today = datetime.now(LONDON)
    return ["1", "1", str(today.year - years_ago)]


def tasks(store: Store, kind: TaskKind = TaskKind.ENCOMPASS) -> list[Task]:
    with store.work(writes=False) as work:
        return list(work.session.scalars(select(Task).where(Task.kind == kind).order_by(Task.id)))


def with_child(officer: StrictClient, **child: Any) -> tuple[str, str]:
    """An incident with a linked child; gives its path and the unstarted assessment's."""
    incident = new_incident(officer)
    officer.submit(f"{incident}/children/new", **(SCHOOLCHILD | child))
    return incident, officer.page(incident).link("Start the assessment")


def begin(officer: StrictClient, path: str) -> None:
    officer.submit(path, action="/start", mode="in_person", seen_alone="yes")


def test_the_task_is_made_as_the_first_attempt_begins(officer: StrictClient, store: Store) -> None:
    _, path = with_child(officer)
    assert tasks(store) == []  # nobody has treated it as domestic abuse yet
    begin(officer, path)
    [task] = tasks(store)
    assert (task.state, task.assessment_id) == (TaskState.OPEN, None)
    with store.work(writes=False) as work:
        assert task.due_at == work.clocks.school.next_school_morning(task.created_at)
        assert work.clocks.school.is_school_day(task.due_at.astimezone(LONDON).date())
    assert last(store, "task.added")[1] == {"what": "encompass"}


def test_a_child_linked_after_the_attempt_began_has_a_task_at_once(
    officer: StrictClient, store: Store
) -> None:
    incident = new_incident(officer)
    begin(officer, officer.page(incident).link("Start the assessment"))
    officer.submit(f"{incident}/children/new", **SCHOOLCHILD)
    assert len(tasks(store)) == 1


def test_there_is_one_task_for_each_child_however_often_it_is_owed(
    officer: StrictClient, store: Store
) -> None:
    incident, path = with_child(officer)
    officer.submit(f"{incident}/children/new", **(SCHOOLCHILD | {"child_name": "Elder Invented"}))
    officer.submit(f"{path}/decline", **DECLINE)
    skip_offered(officer, path)
    closing = CLOSING | DUTIES | {"children": "yes", "mode": "in_person", "seen_alone": "yes"}
    officer.submit(f"{path}/finish", **closing)
    officer.submit(f"{incident}/victims/new", victim_name="Birch Invented")
    begin(officer, officer.page(incident).link("Start the assessment"))
    assert len({task.person_id for task in tasks(store)}) == len(tasks(store)) == 2


@pytest.mark.parametrize(
    ("born_on", "is_told"),
    [(born(3), False), (born(4), True), (born(17), True), (born(19), False), (["", "", ""], True)],
)
def test_reception_to_seventeen_and_whoever_s_age_is_not_known(
    born_on: list[str], is_told: bool, officer: StrictClient, store: Store
) -> None:
    _, path = with_child(officer, born_on=born_on)
    begin(officer, path)
    assert bool(tasks(store)) == is_told


@pytest.mark.parametrize(
    ("ending", "values", "is_told"),
    [
        ("decline", DECLINE, True),
        ("unable", {"primary": "intoxicated"}, True),
        ("not-offered", {"primary": "forgotten"}, True),
        ("exempt", {"primary": "deceased"}, True),
        ("exempt", {"primary": "other_force", "text": "It is the neighbours’ case."}, True),
        ("exempt", {"primary": "not_domestic", "text": "Strangers in a queue."}, False),
    ],
)
def test_neither_consent_nor_completion_is_waited_for(
    ending: str, values: dict[str, Any], is_told: bool, officer: StrictClient, store: Store
) -> None:
    _, path = with_child(officer)
    officer.submit(f"{path}/{ending}", **values)
    assert bool(tasks(store)) == is_told


def test_what_turns_out_to_be_domestic_abuse_after_all_tells_the_school(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    _, path = with_child(officer)
    officer.submit(f"{path}/exempt", primary="not_domestic", text="Strangers in a queue.")
    review = f"{review_of(path)}/exemption"
    sergeant.submit(review, decision="rejected", words="They lived together until May.")
    assert len(tasks(store)) == 1


@pytest.mark.parametrize("grade", ["standard", "medium", "high"])
def test_no_grade_is_too_low(grade: str, officer: StrictClient, store: Store) -> None:
    _, path = with_child(officer)
    begin(officer, path)
    answer_all(officer, path)
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", **(CLOSING | {"children": "yes", "grade": grade}))
    assert len(tasks(store)) == 1


def test_scenario_3_a_refusal_at_the_door_with_two_children_there(
    officer: StrictClient, sergeant: StrictClient, specialist: StrictClient, store: Store
) -> None:
    """Declined; an injury seen; two children: two schools to tell, and the offer is due again."""
    incident, path = with_child(officer)
    officer.submit(f"{incident}/children/new", child_name="Elder Invented")
    officer.submit(f"{path}/decline", **DECLINE)
    seen = {"source": "officer_observed", "note": "a cut lip", "base_rev": 1}
    [receipt] = sync(officer, [operation(str(id_of(path)), 1, "yes", **seen)])
    assert receipt["receipt"] == "applied"
    assert len(tasks(store)) == 2
    closing = CLOSING | DUTIES | {"children": "yes", "mode": "in_person", "seen_alone": "no"}
    asked = officer.submit(f"{path}/finish", expect=422, **(closing | {"grade": None}))
    assert "Choose a risk grade" in asked.text
    assert "Each child" in asked.text
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", **closing)
    read_all(sergeant, path)
    decide(sergeant, path, "agreed")
    with store.work(writes=False) as work:
        [owed] = work.session.scalars(select(FollowUp))
        kept = work.session.get_one(Assessment, id_of(path))
        answer = stored_answers(work, id_of(path))[1].content
    assert owed.state is State.REOFFER_DUE
    assert (kept.grade, kept.state) == (Grade.MEDIUM, State.APPROVED)
    assert (answer.value, answer.source) == (AnswerValue.YES, Source.OFFICER_OBSERVED)
    assert "Tell the school" in officer.page(f"{path}/record").text()
    pages = [specialist.page(f"/desk/tasks/{task.id}").text() for task in tasks(store)]
    assert sum("Age not known" in page for page in pages) == 1
    assert sum("Invented Primary" in page for page in pages) == 1


def test_scenario_23_a_victim_of_seventeen_and_one_of_fifteen(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    """17: assessed, with a child referral and the school told. 15: exempt to the child process."""
    path = new_assessment(officer, born_on=born(17))
    for kind in (TaskKind.ENCOMPASS, TaskKind.CHILD_REFERRAL):
        [task] = tasks(store, kind)
        assert task.assessment_id == id_of(path)
    page = officer.page(new_incident(officer, born_on=born(15)))
    younger = page.link("Record as exempt").removesuffix("/exempt")
    officer.submit(f"{younger}/exempt", primary="under_16")
    assert len(tasks(store)) == len(tasks(store, TaskKind.CHILD_REFERRAL)) == 2
    sergeant.submit(f"{review_of(younger)}/exemption", decision="endorsed")
    with store.work(writes=False) as work:
        assert work.session.get_one(Assessment, id_of(younger)).state is State.EXEMPT


def test_a_school_is_told_in_some_way_at_some_time(
    officer: StrictClient, specialist: StrictClient, store: Store
) -> None:
    _, path = with_child(officer)
    begin(officer, path)
    page = f"/desk/tasks/{tasks(store)[0].id}"
    now = datetime.now(LONDON)
    told: dict[str, Any] = {"channel": "phone", "told_at": [f"{now:%Y-%m-%d}", f"{now:%H:%M}"]}
    for values, sentence in (
        ({"told_at": told["told_at"]}, "Say how the school was told"),
        ({"channel": "phone"}, "Say when the school was told"),
        (told | {"told_at": ["2020-01-01", "10:00"]}, "This is before the incident"),
        (told | {"told_at": ["2090-01-01", "10:00"]}, "This time is in the future"),
    ):
        refused = specialist.submit(page, action=f"{page}/end", state="done", expect=422, **values)
        assert sentence in refused.text
    specialist.submit(page, action=f"{page}/end", state="done", **told)
    [task] = tasks(store)
    assert (task.state, task.channel) == (TaskState.DONE, Channel.PHONE)
    assert task.told_at is not None
    assert task.told_at.tzinfo is UTC
    assert "Phone" in specialist.page(page).text()


def test_an_approved_record_waits_for_the_school_to_be_told(
    officer: StrictClient, sergeant: StrictClient, specialist: StrictClient, store: Store
) -> None:
    _, path = with_child(officer)
    begin(officer, path)
    answer_all(officer, path)
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", **(CLOSING | {"children": "yes"}))
    approve(sergeant, path)
    with store.work(writes=False) as work:
        assert work.session.get_one(Assessment, id_of(path)).state is State.APPROVED
    page = f"/desk/tasks/{tasks(store)[0].id}"
    words = "The child moved to another force, which tells the school."
    specialist.submit(page, action=f"{page}/end", state="not_needed", words=words)
    with store.work(writes=False) as work:
        assert work.session.get_one(Assessment, id_of(path)).state is State.CLOSED


def test_the_school_is_sealed_and_shown_to_whoever_opens_the_incident(
    officer: StrictClient, store: Store
) -> None:
    incident, _ = with_child(officer)
    assert "Invented Primary" in officer.page(incident).text()
    with store.work(writes=False) as work:
        [child] = work.session.scalars(select(IncidentChild))
    assert child.school_sealed is not None
    assert b"Invented" not in child.school_sealed


def test_the_page_says_which_days_count(officer: StrictClient, specialist: StrictClient) -> None:
    _, path = with_child(officer)
    begin(officer, path)
    assert "the force has entered no term dates" in specialist.page("/desk").text()
