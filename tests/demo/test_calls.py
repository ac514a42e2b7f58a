"""The invented call log: the same each time, and with somebody in each list."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime

from dash_forms.calls import queries
from dash_forms.calls.importing import KIND, import_of, put_by
from dash_forms.demo.calls import log
from dash_forms.domain.logs import Log
from dash_forms.store.job_runner import Runner
from dash_forms.store.work import Store
from tests.support.force import Force

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_the_same_time_gives_the_same_log_of_invented_people() -> None:
    lines = list(log(NOW))
    assert lines == list(log(NOW))
    phones = {row["phone"] for row in csv.DictReader(lines)}
    assert all(re.fullmatch(r"07700 900\d{3}|withheld", each) for each in phones)


def test_the_log_is_taken_in_and_shows_somebody_in_each_list(store: Store, force: Force) -> None:
    with store.work(writes=True, actor=force.actors["control1"]) as work:
        import_id = put_by(work, Log.CALLS, "calls.csv", log(work.now))
    Runner(store, (KIND,)).run_waiting()
    with store.work(writes=False, actor=force.actors["control1"]) as work:
        ended, found = import_of(work, import_id), queries.caller_list(work)
    assert (ended.refused_count, ended.known_count) == (0, 0)
    assert min(len(found.over), len(found.near), found.undecided) >= 1
