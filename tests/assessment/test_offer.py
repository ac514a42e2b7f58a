"""How it was offered: with an interpreter, with its purpose explained, and by an older tablet."""

from __future__ import annotations

from typing import Any

import pytest

from dash_forms.domain.assessment import State
from dash_forms.domain.incidents import Interpreter, Purpose
from dash_forms.store.models import Assessment
from dash_forms.store.work import Store
from tests.support.cases import CLOSING, approve, declined, id_of, read_all, review_of
from tests.support.client import StrictClient
from tests.support.force import DUTIES, Force, answer_all, new_assessment
from tests.web.test_waited_posts import Scene, post, said, send

ASKED: dict[str, Any] = {"mode": "in_person", "seen_alone": "yes"}
OWED = "Say whether an interpreter was used: this victim is known to need one"


def stored(store: Store, path: str) -> Assessment:
    with store.work(writes=False) as work:
        return work.session.get_one(Assessment, id_of(path))


def of_offer(store: Store, path: str) -> tuple[Interpreter | None, Purpose | None]:
    kept = stored(store, path)
    return kept.interpreter, kept.purpose


def offer_of(officer: StrictClient, path: str) -> str:
    """The offer that is owed after this attempt."""
    [incident] = officer.page(f"{path}/record").links("/incidents/")[:1]
    return officer.page(incident).link("Offer again")


def test_the_usual_offer_takes_no_further_tap(officer: StrictClient, store: Store) -> None:
    path = new_assessment(officer)
    assert of_offer(store, path) == (None, Purpose.EXPLAINED)
    answer_all(officer, path)
    officer.submit(f"{path}/finish", **CLOSING)
    assert of_offer(store, path) == (None, Purpose.EXPLAINED)
    said_of_it = "In person; spoken to alone: yes; purpose explained"
    assert said_of_it in officer.page(f"{path}/record").text()
    assert f"Offered: {said_of_it}" in officer.page(f"{path}/handover").text()


def test_what_was_not_the_usual_is_read_by_everybody_after(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(path, action="/start", **ASKED, interpreter="not_available", purpose_unsaid="y")
    answer_all(officer, path)
    officer.submit(f"{path}/finish", **CLOSING)
    assert of_offer(store, path) == (Interpreter.NOT_AVAILABLE, Purpose.NOT_EXPLAINED)
    told = "interpreter: needed, none available; purpose not explained"
    assert told in officer.page(f"{path}/record").text()
    assert told in officer.page(f"{path}/handover").text()
    sergeant.submit("/reviews", action=f"{review_of(path)}/open")
    review = sergeant.page(f"{review_of(path)}?section=ending").text()
    assert "An interpreter was needed and none was available." in review
    assert "Needed, none available" in review
    assert "Not explained" in review


def test_a_decline_at_the_door_says_it_on_the_last_page(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    usual = declined(officer)
    assert of_offer(store, usual) == (None, Purpose.EXPLAINED)
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", primary="fear_of_abuser", basis="said")
    closing = CLOSING | DUTIES | ASKED | {"interpreter": "used"}
    officer.submit(f"{path}/finish", **closing)
    assert of_offer(store, path) == (Interpreter.USED, Purpose.EXPLAINED)
    approve(sergeant, path)
    assert "InterpreterUsed" in officer.page(offer_of(officer, path)).text()


def test_who_is_known_to_need_an_interpreter_is_asked_and_nobody_else(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    first = new_assessment(officer, started=False)
    officer.submit(f"{first}/unable", primary="interpreter")
    officer.submit(f"{first}/finish", **CLOSING, **DUTIES)
    approve(sergeant, first)
    path = officer.submit(offer_of(officer, first), action="/offer").location
    assert "Needed: this victim is known to need an interpreter" in officer.page(path).text()
    officer.submit(path, action="/start", **ASKED)
    answer_all(officer, path)
    refused = officer.submit(f"{path}/finish", expect=422, **CLOSING)
    assert OWED in refused.text
    assert stored(store, path).state is State.DRAFT
    officer.submit(f"{path}/finish", **CLOSING, interpreter="used")
    assert of_offer(store, path) == (Interpreter.USED, Purpose.EXPLAINED)


def test_said_at_the_start_it_is_not_asked_again(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    first = new_assessment(officer, started=False)
    officer.submit(f"{first}/decline", primary="fear_of_abuser", basis="said")
    officer.submit(f"{first}/finish", **CLOSING, **DUTIES, **ASKED, interpreter="used")
    approve(sergeant, first)
    path = officer.submit(offer_of(officer, first), action="/offer").location
    officer.submit(path, action="/start", **ASKED, interpreter="not_needed")
    answer_all(officer, path)
    assert "interpreter" not in officer.page(f"{path}/finish").form().fields
    officer.submit(f"{path}/finish", **CLOSING)
    assert of_offer(store, path) == (Interpreter.NOT_NEEDED, Purpose.EXPLAINED)
    assert read_all(sergeant, path)


def test_a_tablet_with_an_older_page_keeps_working(
    officer: StrictClient, force: Force, store: Store
) -> None:
    scene = Scene(force)
    sent = send(officer, scene.new_incident(), scene.start(), *scene.answers(), scene.finish())
    assert set(said(sent)) == {"applied"}
    kept = scene.stored(store)
    assert (kept.state, kept.interpreter, kept.purpose) == (State.SUBMITTED, None, None)
    text = officer.page(f"{scene.path}/record").text()
    assert "In person; spoken to alone: yes" in text
    assert "purpose" not in text.lower()


@pytest.mark.parametrize("last_page", [{}, {"purpose_stated": "1"}])
def test_what_waited_is_kept_and_the_last_page_takes_nothing_of_it_back(
    officer: StrictClient, force: Force, store: Store, last_page: dict[str, str]
) -> None:
    """A page that the line was cut on does not know what was said at the start."""
    scene = Scene(force)
    said_so = {"interpreter": "used", "purpose_stated": "1", "purpose_unsaid": "y"}
    start = post(f"{scene.path}/start", ASKED | said_so)
    finish = scene.finish(**last_page)
    sent = send(officer, scene.new_incident(), start, *scene.answers(), finish)
    assert set(said(sent)) == {"applied"}
    kept = scene.stored(store)
    assert (kept.interpreter, kept.purpose) == (Interpreter.USED, Purpose.NOT_EXPLAINED)


def test_the_pages_that_a_tablet_keeps_state_it_too(officer: StrictClient) -> None:
    for path in ("/tablet/steps/start", "/tablet/steps/finish/declined"):
        page = officer.page(path)
        assert 'name="purpose_stated" value="1"' in officer.get(path).text
        assert "Say why you ask" in page.text()
        assert "Interpreter" in page.text()
    for ended in ("unable", "not_offered"):
        assert 'name="interpreter"' not in officer.get(f"/tablet/steps/finish/{ended}").text
