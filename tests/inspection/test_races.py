"""Several hands on one item at once: each line of its history follows from the one before."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from threading import Barrier

from dash_forms.domain.errors import DomainError, StaleError, StateError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.inspection import (
    Item,
    ItemEntry,
    ItemEvent,
    ItemState,
    NewItem,
    Owner,
    Terms,
)
from dash_forms.inspection.commands import add_item, record_entry
from dash_forms.inspection.reading import history
from dash_forms.store.work import Store, Work
from tests.support.force import Force

ROUNDS = 6
HANDS = 3
TERMS = Terms(
    "The force should offer an assessment to every victim.",
    Owner(role="Head of contact"),
    date(2027, 1, 1),
)
NOTE = "Two people looked at it and agree."


def _at_once(
    store: Store, force: Force, acts: list[Callable[[Work], None]]
) -> list[DomainError | None]:
    barrier = Barrier(len(acts))

    def run(act: Callable[[Work], None]) -> DomainError | None:
        barrier.wait()
        try:
            with store.work(writes=True, actor=force.actors["inspector1"]) as work:
                act(work)
        except DomainError as error:
            return error
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def _new_item(store: Store, force: Force) -> NewItem:
    new = NewItem(uuid7(), "protecting", "PEEL 2023–25", TERMS, NOTE)
    with store.work(writes=True, actor=force.actors["inspector1"]) as work:
        add_item(work, new)
    return new


def _kept(store: Store, new: NewItem) -> list[ItemEntry]:
    with store.work(writes=False) as work:
        return history(work, new.id)


def _record(new: NewItem, entry: ItemEntry, seen: int | None = None) -> Callable[[Work], None]:
    return partial(record_entry, item_id=new.id, entry=entry, seen=seen)


def test_it_is_finished_once_however_many_say_so_at_once(store: Store, force: Force) -> None:
    for _ in range(ROUNDS):
        new = _new_item(store, force)
        acts = [_record(new, ItemEntry(uuid7(), ItemEvent.FINISH, NOTE)) for _ in range(HANDS)]
        refusals = [each for each in _at_once(store, force, acts) if each]
        assert [type(each) for each in refusals] == [StateError] * (HANDS - 1)
        assert Item.replayed(_kept(store, new)).state is ItemState.DONE


def test_of_changes_at_once_one_holds_and_the_others_are_told(store: Store, force: Force) -> None:
    for _ in range(ROUNDS):
        new = _new_item(store, force)
        acts = [
            _record(new, ItemEntry(uuid7(), ItemEvent.CHANGE, NOTE, TERMS), seen=1)
            for _ in range(HANDS)
        ]
        refusals = [each for each in _at_once(store, force, acts) if each]
        assert [type(each) for each in refusals] == [StaleError] * (HANDS - 1)
        assert len(_kept(store, new)) == 2


def test_evidence_of_all_who_add_some_at_once_is_kept(store: Store, force: Force) -> None:
    new = _new_item(store, force)
    entries = [
        ItemEntry(uuid7(), ItemEvent.NOTE_EVIDENCE, NOTE, dated_on=date(2026, 1, 2))
        for _ in range(HANDS)
    ]
    same = entries[0]  # sent twice, as by a finger that trembles
    assert not any(_at_once(store, force, [_record(new, each) for each in [*entries, same]]))
    kept = {each.id for each in Item.replayed(_kept(store, new)).evidence}
    assert kept == {each.id for each in entries}
