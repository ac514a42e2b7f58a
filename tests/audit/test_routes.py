"""The audit log's page: everything is there, nothing in it names a victim, and reading it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete

from dash_forms.domain.audit_events import Name
from dash_forms.store.models import OffenderReason
from dash_forms.store.work import Store
from tests.support.client import StrictClient
from tests.support.force import Force, answer_all, new_assessment
from tests.support.log import events, last
from tests.support.offenders import WHY, justified

SignIn = Callable[[str], StrictClient]


@pytest.fixture
def auditor(as_: SignIn) -> StrictClient:
    return as_("auditor1")


def rows(client: StrictClient, path: str) -> list[str]:
    page = client.page(path)
    return [page.text(row) for row in page.all("tr")][1:]


def test_the_log_shows_who_did_what_to_which_record_newest_first(
    officer: StrictClient, auditor: StrictClient
) -> None:
    path = new_assessment(officer)
    shown = rows(auditor, "/audit")
    assert "assessment.started" in " ".join(shown)
    [started] = [row for row in shown if "assessment.started" in row]
    assert "officer1" in started
    assert "collection" in started
    assert path.rsplit("/", 1)[1] in started
    numbers = [int(row.split()[0]) for row in shown]
    assert numbers == sorted(numbers, reverse=True)


def test_the_log_names_no_victim_and_repeats_no_words(officer: StrictClient, store: Store) -> None:
    path = new_assessment(officer, victim_name="Ashdown Invented", victim_phone="07700 900123")
    answer_all(officer, path)
    officer.submit(
        f"{path}/finish",
        children="no",
        grade="high",
        rationale="A rationale that stays sealed.",
        observed="A broken door",
    )
    written = " ".join(
        f"{event.detail} {event.subject_id} {event.justification}" for event in events(store)
    )
    for word in ("Ashdown", "900123", "sealed", "broken", "SM-2026"):
        assert word not in written


def test_the_log_is_read_one_name_at_a_time(officer: StrictClient, auditor: StrictClient) -> None:
    new_assessment(officer)
    shown = rows(auditor, f"/audit?name={Name.ASSESSMENT_STARTED.value}")
    assert len(shown) == 1
    assert "assessment.started" in shown[0]


@pytest.mark.parametrize(
    "query", ["name=invented", "before=x", "before=-1", "before=0", f"before={2**63}", "name=%00"]
)
def test_an_unusable_wish_shows_the_whole_log(auditor: StrictClient, query: str) -> None:
    assert rows(auditor, f"/audit?{query}")


def test_older_pages_follow_without_a_gap_or_a_repeat(auditor: StrictClient, store: Store) -> None:
    for _ in range(6):
        with store.work(writes=True) as work:
            for _ in range(20):
                work.audit(Name.INCIDENT_VIEWED, "incident", "x")
    name = Name.INCIDENT_VIEWED.value
    path, numbers = f"/audit?name={name}", []
    for _ in range(3):
        numbers += [int(row.split()[0]) for row in rows(auditor, path)]
        links = [a.get("href", "") for a in auditor.page(path).all("a")]
        older = [link for link in links if "before=" in link]
        path = older[0] if older else ""
    expected = [event.seq for event in events(store) if event.name == name]
    assert numbers == expected[::-1]
    assert path == ""


def test_reading_the_log_is_in_the_log(auditor: StrictClient, store: Store, force: Force) -> None:
    auditor.page("/audit?name=incident.viewed")
    event, detail = last(store, "audit.viewed")
    assert event.actor_id == force.actors["auditor1"].id
    assert detail == {"wanted": "incident.viewed"}


@pytest.mark.parametrize("username", ["officer1", "sergeant1", "analyst1", "admin1"])
def test_nobody_else_reads_the_log(as_: SignIn, username: str) -> None:
    assert as_(username).get("/audit").status_code == 403


def test_why_alleged_perpetrators_were_looked_at_stands_in_words_until_it_is_removed(
    as_: SignIn, auditor: StrictClient, store: Store
) -> None:
    justified(as_("sergeant1"))
    path = f"/audit?name={Name.OFFENDERS_JUSTIFIED}"
    purpose = "Supervising what the team has open"
    assert f"{purpose}: {WHY}" in rows(auditor, path)[0]
    with store.work(writes=True) as work:
        work.connection.execute(delete(OffenderReason))
    assert purpose in rows(auditor, path)[0]
    assert WHY not in rows(auditor, path)[0]
