"""Two hands on one offer at once: one new attempt, and either the offer or its end, never both."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from uuid import UUID

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


def test_an_offer_is_made_or_ended_and_never_both(
    officer: StrictClient, sergeant: StrictClient, store: Store, force: Force
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
                ("sergeant1", partial(end_offers, offer_id=owed, ending=UNSAFE)),
            ],
        )
        assert sum(isinstance(each, DomainError) for each in done) == 1, done
        with store.work(writes=False) as work:
            states = (
                work.session.scalar(select(FollowUp.state).where(FollowUp.id == owed)),
                work.session.scalar(select(Assessment.state).where(Assessment.id == attempt_id)),
            )
        assert states in {
            (State.REOFFERED, State.DRAFT),
            (State.REOFFER_CLOSED, State.VOID),
        }
