"""Whatever the desk does, in whatever order: no grade is lost, nothing is open for nothing."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import func, select

from dash_forms.domain.assessment import State
from dash_forms.domain.errors import DomainError
from dash_forms.domain.grading import Grade, Stated
from dash_forms.domain.ids import uuid7
from dash_forms.domain.marac import Door, MaracDecision
from dash_forms.domain.permissions import Actor
from dash_forms.domain.referrals import Channel, TaskKind, TaskState
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
from dash_forms.store.models import Assessment, FollowUp, IncidentChild, Pair, Task
from dash_forms.store.work import Store, Work
from tests.support.cases import approve, id_of, submitted
from tests.support.client import StrictClient
from tests.support.force import Force

STEPS = 25
WORDS = "Written at length, as it should be."


class Walk:
    """Random acts of an officer and a specialist on one approved case."""

    def __init__(self, store: Store, force: Force, assessment_id: UUID, seed: int) -> None:
        self.store, self.assessment_id, self.draw = store, assessment_id, Random(seed)
        self.desk, self.officer = force.actors["specialist1"], force.actors["officer1"]

    def step(self) -> None:
        who, act = self.draw.choice(
            (
                (self.officer, self._link),
                (self.desk, self._assess),
                (self.desk, self._add),
                (self.desk, self._end),
                (self.desk, self._end),
            )
        )
        self._do(who, act)

    def _do(self, who: Actor, act: Callable[[Work], None]) -> None:
        try:
            with self.store.work(writes=True, actor=who) as work:
                act(work)
        except DomainError:
            pass  # a refusal changes nothing, which is what is checked

    def _link(self, work: Work) -> None:
        pair_id = work.session.get_one(Assessment, self.assessment_id).pair_id
        incident_id = work.session.get_one(Pair, pair_id).incident_id
        child = NewChild(uuid7(), PersonDetails("Invented"), Stated.YES, Stated.YES)
        link_child(work, incident_id, child)

    def _assess(self, work: Work) -> None:
        refer = self.draw.choice((True, False))
        marac = MaracDecision(refer, self.draw.choice((*Door, None)), WORDS)
        grade = self.draw.choice(tuple(Grade))
        assess_again(work, self.assessment_id, SecondAssessment(grade, WORDS, marac))

    def _add(self, work: Work) -> None:
        kind = self.draw.choice(tuple(TaskKind))
        add_referral(work, self.assessment_id, Referral(uuid7(), kind, self.desk.id, None, ""))

    def _end(self, work: Work) -> None:
        tasks = list(work.session.scalars(select(Task.id).order_by(Task.id)))
        if tasks:
            state = self.draw.choice((TaskState.DONE, TaskState.NOT_NEEDED))
            channel = self.draw.choice((*Channel, None))
            words = self.draw.choice((WORDS, ""))
            end_task(work, self.draw.choice(tasks), TaskEnding(state, words, channel, work.now))

    def check(self) -> list[tuple[Grade, str]]:
        """What holds after every step; gives the ledger."""
        with self.store.work(writes=False, actor=self.desk) as work:
            assessment = work.session.get_one(Assessment, self.assessment_id)
            owed = work.session.scalar(
                select(func.count(FollowUp.id)).where(FollowUp.ended_at.is_(None))
            )
            tasks = list(work.session.scalars(select(Task)))
            still_open = [task for task in tasks if task.state is TaskState.OPEN]
            assert assessment.state in {State.APPROVED, State.CLOSED}
            assert assessment.state is State.CLOSED or owed or still_open
            assert assessment.state is State.APPROVED or not owed
            schools = [task.person_id for task in tasks if task.kind is TaskKind.ENCOMPASS]
            children = set(work.session.scalars(select(IncidentChild.person_id)))
            assert len(schools) == len(children)
            assert set(schools) == children
            grades = ledger(work, self.assessment_id)
            assert assessment.grade is grades[-1].grade
        return [(each.grade, each.rationale) for each in grades]


@pytest.mark.parametrize("seed", range(6))
def test_no_order_of_acts_breaks_what_is_promised(
    seed: int, officer: StrictClient, sergeant: StrictClient, store: Store, force: Force
) -> None:
    path = approve(sergeant, submitted(officer, grade="high"))
    walk = Walk(store, force, id_of(path), seed)
    before = walk.check()
    for _ in range(STEPS):
        walk.step()
        after = walk.check()
        assert after[: len(before)] == before
        before = after
    assert len(before) <= 3  # officer, sergeant, specialist
