"""Giving people their blind index where they were recorded before there was one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, update

from dash_forms.domain.audit_events import Name
from dash_forms.store.crypto import Vault
from dash_forms.store.facts import refigure, rules_of
from dash_forms.store.models import Pair, Person
from dash_forms.store.work import Store, Work

_BATCH = 500
_NOT_INDEXED = (Person.identity_index.is_(None), Person.born_on_sealed.is_not(None))
_NEXT = (
    select(Person.id, Person.name_sealed, Person.born_on_sealed)
    .where(*_NOT_INDEXED, Person.id > bindparam("after", type_=Person.id.type))
    .order_by(Person.id)
    .limit(_BATCH)
)
_SET = (
    update(Person)
    .where(Person.id == bindparam("of_person"))
    .values(identity_index=bindparam("index"))
)


def people_without_index(work: Work) -> int:
    """How many have a date of birth and no index; some of them may have no name."""
    return work.connection.scalar(select(func.count()).where(*_NOT_INDEXED)) or 0


def index_people(store: Store, progress: Callable[[int], None]) -> int:
    """Index whoever can be, a batch at a time; returns how many were.

    It can be interrupted and run again, also while the application serves: each batch is kept by
    itself, and those that have an index are left alone.
    """
    after, indexed = UUID(int=0), 0
    while True:
        with store.work(writes=True) as work:
            people = work.connection.execute(_NEXT, {"after": after}).all()
            if not people:
                return indexed
            indexed += _index(work, people)
        after = people[-1].id
        progress(len(people))


def _index(work: Work, people: Sequence[Any]) -> int:
    rows = [
        {"of_person": each.id, "index": index}
        for each in people
        if (index := _index_of(work.vault, each))
    ]
    if rows:
        work.connection.execute(_SET, rows)
        victims = Pair.victim_id.in_([row["of_person"] for row in rows])
        if pairs := set(work.connection.scalars(select(Pair.id).where(victims))):
            refigure(work.connection, pairs, rules_of(work))
        work.audit(Name.PEOPLE_INDEXED, "person", indexed=len(rows))
    return len(rows)


def _index_of(vault: Vault, person: Any) -> bytes | None:
    born_on = vault.open(person.id, "born_on", person.born_on_sealed)
    name = vault.open(person.id, "name", person.name_sealed)
    return vault.identity_index(name, date.fromisoformat(born_on))
