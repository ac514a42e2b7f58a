"""The real server with invented people in it, and the line between it and a browser."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Flask
from waitress.server import create_server
from werkzeug.wrappers import Request, Response

from dash_forms.config import Settings
from dash_forms.store.answers import StoredAnswer, stored_answers
from dash_forms.store.models import AnswerLogEntry, Assessment
from dash_forms.store.work import Store
from tests.support.client import StrictClient, application
from tests.support.force import CHEAP, Force, make_force
from tests.support.workers import running_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Change = Callable[[bytes], bytes]


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
        log_level="ERROR",
        argon2_memory_kib=CHEAP[0],
        argon2_rounds=CHEAP[1],
    )
    app = application(settings)
    store: Store = app.extensions["dash_store"]
    force = make_force(store)
    with running_server(database_url, instance) as server:
        yield Served(server.url, server.port, app, force)
    store.engine.dispose()


@contextmanager
def another_server(app: WSGIApplication) -> Iterator[int]:
    """Serve from this process too, on the same database; gives the port."""
    sockets: dict[int, Any] = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    yield server.effective_port
    server.close()


def changed(
    app: WSGIApplication, paths: str, *, asked: Change | None = None, answered: Change | None = None
) -> WSGIApplication:
    """An application as another release has it: what is asked or answered below a path differs."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(paths):
            return app(environ, start_response)
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        if asked:
            body = asked(Request(environ).get_data())
            environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        response = Response.from_app(app, environ)
        if answered and response.status_code == 200:
            response.set_data(answered(response.get_data()))
        return response(environ, start_response)

    return answer


PassesOn = Callable[[bytes], bool]


class Line:
    """A relay in front of the server that can go dead, be slow, lose replies, or answer itself."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._is_dead = False
        self._loses_replies = False
        self._held: list[bytes] = []
        self._delay = 0.0
        self._answer = b""
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        self._is_dead = True
        self._hang_up()

    def lose_replies(self) -> None:
        """Requests arrive, answers do not."""
        self._loses_replies = True

    def hold(self, *words: str) -> None:
        """Requests with such words in them wait until the line is mended, or holds others."""
        self._held = [each.encode() for each in words]

    def slow_down(self, seconds: float) -> None:
        """Each answer comes so much later."""
        self._delay = seconds

    def lead_to(self, port: int) -> None:
        """Another server takes the place of the one before, whose connections end."""
        self._target = port
        self._hang_up()

    def answer(self, status: str, body: str = "") -> None:
        """What lies between answers every request itself: a broken proxy, a hotel's sign-in."""
        content = body.encode()
        self._answer = (
            f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(content)}\r\n"
            "Connection: close\r\n\r\n"
        ).encode() + content

    def mend(self) -> None:
        self._is_dead = self._loses_replies = False
        self._held, self._delay, self._answer = [], 0.0, b""

    def close(self) -> None:
        self.cut()
        self._held = []
        _end(self._listener)  # or whoever waits for the next one would wait for ever

    def _hang_up(self) -> None:
        for each in list(self._open):
            _end(each)

    def _accept(self) -> None:
        with suppress(OSError), self._listener:
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._relay, args=(near,), daemon=True).start()

    def _relay(self, near: socket.socket) -> None:
        """Carry both ways until one end hangs up.

        Only here are they closed, when nobody reads them any more: the number of a socket that is
        closed goes to the next one, of which another thread could then read a part.
        """
        with near, suppress(OSError):
            self._open.add(near)  # first, or a cut that comes now would miss it
            try:
                if not self._is_dead:
                    with socket.create_connection(("127.0.0.1", self._target)) as far:
                        self._carry(near, far)
            finally:
                self._open.discard(near)

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        self._open.add(far)
        back = threading.Thread(
            target=self._pump, args=(far, near, partial(self._reply, near)), daemon=True
        )
        back.start()
        self._pump(near, far, partial(self._ask, near, far))
        back.join()
        self._open.discard(far)

    def _ask(self, near: socket.socket, far: socket.socket, data: bytes) -> bool:
        while any(words in data for words in self._held):
            time.sleep(0.02)
        if not self._answer:
            far.sendall(data)
            return True
        near.sendall(self._answer)
        near.shutdown(socket.SHUT_WR)
        while near.recv(65536):
            pass  # what is thrown away unread would take the answer along
        return False

    def _reply(self, near: socket.socket, data: bytes) -> bool:
        time.sleep(self._delay)
        if not self._loses_replies:
            near.sendall(data)
        return not self._loses_replies

    def _pump(self, source: socket.socket, target: socket.socket, passes_on: PassesOn) -> None:
        with suppress(OSError):
            while (data := source.recv(65536)) and passes_on(data):
                pass
        _end(source)
        _end(target)


def _end(each: socket.socket) -> None:
    """No more of it either way; whoever reads it is woken."""
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
