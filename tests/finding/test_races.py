"""Many searches of one account at once: no more of them pass than the hour allows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from dash_forms.domain.finding import Purpose, Sought, Terms, Why
from dash_forms.finding.commands import TooManyError, search
from dash_forms.store.models import Search
from dash_forms.store.work import Store
from tests.support.force import Force

ROUNDS = 6
HANDS = 4
A_ROUND = 2
WHY = Why(Purpose.ATTENDING)


def test_no_more_pass_at_once_than_the_hour_allows(store: Store, force: Force) -> None:
    barrier = Barrier(HANDS)

    def run(limit: int) -> bool:
        barrier.wait()
        try:
            with store.work(writes=True, actor=force.actors["officer1"]) as work:
                search(work, Sought(phone="07700 900001"), WHY, Terms(an_hour=limit), "NOR-1-26")
        except TooManyError:
            return False
        return True

    for limit in range(A_ROUND, A_ROUND * (ROUNDS + 1), A_ROUND):
        with ThreadPoolExecutor(HANDS) as pool:
            assert sum(pool.map(run, [limit] * HANDS)) == A_ROUND
        with store.work(writes=False) as work:
            assert work.connection.scalar(select(func.count(Search.id))) == limit
