"""Every page, in every state it has: axe finds nothing, and nothing scrolls sideways.

Light and dark, on a tablet and on a narrow phone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from dash_forms.app import runner_of
from dash_forms.domain.assessment import Outcome
from dash_forms.domain.ids import uuid7
from dash_forms.domain.periods import london_date
from dash_forms.domain.plans import Stage
from dash_forms.store.models import (
    CallerFlag,
    FollowUp,
    Incident,
    JobRow,
    Plan,
    PlanAction,
)
from tests.browser import axe, pages
from tests.reporting.ledger import Ledger
from tests.support import calls, cases, offenders
from tests.support.browsers import Browser, Device, Engine, PlaywrightBrowser, words
from tests.support.cases import approve, declined
from tests.support.client import StrictClient
from tests.support.exports import Killed, asked, done_up_to
from tests.support.finding import ask, ask_person
from tests.support.force import (
    answer_all,
    new_assessment,
    new_incident,
    operation,
    skip_offered,
    sync,
)
from tests.support.inspections import AREA, NOTE, added_item, entered_grade
from tests.support.investigations import (
    answers,
    cases_of,
    closed_case,
    draw,
    last_month,
    noon_of,
)
from tests.support.offers import owed_offer
from tests.support.plans import flagged, opened, with_action, write
from tests.support.rates import added_baseline
from tests.support.server import Served
from tests.support.tablet import hand_over, handed_over_case
from tests.web.test_waited_posts import post

pytestmark = pytest.mark.browser

WIDTHS = (320, 820, 1180, 1400)
AXE_WIDTHS = (320, 820)


@dataclass(frozen=True)
class Scene:
    """Records in every state, by their paths."""

    incident: str
    child: str
    pair: str
    two_victims: str
    under_age: str
    unstarted: str
    begun: str
    add_on: str
    disputed: str
    declined: str
    submitted: str
    waiting: str
    counted: str
    in_review: str
    read: str
    exempt: str
    returned: str
    offer: str
    late: str
    unsafe: str
    account: str
    bare_account: str
    tablet: str
    due_again: str
    decided: str
    school: str
    referral: str
    handed_over: str
    baseline: str
    export: str
    making: str
    made: str
    cancelled: str
    failed: str
    late_start: str
    officer: str
    feed_token: str
    filmed: str
    camera: str
    colleagues_camera: str
    caller: str
    match: str
    decided_match: str
    imported: str
    importing: str
    stopped_import: str
    repeat_caller: str
    plan: str
    closed_plan: str
    action: str
    item: str
    grade: str
    evidence: str
    sample: str
    alleged: str
    unlinked: str
    another_teams: str
    bail: str
    to_check: str
    checked: str
    passed_over: str
    of_own: str
    found: str
    nothing_found: str
    elsewhere: str
    elsewhere_unsaid: str
    opened_elsewhere: str


@pytest.fixture(scope="module")
def scene(served_app: Served) -> Scene:
    officer = served_app.client("officer1")
    incident = new_incident(
        officer,
        victim_name="Ashdown Invented-With-A-Very-Long-Double-Barrelled-Name",
        victim_phone="07700 900000",
        born_on=["1", "2", "1990"],
        perpetrator_name="Somebody Invented",
    )
    officer.submit(f"{incident}/children/new", child_name="Younger Invented")
    [child] = officer.page(incident).links("/children/0")
    [pair] = officer.page(incident).links("/victims/0")
    officer.submit(pair, perpetrator_name="Birch Invented", relationship="former_partner")
    two_victims = new_incident(officer)
    officer.submit(f"{two_victims}/victims/new", victim_name="Second Invented")
    under_age = new_incident(officer, born_on=["1", "2", "2020"])
    begun = new_assessment(officer)
    answers = [
        operation(begun.rsplit("/", 1)[1], 1, "yes", note="Invented. " * 20),
        operation(begun.rsplit("/", 1)[1], 2, "no"),
    ]
    sync(officer, answers)
    asked_more = new_assessment(officer)
    more = [operation(asked_more.rsplit("/", 1)[1], item, "yes") for item in (4, 8, 22)]
    sync(officer, more)
    officer.submit(f"{asked_more}/finish", action="/sets/stalking-11/begin")
    part = [operation(asked_more.rsplit("/", 1)[1], 1, "yes", part="stalking-11")]
    sync(officer, part)
    officer.submit(f"{asked_more}/sets/honour-10/skip", reason="other", words="Invented. " * 20)
    disputed = new_assessment(officer)
    for value in ("yes", "no"):
        sync(officer, [operation(disputed.rsplit("/", 1)[1], 1, value, note=f"{value}!")])
    declined = new_assessment(officer)
    officer.submit(f"{declined}/decline", primary="distrust", basis="said")
    submitted = new_assessment(officer)
    answer_all(officer, submitted, q1="yes", q7="dont_know")
    closing: dict[str, Any] = {
        "rationale": pages.RATIONALE,
        "children": "no",
        "observed": "Invented.",
    }
    officer.submit(f"{submitted}/finish", grade="high", **closing)
    reviews = [_review(officer, closing) for _ in range(4)]
    waiting, in_review, read, returned = reviews
    sergeant = served_app.client("sergeant1")
    for review in reviews[1:]:
        sergeant.submit("/reviews", action=f"{review}/open")
    for review in reviews[2:]:
        while action := _unread(sergeant, review):
            sergeant.submit(review, action=action)
    sergeant.submit(
        f"{returned}/decide", decision="returned", words="Say what was said of the car."
    )
    counted = cases.submitted(officer, grade="high", **cases.FOURTEEN)
    cases.read_all(sergeant, counted)
    sergeant.submit(
        f"{cases.review_of(counted)}/decide",
        decision="regraded",
        grade="medium",
        words=pages.RATIONALE,
        authoriser=str(served_app.force.actors["inspector1"].id),
    )
    exempt = new_assessment(officer, started=False)
    officer.submit(f"{exempt}/exempt", primary="deceased")
    _fill_reports(served_app)
    due_again, decided, school, referral = _desk(served_app)
    return Scene(
        incident=incident,
        child=child,
        pair=pair,
        two_victims=two_victims,
        under_age=under_age,
        unstarted=new_assessment(officer, started=False),
        begun=begun,
        add_on=asked_more,
        disputed=disputed,
        declined=declined,
        submitted=submitted,
        waiting=waiting,
        counted=cases.review_of(counted),
        in_review=in_review,
        read=read,
        exempt=exempt.replace("assessments", "reviews"),
        returned=returned.replace("reviews", "assessments"),
        **_offers(served_app, officer, sergeant),
        account=f"/accounts/{served_app.force.actors['officer2'].id}",
        bare_account=f"/accounts/{served_app.force.actors['analyst1'].id}",
        tablet=_tablets(served_app),
        due_again=due_again,
        decided=decided,
        school=school,
        referral=referral,
        handed_over=_handed_over(served_app, officer),
        baseline=_baselines(served_app.client("inspector1")),
        export=_export(served_app.client("inspector1")),
        **_long_exports(served_app),
        officer=_officer(served_app.client("sergeant1")),
        feed_token=_feed_token(served_app.client("admin1")),
        **_cameras(served_app, officer),
        **_calls(served_app),
        **_plans(served_app),
        **_alleged(served_app, officer),
        **_inspected(served_app.client("inspector1")),
        **_investigations(served_app, officer, sergeant),
        **_finding(served_app, officer, sergeant),
    )


def _calls(served_app: Served) -> dict[str, str]:
    """Callers over a rule and one call away, two matches, and an import in each state."""
    store, force = served_app.store, served_app.force
    bad = [{**row, "phone": "ask"} for row in calls.calls_of("Imogen Ruston", [9, 8], "1")]
    rows = [
        *calls.calls_of("Bartholomew-Invented-Lantern Wright", [60, 40, 30, 20], "07700 900011"),
        *calls.calls_of("Rowan Birkett", [3, 2, 1], "07700 900012"),
    ]
    imported = calls.take_in(store, force, [*rows, *bad])
    found = {"imported": f"/calls/imports/{imported}"}
    with store.work(writes=False) as work:
        caller = work.session.scalars(select(CallerFlag.caller_id).limit(1)).one()
    found["caller"] = f"/callers/{caller}"
    found["decided_match"] = f"/callers/matches/{calls.one_phone_two_names(store, force)}"
    control = served_app.client("control1")
    control.submit(found["decided_match"], verdict="same", reason="She said so. " * 30)
    pair = [
        *calls.calls_of("Linden Carrow", [5], "07700 900021"),
        *calls.calls_of("Aspen Dunlow", [4], "07700 900021"),
    ]
    before = calls.matches(store)
    calls.take_in(store, force, [{**row, "born_on": ""} for row in pair])
    [match] = calls.matches(store) - before
    found["match"] = f"/callers/matches/{match}"
    found["stopped_import"] = f"/calls/imports/{calls.put(store, force, rows)}"
    control.submit(found["stopped_import"], action="/cancel")
    found["importing"] = f"/calls/imports/{calls.put(store, force, rows)}"
    return found


def _finding(served_app: Served, officer: StrictClient, sergeant: StrictClient) -> dict[str, str]:
    """A phone that finds incidents of two teams, a caller and a plan; and another team's pages."""
    phone = "07700 900041"
    person = flagged(served_app.store, served_app.force, name="Wren Ashdown", phone=phone)
    opened(sergeant, served_app.force, person)
    new_incident(officer, victim_phone=phone)
    south = served_app.client("officer2")
    elsewhere, seen = (
        new_incident(
            south,
            victim_name="Ashdown Invented-With-A-Very-Long-Double-Barrelled-Name",
            victim_phone=phone,
            perpetrator_name="Somebody Invented",
        )
        for _ in range(2)
    )
    south.submit(f"{seen}/children/new", child_name="Younger Invented")
    search = ask_person(sergeant, phone=phone).location
    by_search = f"?search={search.rpartition('/')[2]}"
    # Why, nobody was asked for a number.
    by_number = f"?search={ask(sergeant, reference='SM-19990101-0001').location.rpartition('/')[2]}"
    desk = "Somebody is at the front desk"
    sergeant.submit(f"/find{seen}{by_search}", purpose="other", words=desk)
    return {
        "found": search,
        "nothing_found": ask(sergeant, reference="SM-20200101-9999").location,
        "elsewhere": f"/find{elsewhere}{by_search}",
        "elsewhere_unsaid": f"/find{elsewhere}{by_number}",
        "opened_elsewhere": f"/find{seen}{by_search}",
    }


def _cameras(served_app: Served, officer: StrictClient) -> dict[str, str]:
    """An incident with a corrected entry, and a colleague who has not said anything yet."""
    incident = new_incident(officer)
    mine, colleague = (served_app.force.actors[each].id for each in ("officer1", "officer3"))
    with served_app.store.work(writes=True) as work:
        row = work.session.get_one(Incident, UUID(incident.rsplit("/", 1)[1]))
        row.reported_at = row.arrived_at = work.now - timedelta(hours=3)
    camera = f"{incident}/cameras/{mine}"
    officer.submit(camera, said="forgot")
    officer.submit(camera, said="other_reason", reference="R" * 80, words="Invented. " * 25)
    officer.submit(f"{incident}/cameras", colleague=str(colleague))
    return {
        "filmed": f"{incident}/cameras",
        "camera": camera,
        "colleagues_camera": f"{incident}/cameras/{colleague}",
    }


def _plans(served_app: Served) -> dict[str, str]:
    """Somebody who waits for a plan, a plan in which everything is late, and a closed one."""
    store, force, sergeant = served_app.store, served_app.force, served_app.client("sergeant1")
    waits = flagged(store, force, (400, 390, 380, 370), "Juniper Marlow", "07700 900031")
    running, ended = (
        opened(sergeant, force, flagged(store, force, hours, name, phone))
        for hours, name, phone in (
            ((4_000, 900, 890, 880, 870, 860), f"Hazel {'Ashdown-' * 8}Invented", "07700 900032"),
            ((300, 290, 280, 270), "Sorrel Tarnwick", "07700 900033"),
        )
    )
    action = with_action(sergeant, store, force, running)
    for stage in Stage:
        write(sergeant, running, stage, "Invented. " * 40)
        write(sergeant, ended, stage)
    sergeant.submit(f"{running}/review", found="Invented. " * 40)
    sergeant.submit(f"{ended}/close", outcome="other", words="Invented. " * 40)
    with store.work(writes=True) as work:
        late = work.session.get_one(Plan, UUID(running.rpartition("/")[2]))
        to_do = work.session.get_one(PlanAction, UUID(action.rpartition("/")[2]))
        late.review_on = to_do.due_on = london_date(work.now) - timedelta(days=9)
    return {"repeat_caller": str(waits), "plan": running, "closed_plan": ended, "action": action}


def _alleged(served_app: Served, officer: StrictClient) -> dict[str, str]:
    """Somebody named in three incidents, also as a victim, with bail past its day and an ended one.

    And somebody without a birthday, and one whom another team knows.
    """
    store, sergeant = served_app.store, offenders.justified(served_app.client("sergeant1"))
    name = f"Corin {'Ashdown-' * 6}Invented"
    incidents = [
        offenders.accused(officer, f"Victim{number} Invented", name, born_on=["1", "2", year])
        for number, year in enumerate(("1990", "1991", "1991"))
    ]
    offenders.accused(officer, name, "Other Invented", born_on=offenders.BORN_ON)
    alleged = offenders.person_of(store, incidents[0])
    offenders.with_bail(sergeant, store, alleged, days=-4, conditions="Invented. " * 40)
    ended = offenders.with_bail(sergeant, store, alleged, kind="restraining")
    sergeant.submit(f"{ended}/change", conditions="Less.", why="Invented. " * 20)
    sergeant.submit(f"{ended}/end", state="done", words="Invented. " * 20)
    bail = offenders.with_bail(sergeant, store, alleged)
    unlinked = offenders.accused(officer, perpetrator_born_on=["", "", ""])
    foreign = offenders.accused(served_app.client("officer2"), name="Foreign Invented")
    return {
        "alleged": alleged,
        "bail": bail,
        "unlinked": offenders.person_of(store, unlinked),
        "another_teams": offenders.person_of(store, foreign),
    }


def _inspected(inspector: StrictClient) -> dict[str, str]:
    """Grades that stand and one that was withdrawn, and items open, late, done and in error."""
    grade = entered_grade(inspector, source="Invented report of inspectors on a force, " * 4)
    entered_grade(inspector, assessment="PEEL 2018/19", published_on=["1", "3", "2019"])
    wrong = entered_grade(inspector, grade="good")
    inspector.submit(wrong, reason="This is the grade of another force. " * 10)
    done, error = added_item(inspector), added_item(inspector)
    inspector.submit(f"{done}/move", move="finish", note="All ten teams were briefed. " * 15)
    inspector.submit(f"{error}/move", move="withdraw", note="This is of another force's report.")
    item = added_item(
        inspector,
        words="The force should offer an assessment to every victim. " * 20,
        owner_role="Head-of-contact-with-a-very-long-double-barrelled-name-of-a-role",
        due_on=["1", "2", "2025"],
    )
    for code in ("D1", "D6", "R5"):
        inspector.submit(f"{item}/measures/new", code=code, note=NOTE * 5)
    inspector.submit(f"{item}/notes/new", dated_on=["1", "2", "2026"], note=NOTE * 10)
    inspector.submit(f"{item}/change", due_on=["2", "2", "2025"], note=NOTE * 10)
    evidence = inspector.page(AREA).links("/take-out")[-1]
    return {"item": item, "grade": grade, "evidence": evidence}


def _investigations(
    served_app: Served, officer: StrictClient, sergeant: StrictClient
) -> dict[str, str]:
    """A sample with a case in each state, one of them reviewed by the sergeant; their paths."""
    inspector, store = served_app.client("inspector1"), served_app.store
    for _ in range(4):
        closed_case(officer, inspector, store)
    [earlier], board = draw(store, served_app.force, size=3), "/reviews/investigations"
    checked, passed_over, to_check = (
        f"{board}/cases/{each.id}" for each in cases_of(store, earlier)
    )
    found = answers(children_seen="no", video_reviewed="not_applicable")
    sergeant.submit(f"{checked}/check", **found)
    sergeant.submit(f"{checked}/check", **found, reason="Looked up once more. " * 10)
    words = "Two neighbours, and no household. " * 10
    sergeant.submit(f"{passed_over}/skip", reason="not_domestic_abuse", words=words)
    before = last_month().back(1)
    closed_case(officer, sergeant, store, at=noon_of(before))
    [own] = cases_of(store, draw(store, served_app.force, month=before)[0])
    return {
        "sample": f"{board}/samples/{earlier}",
        "to_check": to_check,
        "checked": checked,
        "passed_over": passed_over,
        "of_own": f"{board}/cases/{own.id}",
    }


def _feed_token(admin: StrictClient) -> str:
    """One that holds, and one that was revoked; where the first is revoked."""
    for name in ("Invented-program-with-a-very-long-double-barrelled-name", "Another invented one"):
        admin.submit("/feed/tokens/new", expect=200, name=name, team="force", lifetime="365")
    admin.submit(admin.page("/feed/tokens").link("Revoke the token for Another invented one"))
    [holds] = admin.page("/feed/tokens").links("/revoke")
    return holds


def _handed_over(served_app: Served, officer: StrictClient) -> str:
    """A case that was handed over and waits, and one that was closed; the first one's path."""
    closed = f"/handed-over/{handed_over_case(officer)}"
    served_app.client("sergeant1").submit(
        closed, action=f"{closed}/close", words="Entered a second time, on paper. " * 5
    )
    case_id = str(uuid7())
    notes = [operation(case_id, item, "yes", note="Invented. " * 20) for item in (1, 2, 3)]
    decline = {"primary": "fear_of_abuser", "basis": "said", "text": "Invented. " * 20}
    hand_over(officer, [*notes, post(f"/assessments/{case_id}/decline", decline)])
    return f"/handed-over/{case_id}"


def _offers(served_app: Served, officer: StrictClient, sergeant: StrictClient) -> dict[str, str]:
    """An offer that is due, one that is late and opened, and one ended as unsafe."""
    offer, late, unsafe = (owed_offer(officer, sergeant) for _ in range(3))
    with served_app.store.work(writes=True) as work:
        owed = work.session.get_one(FollowUp, UUID(late.rpartition("/")[2]))
        owed.due_at = work.now - timedelta(days=40)
    officer.submit(late, action=f"{late}/offer")
    sergeant.submit(f"{unsafe}/end", reason="unsafe", words="He reads her messages. " * 5)
    return {"offer": offer, "late": late, "unsafe": unsafe}


def _review(officer: StrictClient, closing: dict[str, Any]) -> str:
    """An assessment sent to the sergeant; gives the path of its review."""
    path = new_assessment(officer)
    answer_all(officer, path, q1="yes", q15="yes")
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", grade="medium", **closing)
    return path.replace("assessments", "reviews")


def _desk(served_app: Served) -> tuple[str, str, str, str]:
    """A decline that waits for a specialist, one that was referred, and two tasks; their paths."""
    officer, sergeant = served_app.client("officer1"), served_app.client("sergeant1")
    specialist = served_app.client("specialist1")
    incident = new_incident(officer)
    child: dict[str, Any] = {"child_name": "Younger Invented", "school": "Invented Primary"}
    officer.submit(f"{incident}/children/new", **child)
    path = officer.page(incident).link("Start the assessment")
    officer.submit(path, action="/start", mode="in_person", seen_alone="yes")
    records = [
        approve(sergeant, declined(officer, grade="high")).replace("assessments", "desk/records")
        for _ in range(2)
    ]
    specialist.submit(
        f"{records[1]}/assess",
        grade="medium",
        rationale=pages.RATIONALE,
        refer="yes",
        door="professional_judgement",
        reason=pages.RATIONALE,
    )
    shown = re.findall(r'href="(/desk/tasks/[^"]+)">([^<]+)', specialist.get("/desk").text)
    paths = {label: path for path, label in shown}
    return (
        *records,
        paths["Tell the school (Operation Encompass)"],
        paths["Send the MARAC referral"],
    )


def _tablets(served_app: Served) -> str:
    """Two tablets of an officer's; gives the id of one."""
    officer = served_app.client("officer2")
    for device in (uuid7(), uuid7()):
        token = {"X-CSRF-Token": officer.csrf_token()}
        assert officer.post(f"/tablet/keys/{device}", headers=token).status_code == 200
    return str(device)


def _unread(sergeant: StrictClient, review: str) -> str:
    """Where the button of the next part leads, or nothing once all is read."""
    response = sergeant.get(review)
    if response.location:
        return ""
    [action] = re.findall(r'action="([^"]+/sections/[^"]+)"', response.text)
    return str(action)


def _fill_reports(served_app: Served) -> None:
    ledger = Ledger(served_app.store, served_app.force)
    with served_app.store.work(writes=False) as work:
        today = london_date(work.now)
    for months in range(12):
        day = today - timedelta(days=30 * months)
        ledger.record_rate(6 + months % 5, 24, day)
        ledger.record(2, Outcome.UNABLE, day, team="south")
        ledger.record(2, Outcome.DECLINED, day, team="south", reason="fear_of_abuser")


def _baselines(inspector: StrictClient) -> str:
    """One that stands, one that was withdrawn, and a chart rebased twice; the first one's id."""
    wrong = added_baseline(inspector, source="Invented annual report of a force, " * 5)
    inspector.submit(f"/reports/baselines/{wrong}/withdraw", reason="Counted twice. " * 20)
    page = inspector.get("/reports/baselines/rebase").text
    for month in re.findall(r'<option value="(\d{4}-\d\d)">', page)[:2]:
        inspector.submit(
            "/reports/baselines/rebase",
            chart="force",
            first_month=month,
            reason="The form replaced paper. " * 15,
        )
    return added_baseline(inspector)


def _officer(sergeant: StrictClient) -> str:
    """The figures of the first officer of the team."""
    return sergeant.page("/reports/officers").links("/reports/officers/")[0]


def _export(inspector: StrictClient) -> str:
    """Where figures are that were kept to leave the screen."""
    return inspector.submit("/reports", action="/reports/exports").location


def _long_exports(served_app: Served) -> dict[str, str]:
    """One in each state; nothing works on those of a server that stands by itself."""
    client, store = served_app.client("analyst1"), served_app.store
    found = {"made": asked(client)}
    runner_of(served_app.app).run_waiting()
    found["failed"] = asked(client)
    done_up_to(store, 1, ZeroDivisionError())
    found["making"] = asked(client)
    done_up_to(store, 2, Killed())
    found["cancelled"] = asked(client)
    client.submit(found["cancelled"], action="/cancel")
    found["late_start"] = asked(client)
    with store.work(writes=True) as work:
        waits = JobRow.id == UUID(found["late_start"].rpartition("/")[2])
        earlier = work.now - timedelta(minutes=5)
        work.connection.execute(update(JobRow).where(waits).values(asked_at=earlier))
    return found


Visit = Callable[[Browser, Scene], None]


@dataclass(frozen=True)
class Room:
    """A page in one of its states: who sees it, and how they come to it."""

    name: str
    endpoint: str
    username: str
    visit: Visit
    scripts: bool = True


def at(path: str) -> Visit:
    """Open an address in which a scene's record may be named, as in `{begun}/decline`."""

    def visit(browser: Browser, scene: Scene) -> None:
        if "#" in path:  # an address that differs by its hash only would not be loaded
            browser.goto("/healthz")
        browser.goto(path.format_map(vars(scene)))

    return visit


def sent(path: str, button: str, *, choose: tuple[str, str] | None = None) -> Visit:
    """Open an address, and press a button of its form with nothing filled in (or one choice)."""

    def visit(browser: Browser, scene: Scene) -> None:
        at(path)(browser, scene)
        if choose:
            pages.choose(browser, *choose)
            pages.choose(browser, "basis", "said")
        browser.tap(words(button))
        browser.wait_for(".govuk-error-summary, .app-notice")

    return visit


def refused_sign_in(browser: Browser, _scene: Scene) -> None:
    browser.goto("/sign-in")
    browser.type("#username", "nobody")
    browser.type("#password", "nothing at all")
    browser.tap(words("Sign in"))
    browser.wait_for(".govuk-error-summary")


def token_made(browser: Browser, _scene: Scene) -> None:
    browser.goto("/feed/tokens/new")
    browser.type("#name", "Invented program")
    browser.evaluate("document.querySelector('#team').value = 'force'")
    pages.choose(browser, "lifetime", "30")
    browser.tap(words("Make the token"))
    browser.wait_for("h1", "Copy the token now")


_CALLER = "/callers/{repeat_caller}"
_NEW_PLAN = "/plans/for/{repeat_caller}"
_NEW_OUTSTANDING = "{alleged}/actions/new"
_COUNTED = "/plans/figures/people?of=flagged"
ROOMS = (
    Room("sign in", "accounts.show_sign_in", "", at("/sign-in")),
    Room("sign in, refused", "accounts.show_sign_in", "", refused_sign_in),
    Room("covered without scripts", "accounts.show_cover", "officer1", at("/cover")),
    Room("incidents", "incidents.show_list", "officer1", at("/incidents")),
    Room("find", "finding.show_search", "officer1", at("/find")),
    Room("find callers", "finding.show_search", "control1", at("/find")),
    Room("find, refused", "finding.show_search", "officer1", sent("/find", "Find the person")),
    Room("found", "finding.show_results", "sergeant1", at("{found}")),
    Room("nothing found", "finding.show_results", "sergeant1", at("{nothing_found}")),
    Room("open elsewhere", "finding.show_elsewhere", "sergeant1", at("{elsewhere}")),
    Room(
        "open elsewhere, refused",
        "finding.show_elsewhere",
        "sergeant1",
        sent("{elsewhere_unsaid}", "Open it"),
    ),
    Room("opened elsewhere", "finding.show_elsewhere", "sergeant1", at("{opened_elsewhere}")),
    Room("new incident", "incidents.new_incident", "officer1", at("/incidents/new")),
    Room(
        "new incident, refused",
        "incidents.new_incident",
        "officer1",
        sent("/incidents/new", "Save and go on"),
    ),
    Room("incident", "incidents.show_incident", "officer1", at("{incident}")),
    Room("incident, two victims", "incidents.show_incident", "officer1", at("{two_victims}")),
    Room("incident, under 16", "incidents.show_incident", "officer1", at("{under_age}")),
    Room("incident, as its sergeant", "incidents.show_incident", "sergeant1", at("{incident}")),
    Room("cameras", "cameras.show_cameras", "officer1", at("{filmed}")),
    Room("cameras, as the sergeant", "cameras.show_cameras", "sergeant1", at("{filmed}")),
    Room("cameras, nobody chosen", "cameras.show_cameras", "officer3", sent("{filmed}", "Add")),
    Room("a camera", "cameras.show_camera", "officer1", at("{camera}")),
    Room(
        "a camera, refused", "cameras.show_camera", "officer3", sent("{colleagues_camera}", "Save")
    ),
    Room("somebody else’s camera", "cameras.show_camera", "sergeant1", at("{colleagues_camera}")),
    Room("missing cameras", "cameras.show_missing", "sergeant1", at("/cameras")),
    Room("incidents, with a reminder", "incidents.show_list", "officer3", at("/incidents")),
    Room("details", "incidents.show_details", "officer1", at("{incident}/details")),
    Room("another victim", "incidents.new_pair", "officer1", at("{incident}/victims/new")),
    Room("who they are", "incidents.show_pair", "officer1", at("{pair}")),
    Room("child", "incidents.new_child", "officer1", at("{incident}/children/new")),
    Room("about a child", "incidents.show_child", "officer1", at("{child}")),
    Room("this tablet", "tablets.show_tablet", "officer1", at("/tablet")),
    *(
        Room(f"blank {step}", f"{room}.show_blank_{name}", "officer1", at(f"/tablet/steps/{step}"))
        for step, room, name in (
            ("incident", "incidents", "incident"),
            ("people", "incidents", "people"),
            ("pair", "incidents", "pair"),
            ("child", "incidents", "child"),
            ("about-child", "incidents", "about_child"),
            ("details", "incidents", "details"),
            ("start", "assessment", "start"),
            ("decline", "declines", "decline"),
            ("unable", "declines", "ending"),
            ("finish/declined", "assessment", "finish"),
            ("skip", "assessment", "skip"),
            ("sent", "tablets", "sent"),
        )
    ),
    Room("blank cards", "assessment.show_blank", "officer1", at("/tablet/cards/dash-27/1")),
    Room(
        "blank incident", "incidents.show_blank_incident", "officer1", at("/tablet/steps/incident")
    ),
    Room("blank start", "assessment.show_blank_start", "officer1", at("/tablet/steps/start")),
    Room("blank decline", "declines.show_blank_decline", "officer1", at("/tablet/steps/decline")),
    Room("blank ending", "declines.show_blank_ending", "officer1", at("/tablet/steps/unable")),
    Room(
        "blank finish",
        "assessment.show_blank_finish",
        "officer1",
        at("/tablet/steps/finish/completed"),
    ),
    Room("blank sent", "tablets.show_blank_sent", "officer1", at("/tablet/steps/sent")),
    Room("start", "assessment.show", "officer1", at("{unstarted}")),
    Room("start, refused", "assessment.show", "officer1", sent("{unstarted}", "Start asking")),
    Room("first card", "assessment.show", "officer1", at("{begun}#q1")),
    Room("card with a gate", "assessment.show", "officer1", at("{begun}#q10")),
    Room("last card", "assessment.show", "officer1", at("{begun}#q27")),
    Room("all cards, no scripts", "assessment.show", "officer1", at("{begun}"), scripts=False),
    Room("card that calls for a set", "assessment.show", "officer1", at("{add_on}#q8")),
    Room("add-on sets after the last card", "assessment.show", "officer1", at("{add_on}#q27")),
    Room("finish with add-on sets", "assessment.show_finish", "officer1", at("{add_on}/finish")),
    Room("an add-on set", "assessment.show_set", "officer1", at("{add_on}/sets/stalking-11")),
    Room(
        "an add-on set, no scripts",
        "assessment.show_set",
        "officer1",
        at("{add_on}/sets/stalking-11"),
        scripts=False,
    ),
    Room("skip", "assessment.show_skip", "officer1", at("{add_on}/sets/animal-block/skip")),
    Room(
        "skip, refused",
        "assessment.show_skip",
        "officer1",
        sent("{add_on}/sets/animal-block/skip", "Skip them"),
    ),
    Room("record with add-on sets", "assessment.show_record", "sergeant1", at("{add_on}/record")),
    Room("two answers to one topic", "assessment.show", "officer1", at("{disputed}#q1")),
    Room("cards after a decline", "assessment.show", "officer1", at("{declined}")),
    Room("decline", "declines.show_decline", "officer1", at("{begun}/decline")),
    Room(
        "decline, refused",
        "declines.show_decline",
        "officer1",
        sent("{begun}/decline", "Record and go on"),
    ),
    Room(
        "decline, proposal",
        "declines.show_decline",
        "officer1",
        sent("{unstarted}/decline", "Record and go on", choose=("primary", "abuser_in_room")),
    ),
    Room("cannot be done", "declines.show_ending", "officer1", at("{begun}/unable")),
    Room("not offered", "declines.show_ending", "officer1", at("{unstarted}/not-offered")),
    Room("exempt", "declines.show_ending", "officer1", at("{unstarted}/exempt")),
    Room("finish", "assessment.show_finish", "officer1", at("{begun}/finish")),
    Room("finish, refused", "assessment.show_finish", "officer1", sent("{begun}/finish", "Submit")),
    Room("finish a decline", "assessment.show_finish", "officer1", at("{declined}/finish")),
    Room(
        "record, just submitted",
        "assessment.show_record",
        "officer1",
        at("{submitted}/record?submitted=1"),
    ),
    Room("handover", "assessment.show_handover", "officer1", at("{submitted}/handover")),
    Room("record", "assessment.show_record", "sergeant1", at("{disputed}/record")),
    Room(
        "two answers to decide",
        "assessment.show_conflicts",
        "sergeant1",
        at("{disputed}/conflicts"),
    ),
    Room(
        "finish what was sent back", "assessment.show_finish", "officer1", at("{returned}/finish")
    ),
    Room("cards sent back", "assessment.show", "officer1", at("{returned}")),
    Room("reviews", "review.show_queue", "sergeant1", at("/reviews?done=agreed")),
    Room("review, waiting", "review.show_review", "sergeant1", at("{waiting}")),
    Room("review, being read", "review.show_review", "sergeant1", at("{in_review}")),
    Room("review, a section", "review.show_review", "sergeant1", at("{read}?section=ending")),
    Room("review, decision", "review.show_decision", "sergeant1", at("{read}/decide")),
    Room(
        "review, decision refused",
        "review.show_decision",
        "sergeant1",
        sent("{read}/decide", "Record the decision"),
    ),
    Room("a lower grade", "review.show_authorisation", "inspector1", at("{counted}/authorise")),
    Room("a lower grade, asked for", "review.show_queue", "inspector1", at("/reviews")),
    Room(
        "review, waiting for a colleague",
        "review.show_review",
        "sergeant1",
        at("{counted}?section=ending"),
    ),
    Room("handed over", "handed_over.show_list", "sergeant1", at("/handed-over?refused=2")),
    Room(
        "handed over, no file",
        "handed_over.show_list",
        "sergeant1",
        sent("/handed-over", "Load the file"),
    ),
    Room("handed over, a case", "handed_over.show_case", "sergeant1", at("{handed_over}")),
    Room(
        "handed over, no reason",
        "handed_over.show_case",
        "sergeant1",
        sent("{handed_over}", "Close without saving"),
    ),
    Room("exemption", "review.show_exemption", "sergeant1", at("{exempt}/exemption")),
    Room("offers", "reoffers.show_list", "officer1", at("/reoffers?done=taken")),
    Room("offers, overdue in the force", "reoffers.show_list", "inspector1", at("/reoffers")),
    Room("offers, none", "reoffers.show_list", "officer2", at("/reoffers")),
    Room("offer", "reoffers.show_offer", "officer1", at("{offer}")),
    Room("offer, overdue", "reoffers.show_offer", "sergeant1", at("{late}")),
    Room("offer, ended", "reoffers.show_offer", "officer1", at("{unsafe}")),
    Room("end of offers", "reoffers.show_end", "sergeant1", at("{offer}/end")),
    Room(
        "end of offers, refused",
        "reoffers.show_end",
        "sergeant1",
        sent("{offer}/end", "End the offers"),
    ),
    Room("void", "review.show_void", "sergeant1", at("{waiting}/void")),
    Room("desk", "specialist.show_desk", "specialist1", at("/desk?done=task")),
    Room("desk, only mine", "specialist.show_desk", "specialist1", at("/desk?tasks=mine")),
    Room("second assessment", "specialist.show_record", "specialist1", at("{due_again}")),
    Room("second assessment, done", "specialist.show_record", "specialist1", at("{decided}")),
    Room("assess again", "specialist.show_second", "specialist1", at("{due_again}/assess")),
    Room(
        "assess again, refused",
        "specialist.show_second",
        "specialist1",
        sent("{due_again}/assess", "Record both"),
    ),
    Room("new task", "specialist.new_task", "specialist1", at("{decided}/tasks/new")),
    Room(
        "new task, refused",
        "specialist.new_task",
        "specialist1",
        sent("{decided}/tasks/new", "Add the task"),
    ),
    Room("school to tell", "specialist.show_task", "specialist1", at("{school}")),
    Room("referral", "specialist.show_task", "specialist1", at("{referral}")),
    Room("referral, refused", "specialist.show_task", "specialist1", sent("{referral}", "Save")),
    Room("decline rate", "reporting.overview", "sergeant1", at("/reports")),
    Room(
        "decline rate, nothing in the period",
        "reporting.overview",
        "analyst1",
        at("/reports?from=2001-01-01&to=2001-02-01"),
    ),
    Room(
        "decline rate, refused",
        "reporting.overview",
        "analyst1",
        at("/reports?from=x&to=2001-02-01"),
    ),
    Room(
        "decline rate, a period that there is not",
        "reporting.overview",
        "analyst1",
        at("/reports?period=2026-05-02..2026-06-01"),
    ),
    Room(
        "decline rate, against a rate of one's own",
        "reporting.overview",
        "sergeant1",
        at("/reports?baseline={baseline}"),
    ),
    Room("decline rate by month", "reporting.trend", "sergeant1", at("/reports/trend")),
    Room("decline rate by team", "reporting.by_team", "sergeant1", at("/reports/teams")),
    Room("reasons", "reporting.reasons", "sergeant1", at("/reports/reasons")),
    Room("when and where", "reporting.places", "sergeant1", at("/reports/when-and-where")),
    Room("after a decline", "reporting.after", "sergeant1", at("/reports/after-a-decline")),
    Room("body-worn video", "reporting.cameras", "sergeant1", at("/reports/body-worn-video")),
    Room("response", "reporting.response", "sergeant1", at("/reports/response")),
    Room("response, rounded", "reporting.response", "analyst1", at("/reports/response")),
    Room("review and grades", "reporting.review", "sergeant1", at("/reports/review")),
    Room("decline rate, rounded", "reporting.overview", "analyst1", at("/reports")),
    Room("reasons, rounded", "reporting.reasons", "analyst1", at("/reports/reasons")),
    Room("when and where, rounded", "reporting.places", "analyst1", at("/reports/when-and-where")),
    Room("calls to 101", "reporting.answering.show", "control1", at("/reports/101-calls")),
    Room("callers", "calls.show_list", "control1", at("/callers")),
    Room("callers, seen by a sergeant", "calls.show_list", "sergeant1", at("/callers")),
    Room("a caller", "calls.show_caller", "control1", at("{caller}")),
    Room("who is who", "calls.show_matches", "control1", at("/callers/matches")),
    Room("two callers", "calls.show_match", "control1", at("{match}")),
    Room("two callers, decided", "calls.show_match", "control1", at("{decided_match}")),
    Room("two callers, refused", "calls.show_match", "control1", sent("{match}", "Record it")),
    Room("import calls", "calls.call_imports.show_imports", "control1", at("/calls/imports")),
    Room(
        "import calls, refused",
        "calls.call_imports.show_imports",
        "control1",
        sent("/calls/imports", "Import it"),
    ),
    Room("an import", "calls.call_imports.show_import", "control1", at("{imported}")),
    Room(
        "an import, going on",
        "calls.call_imports.show_import",
        "control1",
        at("{importing}?still=1"),
    ),
    Room(
        "an import, cancelled", "calls.call_imports.show_import", "control1", at("{stopped_import}")
    ),
    Room("one's own figures", "reporting.officers.own", "officer1", at("/own-figures")),
    Room("officers", "reporting.officers.choose", "sergeant1", at("/reports/officers")),
    Room("an officer's figures", "reporting.officers.show", "sergeant1", at("{officer}")),
    Room("definitions", "reporting.definitions", "analyst1", at("/reports/definitions")),
    Room(
        "records counted",
        "reporting.records",
        "inspector1",
        at("/reports/records?of=O4.denominator"),
    ),
    Room(
        "figures to take along",
        "reporting.exports.show",
        "analyst1",
        at("{export}"),
    ),
    Room(
        "every team by month",
        "reporting.long_exports.show_plan",
        "analyst1",
        at("/reports/exports/long"),
    ),
    Room(
        "every team by month, none is over",
        "reporting.long_exports.show_plan",
        "inspector1",
        at("/reports/exports/long?from=2150-01-01&to=2150-01-31"),
    ),
    *(
        Room(f"an export, {words}", "reporting.long_exports.show", username, at(path))
        for words, username, path in (
            ("being made", "analyst1", "{making}?still=1"),
            ("being made for somebody else", "inspector1", "{making}?still=1"),
            ("begun by nobody", "analyst1", "{late_start}?still=1"),
            ("made", "analyst1", "{made}"),
            ("cancelled", "analyst1", "{cancelled}"),
            ("failed", "analyst1", "{failed}"),
        )
    ),
    Room(
        "one's own exports", "reporting.long_exports.show_own", "analyst1", at("/reports/exports")
    ),
    Room(
        "one's own exports, none of every team",
        "reporting.long_exports.show_own",
        "inspector1",
        at("/reports/exports"),
    ),
    Room("baselines", "reporting.baselines.show_baselines", "inspector1", at("/reports/baselines")),
    Room(
        "baselines, to read only",
        "reporting.baselines.show_baselines",
        "analyst1",
        at("/reports/baselines"),
    ),
    Room(
        "new baseline",
        "reporting.baselines.new_baseline",
        "inspector1",
        at("/reports/baselines/new"),
    ),
    Room(
        "new baseline, refused",
        "reporting.baselines.new_baseline",
        "inspector1",
        sent("/reports/baselines/new", "Sign and add"),
    ),
    Room(
        "withdraw a baseline",
        "reporting.baselines.show_withdraw",
        "inspector1",
        at("/reports/baselines/{baseline}/withdraw"),
    ),
    Room(
        "begin limits anew",
        "reporting.baselines.show_rebase",
        "inspector1",
        at("/reports/baselines/rebase"),
    ),
    Room(
        "begin limits anew, refused",
        "reporting.baselines.show_rebase",
        "inspector1",
        sent("/reports/baselines/rebase", "Sign"),
    ),
    Room("plans", "plans.show_list", "inspector1", at("/plans")),
    Room("plans of a team", "plans.show_list", "sergeant1", at("/plans")),
    Room("one's own plans", "plans.show_list", "officer1", at("/plans")),
    Room("no plans", "plans.show_list", "officer2", at("/plans")),
    Room("a plan", "plans.show_plan", "sergeant1", at("{plan}?done=written")),
    Room("a plan, to read only", "plans.show_plan", "control1", at("{plan}")),
    Room("a closed plan", "plans.show_plan", "inspector1", at("{closed_plan}")),
    Room("new plan", "plans.new_plan", "sergeant1", at(_NEW_PLAN)),
    Room("new plan, of which team", "plans.new_plan", "inspector1", at(_NEW_PLAN)),
    Room(
        "new plan, refused",
        "plans.new_plan",
        "sergeant1",
        sent(_NEW_PLAN, "Open the plan"),
    ),
    Room("a stage of a plan", "plans.show_stage", "officer1", at("{plan}/stages/analysis")),
    Room("new action", "plans.new_action", "sergeant1", at("{plan}/actions/new")),
    Room(
        "new action, refused",
        "plans.new_action",
        "sergeant1",
        sent("{plan}/actions/new", "Add it"),
    ),
    Room("end an action", "plans.show_action", "officer1", at("{action}")),
    Room("end an action, refused", "plans.show_action", "officer1", sent("{action}", "Save")),
    Room("review a plan", "plans.show_review", "officer1", at("{plan}/review")),
    Room("give a plan", "plans.show_giving", "inspector1", at("{plan}/give")),
    Room("close a plan", "plans.show_closing", "sergeant1", at("{plan}/close")),
    Room(
        "close a plan, refused",
        "plans.show_closing",
        "sergeant1",
        sent("{plan}/close", "Close the plan"),
    ),
    Room("why one looks", "offenders.show_list", "inspector1", at("/alleged-perpetrators")),
    Room(
        "why one looks, refused",
        "offenders.show_list",
        "inspector1",
        sent("/alleged-perpetrators", "Open"),
    ),
    Room("why one looks at one", "offenders.show_person", "sergeant1", at("{another_teams}")),
    Room(
        "alleged perpetrators",
        "offenders.show_list",
        "sergeant1",
        at("/alleged-perpetrators?order=outstanding"),
    ),
    Room(
        "alleged perpetrators, refused",
        "offenders.show_list",
        "sergeant1",
        at("/alleged-perpetrators?months=7"),
    ),
    Room(
        "what is outstanding",
        "offenders.show_outstanding",
        "sergeant1",
        at("/alleged-perpetrators/outstanding"),
    ),
    Room("an alleged perpetrator", "offenders.show_person", "sergeant1", at("{alleged}?done=add")),
    Room("somebody who cannot be linked", "offenders.show_person", "sergeant1", at("{unlinked}")),
    Room("new outstanding action", "offenders.new_action", "sergeant1", at(_NEW_OUTSTANDING)),
    Room(
        "new outstanding action, refused",
        "offenders.new_action",
        "sergeant1",
        sent(_NEW_OUTSTANDING, "Add it"),
    ),
    Room("change bail", "offenders.show_change", "sergeant1", at("{bail}/change")),
    Room("end bail", "offenders.show_end", "sergeant1", at("{bail}/end")),
    Room("end bail, refused", "offenders.show_end", "sergeant1", sent("{bail}/end", "Save")),
    Room("how many have a plan", "plans.show_figures", "inspector1", at("/plans/figures")),
    Room(
        "how many have a plan, to an analyst",
        "plans.show_figures",
        "analyst1",
        at("/plans/figures"),
    ),
    Room(
        "how many have a plan, refused",
        "plans.show_figures",
        "inspector1",
        at("/plans/figures?from=2026-02-31&to=1"),
    ),
    Room("callers of a number", "plans.show_people", "inspector1", at(_COUNTED)),
    Room("a caller without a plan", "calls.show_caller", "sergeant1", at(_CALLER)),
    Room("inspection", "inspection.show_areas", "sergeant1", at("/inspection")),
    *(
        Room(f"an area of the inspection, {who}", "inspection.show_area", f"{who}1", at(AREA))
        for who in ("inspector", "analyst", "auditor")
    ),
    Room(
        "an area without a grade",
        "inspection.show_area",
        "inspector1",
        at("/inspection/organised-crime?done=grade"),
    ),
    Room("inspection, to print", "inspection.print_all", "inspector1", at("/inspection/print")),
    Room("an area, to print", "inspection.print_area", "inspector1", at(f"{AREA}/print")),
    *(
        Room(words, f"inspection.{endpoint}", "inspector1", visit)
        for endpoint, path, words, button in (
            ("new_grade", f"{AREA}/grades/new", "enter a grade", "Sign and enter"),
            ("show_withdraw", "{grade}", "withdraw a grade", "Sign and withdraw"),
            ("new_item", f"{AREA}/items/new", "add an area for improvement", "Sign and add"),
            ("show_change", "{item}/change", "change an area for improvement", "Sign and change"),
            ("show_move", "{item}/move", "what has happened", "Sign and record"),
            ("new_measure", "{item}/measures/new", "name a measure", "Sign and name it"),
            ("new_note", "{item}/notes/new", "evidence in words", "Sign and add"),
            ("show_take_out", "{evidence}", "take evidence out", "Sign and take out"),
        )
        for words, visit in ((words, at(path)), (f"{words}, refused", sent(path, button)))
    ),
    Room(
        "investigations",
        "investigations.show_board",
        "sergeant1",
        at("/reviews/investigations?done=skipped"),
    ),
    Room(
        "investigations, of every team",
        "investigations.show_board",
        "inspector1",
        at("/reviews/investigations?done=drawn"),
    ),
    Room("draw", "investigations.show_draw", "inspector1", at("/reviews/investigations/draw")),
    Room(
        "draw, refused",
        "investigations.show_draw",
        "inspector1",
        sent("/reviews/investigations/draw", "Draw the cases"),
    ),
    Room("how it was drawn", "investigations.show_sample", "sergeant1", at("{sample}")),
    Room("check", "investigations.show_check", "sergeant1", at("{to_check}/check")),
    Room(
        "check, refused",
        "investigations.show_check",
        "sergeant1",
        sent("{to_check}/check", "Save the answers"),
    ),
    Room("check, corrected", "investigations.show_check", "sergeant1", at("{checked}/check")),
    Room("checked", "investigations.show_case", "sergeant1", at("{checked}?done=checked")),
    Room("passed over", "investigations.show_case", "sergeant1", at("{passed_over}")),
    Room("for somebody else", "investigations.show_case", "sergeant1", at("{of_own}")),
    Room("pass over", "investigations.show_skip", "sergeant1", at("{to_check}/skip")),
    Room(
        "pass over, refused",
        "investigations.show_skip",
        "sergeant1",
        sent("{to_check}/skip", "Pass it over"),
    ),
    Room(
        "investigations found",
        "investigations.show_results",
        "sergeant1",
        at("/reports/investigations"),
    ),
    Room(
        "investigations found, rounded",
        "investigations.show_results",
        "analyst1",
        at("/reports/investigations"),
    ),
    Room(
        "investigations found, refused",
        "investigations.show_results",
        "analyst1",
        at("/reports/investigations?month=x&team=x"),
    ),
    Room("accounts", "accounts.show_accounts", "admin1", at("/accounts")),
    Room("new account", "accounts.new_account", "admin1", at("/accounts/new")),
    Room("close account", "accounts.show_close", "admin1", at("{account}/close")),
    Room(
        "new account, refused",
        "accounts.new_account",
        "admin1",
        sent("/accounts/new", "Add the account"),
    ),
    Room("tablets", "accounts.show_tablets", "admin1", at("{account}/tablets")),
    Room("no tablets", "accounts.show_tablets", "admin1", at("{bare_account}/tablets")),
    Room(
        "revoke a tablet", "accounts.show_revoke", "admin1", at("{account}/tablets/{tablet}/revoke")
    ),
    Room("revoke all", "accounts.show_revoke_all", "admin1", at("{account}/tablets/revoke")),
    Room("password", "accounts.show_password", "admin1", at("{account}/password")),
    Room("feed tokens", "reporting.feed.show_tokens", "admin1", at("/feed/tokens")),
    Room("new feed token", "reporting.feed.new_token", "admin1", at("/feed/tokens/new")),
    Room(
        "new feed token, refused",
        "reporting.feed.new_token",
        "admin1",
        sent("/feed/tokens/new", "Make the token"),
    ),
    Room("feed token, made", "reporting.feed.new_token", "admin1", token_made),
    Room("revoke a feed token", "reporting.feed.show_revoke", "admin1", at("{feed_token}")),
    Room("audit log", "audit.show_log", "auditor1", at("/audit")),
    Room("not found", "", "officer1", at("/no-such-page")),
    Room("not yours", "", "officer1", at("/audit")),
)

NO_PAGES = {
    "calls.call_imports.refused",
    "accounts.home",
    "assessment.show_sync_schema",
    "health.healthz",
    "health.readyz",
    "reporting.declines",
    "reporting.declines_document",
    "reporting.exports.as_csv",
    *(
        f"reporting.feed.{each}"
        for each in ("baselines", "figures", "measure", "measures", "show_openapi", "show_teams")
    ),
    "reporting.exports.as_json",
    "reporting.exports.as_xlsx",
    "reporting.long_exports.as_csv",
    "reporting.long_exports.as_json",
    "reporting.long_exports.as_xlsx",
    "service_worker.script",
    "accounts.show_session",
    "tablets.release_key",
    "tablets.show_revoked",
    "web_manifest.show",
}


def test_no_page_is_forgotten(served_app: Served) -> None:
    readable = {
        rule.endpoint
        for rule in served_app.app.url_map.iter_rules()
        if rule.methods and "GET" in rule.methods
    }
    assert {room.endpoint for room in ROOMS if room.endpoint} == readable - NO_PAGES


@pytest.fixture(scope="module")
def seat(
    served_app: Served, engine_named: Callable[[str], Engine]
) -> Iterator[Callable[[str, bool], PlaywrightBrowser]]:
    """A window in which somebody is signed in already."""
    taken: dict[tuple[str, bool], PlaywrightBrowser] = {}

    def take(username: str, scripts: bool) -> PlaywrightBrowser:
        if (username, scripts) not in taken:
            browser = engine_named("chromium").open(served_app.url, Device())
            assert isinstance(browser, PlaywrightBrowser)
            browser.page.emulate_media(reduced_motion="reduce")  # else each colour has to fade
            if not scripts:  # axe is one, so the page's own is kept from it instead
                browser.page.route("**/*.mjs", lambda route: route.abort())
            if username:
                pages.sign_in(browser, username, scripts=scripts)
            taken[username, scripts] = browser
        return taken[username, scripts]

    yield take
    for browser in taken.values():
        browser.close()


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_page(room: Room, scene: Scene, seat: Callable[[str, bool], PlaywrightBrowser]) -> None:
    browser = seat(room.username, room.scripts)
    browser.page.emulate_media(color_scheme="light")
    room.visit(browser, scene)
    found = []
    for width in WIDTHS:
        browser.resize(width, 1180)
        if too_wide := browser.evaluate(_TOO_WIDE):
            found.append(f"at {width}: scrolls sideways: {too_wide}")
        if under := browser.evaluate(_UNDER_THE_COVER_BUTTON):
            found.append(f"at {width}: under the button that covers: {under}")
    for scheme in ("light", "dark"):
        browser.page.emulate_media(color_scheme=scheme)
        for width in AXE_WIDTHS:
            browser.resize(width, 1180)
            found += [f"at {width}, {scheme}: {each}" for each in axe.violations(browser)]
    assert not found, "\n".join(found)


# What of the header cannot be tapped, because the button in the corner lies over it.
_UNDER_THE_COVER_BUTTON = """(() => {
  scrollTo(0, 0);
  const corner = document.querySelector(".app-cover-button__link")?.getBoundingClientRect();
  const lies = ({ left, right, top, bottom }) => corner
    && right > corner.left && left < corner.right && bottom > corner.top && top < corner.bottom;
  const inHeader = [...document.querySelectorAll(".app-header a, .app-header button")];
  return inHeader.filter((e) => e.checkVisibility() && lies(e.getBoundingClientRect()))
    .map((e) => e.textContent).join(", ");
})()"""

# The elements that stick out, if the page is wider than the window.
_TOO_WIDE = """(() => {
  const room = document.documentElement.clientWidth;
  if (Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) <= room) return "";
  const wide = [...document.body.querySelectorAll("*")].filter(
    (e) => e.getBoundingClientRect().right > room + 0.5);
  return wide.slice(-3).map((e) => `${e.tagName}.${e.className}`).join(", ") || "the page";
})()"""
