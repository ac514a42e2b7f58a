"""The number in the header is what the lists call overdue, whatever was flagged and planned."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from dash_forms.domain.call_log import Channel
from dash_forms.domain.ids import uuid7
from dash_forms.domain.periods import london_date
from dash_forms.domain.plans import Outcome
from dash_forms.domain.referrals import TaskState
from dash_forms.domain.repeat_calls import Rule
from dash_forms.plans.queries import plan_lists
from dash_forms.store.models import Call, Caller, CallerFlag, Plan, PlanAction
from dash_forms.store.plans import count_missing, count_overdue
from dash_forms.store.work import Store, Work
from tests.support.force import Force

PEOPLE = 40


class History:
    """People who call, with flags and plans at random moments of the last year."""

    def __init__(self, work: Work, force: Force, chance: Random) -> None:
        self.work, self.force, self.chance = work, force, chance
        for _ in range(PEOPLE):
            person = uuid7()
            work.session.add(Caller(id=person, counted_as_id=person, created_at=work.now))
            work.session.flush()
            for _ in range(chance.randrange(4)):
                self._flag(person)
            self._plans(person)
        work.session.flush()

    def _moment(self) -> datetime:
        days = self.chance.choice((1, 7, 7, 8, 60, 90, 90, 91, 300))
        return self.work.now - timedelta(days=days, minutes=self.chance.randrange(-1, 2))

    def _flag(self, person: UUID) -> None:
        call, at = uuid7(), self._moment()
        self.work.session.add(
            Call(
                id=call,
                reference=str(call),
                contact=str(call),
                called_at=at,
                channel=Channel.OTHER,
                caller_id=person,
                counted_as_id=person,
                incident_urn="",
            )
        )
        self.work.session.flush()
        self.work.session.add(
            CallerFlag(call_id=call, rule=Rule.WEEK, caller_id=person, raised_at=at)
        )

    def _plans(self, person: UUID) -> None:
        """Some closed ones, and perhaps one that runs."""
        for is_open in [False] * self.chance.randrange(3) + [True] * self.chance.randrange(2):
            opened = self._moment()
            officer = self.chance.choice(("officer1", "officer2", "officer3"))
            owner = self.force.actors[officer]
            plan = Plan(
                id=uuid7(),
                caller_id=person,
                team_id=owner.team_id,
                owner_id=owner.id,
                opened_by_id=owner.id,
                opened_at=opened,
                review_on=self._day(),
            )
            if not is_open:
                plan.closed_at, plan.closed_by_id = opened + timedelta(days=3), owner.id
                plan.outcome = Outcome.STOPPED
            self.work.session.add(plan)
            self.work.session.flush()
            for _ in range(self.chance.randrange(3)):
                self._action(plan, owner.id)

    def _day(self) -> object:
        return london_date(self.work.now) + timedelta(days=self.chance.choice((-1, 0, 0, 9)))

    def _action(self, plan: Plan, doer: UUID) -> None:
        action, is_open = uuid7(), plan.closed_at is None and self.chance.random() < 0.7
        self.work.session.add(
            PlanAction(
                id=action,
                plan_id=plan.id,
                what_sealed=self.work.vault.seal(action, "what", "Invented."),
                doer_id=doer,
                due_on=self._day(),
                created_by_id=doer,
                created_at=plan.opened_at,
                state=TaskState.OPEN if is_open else TaskState.DONE,
                outcome_sealed=None if is_open else b"x",
                ended_by_id=None if is_open else doer,
                ended_at=None if is_open else self.work.now,
            )
        )


@pytest.mark.parametrize("seed", range(4))
def test_the_header_counts_what_the_lists_call_overdue(
    store: Store, force: Force, seed: int
) -> None:
    with store.work(writes=True) as work:
        History(work, force, Random(seed))
    for username in ("officer1", "officer2", "sergeant1", "inspector1"):
        with store.work(writes=False, actor=force.actors[username]) as work:
            found, counted = plan_lists(work), count_overdue(work)
            running = [*found.own, *found.team, *(found.others or [])]
            late = [each for each in running if each.waits]
            missing = [each for each in found.missing if each.is_overdue]
            if username == "inspector1":
                assert count_missing(work) == len(missing) > 0
                assert counted == len(late) + len(missing)
            elif username == "sergeant1":
                assert counted == len(late) > 0
            else:
                assert counted == sum(bool(each.waits) for each in found.own)
        assert [each.next_on for each in found.own] == sorted(each.next_on for each in found.own)
        assert all(
            bool(each.waits) == bool(each.is_review_overdue or each.overdue_actions)
            for each in running
        )
