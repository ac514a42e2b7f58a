"""Callers and what they are found by; flags, which follow from the calls and from nothing else."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import delete, func, insert, select, text

from dash_forms.domain.callers import SOUGHT_BY, Callers, Kind, Told
from dash_forms.domain.identity import UNNAMED, plain_name
from dash_forms.domain.repeat_calls import FEWEST, flags
from dash_forms.store.models import Call, Caller, CallerFlag, CallerKey

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from dash_forms.domain.call_log import LoggedCall
    from dash_forms.domain.callers import Key
    from dash_forms.store.crypto import Vault

_CALLS_LOCK = 0xCA115  # any number, the same for everybody who changes whose calls are whose
_LOCK = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=_CALLS_LOCK)
_BATCH = 500
T = TypeVar("T")


def take_turns(connection: Connection) -> None:
    """Wait for whoever else resolves callers: two must not make the same one at once."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)


def told_by(vault: Vault, call: LoggedCall) -> Told:
    """The keys of what a call says of its caller."""
    name, address = plain_name(call.name), plain_name(call.address)
    return Told(
        identity=vault.identity_index(call.name, call.born_on),
        phone=vault.blind_key(Kind.PHONE, call.phone) if call.phone else None,
        name=vault.blind_key(Kind.NAME, name) if name else None,
        address=vault.blind_key(Kind.ADDRESS, address) if address else None,
    )


def callers_like(connection: Connection, told: Iterable[Told]) -> Callers:
    """Every caller that one of these could be, with all keys of each."""
    wanted: dict[Kind, set[bytes]] = {kind: set() for kind in SOUGHT_BY}
    for kind, key in (key for each in told for key in each.keys):
        if kind in wanted:
            wanted[kind].add(key)
    like: set[UUID] = set()
    for kind, keys_of_kind in wanted.items():
        for some in _batches(sorted(keys_of_kind)):
            query = select(CallerKey.caller_id).where(
                CallerKey.kind == kind, CallerKey.key.in_(some)
            )
            like.update(connection.scalars(query))
    found = Callers()
    for callers in _batches(sorted(like)):
        keys: dict[UUID, list[Key]] = {each: [] for each in callers}
        for kind, key, caller in connection.execute(
            select(CallerKey.kind, CallerKey.key, CallerKey.caller_id).where(
                CallerKey.caller_id.in_(callers)
            )
        ):
            keys[caller].append((kind, key))
        for caller, held in keys.items():
            found.add(caller, held)
        for caller, other in connection.execute(
            select(Caller.id, Caller.counted_as_id).where(Caller.id.in_(callers))
        ):
            found.count_as(caller, other)
    return found


def moments_of(
    connection: Connection, callers: Collection[UUID], *, since: datetime | None = None
) -> Iterator[tuple[UUID, list[tuple[datetime, UUID]]]]:
    """For each caller every contact in order of time: its moment, and the call that began it.

    Of those that have any, `since` then if it is given.
    """
    recent = () if since is None else (Call.called_at >= since,)
    for some in _batches(list(callers)):
        rows = connection.execute(
            select(Call.counted_as_id, Call.called_at, Call.reference, Call.contact, Call.id)
            .where(Call.counted_as_id.in_(some), *recent)
            .order_by(Call.counted_as_id, Call.called_at, Call.reference)
        )
        for caller, calls in groupby(rows, key=attrgetter("counted_as_id")):
            contacts: dict[str, tuple[datetime, UUID]] = {}
            for call in calls:
                contacts.setdefault(call.contact, (call.called_at, call.id))
            yield caller, list(contacts.values())


def names_of(connection: Connection, vault: Vault, people: Collection[UUID]) -> dict[UUID, str]:
    """The name of each person, by whom they count as: the first that one of their callers gave."""
    found: dict[UUID, str] = dict.fromkeys(people, UNNAMED)
    for some in _batches(list(people)):
        rows = connection.execute(
            select(Caller.counted_as_id, Caller.id, Caller.name_sealed)
            .where(Caller.counted_as_id.in_(some), Caller.name_sealed.is_not(None))
            .order_by(Caller.id != Caller.counted_as_id, Caller.id)
        )
        for person, caller, sealed in rows:
            if found[person] == UNNAMED:
                found[person] = vault.open_text(caller, "name", sealed)
    return found


def first_flags(connection: Connection) -> list[tuple[UUID, datetime]]:
    """Whoever was ever flagged, and when that was first; the first one first."""
    first = func.min(CallerFlag.raised_at)
    rows = connection.execute(
        select(CallerFlag.caller_id, first)
        .group_by(CallerFlag.caller_id)
        .order_by(first, CallerFlag.caller_id)
    )
    return [(row[0], row[1]) for row in rows]


def known_stretch(connection: Connection) -> tuple[datetime, datetime] | None:
    """The first and the last call of all logs; what lies outside is not known to be quiet."""
    first = connection.scalar(select(func.min(Call.called_at)))
    last = connection.scalar(select(func.max(Call.called_at)))
    return None if first is None or last is None else (first, last)


def refigure_flags(connection: Connection, callers: Collection[UUID]) -> int:
    """Work out the flags of some callers anew from all of their calls; returns how many stand."""
    often: list[UUID] = []
    for some in _batches(list(callers)):
        connection.execute(delete(CallerFlag).where(CallerFlag.caller_id.in_(some)))
        often += connection.scalars(
            select(Call.counted_as_id)
            .where(Call.counted_as_id.in_(some))
            .group_by(Call.counted_as_id)
            .having(func.count() > FEWEST)
        )
    rows = [
        {
            "call_id": contacts[each.at][1],
            "rule": each.rule,
            "caller_id": caller,
            "raised_at": contacts[each.at][0],
        }
        for caller, contacts in moments_of(connection, often)
        for each in flags([moment for moment, _ in contacts])
    ]
    if rows:
        connection.execute(insert(CallerFlag), rows)
    return len(rows)


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[at : at + _BATCH] for at in range(0, len(items), _BATCH))
