"""The real server with invented people in it, and the line between it and a browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from flask import Flask

from dash_forms.app import create_app
from dash_forms.config import Settings
from dash_forms.store.answers import StoredAnswer, stored_answers
from dash_forms.store.migrate import upgrade
from dash_forms.store.models import AnswerLogEntry, Assessment
from dash_forms.store.work import Store
from tests.support.client import StrictClient
from tests.support.force import CHEAP, Force, make_force
from tests.support.workers import running_server


@dataclass(frozen=True)
class Served:
    """A server that answers, and the database behind it."""

    url: str
    port: int
    app: Flask
    force: Force

    @property
    def store(self) -> Store:
        found: Store = self.app.extensions["dash_store"]
        return found

    def client(self, username: str) -> StrictClient:
        """A quick way to records in a known state: the same application, without the browser."""
        client: StrictClient = self.app.test_client()  # type: ignore[assignment]
        return client.sign_in(username)

    def answers(self, assessment_id: UUID) -> dict[int, StoredAnswer]:
        """What the database holds now."""
        with self.store.work(writes=False) as work:
            return stored_answers(work, assessment_id)

    def log(self, assessment_id: UUID) -> list[AnswerLogEntry]:
        """Every answer that ever arrived, first one first."""
        with self.store.work(writes=False) as work:
            entries = work.session.query(AnswerLogEntry).filter_by(assessment_id=assessment_id)
            return entries.order_by(AnswerLogEntry.received_at).all()

    def assessment(self, assessment_id: UUID) -> Assessment:
        """The assessment's own row."""
        with self.store.work(writes=False) as work:
            found = work.session.get(Assessment, assessment_id)
            assert found is not None
            return found


@contextmanager
def served(database_url: str, instance: Path) -> Iterator[Served]:
    """Migrate and fill an empty database, then serve it from two worker processes."""
    settings = Settings(
        instance=instance,
        database_url=database_url,
        cookie_secure=False,
        argon2_memory_kib=CHEAP[0],
        argon2_rounds=CHEAP[1],
    )
    app = create_app(settings)
    app.testing = True
    app.test_client_class = StrictClient
    store: Store = app.extensions["dash_store"]
    upgrade(store.writing_engine)
    force = make_force(store)
    with running_server(database_url, instance) as server:
        yield Served(server.url, server.port, app, force)
    store.engine.dispose()


Loses = Callable[[], bool]


class Line:
    """A relay in front of the server that can go dead, or lose the server's replies."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._is_dead = False
        self._loses_replies = False
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        self._is_dead = True
        for each in list(self._open):
            _close(each)

    def lose_replies(self) -> None:
        """Requests arrive, answers do not."""
        self._loses_replies = True

    def mend(self) -> None:
        self._is_dead = self._loses_replies = False

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._is_dead:
                    _close(near)
                    continue
                far = socket.create_connection(("127.0.0.1", self._target))
                self._open |= {near, far}
                self._carry(near, far, lambda: False)
                self._carry(far, near, lambda: self._loses_replies)

    def _carry(self, source: socket.socket, target: socket.socket, loses: Loses) -> None:
        threading.Thread(target=self._pump, args=(source, target, loses), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, loses: Loses) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if loses():
                    break
                target.sendall(data)
        for each in (source, target):
            self._open.discard(each)
            _close(each)


def _close(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
