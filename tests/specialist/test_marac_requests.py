"""A refusal does not keep a case from MARAC: judgement asks, whatever the grade."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from dash_forms.domain.assessment import State
from dash_forms.domain.review import FollowUpKind
from dash_forms.store.models import Assessment, FollowUp
from dash_forms.store.work import Store
from tests.support.cases import CLOSING, DECLINE, decide, id_of, read_all, review_of, submitted
from tests.support.client import StrictClient
from tests.support.force import DUTIES, new_assessment
from tests.support.log import last

OFFERED: dict[str, Any] = {"mode": "in_person", "seen_alone": "yes"}
WHY = "She asked in a whisper to be left, and looked at the stairs."


def declined(officer: StrictClient, **closing: Any) -> str:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", **DECLINE)
    officer.submit(f"{path}/finish", **(CLOSING | DUTIES | OFFERED | closing))
    return path


def at_the_desk(store: Store) -> bool:
    with store.work(writes=False) as work:
        found = work.session.scalars(select(FollowUp.kind)).all()
    return FollowUpKind.SECONDARY in found


@pytest.mark.parametrize("grade", ["medium", "standard"])
def test_an_officer_asks_for_a_decision_on_a_decline_and_a_specialist_takes_it(
    grade: str,
    officer: StrictClient,
    sergeant: StrictClient,
    specialist: StrictClient,
    store: Store,
) -> None:
    """Graded medium it could not come to the desk by any way."""
    path = declined(officer, grade=grade, marac=WHY)
    assert WHY in officer.page(f"{path}/record").text()
    assert "A decision on MARAC is asked for" in officer.page(f"{path}/handover").text()
    assert "MARAC asked for" in sergeant.page("/reviews").text()
    assert WHY in sergeant.page(f"{review_of(path)}?section=ending").text()
    read_all(sergeant, path)
    decide(sergeant, path, "agreed")
    assert at_the_desk(store)
    assert "MARAC asked for" in specialist.page("/desk").text()
    desk = f"/desk/records/{id_of(path)}"
    refused = specialist.submit(
        f"{desk}/assess",
        expect=422,
        grade="high",
        rationale="The officer saw fear that nobody explained.",
        refer="yes",
        door="visible_high_risk",
        reason="Fear seen at the door, and a refusal with him in the house.",
    )
    assert "The count has not reached its threshold" in refused.text
    assert WHY in specialist.page(f"{desk}/assess").text()
    specialist.submit(
        f"{desk}/assess",
        grade="high",
        rationale="The officer saw fear that nobody explained.",
        refer="yes",
        door="professional_judgement",
        reason="Fear seen at the door, and a refusal with him in the house.",
    )
    assert last(store, "desk.marac_decided")[1]["door"] == "professional_judgement"


def test_a_decline_that_nobody_asks_for_stays_away_from_the_desk(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = declined(officer)
    read_all(sergeant, path)
    decide(sergeant, path, "agreed")
    assert not at_the_desk(store)


@pytest.mark.parametrize("decision", ["agreed", "regraded"])
def test_a_supervisor_asks_for_it_where_the_officer_did_not(
    decision: str, officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = declined(officer)
    read_all(sergeant, path)
    more = {"grade": "standard", "words": "Nothing else points to harm."}
    decide(sergeant, path, decision, marac=WHY, **(more if decision == "regraded" else {}))
    assert at_the_desk(store)
    assert WHY in officer.page(f"{path}/record").text()


def test_words_that_say_nothing_are_refused_beside_the_field_and_kept(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", **DECLINE)
    values = CLOSING | DUTIES | OFFERED | {"marac": "fear"}
    refused = officer.submit(f"{path}/finish", expect=422, **values)
    assert "Say what the judgement rests on" in refused.text
    assert ">\nfear</textarea>" in refused.text
    officer.submit(f"{path}/finish", **(values | {"marac": ""}))
    read_all(sergeant, path)
    response = sergeant.submit(
        f"{review_of(path)}/decide", expect=422, decision="agreed", marac="fear"
    )
    assert "Say what the judgement rests on" in response.text


def test_it_is_taken_back_by_who_asked_and_by_nobody_else(
    officer: StrictClient, as_: Callable[[str], StrictClient], store: Store
) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", **DECLINE)

    def save(client: StrictClient, words: str) -> None:
        form = client.page(f"{path}/finish").form()
        sent = form.filled(**(CLOSING | DUTIES | OFFERED | {"marac": words})) | {"later": "1"}
        assert client.post(f"{path}/finish", data=sent).status_code == 303

    save(officer, WHY)
    save(as_("officer3"), "")
    assert WHY in officer.page(f"{path}/finish").text()
    save(officer, "")
    assert WHY not in officer.page(f"{path}/finish").text()


def test_a_page_of_an_older_tablet_that_did_not_ask_takes_nothing_back(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", **DECLINE)
    values = CLOSING | DUTIES | OFFERED
    later = officer.page(f"{path}/finish").form().filled(**(values | {"marac": WHY}))
    officer.post(f"{path}/finish", data=later | {"later": "1"})
    sent = officer.page(f"{path}/finish").form().filled(**values)
    del sent["marac"]
    assert officer.post(f"{path}/finish", data=sent).status_code == 303
    with store.work(writes=False) as work:
        assert work.session.get_one(Assessment, id_of(path)).state is State.SUBMITTED
    assert WHY in officer.page(f"{path}/record").text()


def test_a_completed_assessment_can_be_asked_for_as_well(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = submitted(officer)
    read_all(sergeant, path)
    decide(sergeant, path, "agreed", marac=WHY)
    assert at_the_desk(store)
