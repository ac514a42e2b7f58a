"""A PostgreSQL server of the tests' own: in a temporary folder, on a unix socket, never as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl, if PostgreSQL is installed."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


def _as_other_user() -> list[str]:
    """initdb refuses root, so root lends the server to another user."""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return ["setpriv", f"--reuid={name}", "--regid=nogroup", "--clear-groups"]
    raise RuntimeError("no user but root to run PostgreSQL as")


@contextmanager
def server(*options: str) -> Iterator[str]:
    """Run a server with these settings; gives the SQLAlchemy URL of its `postgres` database."""
    folder = binaries()
    if folder is None:
        raise RuntimeError("PostgreSQL is not installed (Debian: apt install postgresql)")
    with tempfile.TemporaryDirectory(prefix="dash-pg-", ignore_cleanup_errors=True) as place:
        home = Path(place)
        home.chmod(0o777)
        prefix = _as_other_user()

        def run(*command: str) -> None:
            subprocess.run([*prefix, *command], check=True, capture_output=True, cwd=home)

        run(
            str(folder / "initdb"),
            "--pgdata=" + str(home / "data"),
            "--username=dash",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        given = f"-c listen_addresses='' -c unix_socket_directories={home} -c fsync=off"
        control = (str(folder / "pg_ctl"), "-D", str(home / "data"), "-l", str(home / "log"))
        run(*control, "-w", "-o", " ".join([given, *options]), "start")
        try:
            yield f"postgresql+psycopg://dash@/postgres?host={home}"
        finally:
            run(*control, "-m", "immediate", "stop")
