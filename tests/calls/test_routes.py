"""The pages of callers: who is one call away, one caller, and the decision who is who."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from dash_forms.domain.audit_events import Category
from dash_forms.domain.callers import Verdict
from dash_forms.store.models import AuditEvent, Call, CallerDecision, CallerFlag
from dash_forms.store.work import Store
from tests.calls.conftest import Import
from tests.support.calls import calls_of, matches, one_phone_two_names, take_in
from tests.support.client import StrictClient, page_of
from tests.support.force import Force, new_assessment

SignIn = Callable[[str], StrictClient]


def _text(client: StrictClient, address: str) -> str:
    return " ".join(page_of(client.get(address)).text().split())


@pytest.fixture
def control(as_: SignIn) -> StrictClient:
    return as_("control1")


def test_the_control_room_sees_who_is_one_call_away_and_who_is_over(
    control: StrictClient, taken: Import
) -> None:
    taken(calls_of("Wren Ashdown", [3, 2, 1]))
    taken(calls_of("Rowan Birkett", [4, 3, 2, 1], "07700 900002"))
    taken(calls_of("Linden Carrow", [200, 2, 1], "07700 900003"))
    text = _text(control, "/callers")
    near, over = text.split("Over the rule now")
    assert "Wren Ashdown" in near
    assert "3 in 7 days · 3 in 30 days" in near
    assert "One call from more than 3 in 7 days" in near
    assert "Rowan Birkett" in over
    assert "▲ More than 3 in 7 days" in over
    assert "Linden Carrow" not in text


def test_a_caller_s_page_shows_calls_flags_and_what_did_not_count(
    store: Store, control: StrictClient, taken: Import
) -> None:
    rows = calls_of("Wren Ashdown", [50, 40, 30, 20, 10])
    rows[1]["duplicate_of"] = rows[0]["reference"]
    taken(rows)
    with store.work(writes=False) as work:
        caller = work.session.scalars(select(CallerFlag.caller_id)).one()
    text = _text(control, f"/callers/{caller}")
    assert "4 in 7 days · 4 in 30 days · 4 calls in all" in text
    assert "Logged again, not counted" in text
    assert "▲ More than 3 in 7 days" in text
    assert text.count("▲ More than 3 calls within 7 days") == 1


def test_a_caller_s_name_is_the_heading_and_not_the_title(
    store: Store, as_: SignIn, taken: Import
) -> None:
    taken(calls_of("Wren Ashdown", [3, 2, 1]))
    with store.work(writes=False) as work:
        caller = work.session.scalars(select(Call.counted_as_id)).first()
    page = as_("control1").page(f"/callers/{caller}")
    assert page.heading == "Wren Ashdown"
    assert page.text(next(page.all("title"))) == "Caller – Dash forms"


def test_an_incident_of_the_same_person_is_shown_to_who_may_open_it(
    store: Store, officer: StrictClient, as_: SignIn, taken: Import
) -> None:
    new_assessment(officer, victim_name="Wren Ashdown", born_on=["31", "1", "1990"])
    taken(calls_of("Wren Ashdown", [3, 2, 1]))
    with store.work(writes=False) as work:
        caller = work.session.scalars(select(Call.counted_as_id)).first()
    assert "Domestic-abuse incidents" in _text(as_("sergeant1"), f"/callers/{caller}")
    assert "Domestic-abuse incidents" not in _text(as_("control1"), f"/callers/{caller}")


def test_putting_two_callers_together_raises_the_flag_and_is_a_combination(
    store: Store, force: Force, control: StrictClient
) -> None:
    match = f"/callers/matches/{one_phone_two_names(store, force)}"
    assert "1 pair of callers may be one person" in _text(control, "/callers")
    sent = control.submit(match, verdict="same", reason="She said so on the phone.")
    assert sent.headers["Location"] == "/callers/matches?done=same"
    with store.work(writes=False) as work:
        flag = work.session.scalars(select(CallerFlag)).one()
        calls = work.session.scalars(select(Call)).all()
        logged = work.session.scalars(
            select(AuditEvent).where(AuditEvent.name == "caller.combined")
        ).one()
    assert {call.counted_as_id for call in calls} == {flag.caller_id}
    assert len({call.caller_id for call in calls}) == 2  # what was told stays as it was told
    assert logged.category == Category.COMBINATION
    text = _text(control, f"/callers/{flag.caller_id}")
    assert "They were put together" in text
    assert "She said so on the phone." in text
    listed = _text(control, "/callers")
    assert "Wren Ashdown" in listed
    assert "Rowan Birkett" in listed


def test_a_match_says_which_facts_agree_and_which_differ(
    store: Store, control: StrictClient, taken: Import
) -> None:
    # The same phone and birthday, and another name: a nickname, or a sister.
    one, other = calls_of("Wren Ashdown", [2])[0], calls_of("Rowan Birkett", [1])[0]
    taken([one, {**other, "address": "1 Invented Row"}])
    [match] = matches(store)
    text = _text(control, f"/callers/matches/{match}")
    assert "They called from the same phone." in text
    assert "The sameDate of birth, phone" in text
    assert "DifferentName" in text
    assert "Cannot be comparedAddress" in text


def test_a_match_under_one_name_is_said_to_have_one(
    store: Store, control: StrictClient, taken: Import
) -> None:
    [told] = calls_of("Wren Ashdown", [3])
    taken([{**told, "born_on": ""}])
    taken([{**told, "reference": "W-9", "phone": "07700 900002"}])
    taken([{**told, "reference": "W-10"}])
    [match] = matches(store)
    text = _text(control, f"/callers/matches/{match}")
    assert "The sameName, phone" in text
    assert "DifferentNothing" in text
    assert "Cannot be comparedDate of birth, address" in text


def test_a_decision_can_be_made_anew_and_the_flag_falls_with_it(
    store: Store, force: Force, control: StrictClient
) -> None:
    match = f"/callers/matches/{one_phone_two_names(store, force)}"
    control.submit(match, verdict="same", reason="She said so on the phone.")
    control.submit(match, verdict="different", reason="They are two sisters.")
    with store.work(writes=False) as work:
        assert work.session.scalars(select(CallerFlag)).all() == []
        calls = work.session.scalars(select(Call)).all()
        decisions = work.session.scalars(select(CallerDecision)).all()
    assert all(call.counted_as_id == call.caller_id for call in calls)
    assert {each.verdict for each in decisions} == {Verdict.SAME, Verdict.DIFFERENT}
    text = _text(control, match)
    assert text.index("They are two sisters.") < text.index("She said so on the phone.")


def test_a_later_call_from_the_phone_counts_for_who_was_put_together(
    store: Store, force: Force, control: StrictClient
) -> None:
    match = f"/callers/matches/{one_phone_two_names(store, force)}"
    control.submit(match, verdict="same", reason="She said so on the phone.")
    take_in(store, force, [{**calls_of("x", [0.5])[0], "name": "", "born_on": ""}])
    with store.work(writes=False) as work:
        assert len(set(work.session.scalars(select(Call.counted_as_id)))) == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"reason": "She said so on the phone."}, "Choose one of the two"),
        ({"verdict": "same", "reason": "yes"}, "at least 10 letters"),
        ({"verdict": "same", "reason": "a\u202eb" * 9}, "invisible character"),
    ],
)
def test_a_decision_without_its_reason_is_refused_and_keeps_what_was_typed(
    store: Store, force: Force, control: StrictClient, given: dict[str, str], words: str
) -> None:
    match = f"/callers/matches/{one_phone_two_names(store, force)}"
    answer = control.submit(match, expect=422, **given)
    assert words in answer.text
    assert re.search(r"She said so on the phone|yes|a\u202eb", answer.text)
    with store.work(writes=False) as work:
        assert work.session.scalars(select(CallerDecision)).all() == []
