"""One unit of work: a session, who acts, when, and what to write in the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from dash_forms.domain.audit_events import Name, Occurrence
from dash_forms.domain.errors import NotPermittedError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.permissions import Actor
from dash_forms.domain.prompts import Limits
from dash_forms.domain.review import Clocks
from dash_forms.store.audit import By, append
from dash_forms.store.crypto import Vault
from dash_forms.store.engine import make_engine, writing
from dash_forms.store.facts import settle

MAIN_SET = "dash-27"


@dataclass
class Work:
    """What every command and query is given. `now` is the server's time for the whole of it."""

    engine: Engine
    writes: bool
    vault: Vault
    now: datetime
    request_id: str
    actor: Actor | None = None
    clocks: Clocks = field(default_factory=Clocks)
    limits: Limits = field(default_factory=Limits)
    main_set: str = MAIN_SET
    """The question set that new assessments are made with."""
    occurrences: list[Occurrence] = field(default_factory=list)

    @cached_property
    def connection(self) -> Connection:
        """The transaction, begun at its first use; for columns, at a third of a session's cost."""
        connection = self.engine.connect()
        connection.begin()
        return connection

    @cached_property
    def session(self) -> Session:
        """The same transaction for entities, which most requests do without."""
        kind = Session if self.writes else _ReadOnlySession
        return kind(
            self.connection,
            autoflush=False,
            expire_on_commit=False,
            join_transaction_mode="rollback_only",  # committing is the store's
        )

    @property
    def by(self) -> Actor:
        """The signed-in person; commands that record something need one."""
        if self.actor is None:
            raise NotPermittedError("Sign in to do this.")
        return self.actor

    def audit(self, name: Name, kind: str = "", subject_id: object = "", **detail: Any) -> None:
        """Note an event; it is written with the commit. `detail` takes codes, counts and ids."""
        self.occurrences.append(Occurrence(name, kind, str(subject_id), detail or None))

    def justified(
        self, why: str, name: Name, kind: str = "", subject_id: object = "", **detail: Any
    ) -> None:
        """As `audit`, with the code of why it was done."""
        self.occurrences.append(Occurrence(name, kind, str(subject_id), detail or None, why))

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo changes and events alike if the block raises."""
        noted = len(self.occurrences)
        try:
            with self.session.begin_nested():
                self.session.connection()  # begins the savepoint, which waits for its first use
                yield
        except BaseException:
            del self.occurrences[noted:]
            raise

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Do something as it was done then, without a signal; its events keep today's time."""
        now, self.now = self.now, moment
        try:
            yield
        finally:
            self.now = now

    @contextmanager
    def as_(self, author: Actor) -> Iterator[None]:
        """Do something for its author, who is not the one who asks for it now.

        The record names the author; its events name who asked, and for whom.
        """
        asking, noted = self.by, len(self.occurrences)
        self.actor = author
        try:
            yield
        finally:
            self.actor = asking
            if asking.id != author.id:
                self.occurrences[noted:] = [
                    replace(each, detail={**(each.detail or {}), "for": str(author.id)})
                    for each in self.occurrences[noted:]
                ]

    def flush(self) -> None:
        """Write what was changed in entities."""
        if "session" in vars(self):
            self.session.flush()

    def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        if session := vars(self).pop("session", None):
            session.close()
        if connection := vars(self).pop("connection", None):
            connection.close()


class Store:
    """The database and its keys. Opens units of work, and commits them: the one place that does."""

    def __init__(
        self,
        url: str,
        vault: Vault,
        clocks: Clocks | None = None,
        limits: Limits | None = None,
        main_set: str = MAIN_SET,
    ) -> None:
        self.clocks = clocks or Clocks()
        self.limits = limits or Limits()
        self.main_set = main_set
        self.engine = make_engine(url)
        self.writing_engine: Engine = writing(self.engine)
        self.vault = vault

    @contextmanager
    def work(
        self, *, writes: bool, actor: Actor | None = None, request_id: str = ""
    ) -> Iterator[Work]:
        """A unit of work, committed when the block ends well and rolled back when it raises.

        Without `writes` the session is read-only; its audit events are still written, in a
        transaction of their own, before the block's caller goes on.
        """
        engine = self.writing_engine if writes else self.engine
        work = Work(
            engine,
            writes,
            self.vault,
            datetime.now(UTC),
            request_id or str(uuid7()),
            actor,
            self.clocks,
            self.limits,
            self.main_set,
        )
        try:
            yield work
            if writes:
                work.flush()
                settle(work)
                append(work.connection, _by(work), work.occurrences)
                work.connection.commit()
        finally:
            work.close()
        if not writes:
            self.note(work)

    def note(self, work: Work) -> None:
        """Write a unit of work's audit events alone, in a transaction of their own."""
        if work.occurrences:
            with self.writing_engine.begin() as connection:
                append(connection, _by(work), work.occurrences)


def _by(work: Work) -> By:
    actor = work.actor
    return By(
        actor.id if actor else None, actor.role.value if actor else "", work.now, work.request_id
    )


class _ReadOnlySession(Session):
    """A session that refuses to write what somebody changed in it."""


@event.listens_for(_ReadOnlySession, "before_flush")
def _refuse_flush(session: Session, _context: object, _instances: object) -> None:
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("a read-only unit of work was asked to write")
