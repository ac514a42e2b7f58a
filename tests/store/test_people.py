"""People recorded before the blind index are given theirs, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select, update

from dash_forms.domain.identity import UNNAMED
from dash_forms.domain.ids import uuid7
from dash_forms.store import people
from dash_forms.store.models import Person
from dash_forms.store.work import Store, Work
from tests.support.log import last, names

BORN = date(1990, 2, 1)


def _add(store: Store, name: str, born_on: date | None, phone: str = "") -> None:
    person_id = uuid7()
    with store.work(writes=True) as work:
        seal = work.vault.seal_text
        work.session.add(
            Person(
                id=person_id,
                name_sealed=work.vault.seal(person_id, "name", name),
                born_on_sealed=seal(person_id, "born_on", born_on.isoformat() if born_on else ""),
                phone_sealed=seal(person_id, "phone", phone),
                created_at=work.now,
            )
        )


def _indexes(store: Store) -> set[bytes | None]:
    with store.work(writes=False) as work:
        return set(work.session.scalars(select(Person.identity_index)))


def _waiting(store: Store) -> int:
    with store.work(writes=False) as work:
        return people.people_without_index(work)


def test_whoever_can_be_is_indexed_and_nobody_twice(store: Store) -> None:
    for name, born_on in (("A Invented", BORN), ("B Invented", None), (UNNAMED, BORN)):
        _add(store, name, born_on)
    assert _waiting(store) == 2
    seen: list[int] = []
    assert people.index_people(store, seen.append) == 1
    assert sum(seen) == 2
    assert _indexes(store) == {store.vault.identity_index("A Invented", BORN), None}
    assert last(store, "people.indexed")[1] == {"indexed": 1}
    assert people.index_people(store, seen.append) == 0
    assert names(store).count("people.indexed") == 1


def test_more_than_one_batch_is_gone_through(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_NEXT", people._NEXT.limit(2))
    for number in range(3):
        _add(store, f"A{number}", BORN)
    seen: list[int] = []
    assert people.index_people(store, seen.append) == 3
    assert seen == [2, 1]
    assert _waiting(store) == 0


def test_whoever_has_a_phone_is_found_by_it_and_keeps_the_other_index(store: Store) -> None:
    _add(store, "A Invented", BORN, "+44 7700 900123")
    _add(store, "B Invented", None, "07700 900123")
    _add(store, "C Invented", None, "ask her sister")
    assert people.index_people(store, lambda _: None) == 2
    assert _waiting(store) == 1
    with store.work(writes=False) as work:
        rows = work.session.execute(select(Person.identity_index, Person.phone_index)).all()
    index = store.vault.phone_index("07700900123")
    assert index is not None
    assert sorted(map(repr, rows)) == sorted(
        map(
            repr,
            [
                (store.vault.identity_index("A Invented", BORN), index),
                (None, index),
                (None, None),
            ],
        )
    )
    assert people.index_people(store, lambda _: None) == 0


def test_a_correction_made_meanwhile_is_not_overwritten(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody corrects who a person is, after the batch was read and before it is written."""
    _add(store, "A Invented", BORN)
    corrected = store.vault.identity_index("B Invented", BORN)
    writing = people._index
    corrections: list[Thread] = []

    def correct() -> None:
        with store.work(writes=True) as work:
            work.connection.execute(update(Person).values(identity_index=corrected))

    def index_late(work: Work, read: Sequence[Any]) -> int:
        corrections.append(Thread(target=correct))
        corrections[0].start()
        corrections[0].join(timeout=1)  # it ends by then where nothing holds the person
        return writing(work, read)

    monkeypatch.setattr(people, "_index", index_late)
    people.index_people(store, lambda _: None)
    corrections[0].join()
    assert _indexes(store) == {corrected}


def test_only_what_is_missing_is_written(store: Store) -> None:
    """Somebody without a name, found by phone already, counts as indexed at no run."""
    _add(store, UNNAMED, BORN, "07700 900123")
    assert people.index_people(store, lambda _: None) == 1
    assert _waiting(store) == 1
    assert people.index_people(store, lambda _: None) == 0
