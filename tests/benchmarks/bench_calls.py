"""How long an import of call logs takes, and whether its flags are those of a plain recomputation.

Run with `python -m tests.benchmarks.bench_calls`; `--rows 50000` for a small one. The log is of an
invented force: most people call once, a few very often, some share a phone, some give no name. It
prints rows for each second and the peak of memory, imports the file a second time, which must
change nothing, and then holds every flag against windows that are counted one by one.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from random import Random
from uuid import UUID

import click
from sqlalchemy import func, select

from dash_forms.calls.importing import KIND, import_of, put_by
from dash_forms.domain.ids import uuid7
from dash_forms.domain.logs import Log
from dash_forms.domain.permissions import Actor, Role
from dash_forms.domain.repeat_calls import Rule
from dash_forms.store.accounts import create_account
from dash_forms.store.crypto import load_vault
from dash_forms.store.job_runner import Runner
from dash_forms.store.migrate import upgrade
from dash_forms.store.models import Call, Caller, CallerFlag
from dash_forms.store.work import Store
from tests.support import postgres
from tests.support.force import CHEAP

YEAR = timedelta(days=365)


def log(rows: int) -> Iterator[str]:
    """A year of calls as the lines of a file."""
    chance = Random(11)
    now = datetime.now(UTC).replace(microsecond=0)
    people = max(20, rows // 3)
    yield "reference,called_at,channel,phone,name,born_on,address,duplicate_of\r\n"
    for at in range(rows):
        # A few people make most of the calls, and theirs come in bursts.
        who = int(people * chance.random() ** 1.5)
        around = (who * 7919 % 365) / 365
        share = around + chance.gauss(0, 0.03) if chance.random() < 0.5 else chance.random()
        moment = now - YEAR + YEAR * (share % 1)
        phone = f"07700 9{who // 2 % 100_000:05}" if chance.random() < 0.95 else "withheld"
        name = f"Person {'abcdefgh'[who % 8]}{who // 2}" if chance.random() < 0.8 else ""
        born = f"{1950 + who % 50}-0{1 + who % 9}-1{who % 9}" if chance.random() < 0.3 else ""
        first = f"B-{at - 1:08}" if at and chance.random() < 0.02 else ""
        yield (
            f"B-{at:08},{moment.isoformat()},{'101' if at % 3 else '999'},{phone},{name},{born},"
            f"{who % 90_000} Invented Row,{first}\r\n"
        )


def run(store: Store, rows: int) -> None:
    """Import the log twice, and check what came of it."""
    with store.work(writes=True) as work:
        account = create_account(
            work, username="control1", display_name="Control", role=Role.CONTROL_ROOM,
            team_id=None, password=str(uuid7()), cost=CHEAP,
        )  # fmt: skip
        actor = Actor(account.id, "Control", Role.CONTROL_ROOM, None)
    for again in ("first", "second"):
        began = time.monotonic()
        with store.work(writes=True, actor=actor) as work:
            import_id = put_by(work, Log.CALLS, "log.csv", log(rows))
        put = time.monotonic()
        click.echo(f"{again}: put by in {put - began:.0f} s", err=True)
        Runner(store, (KIND,)).run_waiting()
        took = time.monotonic() - put
        with store.work(writes=False) as work:
            ended = import_of(work, import_id)
        click.echo(
            f"{again} import: {rows:,} rows put by in {put - began:.0f} s and taken in in"
            f" {took:.0f} s, {rows / (took + put - began):,.0f} a second; new {ended.new_count:,},"
            f" known {ended.known_count:,}, refused {ended.refused_count:,}"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(f"peak of memory {peak:,.0f} MB")
    check(store)


def check(store: Store) -> None:
    """Hold the flags against windows that are counted one by one."""
    with store.work(writes=False) as work:
        people = work.connection.scalar(select(func.count()).select_from(Caller))
        found = {
            (row[0], row[1])
            for row in work.connection.execute(select(CallerFlag.call_id, CallerFlag.rule))
        }
        calls = work.connection.execute(
            select(Call.counted_as_id, Call.called_at, Call.reference, Call.contact, Call.id)
            .where(Call.counted_as_id.is_not(None))
            .order_by(Call.counted_as_id, Call.called_at, Call.reference)
        ).all()
    plain = set()
    for _, of_caller in groupby(calls, key=lambda call: call[0]):
        contacts: dict[str, tuple[datetime, UUID]] = {}
        for _, at, _, contact, call_id in of_caller:
            contacts.setdefault(contact, (at, call_id))
        moments = [moment for moment, _ in contacts.values()]
        for rule, hours, most in ((Rule.WEEK, 168, 3), (Rule.MONTH, 720, 5)):
            raised: datetime | None = None
            for index, (moment, call_id) in enumerate(contacts.values()):
                since = moment - timedelta(hours=hours)
                upto = min(index + 1, bisect_right(moments, moment))
                if upto - bisect_left(moments, since) <= most:
                    raised = None
                elif raised is None or raised < since:
                    raised = moment
                    plain.add((call_id, rule))
    click.echo(
        f"{people:,} callers, {len(found):,} flags, {len(found ^ plain):,} other than recomputed"
    )


def main() -> None:
    """Import, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dash-calls-") as place:
        vault = load_vault(Path(place) / "keys.json")
        if arguments.database == "sqlite":
            store = Store(f"sqlite:///{place}/calls.sqlite3", vault)
            upgrade(store.writing_engine)
            run(store, arguments.rows)
        else:
            with postgres.server() as url:
                store = Store(url, vault)
                upgrade(store.writing_engine)
                run(store, arguments.rows)
                store.engine.dispose()


if __name__ == "__main__":
    main()
