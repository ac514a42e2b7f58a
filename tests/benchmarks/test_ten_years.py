"""The counts that the benchmark loads are those that the domain makes of the facts beside them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dash_forms.store.engine import make_engine, writing
from dash_forms.store.migrate import upgrade
from tests.benchmarks.ten_years import Size, checked, load, make


def test_the_counts_are_those_that_the_domain_makes(tmp_path: Path) -> None:
    said: list[str] = []
    made = make(tmp_path / "made.duckdb", Size(700, 2, date(2026, 2, 28)), said.append)
    engine = writing(make_engine(f"sqlite:///{tmp_path / 'loaded.sqlite3'}"))
    upgrade(engine)
    engine.dispose()
    load(made, engine, said.append)
    with engine.connect() as connection:
        assert checked(connection) > 10_000
    assert said[-1].startswith("sqlite: report_counts, ")
