"""Several hands on one sample at once: it is drawn once, and grows by one case after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.errors import DomainError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.investigations import Answer, Finding, SkipReason
from dash_forms.investigations.commands import Check, Skip, check_case, skip_case
from dash_forms.store.models import InvestigationSample
from dash_forms.store.work import Store
from tests.support.client import StrictClient
from tests.support.force import Force
from tests.support.investigations import CHECKLIST, cases_of, closed_case, draw

HANDS = 4


def at_once(acts: Iterable[Callable[[], object]]) -> list[str]:
    """Do them all at the same time; what each was refused with, empty for what was done."""
    listed = list(acts)
    ready = Barrier(len(listed))

    def outcome(act: Callable[[], object]) -> str:
        ready.wait()
        try:
            act()
        except DomainError as error:
            return error.sentence
        return ""

    with ThreadPoolExecutor(len(listed)) as hands:
        return list(hands.map(outcome, listed))


def skip(store: Store, force: Force, case_id: UUID) -> None:
    with store.work(writes=True, actor=force.actors["sergeant1"]) as work:
        skip_case(work, case_id, Skip(SkipReason.OTHER, "Recorded twice."))


def check(store: Store, force: Force, case_id: UUID) -> None:
    found = {each.id: Answer(Finding.YES) for each in CHECKLIST.questions}
    with store.work(writes=True, actor=force.actors["sergeant1"]) as work:
        check_case(work, case_id, Check(uuid7(), 0, found))


def test_a_month_that_four_draw_at_once_is_drawn_by_one(
    officer: StrictClient, as_: Callable[[str], StrictClient], store: Store, force: Force
) -> None:
    for _ in range(3):
        closed_case(officer, as_("inspector1"), store)
    told = at_once([lambda: draw(store, force)] * HANDS)
    assert told.count("") == 1
    assert len(set(told)) == 2
    with store.work(writes=False) as work:
        assert len(work.session.scalars(select(InvestigationSample.id)).all()) == 1


def test_cases_passed_over_at_once_are_each_replaced_and_one_case_once(
    officer: StrictClient, as_: Callable[[str], StrictClient], store: Store, force: Force
) -> None:
    for _ in range(5):
        closed_case(officer, as_("inspector1"), store)
    [sample] = draw(store, force)
    first, second = (each.id for each in cases_of(store, sample))
    told = at_once(
        [lambda: skip(store, force, first), lambda: skip(store, force, second)] * (HANDS // 2)
    )
    assert told.count("") == 2
    assert [each.place for each in cases_of(store, sample)] == [1, 2, 3, 4]


def test_of_a_check_and_a_skip_at_once_one_is_refused(
    officer: StrictClient, as_: Callable[[str], StrictClient], store: Store, force: Force
) -> None:
    for _ in range(2):
        closed_case(officer, as_("inspector1"), store)
    [sample] = draw(store, force, size=1)
    [case] = cases_of(store, sample)
    told = at_once(
        [lambda: skip(store, force, case.id), lambda: check(store, force, case.id)] * (HANDS // 2)
    )
    assert told.count("") == 1
    found = cases_of(store, sample)[0]
    assert (found.version == 1) is (found.skipped_at is None)
