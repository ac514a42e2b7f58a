"""Giving people their blind indexes where they were recorded before there were any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select, update

from dash_forms.domain.audit_events import Name
from dash_forms.store.crypto import Vault
from dash_forms.store.facts import refigure, rules_of
from dash_forms.store.models import Pair, Person
from dash_forms.store.work import Store, Work

_BATCH = 500
_NOT_INDEXED = or_(
    and_(Person.identity_index.is_(None), Person.born_on_sealed.is_not(None)),
    and_(Person.phone_index.is_(None), Person.phone_sealed.is_not(None)),
)
_NEXT = (
    select(
        Person.id,
        Person.name_sealed,
        Person.born_on_sealed,
        Person.phone_sealed,
        Person.identity_index,
        Person.phone_index,
    )
    .where(_NOT_INDEXED, Person.id > bindparam("after", type_=Person.id.type))
    .order_by(Person.id)
    .limit(_BATCH)
    # Held until the batch is written: a correction made meanwhile comes after, and stands.
    .with_for_update(key_share=True)
)
_SET = (
    update(Person)
    .where(Person.id == bindparam("of_person"))
    .values(
        identity_index=func.coalesce(Person.identity_index, bindparam("identity")),
        phone_index=func.coalesce(Person.phone_index, bindparam("phone")),
    )
)


def people_without_index(work: Work) -> int:
    """How many have a date of birth or a phone that they are not found by.

    Some of them may have no name, or a phone that is no number.
    """
    return work.connection.scalar(select(func.count()).where(_NOT_INDEXED)) or 0


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
    rows, newly_known = [], []
    for each in people:
        identity = None if each.identity_index else _identity_of(work.vault, each)
        phone = None if each.phone_index else _phone_of(work.vault, each)
        if identity or phone:
            rows.append({"of_person": each.id, "identity": identity, "phone": phone})
        if identity:
            newly_known.append(each.id)
    if rows:
        work.connection.execute(_SET, rows)
        victims = Pair.victim_id.in_(newly_known)
        if pairs := set(work.connection.scalars(select(Pair.id).where(victims))):
            refigure(work.connection, pairs, rules_of(work))
        work.audit(Name.PEOPLE_INDEXED, "person", indexed=len(rows))
    return len(rows)


def _phone_of(vault: Vault, person: Any) -> bytes | None:
    return vault.phone_index(vault.open_text(person.id, "phone", person.phone_sealed))


def _identity_of(vault: Vault, person: Any) -> bytes | None:
    if person.born_on_sealed is None:
        return None
    born_on = vault.open(person.id, "born_on", person.born_on_sealed)
    name = vault.open(person.id, "name", person.name_sealed)
    return vault.identity_index(name, date.fromisoformat(born_on))
