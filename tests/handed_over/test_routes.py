"""What a tablet could not get into the server: brought as a file or handed over, and settled."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.assessment import State
from dash_forms.domain.audit_events import Name
from dash_forms.domain.handed_over import Settlement
from dash_forms.domain.ids import uuid7
from dash_forms.store.answers import stored_answers
from dash_forms.store.models import (
    Account,
    AnswerLogEntry,
    Assessment,
    AuditEvent,
    HandedOver,
    Incident,
    TabletKey,
)
from dash_forms.store.work import Store
from tests.support.cases import id_of
from tests.support.client import StrictClient, page_of
from tests.support.force import Force, new_assessment, new_incident, new_urn, operation
from tests.support.log import names
from tests.support.tablet import DEVICE, FORMAT, hand_over, load, released, saved_file
from tests.tablets.test_routes import sealed
from tests.web.test_waited_posts import NOW, Scene, post

SignIn = Callable[[str], StrictClient]


@pytest.fixture
def sergeant(as_: SignIn) -> StrictClient:
    """sergeant1, of the north team."""
    return as_("sergeant1")


def everything(scene: Scene) -> list[dict[str, Any]]:
    """A whole assessment, from the incident to the submission."""
    return [scene.new_incident(), scene.start(), *scene.answers(), scene.finish()]


def taken(officer: StrictClient, scene: Scene) -> None:
    """Let somebody have used the incident number of a scene already."""
    new_incident(officer, urn=scene.urn)


def set_free(store: Store, scene: Scene) -> None:
    """The reason of the refusal goes: the number turns out to have been mistyped elsewhere."""
    with store.work(writes=True) as work:
        work.session.execute(
            update(Incident).where(Incident.urn == scene.urn).values(urn="SM-20260131-9999")
        )


def said(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["receipt"] for each in answer.json["receipts"]]


def kept(store: Store) -> list[HandedOver]:
    with store.work(writes=False) as work:
        rows = work.session.scalars(select(HandedOver))
        return sorted(rows, key=lambda row: (row.received_at, row.place))


def stored(store: Store, scene: Scene) -> Assessment | None:
    with store.work(writes=False) as work:
        return work.session.get(Assessment, UUID(scene.assessment))


def test_a_file_is_saved_as_its_authors_and_only_once(
    officer: StrictClient, sergeant: StrictClient, force: Force, store: Store
) -> None:
    scene = Scene(force)
    file = saved_file(officer, everything(scene))
    assert load(sergeant, file).location == "/handed-over?saved=30&already=0&refused=0"
    assert load(sergeant, file).location == "/handed-over?saved=0&already=30&refused=0"
    assessment = stored(store, scene)
    assert assessment is not None
    author = force.actors["officer1"].id
    assert (assessment.state, assessment.author_id) == (State.SUBMITTED, author)
    with store.work(writes=False) as work:
        assert set(work.session.scalars(select(AnswerLogEntry.author_id))) == {author}
        assert work.session.scalar(select(func.count()).select_from(AnswerLogEntry)) == 27
        events = work.session.scalars(
            select(AuditEvent).where(AuditEvent.name == Name.ASSESSMENT_SUBMITTED)
        ).all()
        assert [each.actor_id for each in events] == [force.actors["sergeant1"].id]
        assert json.loads(events[0].detail)["for"] == str(author)
    assert kept(store) == []
    assert names(store).count(Name.TABLET_FILE_LOADED) == 2


def test_a_tablet_is_told_what_has_come_by_a_file_and_nothing_is_applied_by_asking(
    officer: StrictClient,
    as_: SignIn,
    sergeant: StrictClient,
    force: Force,
    store: Store,
) -> None:
    scene = Scene(force)
    taken(officer, scene)
    work = [scene.new_incident(), scene.start(), *scene.answers()[:1]]

    def arrived(client: StrictClient, operations: list[Any] = work) -> list[str]:
        answer = client.post(
            "/tablet/arrived",
            json={"version": 1, "operations": operations},
            headers={"X-CSRF-Token": client.csrf_token()},
        )
        assert {each["receipt"] for each in answer.json["receipts"]} <= {"duplicate"}  # type: ignore[index]
        return [each["op_id"] for each in answer.json["receipts"]]  # type: ignore[index]

    file = saved_file(officer, work)
    load(sergeant, file)
    set_free(store, scene)
    assert arrived(officer) == []
    assert stored(store, scene) is None
    load(sergeant, file)
    ids = sorted(each["op_id"] for each in work)
    assert sorted(arrived(officer)) == ids
    assert arrived(as_("officer3")) == []  # somebody else's
    assert arrived(officer, [7, {"op_id": 7}, {}]) == []


def test_what_a_supervisor_closed_needs_no_tablet_any_more(
    officer: StrictClient, sergeant: StrictClient, force: Force
) -> None:
    scene = Scene(force)
    taken(officer, scene)
    first = scene.new_incident()
    load(sergeant, saved_file(officer, [first]))
    [case] = sergeant.page("/handed-over").links("/handed-over/")
    sergeant.submit(case, action=f"{case}/close", words="Invented: entered twice, and kept once.")
    answer = officer.post(
        "/tablet/arrived",
        json={"operations": [first]},
        headers={"X-CSRF-Token": officer.csrf_token()},
    )
    assert [each["op_id"] for each in answer.json["receipts"]] == [first["op_id"]]  # type: ignore[index]


@pytest.mark.parametrize("body", [{}, {"operations": 7}, {"operations": [{}] * 1_001}, []])
def test_what_asks_for_nothing_is_refused(officer: StrictClient, body: Any) -> None:
    answer = officer.post(
        "/tablet/arrived", json=body, headers={"X-CSRF-Token": officer.csrf_token()}
    )
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_a_form_counts_for_the_time_at_which_it_was_filled_in(
    officer: StrictClient, sergeant: StrictClient, force: Force, store: Store
) -> None:
    """The tablet's clock is a year ahead; the file was carried for two hours."""
    scene = Scene(force)
    now = datetime.now(UTC)
    wrong = now + timedelta(days=365)
    made = wrong - timedelta(hours=5)  # three hours before the file was saved
    operations = [
        scene.new_incident(made_at=made.isoformat()),
        scene.start(made_at=made.isoformat()),
    ]
    file = saved_file(
        officer,
        operations,
        sent_at=(wrong - timedelta(hours=2)).isoformat(),
        now=(now - timedelta(hours=2)).isoformat(),
    )
    assert "saved=2" in load(sergeant, file).location
    assessment = stored(store, scene)
    assert assessment is not None
    assert assessment.attempted_at is not None
    assert abs(assessment.attempted_at - (now - timedelta(hours=5))) < timedelta(minutes=1)


def test_what_a_file_holds_and_the_server_refuses_is_kept_and_tried_again(
    officer: StrictClient, sergeant: StrictClient, force: Force, store: Store
) -> None:
    scene = Scene(force)
    taken(officer, scene)
    loaded = load(sergeant, saved_file(officer, everything(scene)))
    assert loaded.location == "/handed-over?saved=0&already=0&refused=30"
    assert len(kept(store)) == 30
    assert sergeant.page("/reviews").link("1 case needs your decision") == "/handed-over"
    listed = sergeant.page("/handed-over")
    path = listed.link(scene.urn)
    assert path == f"/handed-over/{scene.assessment}"
    assert force.actors["officer1"].display_name in listed.text()
    assert "New incident, Start of the assessment, 27 answers, Last page" in listed.text()
    assert "There is already an incident with this number" in listed.text()
    assert "Ashdown" not in listed.text()

    text = sergeant.page(path).text()
    for words in (
        f"Incident number (URN){scene.urn}",
        "Victim’s nameAshdown Invented",
        "Local policing teamNorth",
        "How are you asking?In person",
        "Your risk gradeMedium",
        "Victim’s date of birth1 February 1990",
        f"Reported to police{NOW - timedelta(days=1):%-d %b %Y, %H:%M}",
        "No (Victim said)",
        "There is already an incident with this number",
    ):
        assert words in text, words
    refused = sergeant.submit(path, action=f"{path}/again")
    assert refused.location == f"{path}?saved=0&refused=30"
    assert "0 saved, 30 refused again." in sergeant.page(refused.location).text()

    set_free(store, scene)
    assert sergeant.submit(path, action=f"{path}/again").location == f"{path}?saved=30&refused=0"
    found = stored(store, scene)
    assert found is not None
    assert (found.state, found.author_id) == (State.SUBMITTED, force.actors["officer1"].id)
    assert {each.settlement for each in kept(store)} == {Settlement.APPLIED}
    assert sergeant.page("/reviews").links("/handed-over") == ["/handed-over"]
    settled = sergeant.page(path)
    assert "Try again" not in settled.text()
    assert "Saved Sergeant sergeant1" in settled.text()
    assert "Nothing waits for your decision" in sergeant.page("/handed-over").text()


def test_a_mistyped_number_is_put_right_and_both_stay_in_the_record(
    officer: StrictClient, sergeant: StrictClient, force: Force, store: Store
) -> None:
    scene, right = Scene(force), new_urn()
    taken(officer, scene)
    file = saved_file(officer, everything(scene))
    load(sergeant, file)
    path = f"/handed-over/{scene.assessment}"
    corrected = sergeant.submit(
        path, action=f"{path}/number", number=right.lower(), why="Control read it to me again."
    )
    assert corrected.location == f"{path}?saved=30&refused=0"
    with store.work(writes=False) as work:
        assert work.session.get_one(Incident, UUID(scene.incident)).urn == right
    assert len(kept(store)) == 30
    assert all(b"Control" not in each.content_sealed for each in kept(store))
    text = sergeant.page(path).text()
    for words in (
        f"Incident {right}.",
        f"Incident number (URN){right}",
        f"it said {scene.urn}.",
        "Sergeant sergeant1",
        "Control read it to me again.",
    ):
        assert words in text, words
    assert sergeant.page("/handed-over").link(right) == path
    assert names(store).count(Name.HANDED_OVER_CORRECTED) == 1
    assert "already=30" in load(sergeant, file).location


def test_a_number_is_put_right_with_a_reason_only_and_nothing_typed_is_lost(
    officer: StrictClient, sergeant: StrictClient, force: Force, store: Store
) -> None:
    scene, why = Scene(force), "Control read it to me again."
    taken(officer, scene)
    load(sergeant, saved_file(officer, [scene.new_incident()]))
    path = f"/handed-over/{scene.assessment}"
    wrong = {
        (new_urn(), "no"): "Say how you know the right number",
        (scene.urn, why): "This is the number that was entered",
        ("12", why): "Enter the number in the form SM-",
        ("", why): "Enter the incident number",
    }
    for (number, because), sentence in wrong.items():
        answer = sergeant.submit(
            path, action=f"{path}/number", expect=422, number=number, why=because
        )
        [said_so] = page_of(answer).errors
        assert sentence in said_so
        fields = page_of(answer).form(f"{path}/number").fields
        assert (fields["number"], fields["why"]) == ([number], [because])
    another = sergeant.page(path).form(f"{path}/number").filled(number=new_urn(), why=why)
    foreign = another | {"op_id": str(uuid7())}
    assert sergeant.post(f"{path}/number", data=foreign).status_code == 422
    assert sergeant.post(f"{path}/number", data=another | {"op_id": ""}).status_code == 422
    assert names(store).count(Name.HANDED_OVER_CORRECTED) == 0


def test_what_was_put_right_is_never_saved_as_it_was_typed(
    officer: StrictClient, sergeant: StrictClient, force: Force, store: Store
) -> None:
    """The right number is taken too; then the wrong one becomes free, and the file comes anew."""
    scene, right = Scene(force), new_urn()
    taken(officer, scene)
    new_incident(officer, urn=right)
    file = saved_file(officer, everything(scene))
    load(sergeant, file)
    path = f"/handed-over/{scene.assessment}"
    again = sergeant.submit(
        path, action=f"{path}/number", number=right, why="Control read it to me again."
    )
    assert again.location == f"{path}?saved=0&refused=30"
    set_free(store, scene)
    assert load(sergeant, file).location == "/handed-over?saved=0&already=0&refused=30"
    assert stored(store, scene) is None


def test_an_officers_tablet_hands_over_what_was_refused(
    officer: StrictClient, sergeant: StrictClient, force: Force, store: Store
) -> None:
    scene = Scene(force)
    taken(officer, scene)
    refused = [scene.new_incident(), *scene.answers()]
    assert set(said(hand_over(officer, refused))) == {"handed_over"}
    assert set(said(hand_over(officer, refused))) == {"handed_over"}
    assert len(kept(store)) == 28
    assert names(store).count(Name.HANDED_OVER_TAKEN) == 28
    assert "handed over" in sergeant.page("/reviews").text().lower()


def test_what_is_handed_over_is_tried_once_more_first(
    officer: StrictClient, force: Force, store: Store
) -> None:
    scene = Scene(force)
    assert set(said(hand_over(officer, everything(scene)))) == {"applied"}
    assert kept(store) == []


def test_a_single_refusal_undoes_nothing_around_it(
    officer: StrictClient, sergeant: StrictClient, force: Force, store: Store
) -> None:
    """51 operations are delivered as 50 and 1, and the last one is refused."""
    scene = Scene(force)
    again = [operation(scene.assessment, 1, "yes", base_rev=each + 1) for each in range(21)]
    stray = operation(str(uuid7()), 1, "yes")
    many = [*everything(scene)[:-1], *again, stray]
    assert len(many) == 51
    loaded = load(sergeant, saved_file(officer, many))
    assert loaded.location == "/handed-over?saved=50&already=0&refused=1"
    assert stored(store, scene) is not None
    assert [each.op_id for each in kept(store)] == [UUID(str(stray["op_id"]))]


def test_long_words_in_any_script_are_delivered(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    """As JSON in ASCII these are three times as long as a request may be."""
    assessment = new_assessment(officer)[-36:]
    many = [
        operation(assessment, item, "yes", op_id=str(uuid7()), note="й" * 2_000)
        for item in range(1, 28)
    ] + [operation(assessment, 1, "yes", base_rev=each, note="й" * 2_000) for each in range(1, 22)]
    file = saved_file(officer, many)
    assert len(json.dumps(many)) > 512 * 1024
    assert load(sergeant, file).location == "/handed-over?saved=48&already=0&refused=0"


def test_it_is_closed_with_a_reason_and_kept(
    officer: StrictClient, sergeant: StrictClient, force: Force, store: Store
) -> None:
    path = new_assessment(officer)
    stray = operation(str(uuid7()), 3, "yes", note="Said at the door")
    hand_over(officer, [stray])
    case = f"/handed-over/{stray['assessment_id']}"
    refused = page_of(sergeant.submit(case, action=f"{case}/close", expect=422, words=""))
    assert refused.errors == ["Say why this is not to be saved"]
    assert "Note: Said at the door" in refused.text()
    closed = sergeant.submit(case, action=f"{case}/close", words="Entered twice, on paper too.")
    assert closed.location == "/handed-over?closed=1"
    [row] = kept(store)
    assert row.settlement is Settlement.CLOSED
    assert b"Entered" not in (row.reason_sealed or b"")
    assert b"door" not in row.content_sealed
    assert "Entered twice, on paper too." in sergeant.page(case).text()
    assert names(store).count(Name.HANDED_OVER_CLOSED) == 1
    # A file that still holds it changes nothing.
    again = load(sergeant, saved_file(officer, [stray, operation(path[-36:], 1, "no")]))
    assert again.location == "/handed-over?saved=1&already=1&refused=0"
    assert said(hand_over(officer, [stray])) == ["duplicate"]


def test_only_what_was_shown_is_closed(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    case_id = str(uuid7())
    hand_over(officer, [operation(case_id, 1, "yes")])
    form = sergeant.page(f"/handed-over/{case_id}").form(f"/handed-over/{case_id}/close")
    hand_over(officer, [operation(case_id, 2, "yes")])
    sergeant.post(form.action, data=form.filled(words="Entered twice, on paper too."))
    assert [each.settlement for each in kept(store)] == [Settlement.CLOSED, None]


def test_the_same_identifier_from_somebody_else_is_refused(
    officer: StrictClient, as_: SignIn, force: Force, store: Store
) -> None:
    stray = operation(str(uuid7()), 1, "yes")
    assert said(hand_over(officer, [stray])) == ["handed_over"]
    assert said(hand_over(as_("officer3"), [stray])) == ["rejected"]
    [row] = kept(store)
    assert row.author_id == force.actors["officer1"].id


def test_another_teams_sergeant_finds_nothing_and_an_inspector_all(
    as_: SignIn, sergeant: StrictClient, store: Store
) -> None:
    south = as_("officer2")
    stray = operation(str(uuid7()), 1, "yes")
    hand_over(south, [stray])
    case = f"/handed-over/{stray['assessment_id']}"
    assert sergeant.get(case).status_code == 404
    assert "Nothing waits" in sergeant.page("/handed-over").text()
    token = sergeant.page("/handed-over").form().fields["csrf_token"][0]
    for act in ("again", "number", "close"):
        said_so = {"words": "Not mine to decide.", "why": "Not mine to decide."}
        answer = sergeant.post(
            f"{case}/{act}",
            data={"csrf_token": token, "op_id": stray["op_id"], "number": new_urn()} | said_so,
        )
        assert answer.status_code == 404
    [row] = kept(store)
    assert row.settlement is None
    inspector = as_("inspector1")
    assert inspector.page("/handed-over").link("1 answer") == case
    inspector.submit(case, action=f"{case}/close", words="Nobody knows this case.")


def test_a_file_of_another_team_looks_like_one_of_nobodys(
    as_: SignIn, sergeant: StrictClient, force: Force
) -> None:
    theirs = saved_file(as_("officer2"), [operation(str(uuid7()), 1, "yes")])
    nobodys = theirs | {"device": str(uuid7())}
    sentences = {tuple(page_of(load(sergeant, each)).errors) for each in (theirs, nobodys)}
    assert sentences == {("This file is not from an officer whose work you review",)}
    assert load(as_("inspector1"), theirs).status_code == 303


def test_a_file_that_cannot_be_taken_says_why(
    officer: StrictClient, sergeant: StrictClient, force: Force, store: Store
) -> None:
    scene = Scene(force)
    file = saved_file(officer, everything(scene))
    wrong: list[tuple[object, str]] = [
        (b"", "Choose the file"),
        (b"not JSON", "not a file of waiting work"),
        (b"[" * 100_000, "not a file of waiting work"),
        ([], "not a file of waiting work"),
        ({"format": "another"}, "not a file of waiting work"),
        (file | {"version": 2}, "newer release"),
        (file | {"author": "me"}, "not from an officer"),
        (file | {"author": str(force.actors["officer3"].id)}, "not from an officer"),
        (file | {"nonce": "AAAA"}, "damaged"),
        (file | {"nonce": 7}, "damaged"),
        (file | {"body": file["body"][:-8] + "AAAAAAA="}, "damaged"),
        ({name: value for name, value in file.items() if name != "body"}, "damaged"),
        (saved_file(officer, 7), "damaged"),
        (saved_file(officer, [], now="yesterday"), "damaged"),
        (saved_file(officer, [], now="2026-01-31T21:45:00"), "damaged"),
        (saved_file(officer, [], sent_at="9999-12-31T00:00:00Z", now="2000-01-01T00:00Z"), "dama"),
    ]
    for sent, words in wrong:
        answer = load(sergeant, sent)
        assert answer.status_code == 422, sent
        [sentence] = page_of(answer).errors
        assert words in sentence, (sent, sentence)
    assert stored(store, scene) is None
    assert names(store).count(Name.TABLET_FILE_REFUSED) == len(wrong)
    other_tablet = UUID(int=8)
    released(officer, other_tablet)  # the same person's key there is another one
    assert "damaged" in page_of(load(sergeant, file | {"device": str(other_tablet)})).errors[0]


def test_a_revoked_key_and_a_changed_role_are_told(
    officer: StrictClient, sergeant: StrictClient, force: Force, store: Store
) -> None:
    file = saved_file(officer, everything(Scene(force)))
    with store.work(writes=True) as work:
        work.session.execute(
            update(Account).where(Account.username == "officer1").values(role="sergeant")
        )
    assert "role that records no" in page_of(load(sergeant, file)).errors[0]
    with store.work(writes=True) as work:
        work.session.execute(update(TabletKey).values(revoked_at=work.now))
    assert "was revoked" in page_of(load(sergeant, file)).errors[0]
    assert kept(store) == []


def test_what_a_tablet_cannot_read_any_more_is_handed_over_in_its_envelope(
    officer: StrictClient, sergeant: StrictClient, force: Force, store: Store
) -> None:
    me = force.actors["officer1"].id
    refused = operation(str(uuid7()), 1, "yes", note="Invented: behind the shed.")
    answer = hand_over(officer, [sealed(store, me, refused)])
    assert answer.json is not None
    assert [each["receipt"] for each in answer.json["receipts"]] == ["handed_over"]
    [row] = kept(store)
    assert "behind the shed" in sergeant.page(f"/handed-over/{row.case_id}").text()


def test_what_a_tablet_cannot_read_any_more_is_taken_from_its_file(
    officer: StrictClient, sergeant: StrictClient, force: Force, store: Store
) -> None:
    path = new_assessment(officer)
    me, other = force.actors["officer1"].id, force.actors["officer3"].id
    can = sealed(store, me, operation(str(id_of(path)), 1, "yes"))
    cannot = sealed(store, me, operation(str(uuid7()), 1, "yes"))
    not_own = sealed(store, other, operation(str(id_of(path)), 2, "yes"))
    broken = {"op_id": str(uuid7()), "envelope": "AAAA"}
    file = saved_file(officer, [can, cannot, not_own, broken])
    assert load(sergeant, file).location == "/handed-over?saved=1&already=0&refused=3"
    assert len(kept(store)) == 1
    with store.work(writes=False) as work:
        assert set(stored_answers(work, id_of(path))) == {1}


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"device": "me"},
        {"device": str(DEVICE)},
        {"device": str(DEVICE), "operations": 7},
        {"device": str(DEVICE), "operations": [{}], "author": ["me"]},
        {"device": str(DEVICE), "operations": [{}], "sent_at": "2026-01-31T21:45:00"},
        {"device": str(DEVICE), "operations": [{}], "sent_at": {}},
    ],
)
def test_a_request_that_cannot_be_read_is_a_problem(officer: StrictClient, body: object) -> None:
    answer = officer.post(
        "/tablet/handed-over", json=body, headers={"X-CSRF-Token": officer.csrf_token()}
    )
    assert answer.status_code in {400, 409}
    assert answer.mimetype == "application/problem+json"


ODD: list[Any] = [None, 7, "", "x", [], {}, [[]], "\ud800", "2026", -1, 1e400, True, "/x" * 90]


def test_whatever_is_handed_over_can_be_read_by_a_supervisor(
    officer: StrictClient, sergeant: StrictClient, force: Force, store: Store
) -> None:
    """Each member of a form and of an answer is replaced by odd values; all pages stand."""
    draw = Random(12)
    for _ in range(60):
        scene = Scene(force)
        many: list[Any] = [
            scene.new_incident(),
            post(f"{scene.path}/decline", {"primary": "none", "said": ["\ud800", "x"]}),
            post(f"{scene.path}/finish", {"authoriser": str(uuid7()), "searched_at": ["x", "y"]}),
            operation(scene.assessment, 1, "yes", details={"what": ["Bruises"], "x": ["y"]}),
            operation(scene.assessment, 2, "often", part="stalking-11", note="\ud800"),
            draw.choice(ODD),
        ]
        for each in many[:-1]:
            each[draw.choice(sorted(set(each) - {"op_id"}))] = draw.choice(ODD)
        answer = hand_over(officer, many)
        assert set(said(answer)) <= {"applied", "handed_over", "rejected"}
        assert len(said(answer)) == len(many)
        for case_id in {row.case_id for row in kept(store)}:
            sergeant.page(f"/handed-over/{case_id}")
            sergeant.page("/handed-over")
            sergeant.submit(f"/handed-over/{case_id}", action=f"/handed-over/{case_id}/again")
            break


def test_whatever_is_uploaded_is_answered_with_a_sentence(
    officer: StrictClient, sergeant: StrictClient, force: Force
) -> None:
    """Bytes of a real file, cut, doubled and exchanged; and real files with odd contents."""
    draw = Random(11)
    whole = json.dumps(saved_file(officer, everything(Scene(force)))).encode()
    for _ in range(60):
        bytes_ = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            at = draw.randrange(len(bytes_))
            bytes_[at : at + draw.randrange(3)] = draw.randbytes(draw.randrange(4))
        assert load(sergeant, bytes(bytes_)).status_code in {303, 422}
    for odd in ODD:
        for name in ("operations", "now", "sent_at"):
            inside: dict[str, Any] = {"operations": [scene_answer()]} | {name: odd}
            operations = inside.pop("operations")
            if json.dumps(odd) != json.dumps(float("inf")):
                try:
                    file = saved_file(officer, operations, **inside)
                except UnicodeEncodeError:
                    continue
                assert load(sergeant, file).status_code in {303, 422}
        assert load(sergeant, {"format": FORMAT, "version": 1, "author": odd}).status_code == 422


def scene_answer() -> dict[str, object]:
    return operation(str(uuid7()), 1, AnswerValue.YES)
