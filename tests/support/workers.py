"""A real server with several worker processes, on a free loopback port, for one block of a test."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.support.force import CHEAP

PROJECT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class RunningServer:
    """A server that answers: where, and which processes do the work."""

    host: str
    port: int
    workers: tuple[int, ...]

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def connect(self) -> HTTPConnection:
        """A connection of one's own."""
        return HTTPConnection(self.host, self.port, timeout=60)

    def cpu_seconds(self) -> float:
        """Time that the workers' threads have been on a processor so far.

        The scheduler counts nanoseconds; a process has whole ticks of 10 ms, which is a twentieth
        of what a round of small requests takes.
        """
        spent = 0
        for pid in self.workers:
            for thread in Path(f"/proc/{pid}/task").iterdir():
                spent += int((thread / "schedstat").read_text().split()[0])
        return spent / 1e9


@contextmanager
def running_server(
    database_url: str, instance: Path, *, workers: int = 2, **settings: str
) -> Iterator[RunningServer]:
    """Serve the application on a migrated database; `settings` are DASH_ variables by name."""
    variables = {
        "DASH_DATABASE_URL": database_url,
        "DASH_INSTANCE": str(instance),
        "DASH_COOKIE_SECURE": "no",
        "DASH_LOCK_AFTER_MINUTES": "600",  # a window may wait for another for long
        "DASH_ARGON2_MEMORY_KIB": str(CHEAP[0]),
        "DASH_ARGON2_ROUNDS": str(CHEAP[1]),
    } | settings
    with serving("dash_forms.app:create_app()", variables, workers=workers) as server:
        yield server


@contextmanager
def serving(
    target: str, variables: Mapping[str, str], *, workers: int = 2, ready: str = "/readyz"
) -> Iterator[RunningServer]:
    """Run `target` under gunicorn until the block ends; `ready` is asked until it says 200."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("DASH_")
    }
    with tempfile.TemporaryFile("w+") as log:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn"),
                    *("--workers", str(workers), "--worker-class", "gthread", "--threads", "4"),
                    *("--bind", f"fd://{listener.fileno()}", "--log-level", "warning", target),
                ],
                cwd=PROJECT,
                env={**environment, **variables},
                pass_fds=[listener.fileno()],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            if not _comes_up(process, port, ready, workers):
                log.seek(0)
                raise RuntimeError(f"the server did not come up:\n{log.read()}")
            yield RunningServer("127.0.0.1", port, _children(process.pid))
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _comes_up(process: subprocess.Popen[bytes], port: int, ready: str, workers: int) -> bool:
    until = time.monotonic() + 120  # a busy machine takes its time
    while time.monotonic() < until and process.poll() is None:
        if len(_children(process.pid)) == workers and _answers(port, ready):
            return True
        time.sleep(0.05)
    return False


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _children(pid: int) -> tuple[int, ...]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return tuple(int(child) for child in listed.split())
