"""Filling an empty database with the invented force and its year, all of it or nothing."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, insert, select

from dash_forms.demo.book import Book, write_current_answers, write_journal
from dash_forms.demo.calendar import Year
from dash_forms.demo.chance import Chance
from dash_forms.demo.force import (
    ACCOUNTS,
    FORCE_NAME,
    PASSWORD,
    URN_EXAMPLE,
    Colleague,
    Force,
    muster,
)
from dash_forms.demo.incidents import Invention
from dash_forms.demo.revisits import Revisits
from dash_forms.domain.audit_events import Name, Occurrence
from dash_forms.domain.errors import StateError
from dash_forms.domain.report_counts import Rules
from dash_forms.store.audit import By, append
from dash_forms.store.facts import rebuild
from dash_forms.store.models import Account, AuditEvent, Team
from dash_forms.store.work import Store

__all__ = ["ACCOUNTS", "FORCE_NAME", "PASSWORD", "URN_EXAMPLE", "is_seeded", "seed"]

_CHUNK = 250
USUAL_RULES = Rules()


def is_seeded(store: Store) -> bool:
    """Whether the demonstration is there; seeding is one transaction, so any of it is all of it."""
    with store.engine.connect() as connection:
        return connection.scalar(select(Account.id).where(Account.is_demo).limit(1)) is not None


def seed(
    store: Store,
    *,
    pairs: int = 6000,
    seed: int = 1,
    now: datetime,
    password: str,
    cost: tuple[int, int],
    rules: Rules = USUAL_RULES,
    progress: Callable[[int, int], None],
) -> None:
    """Invent twelve months up to last midnight. The seed and the date decide every row."""
    chance, year = Chance(seed), Year.before(now)
    force = muster(chance, year.opens_at, password, cost)
    invention = Invention(chance, year, force)
    book = Book(store.vault, chance, year.closes_at, force, Revisits(year))
    with _collector_resting(), store.writing_engine.begin() as connection:
        _refuse_real_data(connection)
        _write_force(connection, force, chance, year)
        seq, previous = connection.execute(
            select(AuditEvent.seq, AuditEvent.hash).order_by(AuditEvent.seq.desc()).limit(1)
        ).one()
        done = flushed = 0
        for incident in invention.incidents(pairs):
            book.add(incident)
            done += len(incident.pairs)
            if done - flushed >= _CHUNK:
                book.flush(connection)
                progress(done, pairs)
                flushed = done
        book.flush(connection)
        write_current_answers(connection)
        write_journal(connection, invention.journal, seq, previous)
        rebuild(connection, rules, lambda _: None)
        told = Occurrence(Name.DEMO_SEEDED, "", "", {"pairs": pairs, "seed": seed})
        append(connection, By(None, "", now, str(chance.id_at(now))), [told])
    progress(pairs, pairs)


@contextmanager
def _collector_resting() -> Iterator[None]:
    """The rows form no cycles, and looking for some took a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _refuse_real_data(connection: Connection) -> None:
    if connection.scalar(select(Account.id).limit(1)) is not None:
        raise StateError("This database already holds accounts. A demonstration needs its own.")


def _write_force(connection: Connection, force: Force, chance: Chance, year: Year) -> None:
    at = year.opens_at
    connection.execute(insert(Team), [{"id": each.id, "name": each.name} for each in force.teams])
    connection.execute(insert(Account), [_account(each, at) for each in force.staff])
    created = [
        Occurrence(Name.ACCOUNT_CREATED, "account", str(each.id), {"role": each.role.value})
        for each in force.staff
    ]
    append(connection, By(None, "", at, str(chance.id_at(at))), created)


def _account(colleague: Colleague, at: datetime) -> dict[str, object]:
    return {
        "id": colleague.id,
        "username": colleague.username,
        "display_name": colleague.display_name,
        "role": colleague.role,
        "team_id": colleague.team.id if colleague.team else None,
        "password_hash": colleague.password_hash,
        "is_demo": True,
        "created_at": at,
        "closed_at": None,
    }
