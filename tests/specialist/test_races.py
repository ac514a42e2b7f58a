"""Two people in the same moment: no school is forgotten, and no record stays open for nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

from sqlalchemy import select

from dash_forms.assessment.commands import Offer, start
from dash_forms.domain.assessment import State
from dash_forms.domain.errors import StateError
from dash_forms.domain.grading import Grade, Stated
from dash_forms.domain.ids import uuid7
from dash_forms.domain.incidents import Mode
from dash_forms.domain.marac import Door, MaracDecision
from dash_forms.domain.referrals import TaskKind, TaskState
from dash_forms.incidents.commands import NewChild, link_child
from dash_forms.incidents.people import PersonDetails
from dash_forms.specialist.commands import (
    Referral,
    SecondAssessment,
    TaskEnding,
    add_referral,
    assess_again,
    end_task,
)
from dash_forms.store.grades import ledger
from dash_forms.store.models import Assessment, MaracRecord, Pair, Task
from dash_forms.store.work import Store, Work
from tests.support.cases import approve, id_of, submitted
from tests.support.client import StrictClient
from tests.support.force import Force, new_assessment

ROUNDS = 8
WHY = "Both of these are written at length, as they should be."


def together(store: Store, *acts: tuple[Any, Callable[[Work], Any]]) -> list[Exception | None]:
    """Let several people act at once, each in a transaction; gives what each was refused with."""
    all_ready = Barrier(len(acts))

    def act(actor: Any, command: Callable[[Work], Any]) -> Exception | None:
        try:
            with store.work(writes=True, actor=actor) as work:
                all_ready.wait()
                command(work)
        except StateError as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(len(acts)) as hands:
        return [hand.result() for hand in [hands.submit(act, *each) for each in acts]]


def test_a_child_linked_in_the_moment_the_attempt_begins_is_not_missed(
    officer: StrictClient, store: Store, force: Force
) -> None:
    for rounds in range(1, ROUNDS + 1):
        assessment_id = id_of(new_assessment(officer, started=False))
        with store.work(writes=False) as work:
            pair_id = work.session.get_one(Assessment, assessment_id).pair_id
            incident_id = work.session.get_one(Pair, pair_id).incident_id
        child = NewChild(uuid7(), PersonDetails("Invented"), Stated.YES, Stated.YES)

        def begin(work: Work, assessment_id: UUID = assessment_id) -> None:
            start(work, assessment_id, Offer(Mode.IN_PERSON, Stated.YES))

        def link(work: Work, incident_id: UUID = incident_id, child: NewChild = child) -> None:
            link_child(work, incident_id, child)

        both = together(store, (force.actors["officer1"], begin), (force.actors["officer3"], link))
        assert both == [None, None]
        with store.work(writes=False) as work:
            told = list(work.session.scalars(select(Task).where(Task.kind == TaskKind.ENCOMPASS)))
        assert len(told) == rounds


def test_the_last_two_tasks_ended_at_once_close_the_record(
    officer: StrictClient, sergeant: StrictClient, store: Store, force: Force
) -> None:
    path = submitted(officer)
    desk = force.actors["specialist1"]
    ids = [uuid7(), uuid7()]
    for task_id in ids:
        with store.work(writes=True, actor=desk) as work:
            add_referral(work, id_of(path), Referral(task_id, TaskKind.IDVA, desk.id, None, ""))
    approve(sergeant, path)
    done = TaskEnding(TaskState.DONE, "", None, None)

    def ending(task_id: UUID) -> Callable[[Work], None]:
        return lambda work: end_task(work, task_id, done)

    assert together(store, *((desk, ending(each)) for each in ids)) == [None, None]
    with store.work(writes=False) as work:
        assert work.session.get_one(Assessment, id_of(path)).state is State.CLOSED


def test_of_two_second_assessments_at_once_one_stands(
    high: str, store: Store, force: Force
) -> None:
    desk = force.actors["specialist1"]
    marac = MaracDecision(refer=True, door=Door.REPEAT, reason=WHY)
    second = SecondAssessment(Grade.HIGH, WHY, marac)

    def again(work: Work) -> None:
        assess_again(work, id_of(high), second)

    refused = together(store, (desk, again), (desk, again))
    assert sum(each is not None for each in refused) == 1
    with store.work(writes=False) as work:
        assert len(ledger(work, id_of(high))) == 3  # officer, sergeant, specialist
        assert len(list(work.session.scalars(select(MaracRecord)))) == 1
