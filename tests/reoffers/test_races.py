"""Two hands on one offer at once: one new attempt, and either the offer or its end, never both."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import select

from dash_forms.assessment.commands import Offer, start
from dash_forms.domain.assessment import State
from dash_forms.domain.errors import DomainError
from dash_forms.domain.grading import Stated
from dash_forms.domain.incidents import Mode
from dash_forms.domain.reoffers import EndReason
from dash_forms.reoffers.commands import EndOfOffers, end_offers, offer_again
from dash_forms.store.models import Assessment, FollowUp
from dash_forms.store.work import Store, Work
from tests.support.client import StrictClient
from tests.support.force import Force
from tests.support.offers import owed_offer

ROUNDS = 6
UNSAFE = EndOfOffers(EndReason.UNSAFE, "He reads her messages.")
MOVED = EndOfOffers(EndReason.MOVED_AWAY, "The flat is empty since Monday.")
OFFER = Offer(Mode.IN_PERSON, Stated.YES)


def at_once(
    store: Store, force: Force, jobs: list[tuple[str, Callable[[Work], object]]]
) -> list[object]:
    """Let each person do something at the same time; gives the results, or the refusals."""
    barrier = Barrier(len(jobs))

    def run(job: tuple[str, Callable[[Work], object]]) -> object:
        username, act = job
        barrier.wait()
        try:
            with store.work(writes=True, actor=force.actors[username]) as work:
                return act(work)
        except DomainError as error:
            return error

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def offer_id(path: str) -> UUID:
    return UUID(path.rpartition("/")[2])


def test_two_officers_who_offer_at_once_make_one_attempt(
    officer: StrictClient, sergeant: StrictClient, store: Store, force: Force
) -> None:
    for _ in range(ROUNDS):
        act = partial(offer_again, offer_id=offer_id(owed_offer(officer, sergeant)))
        made = at_once(store, force, [("officer1", act), ("officer3", act), ("officer1", act)])
        assert len(set(made)) == 1, made
        assert isinstance(made[0], UUID)


@pytest.mark.parametrize("ending", [MOVED, UNSAFE])
def test_an_offer_is_made_or_ended_and_only_what_is_unsafe_ends_one_that_was_made(
    officer: StrictClient, sergeant: StrictClient, store: Store, force: Force, ending: EndOfOffers
) -> None:
    for _ in range(ROUNDS):
        owed = offer_id(owed_offer(officer, sergeant))
        with store.work(writes=True, actor=force.actors["officer1"]) as work:
            attempt_id = offer_again(work, owed)
        done = at_once(
            store,
            force,
            [
                ("officer1", partial(start, assessment_id=attempt_id, offer=OFFER)),
                ("sergeant1", partial(end_offers, offer_id=owed, ending=ending)),
            ],
        )
        started, ended = (not isinstance(each, DomainError) for each in done)
        assert ended if ending is UNSAFE else started is not ended, done
        with store.work(writes=False) as work:
            states = (
                work.session.scalar(select(FollowUp.state).where(FollowUp.id == owed)),
                work.session.scalar(select(Assessment.state).where(Assessment.id == attempt_id)),
            )
        assert states == (
            State.REOFFER_CLOSED if ended else State.REOFFERED,
            State.DRAFT if started else State.VOID,
        )
