"""Hundreds of sessions on a bad line, by chance: nothing lost, doubled or changed in silence.

The pages are the real ones (their scripts, IndexedDB, WebCrypto, `/sync`), each in a frame of its
own (`soak.mjs`), which is torn away for a kill. What lies between is a `fetch` that cuts, fails,
loses the answer, sends twice, or lets a request arrive after the next one. A failure prints its
session; `--seed` and `--long` are in the README.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, Route

from dash_forms.domain.sync import AnswerContent, Receipt
from dash_forms.store.answers import logged_content
from dash_forms.store.models import AnswerLogEntry
from dash_forms.store.work import Work
from tests.support.browsers import Device, Engine, PlaywrightBrowser
from tests.support.client import StrictClient
from tests.support.force import new_urn, sync
from tests.support.server import Served

pytestmark = pytest.mark.browser

SESSIONS, LONG = 200, 2_000
TABLETS = ("officer1", "officer3") * 3
NEEDLESS = 1 / 25
"""Sessions in which a person may be asked about two answers of one tablet: it loses nothing."""
SHARED = 0.25
"""How many of the cases two tablets work on at once."""

LINES = ("up", "up", "up", "down", "down", "mute", "twice", "late", "slow", "failing")
VALUES = ("yes", "no", "dont_know", "declined", "not_asked")
SOURCES = ("victim", "officer_observed", "records", "third_party")

Step = list[Any]
Session = dict[str, Any]

FRAME = """<!doctype html><html lang="en"><title>Soak</title><main class="app-page"></main>
<script>window.fetch = parent.lineOf;</script>
<script type="module">
import { begin } from "/source/assessment.mjs";
import { answerIn } from "/source/card.mjs";
import { show } from "/source/stage.mjs";
import { Tablet } from "/source/tablet.mjs";
parent.opened(window, { Tablet, begin, show, answerIn });
</script>"""


def said(value: str | None, source: str, note: str) -> tuple[Any, ...]:
    """What an answer says; where nobody gave one, it has no source."""
    return value, "" if value in {None, "declined", "not_asked"} else source, note


@dataclass(frozen=True)
class Made:
    """An answer as a page made it: its operation, by which tablet, and what was said of it."""

    tablet: int
    session: Session
    raw: dict[str, Any]

    @property
    def op_id(self) -> UUID:
        return UUID(self.raw["op_id"])

    @property
    def content(self) -> tuple[Any, ...]:
        return said(self.raw["value"], self.raw["source"], self.raw["note"])

    @property
    def is_acknowledged(self) -> bool:
        return bool(self.raw["kept"] or self.raw.get("said"))

    def saw(self, content: tuple[Any, ...]) -> bool:
        """Whether its author had this on the screen, or both of two, before the tap."""
        seen = self.raw["seen"]
        return seen["both"] or said(seen["value"], seen["source"], seen["note"]) == content

    def __str__(self) -> str:
        return f"{json.dumps(self.raw)}\n  in {json.dumps(self.session)}"


def steps(chance: random.Random) -> Iterator[Step]:
    for _ in range(chance.randrange(3, 12)):
        item = chance.randrange(1, 5)
        yield chance.choices(
            (
                ["value", item, chance.choice(VALUES)],
                ["note", item, chance.choice(("", "Said at the door", f"Note {chance.random()}"))],
                ["source", item, chance.choice(SOURCES)],
                ["line", chance.choice(LINES)],
                ["pause", chance.randrange(120)],
            ),
            (50, 12, 8, 15, 20),
        )[0]


def sessions(seed: int, count: int) -> list[list[Session]]:
    """What each tablet does, one session after the other."""
    chance = random.Random(seed)
    plan: list[list[Session]] = [[] for _ in TABLETS]
    for number in range(count):
        tablet = number % len(TABLETS)
        is_shared = tablet % 2 == 1 and chance.random() < SHARED
        case = plan[tablet - 1][-1]["case"] if is_shared else number
        lives = [
            [chance.choice(("server", "tablet")), *steps(chance)]
            for _ in range(chance.randrange(1, 4))
        ]
        plan[tablet].append({"number": number, "case": case, "lives": lives})
    return plan


def new_cases(client: StrictClient, team: UUID, count: int) -> list[str]:
    """Cases whose questions can be asked, made as tablets make them."""

    def post(path: str, **fields: str) -> dict[str, Any]:
        pairs = [list(each) for each in fields.items()]
        return {"op_id": str(uuid4()), "kind": "post", "path": path, "fields": pairs}

    made = []
    for start in range(0, count, 50):
        of_these = [str(uuid4()) for _ in range(start, min(start + 50, count))]
        incidents = [
            post(
                "/incidents/new",
                incident_id=str(uuid4()),
                pair_id=str(uuid4()),
                assessment_id=each,
                question_set="dash-27.v1",
                urn=new_urn(),
                victim_name="Ashdown Invented",
                reported_at="2026-01-30 21:40",
                team=str(team),
            )
            for each in of_these
        ]
        begun = [
            post(f"/assessments/{each}/start", mode="in_person", seen_alone="yes")
            for each in of_these
        ]
        receipts = sync(client, [*incidents, *begun])
        assert {each["receipt"] for each in receipts} == {"applied"}, receipts
        made += of_these
    return made


def opened(chromium: Engine, served: Served, username: str) -> Page:
    """A tablet where somebody is signed in, on a page with nothing of the application's own."""
    browser = chromium.open(served.url, Device())
    assert isinstance(browser, PlaywrightBrowser)
    client = served.client(username)
    cookie = client.get_cookie("dash")
    assert cookie is not None
    browser.context.add_cookies([{"name": "dash", "value": cookie.value, "url": served.url}])
    browser.serve_sources()

    def answer(route: Route) -> None:
        if route.request.resource_type != "document":
            route.continue_()
            return
        is_frame = route.request.frame.parent_frame is not None
        route.fulfill(body=FRAME if is_frame else "<!doctype html><title>Soak</title>")

    browser.context.route("**/soak*", answer)
    browser.context.route("**/assessments/*", answer)
    browser.goto("/soak")
    browser.page.add_script_tag(content=(Path(__file__).parent / "soak.mjs").read_text())
    return browser.page


def run_all(chromium: Engine, served: Served, plan: list[list[Session]]) -> list[Made]:
    """Let all tablets do what is planned, at the same time."""
    tablets = [opened(chromium, served, username) for username in TABLETS]
    for page, planned in zip(tablets, plan, strict=True):
        page.evaluate(
            """(planned) => {
              globalThis.reports = [];
              (async () => { for (const each of planned) reports.push(await run(each)); })();
            }""",
            planned,
        )
    made = []
    for number, (page, planned) in enumerate(zip(tablets, plan, strict=True)):
        page.wait_for_function(f"reports.length === {len(planned)}", timeout=0, polling=200)
        for session, report in zip(planned, page.evaluate("reports"), strict=True):
            assert not report["trouble"], f"{report['trouble']}\n  in {json.dumps(session)}"
            made += [Made(number, session, raw) for raw in report["made"]]
    for page in tablets:
        page.context.close()
    return made


class Ledger:
    """What the pages made of a case, held against what the server has."""

    def __init__(self, work: Work, assessment: UUID, made: list[Made]) -> None:
        self.made = {each.op_id: each for each in made}
        entries = work.session.query(AnswerLogEntry).filter_by(assessment_id=assessment)
        self.log = entries.order_by(AnswerLogEntry.item, AnswerLogEntry.rev).all()
        self.contents = {each.op_id: self._said(logged_content(work, each)) for each in self.log}

    @staticmethod
    def _said(content: AnswerContent) -> tuple[Any, ...]:
        return said(content.value, content.source.value, content.note)

    def wrong(self) -> list[str]:
        """Everything that must not be, in words."""
        found: dict[str, Sequence[object]] = {
            "lost": self.lost(),
            "doubled": self.doubled(),
            "changed in silence": self.changed(),
            "overtaken by an older one": self.overtaken(),
            "said to be kept": self.lied(),
        }
        log = "\n  ".join(
            f"{e.item} r{e.rev} b{e.base_rev} {e.receipt} {self.contents[e.op_id]} {e.op_id}"
            for e in self.log
        )
        return [
            f"{what}: {each}\n  {log}" for what, all_of_it in found.items() for each in all_of_it
        ]

    def lost(self) -> list[Made]:
        return [
            each
            for op_id, each in self.made.items()
            if each.is_acknowledged and op_id not in self.contents
        ]

    def doubled(self) -> list[AnswerLogEntry]:
        """Answers that no page made. (The same operation cannot be there twice: it is the key.)"""
        return [each for each in self.log if each.op_id not in self.made]

    def changed(self) -> list[Made]:
        """What arrived with another content, or replaced what its author had not seen."""
        changed = [
            self.made[op_id]
            for op_id, content in self.contents.items()
            if op_id in self.made and self.made[op_id].content != content
        ]
        current: dict[int, AnswerLogEntry] = {}
        in_conflict: set[int] = set()
        for entry in self.log:
            replaced, made = current.get(entry.item), self.made[entry.op_id]
            if entry.receipt is Receipt.CONFLICT:
                in_conflict.add(entry.item)
                continue
            content = self.contents[replaced.op_id] if replaced else None
            if replaced and content and content != self.contents[entry.op_id]:
                # The same answer given twice at once is one revision: either may have seen.
                twins = [
                    self.made[each.op_id]
                    for each in self.log
                    if (each.item, each.rev) == (entry.item, entry.rev)
                    and self.contents[each.op_id] == self.contents[entry.op_id]
                ]
                if not any(
                    self._is_own(replaced, each, entry.item in in_conflict) or each.saw(content)
                    for each in twins
                ):
                    changed.append(made)
            in_conflict.discard(entry.item)
            current[entry.item] = entry
        return changed

    def _is_own(self, replaced: AnswerLogEntry, made: Made, in_conflict: bool) -> bool:
        return not in_conflict and self.made[replaced.op_id].tablet == made.tablet

    def overtaken(self) -> list[Made]:
        """Where one tablet alone answered, its last answer stands, or a person is asked."""
        if len({each.tablet for each in self.made.values()}) > 1:
            return []
        arrived = [each for op_id, each in self.made.items() if op_id in self.contents]
        last_made = {each.raw["item"]: each for each in arrived}
        last_logged = {each.item: each for each in self.log}
        standing = {item: self.contents[each.op_id] for item, each in last_logged.items()}
        return [
            made
            for item, made in last_made.items()
            if last_logged[item].receipt is not Receipt.CONFLICT and standing[item] != made.content
        ]

    def own_conflicts(self) -> list[Made]:
        """A tablet in conflict with nobody but itself, over what it showed when it was tapped."""
        others = defaultdict(set)
        for entry in self.log:
            others[entry.item].add(self.made[entry.op_id].tablet)
        return [
            self.made[entry.op_id]
            for before, entry in pairwise(self.log)
            if entry.receipt is Receipt.CONFLICT
            and before.receipt is not Receipt.CONFLICT  # or the question is there already
            and len(others[entry.item]) == 1
            and self.made[entry.op_id].saw(self.contents[before.op_id])
        ]

    def lied(self) -> list[Made]:
        """Said to be on the tablet, and it was not."""
        return [
            each
            for each in self.made.values()
            if each.raw.get("said") == "Saved on this tablet" and not each.raw["kept"]
        ]


@pytest.mark.timeout(3_600)
def test_nothing_is_lost_doubled_or_changed_in_silence(
    chromium: Engine, served_app: Served, request: pytest.FixtureRequest
) -> None:
    seed, is_long = request.config.getoption("--seed"), request.config.getoption("--long")
    plan = sessions(seed, LONG if is_long else SESSIONS)
    everything = [each for planned in plan for each in planned]
    client = served_app.client("officer1")
    cases = new_cases(client, served_app.force.teams["north"], len(everything))
    for tablet, planned in enumerate(plan):
        for each in planned:
            owner = str(served_app.force.actors[TABLETS[tablet]].id)
            set_ = "/tablet/cards/dash-27/1"
            each |= {"assessment": cases[each["case"]], "owner": owner, "set": set_}
    of_case: dict[str, list[Made]] = defaultdict(list)
    for made in run_all(chromium, served_app, plan):
        of_case[made.session["assessment"]].append(made)
    assert sum(map(len, of_case.values())) > 3 * len(everything)

    wrong: list[str] = []
    needless = 0
    with served_app.store.work(writes=False) as work:
        for assessment, made_of_it in of_case.items():
            ledger = Ledger(work, UUID(assessment), made_of_it)
            wrong += ledger.wrong()
            needless += len(ledger.own_conflicts())
    kinds = Counter(each.partition(":")[0] for each in wrong)
    assert not wrong, f"--seed {seed}: {kinds}\n" + "\n".join(wrong[:5])
    assert needless <= len(everything) * NEEDLESS
