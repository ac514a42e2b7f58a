"""How much CPU a page and a saved answer cost, beside a bare application served the same way.

Run with `python -m tests.benchmarks.bench_against_bare`. It prints and never fails: times on a
shared machine are for people to read.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from itertools import count, cycle
from pathlib import Path
from statistics import median
from urllib.parse import urljoin
from uuid import UUID

import click

from dash_forms.app import create_app
from dash_forms.config import Settings
from dash_forms.domain.ids import uuid7
from dash_forms.store.migrate import upgrade
from tests.support.client import StrictClient
from tests.support.force import CHEAP, make_force, new_assessment, operation, sync
from tests.support.workers import RunningServer, running_server, serving

WARM_UP = 40
VALUES = cycle(("yes", "no", "dont_know"))
NOTES = {4: "Said twice that tonight was worse than before.", 17: "Words as spoken: “I’ll end it”."}
NOTE = "Invented note of an ordinary length, as typed at the door."

_LINKED = re.compile(r'<(?:link rel="(?:stylesheet|icon)"|script)[^>]*?(?:href|src)="([^"]+)"')
_IMPORTED = re.compile(r'from\s*"(\.[^"]+)"')


@dataclass(frozen=True)
class Request:
    """A request as it goes over the wire."""

    method: str
    path: str
    body: str | None
    headers: dict[str, str]


@dataclass(frozen=True)
class Contender:
    """One of the two applications, with the requests of each operation."""

    server: RunningServer
    page: Callable[[], Request]
    save: Callable[[], Request]

    def cost(self, make: Callable[[], Request], requests: int) -> float:
        """CPU milliseconds of the workers per request, over so many requests."""
        connections = [self.server.connect() for _ in self.server.workers]
        try:
            before = self.server.cpu_seconds()
            for _, connection in zip(range(requests), cycle(connections), strict=False):
                send(connection, make())
            return (self.server.cpu_seconds() - before) * 1000 / requests
        finally:
            for connection in connections:
                connection.close()


def send(connection: HTTPConnection, request: Request) -> tuple[HTTPResponse, bytes]:
    """Send a request; anything but success stops the benchmark."""
    connection.request(request.method, request.path, request.body, request.headers)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200 or (request.path == "/sync" and b'"applied"' not in body):
        raise RuntimeError(f"{request.method} {request.path}: {response.status} {body[:300]!r}")
    return response, body


def ours(settings: Settings, server: RunningServer) -> Contender:
    """This application with one assessment, all of its topics answered."""
    app = create_app(settings)
    app.test_client_class = StrictClient
    store = app.extensions["dash_store"]
    make_force(store)
    client = StrictClient(app, use_cookies=True).sign_in("officer1")
    path = new_assessment(client)
    assessment_id = path.rsplit("/", 1)[1]
    answers = [
        operation(assessment_id, item, next(VALUES), note=NOTES.get(item, ""))
        for item in range(1, 28)
    ]
    sync(client, answers)
    token = client.csrf_token()
    cookie = client.get_cookie("dash")
    assert cookie is not None
    headers = {"Cookie": f"dash={cookie.value}"}
    revisions = count(1)

    def save() -> Request:
        sent = operation(
            assessment_id, 1, next(VALUES), note=NOTE, base_rev=next(revisions), op_id=str(uuid7())
        )
        posted = {**headers, "X-CSRF-Token": token, "Content-Type": "application/json"}
        return Request("POST", "/sync", json.dumps({"operations": [sent]}), posted)

    return Contender(server, lambda: Request("GET", path, None, headers), save)


def bare(server: RunningServer) -> Contender:
    """The bare application with the same answers."""
    path = f"/assessments/{UUID(int=1)}"
    kind = {"Content-Type": "application/json"}

    def post(item: int, note: str) -> Request:
        sent = {"item": item, "value": next(VALUES), "source": "victim", "note": note}
        return Request("POST", path, json.dumps(sent), kind)

    connection = server.connect()
    for item in range(1, 28):
        send(connection, post(item, NOTES.get(item, "")))
    connection.close()
    return Contender(server, lambda: Request("GET", path, None, {}), lambda: post(1, NOTE))


def rounds(
    first: Contender, second: Contender, *, times: int, requests: int
) -> Iterator[tuple[str, float, float, list[tuple[float, float]]]]:
    """For each operation its name, its goal and the costs of both, measured in turns."""
    for name, goal in (("page", 2.0), ("save", 2.5)):
        makes = [(each, getattr(each, name)) for each in (first, second)]
        for contender, make in makes:
            contender.cost(make, WARM_UP)
        pairs = []
        for _ in range(times):
            one, other = (contender.cost(make, requests) for contender, make in makes)
            pairs.append((one, other))
        yield name, goal, requests, pairs


def cold_load(server: RunningServer, page: Request) -> dict[str, int]:
    """Bytes of the page, and of everything it loads, as they are sent to a browser."""
    accepting = {"Accept-Encoding": "br, gzip"}
    connection = server.connect()
    _, body = send(connection, Request("GET", page.path, None, {**page.headers, **accepting}))
    sizes = {page.path: len(body)}
    waiting = [urljoin(page.path, found) for found in _LINKED.findall(body.decode())]
    while waiting:
        path = waiting.pop()
        if path in sizes:
            continue
        _, sent = send(connection, Request("GET", path, None, accepting))
        _, plain = send(connection, Request("GET", path, None, {}))
        sizes[path] = len(sent)
        if path.endswith(".mjs"):
            waiting += [urljoin(path, found) for found in _IMPORTED.findall(plain.decode())]
    connection.close()
    return sizes


def report(first: Contender, second: Contender, *, times: int, requests: int) -> None:
    """Print what everything costs."""
    click.echo(f"{times} rounds of {requests} requests, in turns; CPU of the workers per request")
    click.echo(f"{'':16}{'ours':>10}{'bare':>10}{'ratio':>8}   (min–max), goal")
    words = {"page": "assessment page", "save": "save an answer"}
    for name, goal, _, pairs in rounds(first, second, times=times, requests=requests):
        mine, theirs = (median(pair[side] for pair in pairs) for side in (0, 1))
        ratios = sorted(one / other for one, other in pairs)
        click.echo(
            f"{words[name]:16}{mine:7.2f} ms{theirs:7.2f} ms{median(ratios):8.2f}"
            f"   ({ratios[0]:.2f}–{ratios[-1]:.2f}), at most {goal}"
        )
    connection = first.server.connect()
    _, page = send(connection, first.page())
    connection.close()
    packed = len(gzip.compress(page, 6))
    sizes = cold_load(first.server, first.page())
    total = sum(sizes.values())
    click.echo(f"page: {len(page):,} bytes, gzipped {packed:,}; at most 20,480")
    click.echo(f"first cold load: {total:,} bytes in {len(sizes)} files; at most 153,600")


def main() -> None:
    """Serve both applications and compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--requests", type=int, default=200, help="per round and operation")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dash-bench-") as place, ExitStack() as stack:
        folder = Path(place)
        settings = Settings(
            instance=folder,
            cookie_secure=False,
            argon2_memory_kib=CHEAP[0],
            argon2_rounds=CHEAP[1],
            log_level="ERROR",
        )
        upgrade(create_app(settings).extensions["dash_store"].writing_engine)
        server = stack.enter_context(running_server(settings.url, folder))
        other = stack.enter_context(
            serving(
                "tests.benchmarks.bare_app:create_app()",
                {"BARE_DATABASE": str(folder / "bare.sqlite3")},
                ready="/ready",
            )
        )
        report(
            ours(settings, server),
            bare(other),
            times=arguments.rounds,
            requests=arguments.requests,
        )


if __name__ == "__main__":
    main()
