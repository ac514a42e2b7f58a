"""The page of two answers: both values, who, when and where; one stands, both stay in the log."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.audit_events import Name
from dash_forms.store.answers import stored_answers
from dash_forms.store.models import AnswerLogEntry
from dash_forms.store.work import Store
from tests.support.cases import id_of
from tests.support.client import StrictClient
from tests.support.force import Force, new_assessment, operation, sync
from tests.support.log import names

SignIn = Callable[[str], StrictClient]
FIRST, SECOND = UUID(int=0xA11CE), UUID(int=0xB0B)


def two_answers(officer: StrictClient, colleague: StrictClient) -> str:
    """An assessment with a “yes” of the officer's and a “no” of the colleague's to topic 5."""
    path = new_assessment(officer)
    case = str(id_of(path))
    sync(officer, [operation(case, 5, "yes", note="Twice last week", device=str(FIRST))])
    [receipt] = sync(colleague, [operation(case, 5, "no", device=str(SECOND))])
    assert receipt["receipt"] == "conflict"
    return path


def choices(client: StrictClient, path: str) -> list[tuple[str, dict[str, str]]]:
    """Each answer on the page: its words, and what its button sends."""
    page = client.page(f"{path}/conflicts")
    versions = [e for e in page.all("div") if e.get("class") == "app-conflict__version"]
    return [
        (
            page.text(each),
            {e.get("name", ""): e.get("value", "") for e in each.iter() if "name" in e.attrib},
        )
        for each in versions
    ]


def choose(client: StrictClient, path: str, text: str) -> int:
    """Press the button below an answer; gives the status."""
    [sent] = [fields for words, fields in choices(client, path) if text in words]
    return client.post(f"{path}/conflicts", data=sent).status_code


@pytest.mark.parametrize("who", ["officer1", "officer3", "sergeant1", "inspector1"])
def test_the_author_a_colleague_or_a_supervisor_lets_one_answer_stand(
    as_: SignIn, store: Store, force: Force, who: str
) -> None:
    path = two_answers(as_("officer1"), as_("officer3"))
    text = as_(who).page(f"{path}/conflicts").text()
    for expected in ("Twice last week", "tablet 0A11CE", "tablet 000B0B"):
        assert expected in text
    for author in ("officer1", "officer3"):
        assert force.actors[author].display_name in text

    assert choose(as_(who), path, "Twice last week") == 303
    with store.work(writes=False) as work:
        stored = stored_answers(work, id_of(path))[5]
        log = work.session.scalars(
            select(AnswerLogEntry).where(AnswerLogEntry.item == 5).order_by(AnswerLogEntry.rev)
        ).all()
    assert (stored.content.value, stored.content.note) == (AnswerValue.YES, "Twice last week")
    assert not stored.in_conflict
    assert [each.value for each in log] == [AnswerValue.YES, AnswerValue.NO, AnswerValue.YES]
    assert (log[-1].cause, log[-1].author_id) == ("decided", force.actors[who].id)
    assert Name.CONFLICT_DECIDED in names(store)
    assert "Nothing waits for a decision" in as_(who).page(f"{path}/conflicts").text()


def test_the_colleagues_answer_can_stand_too(as_: SignIn, store: Store) -> None:
    path = two_answers(as_("officer1"), as_("officer3"))
    assert choose(as_("sergeant1"), path, "tablet 000B0B") == 303
    with store.work(writes=False) as work:
        assert stored_answers(work, id_of(path))[5].content.value is AnswerValue.NO


def test_a_third_answer_meanwhile_is_shown_before_anything_is_chosen(
    as_: SignIn, store: Store
) -> None:
    officer = as_("officer1")
    path = two_answers(officer, as_("officer3"))
    [(_, fields), _] = choices(officer, path)
    sync(as_("officer3"), [operation(str(id_of(path)), 5, "dont_know")])
    answer = officer.post(f"{path}/conflicts", data=fields)
    assert answer.status_code == 409
    assert "Something has changed" in answer.text
    with store.work(writes=False) as work:
        assert stored_answers(work, id_of(path))[5].in_conflict


def test_what_is_in_conflict_is_seen_in_the_list_and_on_the_record(as_: SignIn) -> None:
    officer, sergeant = as_("officer1"), as_("sergeant1")
    path = two_answers(officer, as_("officer3"))
    for client in (officer, sergeant):
        assert "Two answers: decide" in client.page("/incidents").text()
    assert "1 topic waits for a decision" in sergeant.page(f"{path}/record").text()
    choose(officer, path, "tablet 000B0B")
    assert "Two answers: decide" not in officer.page("/incidents").text()
    assert "for a decision" not in sergeant.page(f"{path}/record").text()


def test_an_add_on_set_has_its_decisions_on_the_same_page(as_: SignIn, store: Store) -> None:
    officer = as_("officer1")
    path = new_assessment(officer)
    case = str(id_of(path))
    sync(officer, [operation(case, 8, "yes")])
    officer.submit(f"{path}/finish", action="/sets/stalking-11/begin")
    sync(officer, [operation(case, 2, "yes", part="stalking-11", note="Every night")])
    sync(as_("officer3"), [operation(case, 2, "no", part="stalking-11")])
    assert choose(officer, path, "Every night") == 303
    with store.work(writes=False) as work:
        stored = stored_answers(work, id_of(path), "stalking-11")[2]
    assert (stored.content.value, stored.in_conflict) == (AnswerValue.YES, False)


@pytest.mark.parametrize(
    "changed",
    [
        {"op_id": "nonsense"},
        {"op_id": str(uuid4())},
        {"item": "x"},
        {"item": "26"},
        {"rev": ""},
        {"rev": "99"},
        {"part": "no-such-set"},
        {},
    ],
)
def test_nothing_but_one_of_the_answers_can_be_chosen(
    as_: SignIn, store: Store, changed: dict[str, str]
) -> None:
    officer = as_("officer1")
    path = two_answers(officer, as_("officer3"))
    [(_, fields), _] = choices(officer, path)
    sent = fields | changed if changed else {"csrf_token": fields["csrf_token"]}
    assert officer.post(f"{path}/conflicts", data=sent).status_code in {409, 422}
    with store.work(writes=False) as work:
        assert stored_answers(work, id_of(path))[5].in_conflict


def test_who_does_not_reach_the_case_finds_nothing(as_: SignIn) -> None:
    path = two_answers(as_("officer1"), as_("officer3"))
    assert as_("officer2").get(f"{path}/conflicts").status_code == 404
    assert as_("specialist1").get(f"{path}/conflicts").status_code == 403
