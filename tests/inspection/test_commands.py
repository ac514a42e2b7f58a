"""The history of an item comes back out of the database as it was recorded, whatever it was."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from dash_forms.domain.definitions import METRICS
from dash_forms.domain.disclosure import Rules
from dash_forms.domain.errors import InvalidError, StaleError, StateError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.inspection import (
    MOVES,
    Item,
    ItemEntry,
    ItemEvent,
    NewItem,
    Owner,
    Snapshot,
    Terms,
)
from dash_forms.inspection import queries
from dash_forms.inspection.commands import add_item, name_measure, record_entry
from dash_forms.inspection.reading import history
from dash_forms.store.work import Store, Work
from tests.support.force import Force

WORDS = "The force should offer an assessment to every victim."
NOTE = "Two people looked at it and agree."


def _terms(draw: Random, force: Force) -> Terms:
    person = force.actors[draw.choice(("inspector1", "sergeant1"))].id
    owner = draw.choice((Owner(person), Owner(role="Head of contact – Pennaeth")))
    return Terms(f"{WORDS} {draw.random()}", owner, date(2027, 1, draw.randint(1, 31)))


def _entry(draw: Random, force: Force, item: Item) -> ItemEntry:
    event = draw.choice((ItemEvent.CHANGE, ItemEvent.NOTE_EVIDENCE, ItemEvent.TAKE_OUT, *MOVES))
    note = f"{NOTE} {draw.random()}"
    match event:
        case ItemEvent.CHANGE:
            return ItemEntry(uuid7(), event, note, _terms(draw, force))
        case ItemEvent.NOTE_EVIDENCE:
            return ItemEntry(uuid7(), event, note, dated_on=date(2026, 1, draw.randint(1, 31)))
        case ItemEvent.TAKE_OUT:
            known = [*(each.id for each in item.evidence), uuid7()]
            return ItemEntry(uuid7(), event, note, evidence_id=draw.choice(known))
        case _:
            return ItemEntry(uuid7(), event, note)


def _refusable(work: Work, item: NewItem, entry: ItemEntry) -> bool:
    try:
        with work.savepoint():
            record_entry(work, item.id, entry)
    except StateError:
        return True
    return False


@pytest.mark.parametrize("seed", range(8))
def test_what_is_kept_is_what_was_recorded_and_makes_the_item(
    store: Store, force: Force, seed: int
) -> None:
    draw = Random(seed)
    new = NewItem(uuid7(), "protecting", "PEEL 2023–25", _terms(draw, force), NOTE)
    kept = [ItemEntry(new.id, ItemEvent.ADD, NOTE, new.terms)]
    with store.work(writes=True) as work:
        work.actor = force.actors["inspector1"]
        add_item(work, new)
        for _ in range(25):
            entry = _entry(draw, force, Item.replayed(kept))
            if not _refusable(work, new, entry):
                kept.append(entry)
    with store.work(writes=False) as work:
        work.actor = force.actors["inspector1"]
        assert history(work, new.id) == kept
        view = queries.item(work, new.id, Rules())
    assert view.item == Item.replayed(kept)
    assert [line.event for line in view.history] == [each.event for each in reversed(kept)]
    assert [line.note for line in view.history] == [each.note for each in reversed(kept)]


def test_every_measure_of_the_definitions_can_be_named(store: Store, force: Force) -> None:
    new = NewItem(uuid7(), "protecting", "PEEL 2023–25", _terms(Random(1), force), NOTE)
    with store.work(writes=True) as work:
        work.actor = force.actors["inspector1"]
        add_item(work, new)
        for each in METRICS:
            name_measure(work, new.id, uuid7(), each.code, NOTE)
    with store.work(writes=False) as work:
        work.actor = force.actors["inspector1"]
        found = queries.item(work, new.id, Rules()).evidence
    assert [each.measure.code for each in found if each.measure] == [m.code for m in METRICS]
    assert all(each.measure and each.measure.now for each in found)


def test_rules_hold_without_a_form_too(store: Store, force: Force) -> None:
    terms = Terms(WORDS, Owner(role="Head of contact"), date(2027, 1, 1))
    nobody = Terms(WORDS, Owner(uuid7()), date(2027, 1, 1))
    new = NewItem(uuid7(), "protecting", "PEEL 2023–25", terms, NOTE)
    wrong = [
        ItemEntry(uuid7(), ItemEvent.START, "Begun"),
        ItemEntry(uuid7(), ItemEvent.CHANGE, NOTE, nobody),
        ItemEntry(uuid7(), ItemEvent.NOTE_EVIDENCE, NOTE, dated_on=date(2150, 1, 1)),
    ]
    with store.work(writes=True) as work:
        work.actor = force.actors["inspector1"]
        add_item(work, new)
        for entry in wrong:
            with pytest.raises(InvalidError), work.savepoint():
                record_entry(work, new.id, entry)
        change = ItemEntry(uuid7(), ItemEvent.CHANGE, NOTE, terms)
        with pytest.raises(StaleError), work.savepoint():
            record_entry(work, new.id, change, seen=0)
        assert len(history(work, new.id)) == 1


def test_a_snapshot_is_of_the_measure_that_was_named(store: Store, force: Force) -> None:
    new = NewItem(uuid7(), "protecting", "PEEL 2023–25", _terms(Random(1), force), NOTE)
    with store.work(writes=True) as work:
        work.actor = force.actors["inspector1"]
        add_item(work, new)
        name_measure(work, new.id, uuid7(), "D6", NOTE)
        snapshot = history(work, new.id)[-1].snapshot
    assert isinstance(snapshot, Snapshot)
    assert (snapshot.code, snapshot.numerator, snapshot.denominator) == ("D6", 0, 0)
    assert (snapshot.period.end - snapshot.period.start).days in {364, 365}
