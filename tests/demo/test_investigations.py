"""The invented checks of closed cases: the same each time, and with something to see and to do."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from dash_forms import cli
from dash_forms.config import Settings
from dash_forms.demo import investigations as invented
from dash_forms.demo.seed import PASSWORD, seed
from dash_forms.domain.checklists import read_checklist
from dash_forms.domain.investigations import Finding, months_to_draw, require_answered
from dash_forms.investigations.checking import every_sample, problems
from dash_forms.investigations.queries import board
from dash_forms.store.accounts import actor_named
from dash_forms.store.crypto import load_vault
from dash_forms.store.migrate import upgrade
from dash_forms.store.work import Store
from tests.support.force import CHEAP

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
CHECKLIST = read_checklist(Path("/nowhere/investigations.toml"))


def _year() -> list[invented.Act | None]:
    chance = invented.chance()
    months = months_to_draw(NOW)[: invented.MONTHS]
    return [invented.acts(chance, month, NOW, CHECKLIST) for month in months for _ in range(50)]


def test_the_same_time_gives_the_same_seeds_and_findings() -> None:
    first, again = invented.chance(), invented.chance()
    seeds = [invented.seed(first) for _ in range(3)]
    assert seeds == [invented.seed(again) for _ in range(3)]
    assert {len(bytes.fromhex(each)) for each in seeds} == {32}
    assert _year() == _year()


def test_every_kind_of_finding_is_there_and_each_would_be_accepted() -> None:
    acts = _year()
    done = [each for each in acts if each and not each.skip]
    for each in done:
        require_answered(CHECKLIST, each.answers)
    findings = Counter(answer.finding for each in done for answer in each.answers.values())
    assert findings.keys() == set(Finding)
    assert any(each and each.skip for each in acts)
    assert acts.count(None) > 10


def test_the_demonstration_draws_samples_that_stand_and_leaves_some_to_check(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'demo.sqlite3'}"
    store = Store(url, load_vault(tmp_path / "keys.json"))
    upgrade(store.writing_engine)
    now = datetime.now(UTC)
    seed(store, pairs=600, now=now, password=PASSWORD, cost=CHEAP, progress=lambda *_: None)
    cli._check_demo_investigations(store, Settings(instance=tmp_path))
    with store.work(writes=False) as work:
        samples = every_sample(work)
        assert len(samples) > 10
        assert not [told for each in samples for told in problems(work, each)]
        work.actor = actor_named(work, "sergeant1")
        found = board(work)
        assert found.samples
        assert found.checked
        assert found.waiting or found.own
    store.engine.dispose()
