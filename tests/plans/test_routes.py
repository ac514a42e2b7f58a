"""Pages of plans: opening, writing, seeing to and closing one, and who may do what of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from dash_forms.domain.audit_events import Category
from dash_forms.domain.ids import uuid7
from dash_forms.domain.plans import Stage
from dash_forms.store.accounts import create_account
from dash_forms.store.models import (
    Account,
    AuditEvent,
    CallerMatch,
    Plan,
    PlanAction,
    PlanEntry,
    PlanReview,
)
from dash_forms.store.work import Store
from tests.support.calls import one_phone_two_names
from tests.support.client import PASSWORD, StrictClient, page_of
from tests.support.distance import distance
from tests.support.force import CHEAP, Force
from tests.support.plans import WORDS, flagged, in_days, opened, with_action, write

SignIn = Callable[[str], StrictClient]


def _text(client: StrictClient, address: str) -> str:
    return client.page(address).text()


def _token(client: StrictClient, address: str) -> str:
    inputs = client.page(address).all("input")
    return next(each.get("value", "") for each in inputs if each.get("name") == "csrf_token")


def _id(path: str) -> UUID:
    return UUID(path.rpartition("/")[2])


def _stored(store: Store, plan: str) -> Plan:
    with store.work(writes=False) as work:
        return work.session.get_one(Plan, _id(plan))


def _put(store: Store, plan: str, **values: Any) -> None:
    """Move a plan in time, as if it had been opened or was to be reviewed then."""
    with store.work(writes=True) as work:
        found = work.session.get_one(Plan, _id(plan))
        for name, value in values.items():
            setattr(found, name, value)


def _today(store: Store, days: int = 0) -> date:
    return date(*(int(part) for part in reversed(in_days(store, days))))


def test_a_sergeant_opens_a_plan_from_the_caller_s_page(
    store: Store, force: Force, sergeant: StrictClient, person: UUID
) -> None:
    before = _text(sergeant, f"/callers/{person}")
    assert "No plan yet" in before
    assert sergeant.page(f"/callers/{person}").link("Open a plan") == f"/plans/for/{person}"
    plan = opened(sergeant, force, person)
    text = _text(sergeant, plan)
    assert "Wren Ashdown" in text
    assert "Response officer officer1" in text
    assert "Opened in time" in text
    assert WORDS in text
    assert "No plan yet" not in _text(sergeant, f"/callers/{person}")
    assert sergeant.get(f"/plans/for/{person}").location == plan
    stored = _stored(store, plan)
    assert (stored.caller_id, stored.team_id) == (person, force.teams["north"])
    assert stored.review_on == _today(store, 28)


def test_every_act_is_in_the_audit_log_without_a_name_or_a_word(
    store: Store, force: Force, sergeant: StrictClient, plan: str
) -> None:
    action = with_action(sergeant, store, force, plan)
    write(sergeant, plan, Stage.ASSESSMENT)
    sergeant.submit(f"{plan}/review", found=WORDS)
    sergeant.submit(action, state="done", words=WORDS)
    sergeant.submit(f"{plan}/give", owner=str(force.actors["sergeant1"].id))
    sergeant.submit(f"{plan}/close", outcome="stopped")
    for page in (plan, "/plans", "/plans/figures", "/plans/figures/people?of=planned"):
        assert sergeant.get(page).status_code == 200
    with store.work(writes=False) as work:
        events = work.session.scalars(select(AuditEvent)).all()
    found = {event.name: event.category for event in events}
    assert {
        "plan.opened": Category.COLLECTION,
        "plan.stage_written": Category.COLLECTION,
        "plan.action_added": Category.COLLECTION,
        "plan.action_ended": Category.ALTERATION,
        "plan.reviewed": Category.COLLECTION,
        "plan.given": Category.ALTERATION,
        "plan.closed": Category.ALTERATION,
        "plan.viewed": Category.CONSULTATION,
        "plan.listed": Category.CONSULTATION,
        "plan.figures_viewed": Category.CONSULTATION,
        "caller.listed": Category.CONSULTATION,
    }.items() <= found.items()
    details = " ".join(event.detail for event in events)
    assert "Wren" not in details
    assert "noise" not in details


def test_what_is_written_is_sealed(store: Store, force: Force, sergeant: StrictClient,
                                   plan: str) -> None:  # fmt: skip
    with_action(sergeant, store, force, plan)
    sergeant.submit(f"{plan}/review", found=WORDS)
    with store.work(writes=False) as work:
        entry = work.session.scalars(select(PlanEntry)).one()
        action = work.session.scalars(select(PlanAction)).one()
        review = work.session.scalars(select(PlanReview)).one()
    for sealed in (entry.words_sealed, action.what_sealed, review.found_sealed):
        assert b"noise" not in sealed
        assert b"housing" not in sealed


def test_earlier_versions_are_spoken_of_once_there_are_some(
    sergeant: StrictClient, plan: str
) -> None:
    for expected in ("Written.", "Written. What stood there before can still be read."):
        sent = sergeant.submit(f"{plan}/stages/analysis", words=f"{WORDS} {expected}")
        page = page_of(sergeant.get(sent.location))
        assert [page.text(each) for each in page.all("p")].count(expected) == 1


def test_the_latest_entry_of_a_stage_holds_and_the_others_stay_to_be_read(
    store: Store, sergeant: StrictClient, officer: StrictClient, plan: str
) -> None:
    write(officer, plan, Stage.SCANNING, "It is the pump in the boiler room.")
    text = _text(sergeant, plan)
    assert text.index("It is the pump") < text.index("What stood here before") < text.index(WORDS)
    form = officer.page(f"{plan}/stages/scanning").form()
    assert form.fields["words"][0].strip() == "It is the pump in the boiler room."
    with store.work(writes=False) as work:
        assert len(work.session.scalars(select(PlanEntry)).all()) == 2


def test_the_same_form_sent_twice_has_one_effect(
    store: Store, force: Force, sergeant: StrictClient, plan: str, person: UUID
) -> None:
    for path, values in (
        (f"{plan}/stages/analysis", {"words": WORDS}),
        (f"{plan}/review", {"found": WORDS}),
        (
            f"{plan}/actions/new",
            {
                "what": WORDS,
                "doer": str(force.actors["officer1"].id),
                "due_on": in_days(store, 3),
            },
        ),
    ):
        data = sergeant.page(path).form().filled(**values)
        for _ in range(2):
            assert sergeant.post(path, data=data).status_code == 303
    with store.work(writes=False) as work:
        assert len(work.session.scalars(select(PlanEntry)).all()) == 2  # scanning, analysis
        for kind in (PlanReview, PlanAction):
            assert len(work.session.scalars(select(kind)).all()) == 1


def test_opening_sent_twice_opens_one_and_another_is_refused(
    store: Store, force: Force, sergeant: StrictClient, person: UUID
) -> None:
    path = f"/plans/for/{person}"
    values = {"owner": str(force.actors["officer1"].id), "scanning": WORDS}
    data = sergeant.page(path).form().filled(**values)
    for _ in range(2):
        assert sergeant.post(path, data=data).status_code == 303
    another = sergeant.post(path, data={**data, "plan_id": str(uuid7())})
    assert another.status_code == 422
    assert "There is a plan for this person already" in another.text
    with store.work(writes=False) as work:
        assert len(work.session.scalars(select(Plan)).all()) == 1


def test_a_form_of_another_plan_is_refused(
    store: Store, force: Force, sergeant: StrictClient, plan: str
) -> None:
    other = opened(
        sergeant, force, flagged(store, force, name="Rowan Birkett", phone="07700 900002")
    )
    data = sergeant.page(f"{plan}/stages/analysis").form().filled(words=WORDS)
    assert sergeant.post(f"{plan}/stages/analysis", data=data).status_code == 303
    assert sergeant.post(f"{other}/stages/analysis", data=data).status_code == 409


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"owner": ""}, "Choose a person"),
        ({"owner": "officer2"}, "Choose one from the list"),
        ({"owner": "control1"}, "Choose one from the list"),
        ({"scanning": ""}, "Say what the problem is"),
        ({"scanning": "Noise."}, "a plan begins with it"),
        ({"scanning": "a\u202eb" * 9}, "invisible character"),
        ({"review_on": ["31", "2", "2027"]}, "Enter a real date"),
        ({"review_on": ["", "", ""]}, "Enter a day"),
        ({"review_on": ["1", "1", "2020"]}, "passed already"),
        ({"review_on": ["1", "1", "2190"]}, "within a year"),
        ({"plan_id": "1"}, "Reload the page"),
    ],
)
def test_a_plan_that_cannot_be_opened_says_why_beside_the_field_and_keeps_the_rest(
    force: Force, sergeant: StrictClient, person: UUID, given: dict[str, Any], words: str
) -> None:
    values: dict[str, Any] = {"owner": "officer1", "scanning": WORDS} | given
    if values["owner"]:
        values["owner"] = str(force.actors[values["owner"]].id)
    answer = sergeant.submit(f"/plans/for/{person}", expect=422, **values)
    page = page_of(answer)
    said = " ".join((*page.errors, *page.summary))
    assert words in said
    kept = page.form().fields
    assert kept["scanning"][0].strip() == values["scanning"]
    assert "Open a plan" in _text(sergeant, f"/callers/{person}")  # none was


def test_an_inspector_opens_one_for_any_team_and_the_owner_is_of_it(
    store: Store, force: Force, as_: SignIn, person: UUID
) -> None:
    inspector, south = as_("inspector1"), force.teams["south"]
    path = f"/plans/for/{person}"
    assert "Owner" not in _text(inspector, path)  # the team comes first
    text = _text(inspector, f"{path}?team={south}")
    assert "Neighbourhood team: South" in text
    assert "officer2" in text
    assert "officer1" not in text
    values: dict[str, Any] = {"scanning": WORDS, "owner": str(force.actors["inspector1"].id)}
    form = inspector.page(f"{path}?team={south}").form("")
    for team in ("", str(uuid7()), "x"):
        refused = inspector.post(path, data=form.filled(**values, team=team))
        assert refused.status_code == 422
        assert page_of(refused).summary
    sent = inspector.submit(f"{path}?team={south}", **values)
    assert _stored(store, sent.location.partition("?")[0]).owner_id == force.actors["inspector1"].id


def test_a_closed_account_cannot_own_a_plan(
    store: Store, force: Force, sergeant: StrictClient, person: UUID
) -> None:
    with store.work(writes=True) as work:
        work.session.get_one(Account, force.actors["officer3"].id).closed_at = work.now
    shown = {option.get("value") for option in sergeant.page(f"/plans/for/{person}").all("option")}
    assert str(force.actors["officer1"].id) in shown
    assert str(force.actors["officer3"].id) not in shown


def test_who_may_read_and_who_may_write(
    store: Store, force: Force, sergeant: StrictClient, as_: SignIn, plan: str
) -> None:
    action = with_action(sergeant, store, force, plan, doer="officer3")
    pages = (
        plan,
        f"{plan}/stages/analysis",
        f"{plan}/actions/new",
        action,
        f"{plan}/review",
        f"{plan}/give",
        f"{plan}/close",
    )
    statuses = {
        username: [as_(username).get(page).status_code for page in pages]
        for username in (
            "officer1", "officer2", "officer3", "sergeant1", "inspector1", "specialist1",
            "control1", "analyst1",
        )
    }  # fmt: skip
    assert statuses == {
        "officer1": [200, 200, 200, 200, 200, 403, 403],  # the owner
        "officer2": [404, 404, 404, 404, 404, 403, 403],  # of another team
        "officer3": [200, 403, 403, 200, 403, 403, 403],  # has something to do in it
        "sergeant1": [200] * 7,
        "inspector1": [200] * 7,
        "specialist1": [200, 403, 403, 403, 403, 403, 403],
        "control1": [200, 403, 403, 403, 403, 403, 403],
        "analyst1": [403] * 7,
    }


def test_whoever_only_reads_cannot_post_either(
    store: Store, force: Force, sergeant: StrictClient, as_: SignIn, plan: str
) -> None:
    action = with_action(sergeant, store, force, plan)
    forms: dict[str, dict[str, Any]] = {
        f"{plan}/stages/analysis": {"words": WORDS},
        f"{plan}/actions/new": {
            "what": WORDS,
            "doer": str(force.actors["officer1"].id),
            "due_on": in_days(store, 3),
        },
        action: {"state": "done", "words": WORDS},
        f"{plan}/review": {"found": WORDS},
        f"{plan}/give": {"owner": str(force.actors["sergeant1"].id)},
        f"{plan}/close": {"outcome": "stopped"},
    }
    filled = {path: sergeant.page(path).form().filled(**values) for path, values in forms.items()}
    for username, page in (("control1", "/callers"), ("specialist1", "/desk"), ("officer2", "/")):
        client = as_(username)
        token = _token(client, page)
        for path, values in filled.items():
            status = client.post(path, data={**values, "csrf_token": token}).status_code
            assert status in {403, 404}, (username, path, status)
    with store.work(writes=False) as work:
        assert len(work.session.scalars(select(PlanEntry)).all()) == 1
        assert work.session.scalars(select(PlanReview)).all() == []


def test_a_sergeant_of_another_team_reads_it_and_does_not_lead_it(
    store: Store, force: Force, app: Any, plan: str
) -> None:
    with store.work(writes=True) as work:
        create_account(
            work, username="sergeant2", display_name="Sergeant two", password=PASSWORD, cost=CHEAP,
            role=force.actors["sergeant1"].role, team_id=force.teams["south"],
        )  # fmt: skip
    client: StrictClient = app.test_client()
    client.sign_in("sergeant2")
    assert client.get(plan).status_code == 200
    assert client.get(f"{plan}/close").status_code == 403
    assert "Wren Ashdown" not in _text(client, "/plans").partition("Yours")[2]


def test_the_doer_ends_the_own_action_and_says_what_came_of_it(
    store: Store, force: Force, sergeant: StrictClient, as_: SignIn, plan: str
) -> None:
    action = with_action(sergeant, store, force, plan, doer="officer3")
    doer = as_("officer3")
    for given, words in (
        ({"state": "done"}, "Say what came of it"),
        ({"state": "not_needed", "words": "No."}, "Say why it is not needed"),
        ({"words": WORDS}, "Choose how it ended"),
        ({"state": "open", "words": WORDS}, "Choose how it ended"),
    ):
        assert words in doer.submit(action, expect=422, **given).text
    nothing = doer.submit(action, expect=422).text  # all that is missing is said at once
    assert "Choose how it ended" in nothing
    assert "Say what came of it, or why it is not needed" in nothing
    doer.submit(action, state="done", words="They will mend the door.")
    text = _text(sergeant, plan)
    assert "They will mend the door." in text
    data = {"csrf_token": _token(sergeant, plan), "state": "done", "words": WORDS}
    again = sergeant.post(action, data=data)
    assert again.status_code == 409


def test_an_action_of_another_plan_is_not_in_this_one(
    store: Store, force: Force, sergeant: StrictClient, plan: str
) -> None:
    other = opened(
        sergeant, force, flagged(store, force, name="Rowan Birkett", phone="07700 900002")
    )
    action = with_action(sergeant, store, force, other)
    assert sergeant.get(f"{plan}/actions/{_id(action)}").status_code == 404


def test_a_plan_is_closed_once_it_is_assessed_and_nothing_is_open(
    store: Store, force: Force, sergeant: StrictClient, plan: str, person: UUID
) -> None:
    action = with_action(sergeant, store, force, plan)
    refused = sergeant.submit(f"{plan}/close", expect=422, outcome="fewer")
    assert "Write the assessment first" in refused.text
    assert "1 action is still open" in refused.text
    write(sergeant, plan, Stage.ASSESSMENT)
    sergeant.submit(action, state="not_needed", words="The pump was repaired.")
    for outcome in ("passed_on", "other"):
        refused = sergeant.submit(f"{plan}/close", expect=422, outcome=outcome, words="")
        assert "Say what became of it" in refused.text
    assert "Choose what came of it" in sergeant.submit(f"{plan}/close", expect=422).text
    sergeant.submit(f"{plan}/close", outcome="passed_on", words="The housing association has it.")
    text = _text(sergeant, plan)
    assert "Closed: Passed on to a partner agency" in text
    assert "The housing association has it." in text
    assert "Rewrite" not in text
    for page in ("stages/scanning", "actions/new", "review", "give", "close"):
        assert sergeant.get(f"{plan}/{page}").location == plan
    assert sergeant.page(f"/callers/{person}").link("Open another plan")
    second = opened(sergeant, force, person)
    assert second != plan
    assert sergeant.page(second).links(plan)


def test_nothing_is_written_in_a_closed_plan(
    store: Store, sergeant: StrictClient, plan: str
) -> None:
    write(sergeant, plan, Stage.ASSESSMENT)
    data = sergeant.page(f"{plan}/stages/analysis").form().filled(words=WORDS)
    sergeant.submit(f"{plan}/close", outcome="stopped")
    assert sergeant.post(f"{plan}/stages/analysis", data=data).status_code == 409


def test_an_officer_has_the_link_while_a_plan_is_theirs(
    store: Store, force: Force, sergeant: StrictClient, as_: SignIn, plan: str
) -> None:
    owner, colleague = as_("officer1"), as_("officer3")
    assert owner.page("/incidents").links("/plans") == ["/plans"]
    assert colleague.page("/incidents").links("/plans") == []
    action = with_action(sergeant, store, force, plan, doer="officer3")
    assert colleague.page("/incidents").links("/plans") == ["/plans"]
    colleague.submit(action, state="done", words=WORDS)
    assert colleague.page("/incidents").links("/plans") == []
    write(owner, plan, Stage.ASSESSMENT)
    sergeant.submit(f"{plan}/close", outcome="stopped")
    assert owner.page("/incidents").links("/plans") == []
    assert sergeant.page("/incidents").links("/plans") == ["/plans"]


def test_a_review_sets_the_next_day(store: Store, sergeant: StrictClient, plan: str) -> None:
    sergeant.submit(f"{plan}/review", found=WORDS, next_on=in_days(store, 10))
    assert _stored(store, plan).review_on == _today(store, 10)
    refused = sergeant.submit(f"{plan}/review", expect=422, found="", next_on=in_days(store, -1))
    assert {"Say what was found"} <= set(page_of(refused).errors)


def test_a_plan_is_given_to_somebody_else(
    store: Store, force: Force, sergeant: StrictClient, as_: SignIn, plan: str
) -> None:
    sergeant.submit(f"{plan}/give", owner=str(force.actors["officer3"].id))
    assert "Yours" in _text(as_("officer3"), "/plans")
    inspector = as_("inspector1")
    inspector.submit(
        f"{plan}/give?team={force.teams['south']}",
        owner=str(force.actors["officer2"].id),
    )
    assert sergeant.get(f"{plan}/give").status_code == 403
    assert as_("officer2").get(plan).status_code == 200
    assert as_("officer3").get(plan).status_code == 404


def test_a_review_and_an_action_are_overdue_the_day_after(
    store: Store, force: Force, sergeant: StrictClient, officer: StrictClient, plan: str
) -> None:
    action = with_action(sergeant, store, force, plan)
    _put(store, plan, review_on=_today(store))
    with store.work(writes=True) as work:
        work.session.get_one(PlanAction, _id(action)).due_on = _today(store)
    for client in (sergeant, officer):
        text = _text(client, "/plans")
        assert "overdue ·" not in text
        assert "▲" not in text
        assert "Plans 1" not in text
    _put(store, plan, review_on=_today(store, -1))
    with store.work(writes=True) as work:
        work.session.get_one(PlanAction, _id(action)).due_on = _today(store, -3)
    for client in (sergeant, officer):
        text = _text(client, "/plans")
        assert "▲ Review overdue" in text
        assert "▲ 1 action overdue" in text
        assert "Overdue by 3 days" in text
        assert "Plans 1" in text


def test_whatever_is_due_first_stands_first(
    store: Store, force: Force, sergeant: StrictClient, plan: str
) -> None:
    other = opened(
        sergeant, force, flagged(store, force, name="Rowan Birkett", phone="07700 900002")
    )
    _put(store, plan, review_on=_today(store, 20))
    _put(store, other, review_on=_today(store, 19))
    assert sergeant.page("/plans").links("/plans/0")[:2] == [other, plan]
    action = with_action(sergeant, store, force, plan)
    assert sergeant.page("/plans").links("/plans/0")[:2] == [plan, other]
    sergeant.submit(action, state="done", words=WORDS)
    assert sergeant.page("/plans").links("/plans/0")[:2] == [other, plan]


def test_a_caller_without_a_plan_is_in_the_list_and_overdue_after_its_time(
    store: Store, force: Force, sergeant: StrictClient, as_: SignIn, person: UUID
) -> None:
    assert f"Plan due in {distance(store, 7 * 24 - 5)}" in _text(sergeant, "/plans")
    assert "Plans 1" not in _text(as_("inspector1"), "/plans")
    late = flagged(store, force, (300, 290, 280, 270), "Rowan Birkett", "07700 900002")
    since = distance(store, 7 * 24 - 270)
    inspector = as_("inspector1")
    text = _text(inspector, "/plans")
    assert f"▲ Plan overdue by {since}" in text
    assert "Plans 1" in text
    assert text.index("Rowan Birkett") < text.index("Wren Ashdown")
    page = _text(sergeant, f"/callers/{late}")
    assert "No plan yet, and overdue" in page
    assert f"missing for {since}" in page
    opened(sergeant, force, late)
    assert "Rowan Birkett" not in _text(inspector, "/plans").partition("Every team")[0]
    assert "Plans 1" not in _text(inspector, "/plans")
    assert f"▲ Opened {since} late" in _text(sergeant, opened_path(store, late))


def opened_path(store: Store, person: UUID) -> str:
    with store.work(writes=False) as work:
        found = work.session.scalars(select(Plan.id).where(Plan.caller_id == person)).one()
    return f"/plans/{found}"


def test_the_list_of_callers_says_who_has_a_plan(
    store: Store, force: Force, sergeant: StrictClient, plan: str
) -> None:
    flagged(store, force, name="Rowan Birkett", phone="07700 900002")
    # Flagged long ago, and over the other rule by now.
    flagged(store, force, (500, 490, 480, 470, 3, 2), "Linden Carrow", "07700 900003")
    text = _text(sergeant, "/callers")
    assert "Plan: North" in text
    assert text.count("No plan yet") == 2
    assert text.count("No plan yet ▲ overdue") == 1


def test_plans_of_both_show_once_two_callers_are_one_and_stay_where_they_were_opened(
    store: Store, force: Force, sergeant: StrictClient, as_: SignIn
) -> None:
    match = f"/callers/matches/{one_phone_two_names(store, force)}"
    with store.work(writes=False) as work:
        found = work.session.scalars(select(CallerMatch)).one()
    one, other = found.one_id, found.other_id
    plans = [opened(sergeant, force, each) for each in (one, other)]
    control = as_("control1")
    control.submit(match, verdict="same", reason="She said so on the phone.")
    for each in (one, other):
        assert set(sergeant.page(f"/callers/{each}").links("/plans/0")) == set(plans)
    assert sergeant.page(plans[0]).links(plans[1]) == [plans[1]]
    assert sergeant.get(f"/plans/for/{one}").location in plans
    control.submit(match, verdict="different", reason="They are two sisters.")
    assert sergeant.page(f"/callers/{one}").links("/plans/0") == [plans[0]]
    assert sergeant.page(f"/callers/{other}").links("/plans/0") == [plans[1]]


def test_whoever_was_put_together_has_one_plan_between_them(
    store: Store, force: Force, sergeant: StrictClient, as_: SignIn
) -> None:
    match = f"/callers/matches/{one_phone_two_names(store, force)}"
    as_("control1").submit(match, verdict="same", reason="She said so on the phone.")
    with store.work(writes=False) as work:
        found = work.session.scalars(select(CallerMatch)).one()
    plan = opened(sergeant, force, found.other_id)
    assert sergeant.get(f"/plans/for/{found.one_id}").location == plan
    # A flag asked for it, which both of them raised together.
    assert "Opened in time" in _text(sergeant, plan)


def test_the_calls_are_counted_week_by_week(
    store: Store, force: Force, sergeant: StrictClient
) -> None:
    week = 168
    flagged(store, force, [9.5 * week], "Rowan Birkett", "07700 900002")  # the logs reach so far
    hours = [*(2 * week + each for each in (4, 3, 2, 1)), week + 5, 4]
    text = _text(sergeant, opened(sergeant, force, flagged(store, force, hours)))
    # The second week since is over, and the last call of all logs was before its end.
    assert "4 calls in the 7 weeks before the flag, 1 in the whole week since" in text
    assert "so that a quieter one after it may be chance" in text
    assert "■■■■" in text
    assert "left out" in text


def test_a_plan_may_be_opened_before_there_is_a_flag(
    store: Store, force: Force, sergeant: StrictClient
) -> None:
    person = flagged(store, force, (3, 2, 1))
    assert "no flag asks for one" in _text(sergeant, f"/callers/{person}")
    assert "Opened before a flag asked for it" in _text(sergeant, opened(sergeant, force, person))


def test_the_time_that_a_plan_takes_is_the_force_s(
    store: Store, sergeant: StrictClient, person: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = store.clocks
    monkeypatch.setattr(store, "clocks", type(clocks)(plan=timedelta(hours=5)))
    assert "No plan yet, and overdue" in _text(sergeant, f"/callers/{person}")
    monkeypatch.setattr(store, "clocks", type(clocks)(plan=timedelta(hours=6)))
    assert "No plan yet, and overdue" not in _text(sergeant, f"/callers/{person}")
