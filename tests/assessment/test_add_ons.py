"""Add-on sets at the door: offered by an answer, asked on the same cards, skipped with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from dash_forms.domain.ids import uuid7
from dash_forms.store.add_ons import TakenUp, taken_up
from dash_forms.store.answers import stored_answers
from dash_forms.store.models import AssessmentAddOn
from dash_forms.store.work import Store
from tests.support.client import StrictClient, page_of
from tests.support.force import DUTIES, answer_all, new_assessment, new_incident, operation, sync
from tests.support.log import last

SignIn = Callable[[str], StrictClient]
CLOSING: dict[str, Any] = {
    "children": "no",
    "grade": "medium",
    "rationale": "Seen by the officers who attended.",
}
CHILDREN = "Each child: 6 topics"
STALKING, HONOUR = "Stalking and harassment: 11 topics", "So-called honour and forced marriage"


def id_of(path: str) -> str:
    return path.rsplit("/", 1)[1]


def tap(client: StrictClient, path: str, item: int, value: str | None, **more: object) -> str:
    [receipt] = sync(client, [operation(id_of(path), item, value, **more)])
    return receipt["receipt"]


def begin(client: StrictClient, path: str, part: str, **more: Any) -> str:
    """Press "Ask now" on the last page; gives the path of the cards."""
    location = client.submit(f"{path}/finish", action=f"/sets/{part}/begin", **more).location
    return location.partition("?")[0]


def skip(client: StrictClient, path: str, part: str, reason: str = "no_time", **more: Any) -> Any:
    return client.submit(f"{path}/sets/{part}/skip", reason=reason, **more)


def kept(store: Store, path: str) -> dict[str, TakenUp]:
    with store.work(writes=False) as work:
        return {each.part: each for each in taken_up(work, UUID(id_of(path)))}


def offered(client: StrictClient, path: str) -> list[str]:
    links = client.page(f"{path}/finish").links("/skip?")
    return [link.split("/sets/")[1].partition("/")[0] for link in links]


def test_scenario_10_stalking_and_then_honour_are_offered_and_not_forced(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    assert tap(officer, path, 8, "yes") == "applied"
    assert offered(officer, path) == ["stalking-11"]
    assert tap(officer, path, 4, "yes") == "applied"
    assert offered(officer, path) == ["honour-10", "stalking-11"]
    page = officer.page(path).text()
    assert STALKING in page
    assert HONOUR in page
    answer_all_but(officer, path, 4, 8)  # the conversation went on in its own order
    refused = officer.submit(f"{path}/finish", expect=422, **CLOSING)
    [words] = [each for each in page_of(refused).text().split(" problem ") if "Ask, or" in each]
    assert f"what is offered: {HONOUR}: 10 topics; {STALKING}" in words
    no_reason = officer.submit(f"{path}/sets/honour-10/skip", expect=422)
    assert "Choose the reason" in no_reason.text
    skip(officer, path, "honour-10", "victim_does_not_want")
    asked = begin(officer, path, "stalking-11")
    assert tap(officer, path, 1, "yes", part="stalking-11") == "applied"
    assert asked == f"{path}/sets/stalking-11"
    officer.submit(f"{path}/finish", **CLOSING)
    record = officer.page(f"{path}/record").text()
    assert "1 of 11 answered" in record
    assert "Skipped – The victim does not want to" in record
    assert last(store, "assessment.add_on_skipped")[1] == {
        "part": "honour-10",
        "reason": "victim_does_not_want",
    }


def answer_all_but(client: StrictClient, path: str, *answered: int) -> None:
    left = [item for item in range(1, 28) if item not in answered]
    sync(client, [operation(id_of(path), item, "no") for item in left])


def test_scenario_9_no_children_offers_no_child_block_and_pregnancy_is_still_asked(
    officer: StrictClient,
) -> None:
    path = new_assessment(officer)
    form = officer.page(path).form("/sections/children")
    officer.post(f"{path}/gates/no_children", data=form.filled(close="1"))
    assert offered(officer, path) == []
    tap(officer, path, 9, "yes")
    assert offered(officer, path) == ["child-block"]


def test_a_linked_child_offers_the_child_block_before_anything_is_answered(
    officer: StrictClient,
) -> None:
    incident = new_incident(officer)
    officer.submit(f"{incident}/children/new", child_name="Fern Invented")
    path = officer.page(incident).link("Start the assessment")
    officer.submit(path, action="/start", mode="in_person", seen_alone="yes")
    assert offered(officer, path) == ["child-block"]
    assert "Because of a child linked to the incident" in officer.page(path).text()


def owed(client: StrictClient, path: str) -> str:
    page = client.page(f"{path}/finish")
    [listed] = [each for each in page.all("section") if each.get("aria-labelledby") == "owed-title"]
    return page.text(listed)


def test_the_last_page_names_what_is_offered_from_the_first_answer_that_calls_for_it(
    officer: StrictClient,
) -> None:
    path = new_assessment(officer)
    assert STALKING not in owed(officer, path)
    tap(officer, path, 8, "yes")
    tap(officer, path, 4, "yes")
    assert f"what is offered: {HONOUR}: 10 topics; {STALKING}" in owed(officer, path)
    begin(officer, path, "stalking-11")
    tap(officer, path, 1, "yes", part="stalking-11")
    assert STALKING not in owed(officer, path)
    skip(officer, path, "honour-10")
    assert HONOUR not in owed(officer, path)
    assert "topics have no answer yet" in owed(officer, path)


def test_opening_a_set_without_an_answer_is_not_asking_it(officer: StrictClient) -> None:
    path = new_assessment(officer)
    answer_all(officer, path, q8="yes")
    begin(officer, path, "stalking-11")
    assert STALKING in officer.submit(f"{path}/finish", expect=422, **CLOSING).text
    tap(officer, path, 3, "not_asked", part="stalking-11")
    officer.submit(f"{path}/finish", **CLOSING)


@pytest.mark.parametrize("ending", ["decline", "unable"])
def test_after_a_decline_or_where_nobody_could_be_asked_no_skip_is_demanded(
    officer: StrictClient, ending: str
) -> None:
    path = new_assessment(officer, started=False)
    reason: dict[str, dict[str, Any]] = {
        "decline": {"primary": "distrust", "basis": "said"},
        "unable": {"primary": "injured"},
    }
    officer.submit(f"{path}/{ending}", **reason[ending])
    tap(officer, path, 8, "yes", source="officer_observed", base_rev=1)
    assert offered(officer, path) == ["stalking-11"]
    officer.submit(f"{path}/finish", mode="in_person", seen_alone="yes", **CLOSING, **DUTIES)


ENDINGS: dict[str, dict[str, Any]] = {
    "decline": {"primary": "distrust", "basis": "said"},
    "unable": {"primary": "injured"},
    "not-offered": {"primary": "urgent_duty"},
}
OFFERED: dict[str, Any] = {"mode": "in_person", "seen_alone": "yes"}


def ended(client: StrictClient, ending: str, *, child: bool = False) -> str:
    """An attempt that came to this end, with a child linked to its incident or without."""
    incident = new_incident(client)
    if child:
        client.submit(f"{incident}/children/new", child_name="Fern Invented", lives_there="yes")
    path = client.page(incident).link("Start the assessment")
    if ending in {"completed", "partial"}:
        client.submit(path, action="/start", **OFFERED)
        answer_all(client, path, q5="declined" if ending == "partial" else "no")
    else:
        client.submit(f"{path}/{ending}", **ENDINGS[ending])
    return path


@pytest.mark.parametrize("ending", [*ENDINGS, "completed", "partial"])
@pytest.mark.parametrize(
    ("children", "linked"), [("no", False), ("not_known", False), ("yes", False), ("yes", True)]
)
def test_whatever_came_of_it_children_who_are_known_of_are_asked_about_or_skipped(
    officer: StrictClient, ending: str, children: str, *, linked: bool
) -> None:
    path = ended(officer, ending, child=linked)
    closing = CLOSING | DUTIES | OFFERED | {"children": children}
    if children == "yes":
        refused = officer.submit(f"{path}/finish", expect=422, **closing)
        assert f"what is offered: {CHILDREN}" in page_of(refused).text()
        assert "child-block" in refused.text  # and it stands there to be asked or skipped
        officer.submit(f"{path}/finish", **closing, later="1")
        assert offered(officer, path) == ["child-block"]
        skip(officer, path, "child-block", "no_time")
    else:
        assert offered(officer, path) == []
    officer.submit(f"{path}/finish", **closing)
    assert page_of(officer.get(f"{path}/record")).heading == "Assessment record"


@pytest.mark.parametrize("ending", [*ENDINGS, "completed", "partial"])
def test_no_children_is_refused_while_one_who_may_live_there_is_linked(
    officer: StrictClient, ending: str
) -> None:
    path = ended(officer, ending, child=True)
    skip(officer, path, "child-block", "no_time")
    assert "“no” is not accepted" in officer.page(f"{path}/finish").text()
    refused = officer.submit(f"{path}/finish", expect=422, **CLOSING, **DUTIES, **OFFERED)
    assert any("is linked to this incident. Answer" in each for each in page_of(refused).errors)
    assert CLOSING["rationale"] in refused.text
    [incident, *_] = officer.page(f"{path}/record").links("/incidents/0")
    [child] = officer.page(incident).links("/children/0")
    officer.submit(child, lives_there="no")
    officer.submit(f"{path}/finish", **CLOSING, **DUTIES, **OFFERED)


def test_answers_of_a_set_and_of_the_main_set_are_kept_apart(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    tap(officer, path, 8, "yes")
    begin(officer, path, "stalking-11")
    assert tap(officer, path, 8, "no", part="stalking-11", note="counted") == "applied"
    with store.work(writes=False) as work:
        main = stored_answers(work, UUID(id_of(path)))
    answers = kept(store, path)["stalking-11"].answers
    assert [(n, each.content.value) for n, each in main.items()] == [(8, "yes")]
    assert [(n, each.content.note) for n, each in answers.items()] == [(8, "counted")]
    assert "1 topics done" in officer.page("/incidents").text()


def test_the_conflict_rule_holds_in_a_set_and_blocks_submission(
    officer: StrictClient, as_: SignIn
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path, q8="yes")
    cards = begin(officer, path, "stalking-11")
    first = operation(id_of(path), 2, "yes", part="stalking-11", note="a neighbour saw it")
    assert [each["receipt"] for each in sync(officer, [first])] == ["applied"]
    assert [each["receipt"] for each in sync(officer, [first])] == ["duplicate"]
    assert tap(as_("officer3"), path, 2, "no", part="stalking-11") == "conflict"
    assert "Two answers were saved" in officer.page(cards).text()
    refused = officer.submit(f"{path}/finish", expect=422, **CLOSING)
    assert "topic 2 of “Stalking" in refused.text
    assert tap(officer, path, 2, "yes", part="stalking-11", base_rev=2) == "applied"
    officer.submit(f"{path}/finish", **CLOSING)


def test_an_operation_sent_for_the_main_set_is_not_one_of_a_set(officer: StrictClient) -> None:
    path = new_assessment(officer)
    begin_unoffered(officer, path, "stalking-11")
    sent = operation(id_of(path), 2, "yes")
    assert sync(officer, [sent])[0]["receipt"] == "applied"
    moved = sync(officer, [sent | {"part": "stalking-11"}])[0]
    assert moved["receipt"] == "rejected"


def begin_unoffered(client: StrictClient, path: str, part: str) -> None:
    """A set may be asked although no answer calls for it: the officer decides."""
    token = client.csrf_token()
    response = client.post(f"{path}/sets/{part}/begin", data={"csrf_token": token})
    assert response.status_code == 303


@pytest.mark.parametrize("part", ["stalking-11", "dash-27", "nothing", "stalking-11:2", "\x00:9"])
def test_answers_to_what_was_not_begun_are_rejected(officer: StrictClient, part: str) -> None:
    path = new_assessment(officer)
    assert tap(officer, path, 1, "yes", part=part) == "rejected"


@pytest.mark.parametrize("part", ["dash-27", "nothing", "stalking-11:2", "child-block:99", "%00"])
def test_what_is_no_add_on_set_can_be_neither_begun_nor_skipped(
    officer: StrictClient, store: Store, part: str
) -> None:
    path = new_assessment(officer)
    token = officer.csrf_token()
    for act in ("begin", "skip"):
        data = {"csrf_token": token, "reason": "no_time"}
        assert officer.post(f"{path}/sets/{part}/{act}", data=data).status_code == 404
    assert officer.get(f"{path}/sets/{part}").status_code == 404
    assert kept(store, path) == {}


def test_the_plain_form_saves_a_section_of_a_set_and_leads_back(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    tap(officer, path, 8, "yes")
    sent = officer.submit(f"{path}/finish", action="/sets/stalking-11/begin")
    cards = sent.location
    assert cards == f"{path}/sets/stalking-11?from=finish"
    values: dict[str, Any] = {"q1-value": "yes", "q1-changed": "Sleeps elsewhere"}
    saved = officer.submit(cards, action="/sections/pursuit", **values)
    assert saved.location == f"{path}/sets/stalking-11?saved=pursuit&from=finish#pursuit"
    answer = kept(store, path)["stalking-11"].answers[1].content
    assert answer.details == {"changed": ("Sleeps elsewhere",)}
    assert officer.page(cards).link("Back to the last page") == f"{path}/finish"


@pytest.mark.parametrize(
    ("reason", "words", "told"),
    [
        ("", "", "Choose the reason"),
        ("not_relevant", "", "Say in a few words why"),
        ("other", " ... ", "Say in a few words why"),
        ("no_time", "x" * 501, "Shorten this by 1 character"),
    ],
)
def test_a_skip_that_says_too_little_is_refused_and_keeps_what_was_typed(
    officer: StrictClient, store: Store, reason: str, words: str, told: str
) -> None:
    path = new_assessment(officer)
    tap(officer, path, 8, "yes")
    refused = skip(officer, path, "stalking-11", reason, words=words, expect=422)
    assert told in refused.text
    assert words.strip() in refused.text
    assert kept(store, path) == {}


def test_the_words_of_a_skip_are_sealed(officer: StrictClient, store: Store) -> None:
    path = new_assessment(officer)
    tap(officer, path, 8, "yes")
    skip(officer, path, "stalking-11", "other", words="Her sister is asking them")
    with store.work(writes=False) as work:
        row = work.session.scalars(select(AssessmentAddOn)).one()
    assert row.words_sealed is not None
    assert b"sister" not in row.words_sealed
    assert kept(store, path)["stalking-11"].words == "Her sister is asking them"


def test_what_was_skipped_can_be_asked_after_all_and_a_set_left_half_way(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path, q8="yes")
    skip(officer, path, "stalking-11")
    begin(officer, path, "stalking-11")
    assert kept(store, path)["stalking-11"].skipped is None
    tap(officer, path, 1, "yes", part="stalking-11")
    skip(officer, path, "stalking-11", "not_relevant", words="Meant a delivery driver")
    standing = kept(store, path)["stalking-11"].standing
    assert standing == (
        "Skipped – Not relevant after asking: Meant a delivery driver (1 of 11 answered)"
    )


def test_a_block_has_a_round_for_each_child(officer: StrictClient, store: Store) -> None:
    path = new_assessment(officer)
    answer_all(officer, path, q10="yes")
    begin(officer, path, "child-block")
    tap(officer, path, 1, "yes", part="child-block", note="Fern")
    again = officer.post(
        f"{path}/sets/child-block/begin",
        data={"csrf_token": officer.csrf_token(), "another": "1"},
    )
    assert again.location == f"{path}/sets/child-block:2"
    tap(officer, path, 1, "yes", part="child-block:2", note="Rowan")
    found = kept(store, path)
    assert [each.title for each in found.values()] == [
        "Each child: 6 topics",
        "Each child: 6 topics (number 2)",
    ]
    assert [each.answers[1].content.note for each in found.values()] == ["Fern", "Rowan"]
    officer.submit(f"{path}/finish", **CLOSING)


def test_a_double_tap_on_another_round_begins_one(officer: StrictClient, store: Store) -> None:
    """A plain form that is tapped twice is posted twice."""
    path = new_assessment(officer)
    answer_all(officer, path, q10="yes")
    begin(officer, path, "child-block")
    tap(officer, path, 1, "yes", part="child-block")
    data = {"csrf_token": officer.csrf_token(), "another": "1"}
    led = [officer.post(f"{path}/sets/child-block/begin", data=data).location for _ in range(2)]
    assert led == [f"{path}/sets/child-block:2"] * 2
    skip(officer, path, "child-block:2")
    led = [officer.post(f"{path}/sets/child-block/begin", data=data).location for _ in range(2)]
    assert led == [f"{path}/sets/child-block:3"] * 2
    assert list(kept(store, path)) == ["child-block", "child-block:2", "child-block:3"]


def test_a_set_keeps_the_version_that_it_was_begun_with(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    tap(officer, path, 8, "yes")
    begin(officer, path, "stalking-11")
    with store.work(writes=False) as work:
        row = work.session.scalars(select(AssessmentAddOn)).one()
    add_on = kept(store, path)["stalking-11"].add_on
    assert (row.version, row.digest) == (add_on.version, add_on.digest)


def test_nothing_of_a_set_changes_once_the_assessment_is_submitted(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path, q8="yes")
    begin(officer, path, "stalking-11")
    tap(officer, path, 1, "yes", part="stalking-11")
    officer.submit(f"{path}/finish", **CLOSING)
    before = kept(store, path)
    token = officer.csrf_token()
    for act in ("stalking-11/skip", "honour-10/begin"):
        data = {"csrf_token": token, "reason": "no_time"}
        assert officer.post(f"{path}/sets/{act}", data=data).status_code == 409
    assert tap(officer, path, 2, "yes", part="stalking-11") == "rejected"
    assert kept(store, path) == before


def test_a_colleague_of_another_team_reaches_no_set(officer: StrictClient, as_: SignIn) -> None:
    path = new_assessment(officer)
    tap(officer, path, 8, "yes")
    cards = begin(officer, path, "stalking-11")
    stranger = as_("officer2")
    token = stranger.csrf_token()
    assert stranger.get(cards).status_code == 404
    assert stranger.get(f"{cards}/skip").status_code == 404
    for act in ("begin", "skip", "sections/pursuit", "gates/any"):
        data = {"csrf_token": token, "reason": "no_time", "form_id": str(uuid7())}
        assert stranger.post(f"{cards}/{act}", data=data).status_code == 404
