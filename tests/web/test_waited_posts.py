"""Forms that waited for a signal: the same rules, the time of then, and one effect each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from dash_forms.domain.assessment import State
from dash_forms.domain.ids import uuid7
from dash_forms.store.models import Assessment, Incident, PairFact
from dash_forms.store.work import Store
from dash_forms.web.waited_posts import age_of
from tests.support.cases import CLOSING, DECLINE, FOURTEEN, id_of
from tests.support.client import StrictClient
from tests.support.force import DUTIES, Force, new_assessment, new_urn, operation, skip_offered

Fields = dict[str, Any]
NOW = datetime.now(UTC)


def post(path: str, fields: Fields, **more: Any) -> dict[str, Any]:
    """A form as a tablet keeps it."""
    pairs = [
        [name, str(each)]
        for name, value in fields.items()
        for each in (value if isinstance(value, list | tuple) else [value])
        if each is not None
    ]
    return {"op_id": str(uuid7()), "kind": "post", "path": path, "fields": pairs} | more


def send(client: StrictClient, *operations: dict[str, Any], **body: Any) -> list[dict[str, Any]]:
    answer = client.post(
        "/sync",
        json={"operations": list(operations)} | body,
        headers={"X-CSRF-Token": client.csrf_token()},
    )
    assert answer.status_code == 200, answer.text
    receipts: list[dict[str, Any]] = answer.json["receipts"]  # type: ignore[index]
    return receipts


def said(receipts: list[dict[str, Any]]) -> list[str]:
    return [each["receipt"] for each in receipts]


class Scene:
    """What an officer enters without a signal, from the first page to the submission."""

    def __init__(self, force: Force) -> None:
        self.urn = new_urn()
        self.incident, self.pair, self.assessment = (str(uuid7()) for _ in range(3))
        self.path = f"/assessments/{self.assessment}"
        self.team = str(force.teams["north"])

    def new_incident(self, **more: Any) -> dict[str, Any]:
        reported = NOW - timedelta(days=1)
        return post(
            "/incidents/new",
            {
                "incident_id": self.incident,
                "pair_id": self.pair,
                "assessment_id": self.assessment,
                "question_set": "dash-27.v1",
                "urn": self.urn,
                "victim_name": "Ashdown Invented",
                "born_on": ["1", "2", "1990"],
                "reported_at": f"{reported:%Y-%m-%d %H:%M}",
                "team": self.team,
            },
            **more,
        )

    def start(self, **more: Any) -> dict[str, Any]:
        return post(f"{self.path}/start", {"mode": "in_person", "seen_alone": "yes"}, **more)

    def answers(self) -> list[dict[str, Any]]:
        return [operation(self.assessment, item, "no") for item in range(1, 28)]

    def finish(self, **fields: Any) -> dict[str, Any]:
        offer = {"mode": "in_person", "seen_alone": "yes", "rev": 1}
        return post(f"{self.path}/finish", CLOSING | offer | fields)

    def stored(self, store: Store) -> Assessment:
        with store.work(writes=False) as work:
            return work.session.get_one(Assessment, UUID(self.assessment))


def test_all_of_an_assessment_can_wait_and_arrives_once(
    officer: StrictClient, force: Force, store: Store
) -> None:
    scene = Scene(force)
    everything = [scene.new_incident(), scene.start(), *scene.answers(), scene.finish()]
    assert set(said(send(officer, *everything))) == {"applied"}
    assert scene.stored(store).state is State.SUBMITTED
    assert set(said(send(officer, *everything))) == {"duplicate"}
    with store.work(writes=False) as work:
        assert work.session.scalar(select(func.count()).select_from(Incident)) == 1
    assert "submitted" in officer.page(f"{scene.path}/record").text().lower()


def test_history_is_compared_once_it_is_sent_and_the_reviewer_sees_what_differs(
    officer: StrictClient, force: Force, as_: Callable[[str], StrictClient]
) -> None:
    earlier = Scene(force)
    threat = operation(earlier.assessment, 17, "yes", base_rev=1)
    before = [earlier.new_incident(), earlier.start(), *earlier.answers(), threat]
    assert set(said(send(officer, *before, earlier.finish()))) == {"applied"}
    scene = Scene(force)
    sent = send(officer, scene.new_incident(), scene.start(), *scene.answers(), scene.finish())
    assert set(said(sent)) == {"applied"}
    sergeant = as_("sergeant1")
    read = sergeant.submit("/reviews", action=f"/reviews/{scene.assessment}/open").location
    for client, path in ((officer, f"{scene.path}/record"), (sergeant, read)):
        text = client.page(path).text()
        assert earlier.urn in text
        assert "Answers and history differ" in text


def test_a_decline_with_its_duties_can_wait(
    officer: StrictClient, force: Force, store: Store
) -> None:
    scene = Scene(force)
    sent = send(
        officer,
        scene.new_incident(),
        post(f"{scene.path}/decline", DECLINE),
        scene.finish(**DUTIES),
    )
    assert said(sent) == ["applied"] * 3, sent
    assert scene.stored(store).state is State.SUBMITTED
    with store.work(writes=False) as work:
        assert work.session.get_one(PairFact, UUID(scene.pair)).outcome == "declined"


def test_it_counts_for_the_day_on_which_it_was_done_whatever_the_tablets_clock_says(
    officer: StrictClient, force: Force, store: Store
) -> None:
    scene = Scene(force)
    wrong = NOW + timedelta(days=400)  # the tablet's now
    sent = send(
        officer,
        scene.new_incident(made_at=(wrong - timedelta(hours=5)).isoformat()),
        scene.start(made_at=(wrong - timedelta(hours=4)).isoformat()),
        sent_at=wrong.isoformat(),
    )
    assert said(sent) == ["applied", "applied"]
    started = scene.stored(store).attempted_at
    assert started is not None
    assert abs(datetime.now(UTC) - timedelta(hours=4) - started) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("made", "sent", "age"),
    [
        (None, None, timedelta()),
        (NOW, None, timedelta()),
        (NOW, NOW + timedelta(hours=3), timedelta(hours=3)),
        (NOW, NOW - timedelta(hours=3), timedelta()),
        (NOW, NOW + timedelta(days=900), timedelta(days=30)),
    ],
)
def test_an_age_is_never_negative_nor_endless(
    made: datetime | None, sent: datetime | None, age: timedelta
) -> None:
    assert age_of(made, sent) == age


def test_what_a_rule_refuses_is_named_field_by_field_and_changes_nothing(
    officer: StrictClient, force: Force, store: Store
) -> None:
    scene = Scene(force)
    assert said(send(officer, scene.new_incident())) == ["applied"]
    [start, finish] = send(
        officer,
        post(f"{scene.path}/start", {"mode": "by_owl"}),
        scene.finish(grade=None, children=None),
    )
    assert (start["receipt"], {each["field"] for each in start["errors"]}) == (
        "rejected",
        {"mode", "seen_alone"},
    )
    assert finish["receipt"] == "rejected"
    assert {"grade", "children"} <= {each["field"] for each in finish["errors"]}
    stored = scene.stored(store)
    assert (stored.state, stored.rev) == (State.REQUIRED, 1)


def test_a_number_that_is_taken_is_refused_and_can_be_put_right(
    officer: StrictClient, force: Force, store: Store
) -> None:
    """What follows is refused too, and applies once the first one does."""
    scene, other = Scene(force), Scene(force)
    other.urn = scene.urn
    send(officer, scene.new_incident())
    first, start = other.new_incident(), other.start()
    refused = send(officer, first, start)
    assert [(each["receipt"], each["field"]) for each in refused] == [
        ("rejected", "urn"),
        ("rejected", None),
    ]
    other.urn = new_urn()
    assert said(send(officer, other.new_incident(), start)) == ["applied", "applied"]
    assert other.stored(store).state is State.DRAFT


def test_a_phone_that_is_none_is_refused_at_its_field_and_can_be_put_right(
    officer: StrictClient, force: Force, store: Store
) -> None:
    scene = Scene(force)
    sent = scene.new_incident()
    typed = sent["fields"]
    sent["fields"] = [*typed, ["victim_phone", "ask her mother"]]
    (refused,) = send(officer, sent)
    assert (refused["receipt"], refused["field"]) == ("rejected", "victim_phone")
    sent["fields"] = [*typed, ["victim_phone", "07700 900123 ext 4"]]
    assert said(send(officer, sent)) == ["applied"]


def details(scene: Scene, rev: int, **fields: Any) -> dict[str, Any]:
    reported = f"{NOW - timedelta(days=1):%Y-%m-%d %H:%M}"
    given = {"rev": rev, "reported_at": reported, "team": scene.team, "address": "1 Invented Road"}
    return post(f"/incidents/{scene.incident}/details", given | fields)


def test_the_details_and_corrections_to_a_child_can_wait(
    officer: StrictClient, force: Force, store: Store
) -> None:
    scene, child = Scene(force), str(uuid7())
    entered = {"child_id": child, "child_name": "Clay Invented", "lives_there": "yes"}
    about = {"rev": 2, "lives_there": "no", "was_present": "yes", "school": "Invented Primary"}
    sent = send(
        officer,
        scene.new_incident(),
        details(scene, 1, location_type="home_shared"),
        post(f"/incidents/{scene.incident}/children/new", entered),
        post(f"/incidents/{scene.incident}/children/{child}", about),
    )
    assert said(sent) == ["applied"] * 4, sent
    text = officer.page(f"/incidents/{scene.incident}").text()
    assert all(each in text for each in ("1 Invented Road", "Invented Primary", "there: no"))
    with store.work(writes=False) as work:
        assert work.session.get_one(Incident, UUID(scene.incident)).rev == 3


def test_what_a_colleague_changed_is_not_undone_unseen_and_can_be_put_right(
    officer: StrictClient, as_: Any, force: Force
) -> None:
    scene = Scene(force)
    send(officer, scene.new_incident(), scene.start())
    path = f"/incidents/{scene.incident}/details"
    as_("officer3").submit(path, address="2 Invented Road")
    [stale] = send(officer, details(scene, 1))
    assert (stale["receipt"], stale["errors"][0]["now"]) == ("rejected", 2)
    assert "2 Invented Road" in officer.page(path).text()
    assert said(send(officer, details(scene, stale["errors"][0]["now"]))) == ["applied"]
    assert "1 Invented Road" in officer.page(path).text()

    as_("officer3").submit(f"{scene.path}/finish", later="1", observed="Invented: a broken door.")
    send(officer, *scene.answers())
    [stale] = send(officer, scene.finish())
    assert (stale["receipt"], stale["errors"][0]["now"]) == ("rejected", 2)
    assert said(send(officer, scene.finish(rev=2))) == ["applied"]


def test_who_else_stands_with_a_low_grade_is_named_by_username(
    officer: StrictClient, force: Force, store: Store
) -> None:
    """A tablet without a signal has no list of names."""
    scene = Scene(force)
    yes = {int(name[1:]) for name in FOURTEEN}
    answers = [
        operation(scene.assessment, item, "yes" if item in yes else "no") for item in range(1, 28)
    ]
    assert set(said(send(officer, scene.new_incident(), scene.start(), *answers))) == {"applied"}
    skip_offered(officer, scene.path)
    low = {"grade": "medium", "authorised_because": "Both live apart now, one is in custody."}
    for wrong in ("", "nobody", "officer1", "officer3", "specialist1", "x" * 300):
        [refused] = send(officer, scene.finish(**low, authoriser=wrong))
        assert [each["field"] for each in refused["errors"]] == ["authoriser"], wrong
        assert wrong[:60] in refused["detail"]
    [refused] = send(officer, scene.finish(grade="medium", authoriser="sergeant1"))
    assert refused["field"] == "authorised_because"
    assert said(send(officer, scene.finish(**low, authoriser=" Sergeant1 "))) == ["applied"]
    assert scene.stored(store).state is State.SUBMITTED
    record = officer.page(f"{scene.path}/record").text()
    assert force.actors["sergeant1"].display_name in record


@pytest.mark.parametrize(
    "path",
    ["/sign-out", "/sync", "/accounts/new", "/incidents", "/no-such-page", "/sign-in", "//x", "/"],
)
def test_no_other_form_can_wait(officer: StrictClient, path: str) -> None:
    [receipt] = send(officer, post(path, {"a": "b"}))
    assert (receipt["receipt"], receipt["field"]) == ("rejected", "path")


def test_another_teams_case_looks_like_none(
    officer: StrictClient, as_: Any, store: Store, force: Force
) -> None:
    path = new_assessment(as_("officer2"))
    [receipt] = send(officer, post(f"{path}/decline", DECLINE))
    assert receipt["receipt"] == "rejected"
    assert "no such assessment" in receipt["detail"]
    with store.work(writes=False) as work:
        assert work.session.get_one(Assessment, id_of(path)).state is State.DRAFT


def test_one_identifier_never_stands_for_two_peoples_forms(
    officer: StrictClient, as_: Any, force: Force
) -> None:
    mine = Scene(force).new_incident()
    send(officer, mine)
    [receipt] = send(as_("officer2"), mine)
    assert (receipt["receipt"], receipt["field"]) == ("rejected", "op_id")


@pytest.mark.parametrize(
    "wrong",
    [
        {"fields": None},
        {"fields": {"a": "b"}},
        {"fields": [["a"]]},
        {"fields": [["a", 1]]},
        {"fields": [["a", "b"]] * 301},
        {"fields": [["urn", "\ud800"]]},
        {"path": None},
        {"path": "incidents/new"},
        {"path": "/" + "x" * 300},
        {"op_id": 7},
        {"made_at": "yesterday"},
    ],
)
def test_a_form_that_is_none_is_refused(
    officer: StrictClient, force: Force, wrong: dict[str, Any]
) -> None:
    [receipt] = send(officer, Scene(force).new_incident() | wrong)
    assert receipt["receipt"] == "rejected"
