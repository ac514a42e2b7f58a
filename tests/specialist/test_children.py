"""Children who are known of have their tasks, linked or not, whatever became of the assessment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from dash_forms.domain.referrals import TaskKind, TaskState
from dash_forms.store.models import PairFact, Task
from dash_forms.store.work import Store
from tests.support.cases import CLOSING, DECLINE, decide, id_of, read_all, review_of
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

SignIn = Callable[[str], StrictClient]
OFFERED: dict[str, Any] = {"mode": "in_person", "seen_alone": "yes"}
CHILD: dict[str, Any] = {"child_name": "Younger Invented", "school": "Invented Primary"}
NOT_LINKED = "Children who are not linked yet"


def tasks(store: Store) -> dict[TaskKind, Task]:
    with store.work(writes=False) as work:
        found = list(work.session.scalars(select(Task)))
    assert len({task.kind for task in found}) == len(found)
    return {task.kind: task for task in found}


def declined(officer: StrictClient, **closing: Any) -> str:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", **DECLINE)
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", **(CLOSING | DUTIES | OFFERED | closing))
    return path


def test_children_stated_by_the_last_page_of_a_decline_are_to_be_found_out(
    officer: StrictClient, store: Store
) -> None:
    """They had no task: neither their school nor anybody else heard of them."""
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", **DECLINE)
    filled = CLOSING | DUTIES | OFFERED | {"children": "yes"}
    later = officer.page(f"{path}/finish").form().filled(**filled) | {"later": "1"}
    officer.post(f"{path}/finish", data=later)
    skip_offered(officer, path)
    assert tasks(store) == {}
    officer.submit(f"{path}/finish", **filled)
    found = tasks(store)
    assert set(found) == {TaskKind.IDENTIFY_CHILDREN}
    with store.work(writes=False) as work:
        task = found[TaskKind.IDENTIFY_CHILDREN]
        assert task.due_at == work.clocks.school.next_school_morning(task.created_at)


def test_no_children_no_task(officer: StrictClient, store: Store) -> None:
    path = declined(officer)
    assert tasks(store) == {}
    assert NOT_LINKED not in officer.page(path).text()


def test_yes_to_9_11_and_12_asks_for_referrals_and_10_for_the_children(
    officer: StrictClient, specialist: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path, q9="yes", q10="yes", q11="yes", q12="yes")
    skip_offered(officer, path)
    page = officer.page(f"{path}/finish")
    assert NOT_LINKED in page.text()
    officer.submit(f"{path}/finish", **CLOSING)
    found = tasks(store)
    assert set(found) == {
        TaskKind.CHILD_REFERRAL,
        TaskKind.SAFEGUARDING,
        TaskKind.IDENTIFY_CHILDREN,
    }
    task = specialist.page(f"/desk/tasks/{found[TaskKind.SAFEGUARDING].id}").text()
    assert "Topics 11, 12" in task
    assert NOT_LINKED in officer.page(path).text()


def test_what_the_officer_saw_of_a_refused_assessment_counts_as_well(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", **DECLINE)
    sync(officer, [operation(str(id_of(path)), 11, "yes", source="officer_observed", base_rev=1)])
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", **(CLOSING | DUTIES | OFFERED))
    assert set(tasks(store)) == {TaskKind.SAFEGUARDING}


def test_a_child_linked_after_the_submission_has_its_own_task(
    officer: StrictClient, sergeant: StrictClient, specialist: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path, q10="yes")
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", **CLOSING)
    to_find_out = f"/desk/tasks/{tasks(store)[TaskKind.IDENTIFY_CHILDREN].id}"
    for who, page in ((officer, path), (specialist, to_find_out)):
        assert who.page(page).links("/children/new")
    assert "Find out who the children are" in sergeant.page(review_of(path)).text()
    incident = officer.page(f"{path}/record").links("/children/new")[0].partition("/children")[0]
    assert NOT_LINKED in officer.page(incident).text()
    assert "Nobody yet" in specialist.page(to_find_out).text()
    answer = specialist.submit(specialist.page(to_find_out).link("Link a child"), **CHILD)
    assert answer.location.startswith(f"{to_find_out}?linked=")
    page = specialist.page(answer.location).text()
    assert "The child is linked" in page
    assert "Younger Invented" in page
    found = tasks(store)
    told = f"/desk/tasks/{found[TaskKind.ENCOMPASS].id}"
    assert specialist.page(answer.location).links(told)
    assert "The school is to be told by" in officer.page(incident).text()
    assert set(found) == {TaskKind.IDENTIFY_CHILDREN, TaskKind.ENCOMPASS}
    assert NOT_LINKED not in officer.page(path).text()
    unsaid = specialist.submit(to_find_out, action="/end", expect=422, state="done")
    assert "Say who was found and linked" in unsaid.text
    specialist.submit(
        to_find_out,
        action="/end",
        state="done",
        words="One child, linked now.",
    )
    assert tasks(store)[TaskKind.IDENTIFY_CHILDREN].state is TaskState.DONE


def test_nobody_is_found_out_about_while_nobody_is_linked(
    officer: StrictClient, specialist: StrictClient, store: Store
) -> None:
    """Words alone ended the task, and no school was ever told."""
    path = new_assessment(officer)
    answer_all(officer, path, q10="yes")
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", **CLOSING)
    task = f"/desk/tasks/{tasks(store)[TaskKind.IDENTIFY_CHILDREN].id}"
    words = "Two children, their names are known."
    refused = specialist.submit(task, action="/end", expect=422, state="done", words=words)
    assert "Nobody is linked yet" in refused.text
    assert words in refused.text
    assert tasks(store)[TaskKind.IDENTIFY_CHILDREN].state is TaskState.OPEN
    specialist.submit(task, action="/end", state="not_needed", words=words)


def test_linking_from_the_last_page_leads_back_to_it(officer: StrictClient) -> None:
    """It led to the incident, from where the officer had to find the way again."""
    path = new_assessment(officer)
    answer_all(officer, path, q10="yes")
    finish = f"{path}/finish"
    link = "Link each child, with its school"
    answer = officer.submit(officer.page(finish).link(link), **CHILD)
    assert answer.location.startswith(f"{finish}?linked=")
    page = officer.page(answer.location)
    assert "The child is linked" in page.text()
    assert NOT_LINKED not in page.text()
    again = officer.submit(page.link("Link another child"), child_name="Elder Invented")
    assert again.location.startswith(finish)


@pytest.mark.parametrize("origin", ["?from=finish", "?from=//evil.invalid&of=1", "?from=task&of=x"])
def test_linking_leads_to_the_incident_from_anywhere_else(
    origin: str, officer: StrictClient
) -> None:
    incident = new_incident(officer)
    answer = officer.submit(f"{incident}/children/new{origin}", born_on="1950-01-01")
    assert answer.location.startswith(f"{incident}?linked=")
    assert "Not of school age, so no school is told" in officer.page(answer.location).text()


def test_a_task_is_made_once_however_often_it_is_sent(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path, q11="yes")
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", **CLOSING)
    read_all(sergeant, path)
    decide(sergeant, path, "returned", words="Say who was harmed, please.")
    officer.submit(f"{path}/finish", **CLOSING)
    assert set(tasks(store)) == {TaskKind.SAFEGUARDING}


@pytest.mark.parametrize(("ended", "is_counted"), [("open", True), ("not_needed", False)])
def test_a_child_nobody_has_found_out_about_is_counted_as_not_told(
    ended: str, is_counted: bool, officer: StrictClient, specialist: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path, q10="yes")
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", **CLOSING)
    if ended != "open":
        task = tasks(store)[TaskKind.IDENTIFY_CHILDREN].id
        words = "An adult is cared for there, no child."
        specialist.submit(f"/desk/tasks/{task}", action="/end", state=ended, words=words)
    with store.work(writes=False) as work:
        [fact] = work.session.scalars(select(PairFact))
        assert (fact.encompass_due_on is not None) is is_counted
        assert not fact.encompass_in_time
