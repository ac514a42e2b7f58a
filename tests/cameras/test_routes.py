"""What the camera did: one tap on the incident's page, corrections, colleagues, and reminders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from dash_forms.domain.body_worn_video import WHY, FirstContact, Standing
from dash_forms.domain.ids import uuid7
from dash_forms.store import facts
from dash_forms.store.models import (
    Account,
    AttendanceFactRow,
    CameraFactRow,
    CameraRecord,
    Incident,
    PairFact,
)
from dash_forms.store.work import Store
from tests.support.cases import CLOSING, declined
from tests.support.client import StrictClient
from tests.support.force import (
    Force,
    answer_all,
    new_assessment,
    new_incident,
    skip_offered,
    sync,
)
from tests.support.log import last, names

SignIn = Callable[[str], StrictClient]


def incident_of(store: Store) -> Any:
    with store.work(writes=False) as work:
        return work.session.scalars(select(Incident).order_by(Incident.id.desc())).first()


def ledger(store: Store) -> list[CameraRecord]:
    with store.work(writes=False) as work:
        return list(work.session.scalars(select(CameraRecord).order_by(CameraRecord.id)))


def standing(store: Store) -> Standing | None:
    with store.work(writes=False) as work:
        return work.session.scalar(select(AttendanceFactRow.standing))


def differences(store: Store) -> list[str]:
    with store.work(writes=False) as work:
        return list(facts.differences(work.connection, facts.rules_of(work), lambda _: None))


def attend(store: Store, hours: float = 3) -> None:
    """Every incident was reached so many hours ago, as the details page would say."""
    with store.work(writes=True) as work:
        at = datetime.now(UTC) - timedelta(hours=hours)
        for incident in work.session.scalars(select(Incident)):
            incident.reported_at, incident.arrived_at = at - timedelta(minutes=20), at


def own(force: Force, incident: str, username: str = "officer1") -> str:
    return f"{incident}/cameras/{force.actors[username].id}"


def tap(client: StrictClient, path: str, said: str, **more: Any) -> None:
    client.submit(path, said=said, **more)


def test_one_tap_on_the_incident_is_all_that_the_usual_case_takes(
    officer: StrictClient, store: Store, force: Force
) -> None:
    incident = new_incident(officer)
    attend(store)
    page = officer.page(incident)
    assert "Body-worn video: not recorded yet" in page.text()
    form = page.form(own(force, incident))
    response = officer.post(form.action, data=form.filled() | {"said": "recording"})
    assert response.location == f"{incident}#cameras"
    assert [each.said for each in ledger(store)] == [FirstContact.RECORDING]
    assert standing(store) is Standing.RECORDING
    page = officer.page(incident)
    assert "not recorded yet" not in page.text()
    assert "Recording at first contact" in page.text()
    _, told = last(store, "incident.camera_recorded")
    assert told == {"officer": str(force.actors["officer1"].id), "said": "recording"}
    assert differences(store) == []


def test_a_correction_is_a_further_entry_and_the_latest_counts(
    officer: StrictClient, store: Store, force: Force
) -> None:
    incident = new_incident(officer)
    attend(store)
    path = own(force, incident)
    tap(officer, path, "forgot")
    tap(officer, path, "recording", reference="BWV-1")
    tap(officer, path, "recording", reference="BWV-1")  # sent twice
    assert [each.said for each in ledger(store)] == [FirstContact.FORGOT, FirstContact.RECORDING]
    assert standing(store) is Standing.RECORDING
    text = officer.page(f"{incident}/cameras").text()
    assert "What was recorded before" in text
    assert "Footage BWV-1" in text
    assert officer.page(path).form().fields["reference"] == ["BWV-1"]
    assert differences(store) == []


def test_a_tap_on_a_page_that_stood_open_takes_no_reference_away(
    officer: StrictClient, store: Store, force: Force
) -> None:
    incident = new_incident(officer)
    attend(store)
    form = officer.page(incident).form(own(force, incident))
    tap(officer, own(force, incident), "recording", reference="BWV-1")
    stale = officer.post(form.action, data=form.filled() | {"said": "recording"})
    assert stale.status_code == 303
    assert officer.page(own(force, incident)).form().fields["reference"] == ["BWV-1"]
    officer.post(form.action, data=form.filled() | {"said": "not_issued"})  # says something else
    assert [each.said for each in ledger(store)][-1] is FirstContact.NOT_ISSUED
    tap(officer, own(force, incident), "recording", reference="BWV-1")
    tap(officer, own(force, incident), "recording", reference="")  # the page itself can clear it
    assert officer.page(own(force, incident)).form().fields["reference"] == [""]


def test_an_inspector_asks_after_every_team_whatever_team_the_account_is_in(
    officer: StrictClient, as_: SignIn, store: Store, force: Force
) -> None:
    incident = new_incident(officer)
    attend(store)
    with store.work(writes=True) as work:
        account = work.session.get_one(Account, force.actors["inspector1"].id)
        account.team_id = force.teams["south"]
    text = as_("inspector1").page("/cameras").text()
    assert incident_of(store).urn in text, incident


def test_footage_and_words_are_sealed(officer: StrictClient, store: Store, force: Force) -> None:
    incident = new_incident(officer)
    tap(officer, own(force, incident), "other_reason", reference="REF-77", words="On charge then")
    [entry] = ledger(store)
    assert entry.reference_sealed
    assert b"REF-77" not in entry.reference_sealed
    assert entry.words_sealed
    assert b"charge" not in entry.words_sealed
    assert "On charge then" in officer.page(incident).text()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"said": ""}, "Say what the camera did"),
        ({"said": "perhaps"}, "Say what the camera did"),
        ({"said": "other_reason"}, WHY),
        ({"said": "recording", "reference": "R" * 81}, "80"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    officer: StrictClient,
    store: Store,
    force: Force,
    values: dict[str, str],
    words: str,
) -> None:
    path = own(force, new_incident(officer))
    typed = {"reference": "BWV-9"} | values
    form = officer.page(path).form()
    response = officer.post(path, data=form.filled() | typed)
    assert response.status_code == 422
    assert words in response.text
    assert f'value="{typed["reference"]}"' in response.text
    assert ledger(store) == []


def test_it_counts_only_where_somebody_attended(
    officer: StrictClient, store: Store, force: Force
) -> None:
    incident = new_incident(officer)
    tap(officer, own(force, incident), "recording")
    assert standing(store) is Standing.NOT_ATTENDED
    assert "It counts once" in officer.page(incident).text()
    page = officer.page(incident)
    path = page.link("Start the assessment")
    officer.submit(path, action="/start", mode="telephone", seen_alone="yes")
    assert standing(store) is Standing.NOT_ATTENDED
    attend(store)
    assert standing(store) is Standing.RECORDING
    assert differences(store) == []


def test_an_attempt_in_person_is_attendance_for_every_victim_of_the_incident(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    incident = f"/incidents/{incident_of(store).id}"
    officer.submit(f"{incident}/victims/new", victim_name="Second Invented")
    officer.submit(path, action="/start", mode="in_person", seen_alone="yes")
    with store.work(writes=False) as work:
        assert set(work.session.scalars(select(PairFact.camera))) == {Standing.NO_RECORD}
    assert standing(store) is Standing.NO_RECORD
    assert differences(store) == []


def test_an_exempt_incident_is_not_measured(
    officer: StrictClient, as_: SignIn, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    attend(store)
    assert standing(store) is Standing.NO_RECORD
    officer.submit(f"{path}/exempt", primary="deceased")
    review = f"/reviews/{path.rsplit('/', 1)[1]}/exemption"
    as_("sergeant1").submit(review, decision="endorsed")
    assert standing(store) is None
    assert differences(store) == []


def test_a_colleague_is_named_and_then_asked(
    officer: StrictClient, as_: SignIn, store: Store, force: Force
) -> None:
    incident = new_incident(officer)
    attend(store)
    tap(officer, own(force, incident), "forgot")
    colleague = force.actors["officer3"].id
    officer.submit(f"{incident}/cameras", colleague=str(colleague))
    officer.submit(f"{incident}/cameras", colleague=str(colleague))
    assert [each.said for each in ledger(store)] == [FirstContact.FORGOT, None]
    assert standing(store) is Standing.NOT_RECORDING
    other = as_("officer3")
    urn = incident_of(store).urn
    reminder = "Body-worn video not recorded yet"
    assert reminder in other.page("/incidents").text()
    assert reminder not in officer.page("/incidents").text()
    tap(other, own(force, incident, "officer3"), "recording")
    assert standing(store) is Standing.RECORDING
    assert reminder not in other.page("/incidents").text()
    assert urn in other.page("/incidents").text()
    assert names(store).count("incident.camera_asked_for") == 1
    with store.work(writes=False) as work:
        assert len(work.session.scalars(select(CameraFactRow)).all()) == 2
    assert differences(store) == []


@pytest.mark.parametrize("username", ["officer2", "analyst1"])
def test_only_a_colleague_of_the_team_can_be_named(
    officer: StrictClient, store: Store, force: Force, username: str
) -> None:
    incident = new_incident(officer)
    form = officer.page(f"{incident}/cameras").form()
    named = {"colleague": str(force.actors[username].id)}
    response = officer.post(f"{incident}/cameras", data=form.filled() | named)
    assert response.status_code == 422
    assert "Choose a colleague from the list" in response.text
    assert ledger(store) == []


def test_who_did_not_attend_is_asked_no_more_and_counts_for_nothing(
    officer: StrictClient, store: Store, force: Force
) -> None:
    incident = new_incident(officer)
    attend(store)
    assert "Body-worn video not recorded yet" in officer.page("/incidents").text()
    tap(officer, own(force, incident), "not_there")
    assert standing(store) is Standing.NO_RECORD
    assert "Body-worn video not recorded yet" not in officer.page("/incidents").text()


def test_where_everybody_says_they_did_not_attend_the_sergeant_is_still_reminded(
    officer: StrictClient, as_: SignIn, store: Store, force: Force
) -> None:
    incident = new_incident(officer)
    attend(store)
    colleague = force.actors["officer3"].id
    officer.submit(f"{incident}/cameras", colleague=str(colleague))
    sergeant = as_("sergeant1")
    tap(officer, own(force, incident), "not_there")
    assert "Nobody says they attended" not in sergeant.page("/cameras").text()  # one is asked yet
    tap(as_("officer3"), own(force, incident, "officer3"), "not_there")
    assert standing(store) is Standing.NO_RECORD
    page = sergeant.page("/cameras")
    assert "1 record is missing" in page.text()
    assert "Nobody says they attended" in page.text()
    assert f"{incident}/cameras" in page.links(f"{incident}/cameras")
    assert "1 record is missing" in sergeant.page("/reviews").text()
    tap(sergeant, f"{own(force, incident, 'officer3')}?from=missing", "recording")
    assert "Nothing is missing" in sergeant.page("/cameras").text()


def test_who_cannot_open_the_incident_any_more_is_not_asked_and_the_sergeant_is(
    officer: StrictClient, as_: SignIn, store: Store, force: Force
) -> None:
    incident = new_incident(officer)
    attend(store)
    tap(officer, own(force, incident), "recording")
    colleague = force.actors["officer3"].id
    officer.submit(f"{incident}/cameras", colleague=str(colleague))
    reminder = "Body-worn video not recorded yet"
    assert reminder in as_("officer3").page("/incidents").text()
    with store.work(writes=True) as work:
        work.session.scalars(select(Incident)).one().team_id = force.teams["south"]
    assert as_("officer3").get(own(force, incident, "officer3")).status_code == 404
    assert reminder not in as_("officer3").page("/incidents").text()
    text = as_("inspector1").page("/cameras").text()
    assert "Response officer officer3 · attended" in text
    assert "Now of another team: cannot answer" in text


@pytest.mark.parametrize(
    ("hours", "is_asked"), [(0.9, False), (1.1, True), (335, True), (337, False)]
)
def test_a_missing_record_is_asked_for_from_an_hour_to_fourteen_days(
    officer: StrictClient, as_: SignIn, store: Store, hours: float, is_asked: bool
) -> None:
    new_incident(officer)
    attend(store, hours)
    assert ("Body-worn video not recorded yet" in officer.page("/incidents").text()) == is_asked
    sergeant = as_("sergeant1")
    assert ("has not said what" in sergeant.page("/reviews").text()) == is_asked
    text = sergeant.page("/cameras").text()
    assert ("Response officer officer1 1" in text) == is_asked
    assert ("Nothing is missing" in text) != is_asked


def test_one_tap_in_the_list_leads_back_to_the_list(
    officer: StrictClient, store: Store, force: Force
) -> None:
    incident = new_incident(officer)
    attend(store)
    path = own(force, incident) + "?from=list"
    form = officer.page("/incidents").form(path)
    response = officer.post(form.action, data=form.filled() | {"said": "recording"})
    assert response.location == "/incidents"
    assert standing(store) is Standing.RECORDING


def test_a_sergeant_records_for_an_officer_and_it_says_so(
    officer: StrictClient, as_: SignIn, store: Store, force: Force
) -> None:
    incident = new_incident(officer)
    attend(store)
    sergeant = as_("sergeant1")
    [path] = sergeant.page("/cameras").links("/cameras/")
    assert path == own(force, incident) + "?from=missing"
    assert "You record this for Response officer officer1" in sergeant.page(path).text()
    tap(sergeant, path, "faulty")
    assert "by Sergeant sergeant1, for the officer" in officer.page(incident).text()
    assert sergeant.page(path).links("/cameras")[-1] == "/cameras"
    event, told = last(store, "incident.camera_recorded")
    assert event.actor_id == force.actors["sergeant1"].id
    assert told["in_place_of"] == str(force.actors["officer1"].id)
    assert "Nothing is missing" in sergeant.page("/cameras").text()


def test_an_officer_does_not_speak_for_a_colleague(
    officer: StrictClient, store: Store, force: Force
) -> None:
    incident = new_incident(officer)
    colleague = force.actors["officer3"].id
    officer.submit(f"{incident}/cameras", colleague=str(colleague))
    path = own(force, incident, "officer3")
    assert officer.get(path).status_code == 403
    form = officer.page(own(force, incident)).form()
    refused = officer.post(path, data=form.filled(said="recording"))
    assert refused.status_code in {403, 404}
    assert [each.said for each in ledger(store)] == [None]


def test_an_incident_of_another_team_looks_like_none(
    officer: StrictClient, as_: SignIn, force: Force
) -> None:
    incident = new_incident(officer)
    stranger = as_("officer2")
    assert stranger.get(f"{incident}/cameras").status_code == 404
    assert stranger.get(own(force, incident, "officer2")).status_code == 404


def test_decline_rates_know_how_the_incident_was_filmed(
    officer: StrictClient, store: Store, force: Force
) -> None:
    declined(officer)
    incident = f"/incidents/{incident_of(store).id}"
    with store.work(writes=False) as work:
        assert work.session.scalar(select(PairFact.camera)) is Standing.NO_RECORD
    tap(officer, own(force, incident), "not_issued")
    with store.work(writes=False) as work:
        assert work.session.scalar(select(PairFact.camera)) is Standing.NOT_ISSUED
    assert differences(store) == []


def test_what_is_kept_wrongly_is_found_and_mended(
    officer: StrictClient, store: Store, force: Force
) -> None:
    incident = new_incident(officer)
    attend(store)
    tap(officer, own(force, incident), "recording")
    with store.work(writes=True) as work:
        work.connection.execute(update(CameraFactRow).values(said=FirstContact.FORGOT))
        work.connection.execute(update(AttendanceFactRow).values(standing=Standing.NO_RECORD))
    found = differences(store)
    assert [each.split(" ")[0] for each in found] == ["attendance", "camera"]
    with store.work(writes=True) as work:
        facts.rebuild(work.connection, facts.rules_of(work), lambda _: None)
    assert differences(store) == []
    assert standing(store) is Standing.RECORDING


def test_the_last_page_asks_before_the_officer_leaves_and_keeps_the_answer(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path)
    skip_offered(officer, path)
    assert "Before you leave: body-worn video" in officer.page(f"{path}/finish").text()
    said: dict[str, Any] = {"camera": "recording", "camera_reference": "BWV-5"}
    officer.submit(f"{path}/finish", **CLOSING, **said)
    assert [each.said for each in ledger(store)] == [FirstContact.RECORDING]
    assert standing(store) is Standing.RECORDING
    assert "Before you leave" not in officer.page(f"{path}/record?submitted=1").text()
    assert differences(store) == []


def test_saved_for_later_it_is_recorded_and_not_asked_again(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    form = officer.page(f"{path}/finish").form()
    officer.post(f"{path}/finish", data=form.filled(camera="forgot") | {"later": "1"})
    assert [each.said for each in ledger(store)] == [FirstContact.FORGOT]
    text = officer.page(f"{path}/finish").text()
    assert "Before you leave" not in text
    assert "Body-worn video at first contact: no: forgotten" in text


def test_another_reason_without_words_is_refused_beside_them_and_the_rest_is_kept(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path)
    skip_offered(officer, path)
    values = CLOSING | {"camera": "other_reason"}
    response = officer.submit(f"{path}/finish", expect=422, **values)
    assert WHY in response.text
    assert ledger(store) == []
    assert officer.page(f"{path}/finish").form().fields["grade"] == ["medium"]
    officer.submit(f"{path}/finish", **values, camera_words="On charge in the car")
    assert [each.said for each in ledger(store)] == [FirstContact.OTHER_REASON]


def test_a_last_page_without_the_question_is_taken_and_the_record_asks_once_more(
    officer: StrictClient, store: Store, force: Force
) -> None:
    """As a tablet sends it that has kept the page of an earlier version."""
    path = new_assessment(officer)
    incident = f"/incidents/{incident_of(store).id}"
    answer_all(officer, path)
    skip_offered(officer, path)
    form = officer.page(f"{path}/finish").form().filled(**CLOSING)
    old = {name: value for name, value in form.items() if not name.startswith("camera")}
    assert form.keys() - old.keys() == {"camera_reference", "camera_words"}
    [receipt] = sync(
        officer,
        [
            {
                "op_id": str(uuid7()),
                "kind": "post",
                "path": f"{path}/finish",
                "fields": [
                    [name, each]
                    for name, value in old.items()
                    for each in (value if isinstance(value, list) else [value])
                ],
            }
        ],
    )
    assert receipt["receipt"] == "applied"
    assert ledger(store) == []
    page = officer.page(f"{path}/record?submitted=1")
    assert "Before you leave: body-worn video" in page.text()
    taps = page.form(own(force, incident))
    officer.post(taps.action, data=taps.filled() | {"said": "recording"})
    assert standing(store) is Standing.RECORDING


def test_a_form_that_waited_carries_the_answer_once_and_as_of_when_it_was_given(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path)
    skip_offered(officer, path)
    form = officer.page(f"{path}/finish").form()
    filled = form.filled(**CLOSING) | {"camera": "recording"}
    now = datetime.now(UTC)
    body = {
        "sent_at": now.isoformat(),
        "operations": [
            {
                "op_id": str(uuid7()),
                "kind": "post",
                "path": f"{path}/finish",
                "fields": [
                    [name, each]
                    for name, value in filled.items()
                    for each in (value if isinstance(value, list) else [value])
                ],
                "made_at": (now - timedelta(hours=2)).isoformat(),
            }
        ],
    }
    headers = {"X-CSRF-Token": officer.csrf_token()}
    told = [officer.post("/sync", json=body, headers=headers).json for _ in range(2)]
    assert [each["receipts"][0]["receipt"] for each in told if each] == ["applied", "duplicate"]
    [entry] = ledger(store)
    assert entry.said is FirstContact.RECORDING
    assert timedelta(hours=1.9) < now - entry.recorded_at < timedelta(hours=2.1)


def test_a_visit_by_telephone_and_a_further_attempt_are_not_asked(
    officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(path, action="/start", mode="telephone", seen_alone="yes")
    assert "Before you leave" not in officer.page(f"{path}/finish").text()
    attend(store)
    assert "Before you leave" in officer.page(f"{path}/finish").text()


def test_the_question_of_the_refusal_and_that_of_first_contact_are_told_apart(
    officer: StrictClient,
) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", primary="fear_of_abuser", basis="said")
    text = officer.page(f"{path}/finish").text()
    assert "Does body-worn video show the offer and the refusal?" in text
    assert "about the moment of first contact; the question above is about the refusal" in text


def test_the_last_page_takes_no_reference_away(
    officer: StrictClient, store: Store, force: Force
) -> None:
    """A tablet without a signal asks again what was said on the incident's page."""
    path = new_assessment(officer)
    form = officer.page(f"{path}/finish").form()
    incident = f"/incidents/{incident_of(store).id}"
    tap(officer, own(force, incident), "recording", reference="BWV-6")
    later = {"later": "1", "camera": "recording"}
    assert officer.post(f"{path}/finish", data=form.filled() | later).status_code == 303
    assert len(ledger(store)) == 1
    assert "Footage BWV-6" in officer.page(incident).text()


def test_that_somebody_was_named_never_outweighs_what_they_said_before_without_a_signal(
    officer: StrictClient, as_: SignIn, store: Store, force: Force
) -> None:
    incident = new_incident(officer)
    attend(store)
    colleague = force.actors["officer3"].id
    officer.submit(f"{incident}/cameras", colleague=str(colleague))
    tap(as_("officer3"), own(force, incident, "officer3"), "recording")
    with store.work(writes=True) as work:
        said = work.session.scalars(
            select(CameraRecord).where(CameraRecord.said == FirstContact.RECORDING)
        ).one()
        said.recorded_at -= timedelta(hours=1)
    assert standing(store) is Standing.RECORDING
    text = as_("officer3").page(f"{incident}/cameras").text()
    assert "Recording at first contact" in text.split("What was recorded before")[0]
    assert differences(store) == []
