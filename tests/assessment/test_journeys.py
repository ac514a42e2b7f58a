"""Whole journeys through an assessment, as an officer without scripts makes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from dash_forms.domain.answers import AnswerValue, Source
from dash_forms.domain.assessment import Outcome, State
from dash_forms.domain.ids import uuid7
from dash_forms.domain.instruments import current
from dash_forms.domain.review import FollowUpKind
from dash_forms.store.answers import StoredAnswer, stored_answers
from dash_forms.store.models import (
    AnswerLogEntry,
    Assessment,
    Base,
    FollowUp,
    GradeEntry,
    IncidentChild,
    PairFact,
)
from dash_forms.store.work import Store
from tests.support.cases import approve
from tests.support.client import StrictClient, page_of
from tests.support.force import (
    DUTIES,
    answer_all,
    new_assessment,
    new_incident,
    operation,
    skip_offered,
    sync,
)
from tests.support.log import events, last, names
from tests.support.page import FRAME

SignIn = Callable[[str], StrictClient]
V = AnswerValue
CLOSING: dict[str, Any] = {
    "children": "no",
    "grade": "standard",
    "rationale": "No sign of serious harm.",
}
OFFERED: dict[str, Any] = {"mode": "in_person", "seen_alone": "yes"}
GRADE_NEEDED = "Choose a risk grade. It is needed even when the victim declines"


def id_of(path: str) -> UUID:
    return UUID(path.rsplit("/", 1)[1])


def answers(store: Store, path: str) -> dict[int, StoredAnswer]:
    with store.work(writes=False) as work:
        return stored_answers(work, id_of(path))


def values(store: Store, path: str) -> dict[int, AnswerValue | None]:
    return {number: each.content.value for number, each in answers(store, path).items()}


def the(store: Store, model: Any) -> Any:
    with store.work(writes=False) as work:
        return work.session.scalars(select(model)).one()


def count(store: Store, model: type[Base]) -> int:
    with store.work(writes=False) as work:
        return work.session.scalar(select(func.count()).select_from(model)) or 0


def tap(client: StrictClient, path: str, item: int, value: str | None, **more: object) -> str:
    [receipt] = sync(client, [operation(str(id_of(path)), item, value, **more)])
    return receipt["receipt"]


def save(client: StrictClient, path: str, section: str, *, expect: int = 303, **filled: Any) -> Any:
    """Save one section of the plain form; `q1_value` stands for the field q1-value."""
    filled = {name.replace("_", "-", 1): value for name, value in filled.items()}
    return client.submit(path, action=f"/sections/{section}", expect=expect, **filled)


# Answering ---------------------------------------------------------------------------------------


def test_before_the_start_nothing_can_be_answered(officer: StrictClient, store: Store) -> None:
    path = new_assessment(officer, started=False)
    assert tap(officer, path, 1, "yes") == "rejected"
    assert values(store, path) == {}


@pytest.mark.parametrize("missing", ["mode", "seen_alone"])
def test_the_start_asks_how_it_is_offered(
    officer: StrictClient, store: Store, missing: str
) -> None:
    path = new_assessment(officer, started=False)
    filled = {name: value for name, value in OFFERED.items() if name != missing}
    page = page_of(officer.submit(path, action="/start", expect=422, **filled))
    assert len(page.errors) == 1
    assert the(store, Assessment).state is State.REQUIRED


def test_nothing_is_answered_beforehand(officer: StrictClient) -> None:
    page = officer.page(new_assessment(officer))
    checked = [e for e in page.all("input") if "checked" in e.attrib]
    assert {e.get("name", "").split("-")[1] for e in checked} == {"source"}


def test_a_plain_section_saves_its_cards_and_nothing_else(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    save(officer, path, "now", q1_value="yes", q1_note="cut lip", q2_value="dont_know")
    found = answers(store, path)
    assert values(store, path) == {1: V.YES, 2: V.DONT_KNOW}
    assert found[1].content.note == "cut lip"
    shown = officer.page(path).root.find(".//*[@data-answered]")
    assert shown is not None
    assert shown.text == "2"


def test_a_plain_section_sent_twice_or_unchanged_has_one_effect(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    form = officer.page(path).form("/sections/now")
    for _ in range(2):
        officer.post(form.action, data=form.filled(**{"q1-value": "yes"}))
    save(officer, path, "now")
    assert count(store, AnswerLogEntry) == 1
    assert answers(store, path)[1].rev == 1


def test_a_refused_section_keeps_every_word_that_was_typed_and_saves_none(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    typed = {"q1_value": "yes", "q1_note": "a long story", "q2_note": "hidden\u202e text"}
    response = save(officer, path, "now", expect=422, q3_value="no", **typed)
    fields = page_of(response).form("/sections/now").fields
    assert fields["q1-note"] == ["a long story"]
    assert fields["q2-note"] == ["hidden\u202e text"]
    assert (fields["q1-value"], fields["q3-value"]) == (["yes"], ["no"])
    assert "U+202E" in response.text
    assert values(store, path) == {}


def test_follow_ups_are_kept_only_with_the_answer_they_belong_to(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    item = current("dash-27").item(1)
    follow_up = item.applying(V.YES)[0]
    details = {follow_up.id: ["cut lip"]}
    assert tap(officer, path, 1, "yes", details=details) == "applied"
    assert answers(store, path)[1].content.details == {follow_up.id: ("cut lip",)}
    assert "cut lip" in officer.page(f"{path}/record").text()
    assert tap(officer, path, 1, "no", details=details, base_rev=1) == "applied"
    assert answers(store, path)[1].content.details == {}


def test_an_answer_rests_on_its_source(officer: StrictClient, store: Store) -> None:
    path = new_assessment(officer)
    for item, source in enumerate(Source, start=1):
        tap(officer, path, item, "yes", source=source.value)
    kept = answers(store, path)
    assert [kept[item].content.source for item in range(1, 5)] == list(Source)


@pytest.mark.parametrize(
    "clock", ["1970-01-01T00:00:07.000Z", "2024-02-29T23:59:59.000Z", "2099-12-31T23:59:59.000Z"]
)
def test_a_tablet_whose_clock_is_wrong_is_still_believed(
    officer: StrictClient, store: Store, clock: str
) -> None:
    """An empty battery puts the clock back to 1970: that is no reason to refuse what was said."""
    path = new_assessment(officer)
    first = operation(str(id_of(path)), 1, "yes", asked_at="2026-01-31T21:45:00.000Z")
    second = operation(str(id_of(path)), 1, "no", asked_at=clock, base_rev=1)
    body = {"version": 1, "sent_at": clock, "operations": [first, second]}
    response = officer.post("/sync", json=body, headers={"X-CSRF-Token": officer.csrf_token()})
    assert [each["receipt"] for each in response.json["receipts"]] == ["applied", "applied"]  # type: ignore[index]
    assert values(store, path) == {1: V.NO}
    with store.work(writes=False) as work:
        kept = work.session.get_one(AnswerLogEntry, UUID(str(second["op_id"])))
        assert kept.asked_at == datetime.fromisoformat(clock)
        assert abs(kept.received_at - work.now) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"item": 0}, {"item": 28}, {"item": "x"}, {"value": "maybe"}, {"source": "hearsay"},
        {"op_id": "x"}, {"base_rev": -1}, {"note": 7}, {"note": "a\x00b"}, {"note": "\ud800"},
        {"details": []}, {"kind": "other"}, {"asked_at": "2026-01-01T10:00:00"},
        {"note": "x" * 2_001}, {"value": True}, {"assessment_id": "00000000-0000-7000-8000-0"},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_operation_is_rejected_in_words_and_its_neighbours_are_saved(
    officer: StrictClient, store: Store, wrong: dict[str, Any]
) -> None:
    path = new_assessment(officer)
    case = str(id_of(path))
    operations = [
        operation(case, 1, "yes"),
        operation(case, 2, "no") | wrong,
        operation(case, 3, "no"),
    ]
    receipts = sync(officer, operations)
    assert [each["receipt"] for each in receipts] == ["applied", "rejected", "applied"]
    assert receipts[1]["detail"]
    assert values(store, path) == {1: V.YES, 3: V.NO}


def test_an_officer_of_another_team_cannot_answer_on_a_case(
    as_: SignIn, officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    assert tap(as_("officer2"), path, 1, "yes") == "rejected"
    assert values(store, path) == {}


def test_a_colleague_of_the_team_goes_on_where_the_first_stopped(
    as_: SignIn, officer: StrictClient
) -> None:
    """Resume on another device, at the same place, whoever holds it."""
    path = new_assessment(officer)
    for item in (1, 2, 3, 20):
        tap(officer, path, item, "no")
    tap(officer, path, 14, "yes")
    for client in (officer, as_("officer1"), as_("officer3")):
        place = client.page(path).root.find(".//*[@data-resume]")
        assert place is not None
        assert place.get("data-resume") == "15"


def test_the_place_after_the_last_topic_is_the_first_that_was_passed_over(
    officer: StrictClient,
) -> None:
    path = new_assessment(officer)
    for item in (1, 2, 27):
        tap(officer, path, item, "no")
    place = officer.page(path).root.find(".//*[@data-resume]")
    assert place is not None
    assert place.get("data-resume") == "3"


# Gates -------------------------------------------------------------------------------------------


def gate(client: StrictClient, path: str, **more: Any) -> None:
    """Press the gate's button in the section that holds it."""
    form = client.page(path).form("/sections/children")
    button = "undo" if more.pop("undo", False) else "close"
    filled = form.filled(**{button: "1"}, **{k.replace("_", "-", 1): v for k, v in more.items()})
    response = client.post(f"{path}/gates/no_children", data=filled)
    assert response.status_code == 303, response.text


def test_scenario_9_no_children_takes_topics_10_to_12_away_and_never_9(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    gate(officer, path)
    assert values(store, path) == dict.fromkeys((10, 11, 12), V.NOT_APPLICABLE)
    answer_others = [
        operation(str(id_of(path)), n, "no") for n in range(1, 28) if n not in {9, 10, 11, 12}
    ]
    sync(officer, answer_others)
    page = page_of(officer.submit(f"{path}/finish", expect=422, **CLOSING))
    assert "1 topic has no answer yet" in page.text()


def test_undoing_the_gate_brings_back_what_was_answered_before_word_for_word(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    follow_up = current("dash-27").item(11).applying(V.YES)[0]
    tap(officer, path, 9, "yes")
    tap(officer, path, 11, "yes", note="the eldest", details={follow_up.id: ["last week"]})
    before = answers(store, path)
    gate(officer, path)
    assert values(store, path)[11] is V.NOT_APPLICABLE
    gate(officer, path, undo=True)
    after = answers(store, path)
    assert after[11].content == before[11].content
    assert (after[10].content.value, after[12].content.value) == (None, None)
    assert after[9] == before[9]


def test_the_gate_can_be_closed_and_undone_again_and_again(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    tap(officer, path, 10, "no", note="lives alone")
    for _ in range(3):
        gate(officer, path)
        gate(officer, path, undo=True)
    content = answers(store, path)[10].content
    assert (content.value, content.note) == (V.NO, "lives alone")


def test_a_topic_answered_after_the_gate_is_not_undone_with_it(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    gate(officer, path)
    tap(officer, path, 12, "yes", base_rev=1)
    gate(officer, path, undo=True)
    assert values(store, path) == {10: None, 11: None, 12: V.YES}


def test_a_gate_that_a_tablet_closed_is_undone_like_any_other(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    tap(officer, path, 11, "yes", note="the eldest")
    revs = {10: 0, 11: 1, 12: 0}
    closing = [
        operation(str(id_of(path)), n, "not_applicable", gate="no_children", base_rev=rev)
        for n, rev in revs.items()
    ]
    assert {each["receipt"] for each in sync(officer, closing)} == {"applied"}
    assert values(store, path) == dict.fromkeys(revs, V.NOT_APPLICABLE)
    gate(officer, path, undo=True)
    assert values(store, path) == {10: None, 11: V.YES, 12: None}


@pytest.mark.parametrize(
    ("item", "value", "gate_id"),
    [
        (9, "not_applicable", "no_children"),
        (10, "no", "no_children"),
        (10, "not_applicable", "no_such_gate"),
    ],
)
def test_an_answer_that_no_gate_gives_is_not_taken_for_one(
    officer: StrictClient, store: Store, item: int, value: str, gate_id: str
) -> None:
    path = new_assessment(officer)
    [receipt] = sync(officer, [operation(str(id_of(path)), item, value, gate=gate_id)])
    assert receipt["receipt"] == "rejected"
    assert values(store, path) == {}


def test_pressing_the_gate_saves_what_was_typed_on_the_other_cards_of_the_section(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    gate(officer, path, q9_value="yes", q9_note="due in May")
    assert answers(store, path)[9].content.note == "due in May"


# Conflicts ---------------------------------------------------------------------------------------


def test_a_conflict_is_shown_with_both_values_and_blocks_submission_until_decided(
    officer: StrictClient, as_: SignIn, store: Store
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path)
    assert tap(as_("officer3"), path, 4, "yes", note="her sister told me") == "conflict"
    text = officer.page(path).text()
    assert "Two answers were saved. Choose the one that stands." in text
    assert "her sister told me" in text
    assert "officer1" in text
    assert "officer3" in text
    page = page_of(officer.submit(f"{path}/finish", expect=422, **CLOSING))
    assert "Two different answers were saved for topic 4" in page.text()
    save(officer, path, "now", q4_value="yes")
    assert not answers(store, path)[4].in_conflict
    skip_offered(officer, path)  # topic 4 calls for another set
    officer.submit(f"{path}/finish", **CLOSING)
    assert the(store, PairFact).outcome is Outcome.COMPLETED


def test_sending_the_form_does_not_decide_a_conflict_by_itself(
    officer: StrictClient, as_: SignIn, store: Store
) -> None:
    path = new_assessment(officer)
    tap(officer, path, 4, "no")
    tap(as_("officer3"), path, 4, "yes")
    save(officer, path, "now", q1_value="no")
    assert answers(store, path)[4].in_conflict


def test_a_stale_plain_form_overwrites_nothing(
    officer: StrictClient, as_: SignIn, store: Store
) -> None:
    path = new_assessment(officer)
    form = officer.page(path).form("/sections/now")
    tap(as_("officer3"), path, 1, "yes", note="first")
    response = officer.post(form.action, data=form.filled(**{"q1-value": "no"}))
    assert response.status_code == 303
    kept = answers(store, path)[1]
    assert kept.in_conflict
    assert kept.content.note == "first"


# Finishing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "error"),
    [
        ("grade", GRADE_NEEDED),
        ("rationale", "Say why in at least 20 characters: the next officer relies on it"),
        ("children", "Answer the question about children or dependants"),
    ],
)
def test_what_is_still_owed_is_said_beside_its_field_and_the_rest_is_kept(
    officer: StrictClient, store: Store, missing: str, error: str
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path)
    filled = CLOSING | {"observed": "Broken door", missing: None}
    page = page_of(officer.submit(f"{path}/finish", expect=422, **filled))
    assert page.errors == page.summary == [error]
    assert page.form().fields["observed"] == ["Broken door"]
    assert (count(store, GradeEntry), the(store, PairFact).outcome) == (0, Outcome.PENDING)
    assert "assessment.submitted" not in names(store)


def test_what_was_kept_for_later_is_there_on_the_way_back(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    sent = officer.submit(f"{path}/finish", later="1", observed="Broken door", grade="high")
    assert sent.location == path
    fields = officer.page(f"{path}/finish").form().fields
    assert (fields["observed"], fields["grade"]) == (["Broken door"], ["high"])
    assert the(store, Assessment).state is State.DRAFT
    assert count(store, GradeEntry) == 0


def test_answers_from_others_alone_complete_nothing(officer: StrictClient, store: Store) -> None:
    path = new_assessment(officer)
    case = str(id_of(path))
    sync(officer, [operation(case, n, "no", source="records") for n in range(1, 28)])
    page = page_of(officer.submit(f"{path}/finish", expect=422, **CLOSING))
    assert "No answer comes from the victim" in page.text()
    assert the(store, Assessment).state is State.DRAFT


def test_submitting_twice_makes_one_grade_and_one_event(
    officer: StrictClient, store: Store
) -> None:
    """Scenario 12: the second call returns the first result."""
    path = new_assessment(officer)
    answer_all(officer, path)
    filled = officer.page(f"{path}/finish").form().filled(**CLOSING)
    sent = [officer.post(f"{path}/finish", data=filled) for _ in range(2)]
    assert [each.status_code for each in sent] == [303, 303]
    assert sent[0].location == sent[1].location
    assert count(store, GradeEntry) == 1
    assert names(store).count("assessment.submitted") == 1
    assert last(store, "assessment.submitted")[1] == {
        "grade": "standard",
        "outcome": "completed",
        "version": 1,
    }


def test_a_second_submission_with_another_grade_changes_nothing(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path)
    form = officer.page(f"{path}/finish").form()
    for grade in ("high", "standard"):
        officer.post(f"{path}/finish", data=form.filled(**(CLOSING | {"grade": grade})))
    assert the(store, GradeEntry).grade.value == "high"
    assert the(store, Assessment).grade.value == "high"


def test_once_submitted_the_record_is_for_reading_only(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path)
    officer.submit(f"{path}/finish", observed="Broken door", **CLOSING)
    for client in (officer, sergeant):
        for each in (path, f"{path}/record"):
            page = client.page(each)
            assert page.heading == "Assessment record"
            assert "Broken door" in page.text()
            assert not [f for f in page.all("form") if f.get("action") not in FRAME]
    assert officer.get(f"{path}/finish").location == f"{path}/record"


def test_answers_after_the_submission_are_rejected_and_a_repeated_one_is_told_its_result(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path)
    case = str(id_of(path))
    delivered = operation(case, 5, "yes", base_rev=1)
    assert [each["receipt"] for each in sync(officer, [delivered])] == ["applied"]
    form = officer.page(path).form("/sections/now")
    officer.submit(f"{path}/finish", **CLOSING)
    receipts = sync(officer, [operation(case, 1, "yes", base_rev=1), delivered])
    assert [each["receipt"] for each in receipts] == ["rejected", "duplicate"]
    assert "submitted" in receipts[0]["detail"]
    late = form.filled(**{"q1-value": "yes"})
    assert officer.post(form.action, data=late).status_code == 409
    assert officer.post(f"{path}/gates/no_children", data=late | {"close": "1"}).status_code == 409
    assert values(store, path)[1] is V.NO


def test_every_look_and_every_change_is_on_record_for_the_case(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    tap(officer, path, 1, "yes")
    sergeant.page(f"{path}/record")
    own = [event for event in events(store) if event.subject_id == str(id_of(path))]
    looks = {"assessment.viewed", "history.searched"}
    assert [event.name for event in own if event.name not in looks] == [
        "assessment.started",
        "assessment.answers_saved",
    ]
    assert {event.actor_role for event in own} == {"officer", "sergeant"}
    assert last(store, "assessment.answers_saved")[1] == {"items": [1]}


def test_the_record_names_the_question_set_that_was_asked(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    kept, asked = the(store, Assessment), current("dash-27")
    assert (kept.instrument_id, kept.instrument_version) == (asked.id, asked.version)
    assert kept.instrument_digest == asked.digest
    assert f"version {asked.version}" in officer.page(f"{path}/record").text()


# Scenarios of the domain guide -------------------------------------------------------------------


def test_scenario_3_refused_at_the_door_with_injuries_and_two_children(
    officer: StrictClient, store: Store
) -> None:
    incident = new_incident(officer)
    path = officer.page(incident).link("Start the assessment")
    officer.submit(f"{path}/decline", primary="fear_for_children", basis="inferred")
    assert the(store, Assessment).state is State.DECLINING
    seen = {"source": "officer_observed", "note": "bruised arm", "base_rev": 1}
    assert tap(officer, path, 1, "yes", **seen) == "applied"
    for name in ("Cedar Invented", "Dogwood Invented"):
        officer.submit(f"{incident}/children/new", child_name=name, was_present="yes")
    owed = dict(CLOSING | OFFERED | DUTIES, children="yes", grade="high")
    assert "Each child" in officer.submit(f"{path}/finish", expect=422, **owed).text
    skip_offered(officer, path)
    for missing in ("grade", "rationale", "children", *DUTIES):
        officer.submit(f"{path}/finish", expect=422, **(owed | {missing: None}))
    officer.submit(f"{path}/finish", **owed)
    kept = answers(store, path)[1].content
    assert (kept.value, kept.source) == (V.YES, Source.OFFICER_OBSERVED)
    assert the(store, PairFact).outcome is Outcome.DECLINED
    assert the(store, Assessment).children_stated.value == "yes"
    assert count(store, IncidentChild) == 2


def test_scenario_4_refused_and_no_grade_cannot_be_submitted(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", primary="distrust", basis="said")
    filled: dict[str, Any] = CLOSING | OFFERED | DUTIES | {"grade": None}
    page = page_of(officer.submit(f"{path}/finish", expect=422, **filled))
    assert page.errors == [GRADE_NEEDED]
    assert the(store, Assessment).state is State.DECLINING


def test_scenario_6_drunk_is_unable_and_in_neither_part_of_the_rate(
    officer: StrictClient, sergeant: StrictClient, as_: SignIn, store: Store
) -> None:
    inspector = as_("inspector1")
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/unable", primary="intoxicated")
    officer.submit(f"{path}/finish", **(CLOSING | OFFERED | DUTIES))
    completed = new_assessment(officer)
    answer_all(officer, completed)
    officer.submit(f"{completed}/finish", **CLOSING)
    rate = inspector.get("/reports/declines.json").json
    assert rate is not None
    assert (rate["numerator"], rate["denominator"]) == (0, 1)
    with store.work(writes=False) as work:
        outcomes = set(work.session.scalars(select(PairFact.outcome)))
    assert outcomes == {Outcome.UNABLE, Outcome.COMPLETED}
    approve(sergeant, path)  # it is to be tried again, and counts from when it could be asked
    owed = the(store, FollowUp)
    assert (owed.kind, owed.state) == (FollowUpKind.REOFFER, State.REOFFER_DUE)
    listed, *_ = officer.page("/reoffers").links(str(owed.id))
    again = officer.submit(listed, action="/offer").location
    officer.submit(again, action="/start", **OFFERED)
    answer_all(officer, again)
    officer.submit(f"{again}/finish", **CLOSING)
    assert the(store, FollowUp).state is State.REOFFERED
    rate = inspector.get("/reports/declines.json").json
    assert rate is not None
    assert (rate["numerator"], rate["denominator"]) == (0, 2)
    with store.work(writes=False) as work:
        assert set(work.session.scalars(select(PairFact.outcome))) == {Outcome.COMPLETED}


def test_scenario_7_husband_in_the_room_proposes_unable(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    asked = officer.submit(
        f"{path}/decline", expect=200, primary="other_decline", basis="said",
        text="husband was in the room",
    )  # fmt: skip
    page = page_of(asked)
    assert "Could not be done: no privacy, or the abuser was present" in page.text()
    sent = officer.post(f"{path}/decline", data=page.form().filled(as_unable="1"))
    assert sent.status_code == 303
    officer.submit(f"{path}/finish", **(CLOSING | OFFERED | DUTIES | {"seen_alone": "no"}))
    fact = the(store, PairFact)
    assert (fact.outcome, fact.reason) == (Outcome.UNABLE, "no_privacy")


def test_scenario_12_the_same_operations_sent_again_are_one_record(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    batch = [operation(str(id_of(path)), item, "no") for item in range(1, 28)]
    first, second = sync(officer, batch), sync(officer, batch)
    assert {each["receipt"] for each in first} == {"applied"}
    assert {each["receipt"] for each in second} == {"duplicate"}
    assert [(e["op_id"], e["rev"]) for e in first] == [(e["op_id"], e["rev"]) for e in second]
    assert count(store, AnswerLogEntry) == 27


def test_one_operation_inside_a_batch_twice_counts_once(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    once = operation(str(id_of(path)), 1, "yes", op_id=str(uuid7()))
    assert [each["receipt"] for each in sync(officer, [once, once])] == ["applied", "duplicate"]
    assert count(store, AnswerLogEntry) == 1
