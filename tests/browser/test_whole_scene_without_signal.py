"""No signal at the scene: add-on sets, gates, further people, and what the tablet lets go of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from dash_forms.domain.add_ons import SkipReason
from dash_forms.domain.answers import AnswerValue, Source
from dash_forms.domain.assessment import State
from dash_forms.domain.sync import AnswerContent
from dash_forms.store.add_ons import TakenUp, taken_up
from dash_forms.store.models import Assessment
from tests.browser import pages
from tests.browser.test_no_signal import (
    STATUS,
    begun,
    finish,
    home_without_signal,
    kept_records,
    new_incident,
    stored,
    unlock,
    wait_submitted,
)
from tests.support.browsers import Browser, Engine, words
from tests.support.cases import FOURTEEN
from tests.support.force import DUTIES, new_urn
from tests.support.server import Line, Served

pytestmark = pytest.mark.browser

Open = Callable[..., Browser]
SKIP = '//section[@id="add-ons"]//li[not(@hidden)]//a[starts-with(normalize-space(), "Skip")]'


def asking(browser: Browser, line: Line) -> str:
    """On the first card of a new incident, without a signal; gives the incident's number."""
    home_without_signal(browser, line)
    urn = new_urn()
    new_incident(browser, urn)
    pages.choose(browser, "mode", "in_person")
    pages.choose(browser, "seen_alone", "yes")
    browser.tap(words("Start asking"))
    pages.Cards(browser).wait_shown(1)
    return urn


def answer_all(browser: Browser, **said: str) -> None:
    """Answer every topic "no", or as said: `q4="yes"`."""
    cards = pages.Cards(browser)
    for item in range(1, 28):
        cards.go_to(item)
        cards.answer(item, said.get(f"q{item}", "no"))


def rounds(served: Served, assessment: UUID) -> dict[str, TakenUp]:
    with served.store.work(writes=False) as work:
        return {each.part: each for each in taken_up(work, assessment)}


def test_add_on_sets_are_asked_and_skipped_without_signal(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    urn = asking(browser, line)
    assessment = pages.assessment_shown(browser)
    answer_all(browser, q4="yes", q8="yes", q24="dont_know")
    honour, stalking = pages.add_on(browser, "honour"), pages.add_on(browser, "Stalking")
    assert not browser.is_shown('//section[@id="add-ons"]//li[contains(., "animal")]')

    browser.tap(f"{stalking}//button")
    browser.wait_for("h1", "Stalking and harassment")
    asked = pages.Cards(browser, 11)
    asked.wait_shown(1)
    asked.answer(1, "yes")
    asked.note(1, "Invented: waits at the gate")
    browser.tap(words("Back to the topics"))
    browser.wait_for("h1", "Assessment")
    browser.wait_for("#add-ons", "1 of 11 done")

    browser.tap("[data-finish]")
    browser.wait_for("h1", "Finish and grade")
    browser.wait_for(".app-owed", "what is offered: So-called honour")
    browser.tap(f"{honour}//a")
    browser.wait_for("h1", "Skip these questions")
    browser.wait_for("[data-title]", "honour")
    browser.tap(words("Skip them"))
    browser.wait_for("[data-missing]", "Choose the reason")
    pages.choose(browser, "reason", "other")
    browser.tap(words("Skip them"))
    browser.wait_for("[data-missing]", "Say in a few words why")
    browser.type("#words", "Invented: brother came in")
    browser.tap(words("Skip them"))
    browser.wait_for("h1", "Finish and grade")
    browser.wait_for("#add-ons", "Skipped")

    # A yes to children calls for the set about them, which is asked of each.
    pages.choose(browser, "children", "yes")
    browser.wait_for(".app-owed", "what is offered: Each child")
    child = pages.add_on(browser, "Each child")
    for number in (1, 2):
        browser.tap(f"{child}//button[contains(., '{'Ask now' if number == 1 else 'another'}')]")
        browser.wait_for("h1", "Each child: 6 topics" + (" (number 2)" if number == 2 else ""))
        asked = pages.Cards(browser, 6)
        asked.wait_shown(1)
        asked.go_to(3)
        asked.answer(3, "yes")
        browser.tap(words("Back to the topics"))
        browser.wait_for("h1", "Finish and grade")
    finish(browser, children="yes")

    line.mend()
    assert wait_submitted(browser, served_app, urn) == assessment
    found = rounds(served_app, assessment)
    assert found["stalking-11"].answers[1].content.value is AnswerValue.YES
    assert found["stalking-11"].answers[1].content.note == "Invented: waits at the gate"
    assert found["honour-10"].skipped is SkipReason.OTHER
    assert found["honour-10"].words == "Invented: brother came in"
    assert {part for part in found if part.startswith("child")} == {"child-block", "child-block:2"}


def test_an_add_on_set_is_begun_after_the_line_is_cut_and_found_again(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(chromium, line=line)
    asking(browser, line)
    assessment = pages.assessment_shown(browser)
    cards = pages.Cards(browser)
    cards.go_to(8)
    cards.answer(8, "yes")
    cards.go_to(27)
    browser.tap(f"{pages.add_on(browser, 'Stalking')}//button")
    asked = pages.Cards(browser, 11)
    asked.wait_shown(1)
    asked.answer(1, "no")
    browser.goto(f"/assessments/{assessment}/sets/stalking-11")
    unlock(browser)
    browser.wait_for("h1", "Stalking and harassment")
    assert browser.is_checked("#q1-no")
    browser.tap(words("Back to the topics"))
    browser.wait_for("h1", "Assessment")
    browser.goto("/tablet")
    unlock(browser)
    browser.wait_for("[data-list]", "not sent yet")
    assert browser.count("[data-list] li") == 1
    line.mend()
    browser.goto("/tablet")
    browser.wait_for(STATUS, "The server answers")
    browser.wait_until(lambda: "stalking-11" in rounds(served_app, assessment), "the set")
    found = rounds(served_app, assessment)["stalking-11"]
    assert found.answers[1].content.value is AnswerValue.NO


def test_a_gate_is_closed_and_undone_without_signal(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    asking(browser, line)
    assessment = pages.assessment_shown(browser)
    cards = pages.Cards(browser)
    cards.go_to(11)
    cards.answer(11, "yes")
    cards.note(11, "Invented: the eldest")
    cards.go_to(10)
    cards.gate(10, "close", then=13)
    cards.go_to(11)
    assert browser.is_checked("#q11-not_applicable")
    cards.go_to(12)
    cards.gate(12, "undo", then=10)
    cards.go_to(11)
    assert browser.is_checked("#q11-yes")
    assert browser.evaluate("document.querySelector('#q11-note').value") == "Invented: the eldest"
    cards.gate(11, "close", then=13)

    line.mend()
    browser.wait_for(STATUS, "Saved on the server")
    stored = served_app.answers(assessment)
    said = {item: stored[item].content.value for item in stored}
    assert said == dict.fromkeys((10, 11, 12), AnswerValue.NOT_APPLICABLE)
    assert not any(each.in_conflict for each in stored.values())
    # What the tablet closed, the server undoes, with what was said before.
    browser.goto(f"/assessments/{assessment}")
    cards.go_to(10)
    cards.gate(10, "undo", then=10)
    assert served_app.answers(assessment)[11].content.note == "Invented: the eldest"


def test_what_is_seen_after_a_decline_is_recorded_without_signal(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    """An ending fills what has no answer; what an officer then saw is no other answer to it."""
    browser = windows(chromium, line=line)
    urn = asking(browser, line)
    cards = pages.Cards(browser)
    cards.answer(1, "no")
    cards.decline(2)
    pages.record_decline(browser, "fear_of_abuser")
    browser.wait_for("h1", "Finish and grade")
    browser.tap(words("Back to the topics"))
    browser.wait_for("[data-ended]", "It has ended")
    browser.tap(words("The victim will answer after all"))
    browser.wait_until(lambda: not browser.is_shown("[data-ended]"), "the topics to be open")
    cards.wait_shown(2)
    assert cards.answered() == 1
    cards.decline(2)
    pages.record_decline(browser, "fear_of_abuser")
    browser.wait_for("h1", "Finish and grade")
    browser.tap(words("Back to the topics"))
    cards.go_to(17)
    assert browser.is_checked("#q17-declined")
    assert browser.is_checked("#q17-from-officer_observed")
    cards.answer(17, "yes")
    browser.tap(words("Finish and grade"))
    finish(browser, **DUTIES)

    line.mend()
    stored = served_app.answers(wait_submitted(browser, served_app, urn))
    assert not any(each.in_conflict for each in stored.values())
    assert stored[1].content.value is AnswerValue.NO
    assert stored[2].content.value is AnswerValue.DECLINED
    assert stored[17].content == AnswerContent(AnswerValue.YES, Source.OFFICER_OBSERVED)


def test_another_victim_and_a_child_are_entered_without_signal(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    """Two people each say that the other did it, and a child lives there."""
    browser = windows(engine, line=line)
    home_without_signal(browser, line)
    urn = new_urn()
    new_incident(browser, urn)
    browser.wait_for("main", "History cannot be shown without a signal: ask control by radio")
    browser.tap(".govuk-back-link")
    browser.wait_for("h1", f"Incident {urn}")
    browser.wait_for("[data-victims]", "Victim 1: Ashdown Invented")

    browser.tap(words("Add another victim"))
    browser.wait_for("h1", "Another victim")
    browser.tap(words("Save and go on"))
    browser.wait_for("[data-missing]", "Enter a name or a date of birth")
    browser.type("#victim_name", "Bourne Invented")
    browser.type("#perpetrator_name", "Ashdown Invented")
    browser.tap(words("Save and go on"))
    browser.wait_for("[data-victims]", "Victim 2 of 2: Bourne Invented")
    for name in ("Clay Invented", "Dene Invented"):
        browser.tap(words("Add a child or dependant"))
        browser.wait_for("h1", "A child or dependant")
        browser.type("#child_name", name)
        pages.choose(browser, "lives_there", "yes")
        browser.tap(words("Save"))
        browser.wait_for("[data-children]", name)

    assessments = []
    for number in (1, 2):
        browser.tap(f"//a[contains(., 'Victim {number} of 2')]")
        browser.wait_for("h1", "Start the assessment")
        assessments.append(pages.assessment_shown(browser))
        browser.tap(words("Victim declines"))
        browser.wait_for("h1", "Victim declines")
        pages.record_decline(browser, "fear_of_abuser")
        browser.wait_for("h1", "Finish and grade")
        # A child at home is known of, so its set is owed, whatever the victim says.
        browser.wait_for(".app-owed", "what is offered: Each child")
        browser.tap(f"{pages.add_on(browser, 'Each child')}//a")
        browser.wait_for("h1", "Skip these questions")
        pages.choose(browser, "reason", "no_time")
        browser.tap(words("Skip them"))
        said = {"mode": "in_person", "seen_alone": "yes", "children": "yes"}
        finish(browser, **said, **DUTIES)
        browser.tap(words("What waits on this tablet"))
        browser.wait_for("[data-list]", urn)
        browser.tap("//li[contains(., 'Who is there')]//a")
        browser.wait_for("h1", f"Incident {urn}")

    line.mend()
    with_children = f"/incidents/{incident_of(browser)}"
    browser.wait_until(
        lambda: all(is_submitted(served_app, each) for each in assessments), "both submissions"
    )
    page = served_app.client("officer1").page(with_children).text()
    assert all(each in page for each in ("Ashdown", "Bourne", "Clay Invented", "Dene Invented"))


def test_details_and_a_correction_to_a_child_are_entered_without_signal(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    home_without_signal(browser, line)
    new_incident(browser, new_urn())
    browser.tap(".govuk-back-link")
    browser.tap(words("Add or change times, place and address"))
    browser.wait_for("h1", "Incident details")
    browser.type("#address", "1 Invented Road")
    browser.evaluate("document.querySelector('#arrived_at').value = '2026-01-31'")
    browser.tap(words("Save details"))
    browser.wait_for("[data-missing]", "Enter the date and the time")
    browser.evaluate("document.querySelector('#arrived_at').value = ''")
    browser.tap(words("Save details"))
    browser.wait_for("[data-victims]", "Victim 1")

    browser.tap(words("Add a child or dependant"))
    browser.wait_for("h1", "A child or dependant")
    browser.type("#child_name", "Clay Invented")
    pages.choose(browser, "lives_there", "yes")
    browser.tap(words("Save"))
    browser.wait_for("[data-children]", "Lives there: yes · Was there: not known")
    browser.tap("[data-children] a")
    browser.wait_for("h1", "Change what is known of a child")
    browser.wait_for("[data-child]", "Clay Invented")
    assert browser.is_checked("#lives_there")
    pages.choose(browser, "lives_there", "no")
    browser.type("#school", "Invented Primary")
    browser.tap(words("Save"))
    browser.wait_for("[data-children]", "Lives there: no")

    browser.tap(words("Add or change times, place and address"))
    browser.wait_for("h1", "Incident details")
    assert browser.evaluate("document.querySelector('#address').value") == "1 Invented Road"
    browser.type("#address", "2 Invented Road")
    browser.tap(words("Save details"))
    browser.wait_for("[data-victims]", "Victim 1")
    line.mend()
    incident = f"/incidents/{incident_of(browser)}"
    officer = served_app.client("officer1")
    browser.wait_until(
        lambda: "2 Invented Road" in officer.get(incident).text, "the details on the server"
    )
    page = officer.page(incident).text()
    assert "Invented Primary · Lives there: no" in page


def test_who_else_stands_with_a_low_grade_is_asked_without_signal(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    """A wrong name comes back with the server's words, and is put right on the tablet."""
    browser = windows(engine, line=line)
    urn = asking(browser, line)
    answer_all(browser, **FOURTEEN)
    browser.tap("[data-finish]")
    browser.wait_for("h1", "Finish and grade")
    browser.wait_for(".app-authority", "14 of the 24 topics are “yes”; 14 means high.")
    while browser.is_shown(SKIP):
        browser.tap(SKIP)
        browser.wait_for("h1", "Skip these questions")
        pages.choose(browser, "reason", "no_time")
        browser.tap(words("Skip them"))
        browser.wait_for("h1", "Finish and grade")
    who_else = '.app-owed__item[data-field="authoriser"]'
    assert not browser.is_shown(who_else)
    pages.choose(browser, "grade", "medium")
    pages.choose(browser, "children", "no")
    browser.type("#rationale", pages.RATIONALE)
    browser.wait_for(who_else, "Who else stands with it")
    browser.tap(words("Submit"))
    assert browser.text("h1") == "Finish and grade"
    browser.type("#authoriser", "sergeant7")
    browser.type("#authorised_because", "Invented: both live apart now, one is in custody.")
    browser.wait_for(".app-owed__none", "Nothing. It can be submitted.")
    browser.tap(words("Submit"))
    browser.wait_for("[data-waits] .govuk-body-l", "Waiting to send.")

    line.mend()
    browser.wait_for("[data-refused]", "The server has refused something of this case")
    browser.goto("/tablet")
    browser.wait_for(STATUS, "The server answers")  # until then the list is drawn anew
    browser.wait_for("[data-list]", "Nobody else with the username “sergeant7”")
    browser.tap(words("Put it right"))
    browser.wait_for("[data-missing]", "Nobody else with the username “sergeant7”")
    browser.type("#authoriser", "sergeant1")
    browser.wait_for(".app-owed__none", "Nothing. It can be submitted.")
    browser.tap(words("Submit"))
    assessment = wait_submitted(browser, served_app, urn)
    record = served_app.client("officer1").page(f"/assessments/{assessment}/record").text()
    assert served_app.force.actors["sergeant1"].display_name in record


def test_below_the_count_nobody_else_is_asked_for(
    chromium: Engine, windows: Open, line: Line
) -> None:
    browser = windows(chromium, line=line)
    asking(browser, line)
    answer_all(browser, **{**FOURTEEN, "q1": "no", "q10": "yes"})  # 10 is not one of the 24
    browser.tap("[data-finish]")
    browser.wait_for("h1", "Finish and grade")
    pages.choose(browser, "grade", "standard")
    browser.wait_for(".app-owed", "Why this grade")
    assert browser.count("[data-below-count]") == 0


def test_a_victim_who_is_too_young_is_not_asked_without_signal(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(chromium, line=line)
    home_without_signal(browser, line)
    browser.tap(words("New incident"))
    browser.wait_for("h1", "New incident")
    urn = new_urn()
    browser.type("#urn", urn)
    for box, said in (("", "1"), ("-month", "2"), ("-year", str(datetime.now(UTC).year - 15))):
        browser.type(f"#born_on{box}", said)
    browser.tap(words("Save and go on"))
    browser.wait_for("[data-under-age]", "The victim is under 16")
    assert not browser.is_shown("input[name=mode] + label")
    browser.tap(words("Exempt"))
    browser.wait_for("h1", "Exempt from assessment")
    pages.choose(browser, "primary", "under_16")
    browser.tap(words("Record and go on"))
    browser.wait_for("[data-waits] .govuk-body-l", "Waiting to send.")
    line.mend()
    browser.wait_for("[data-arrived] .govuk-body-l", "On the server.")
    found = stored(served_app, urn)
    assert found is not None
    assert found.state is State.EXEMPT_PENDING


def test_what_a_colleague_changed_meanwhile_is_seen_before_it_is_replaced(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(chromium, line=line)
    home_without_signal(browser, line)
    new_incident(browser, new_urn())
    browser.tap(".govuk-back-link")
    browser.wait_for("h1", "Incident SM-")
    path = f"/incidents/{incident_of(browser)}"
    line.mend()
    officer = served_app.client("officer1")
    browser.wait_until(lambda: officer.get(path).status_code == 200, "the incident on the server")
    served_app.client("officer3").submit(f"{path}/details", address="2 Invented Road")
    line.cut()
    browser.tap(words("Add or change times, place and address"))
    browser.wait_for("h1", "Incident details")
    browser.type("#address", "1 Invented Road")
    browser.tap(words("Save details"))
    browser.wait_for("[data-victims]", "Victim 1")
    line.mend()
    browser.wait_for("[data-refused]", "The server has refused something")
    browser.goto("/tablet")
    browser.wait_for("[data-list]", "Somebody else changed this incident")
    assert "2 Invented Road" in officer.get(f"{path}/details").text
    browser.tap(words("Put it right"))
    browser.wait_for("[data-missing]", "Somebody else changed this incident")
    browser.tap(words("Save details"))
    browser.wait_until(
        lambda: "1 Invented Road" in officer.get(f"{path}/details").text, "the details"
    )
    browser.wait_until(lambda: kept_records(browser, "operations") == 0, "nothing to wait")


def test_an_answer_that_is_refused_is_put_right_on_its_card(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(chromium, line=line)
    asking(browser, line)
    assessment = pages.assessment_shown(browser)
    cards = pages.Cards(browser)
    cards.answer(1, "yes")
    cards.go_to(1)
    cards.note(1, "Invented:\u200b a push")
    line.mend()
    browser.wait_until(lambda: 1 in served_app.answers(assessment), "the answer without its note")
    browser.goto("/tablet")
    browser.wait_for("[data-list]", "topic 1: Remove the invisible character")
    browser.tap(words("Put it right"))
    cards.wait_shown(2)
    cards.go_to(1)
    cards.note(1, "Invented: a push")
    browser.wait_until(
        lambda: served_app.answers(assessment)[1].content.note == "Invented: a push", "the note"
    )
    browser.wait_until(lambda: kept_records(browser, "operations") == 0, "nothing to wait")
    assert not served_app.answers(assessment)[1].in_conflict


def incident_of(browser: Browser) -> str:
    return browser.url.rsplit("/", 1)[1].partition("#")[0]


def is_submitted(served: Served, assessment: UUID) -> bool:
    """Whether it has come, and is as the last page left it."""
    with served.store.work(writes=False) as work:
        found = work.session.get(Assessment, assessment)
        return found is not None and found.state is State.SUBMITTED


def test_a_submitted_case_leaves_the_tablet_but_never_while_it_waits_or_is_refused(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(chromium, line=line)
    taken, urn = new_urn(), new_urn()
    served_app.client("officer1").submit("/incidents/new", urn=taken, victim_name="Bourne Invented")
    home_without_signal(browser, line)
    new_incident(browser, taken)
    browser.tap(words("Victim declines"))
    browser.wait_for("h1", "Victim declines")
    pages.record_decline(browser, "fear_of_abuser")
    finish(browser, mode="in_person", seen_alone="yes", **DUTIES)
    browser.tap(words("What waits on this tablet"))
    browser.wait_for("[data-list]", "Submitted")
    assert kept_records(browser, "cases") == 1

    line.mend()
    browser.goto("/tablet")
    browser.wait_for("[data-list]", "Needs a decision")
    browser.goto("/tablet")
    browser.wait_for("[data-list]", "Needs a decision")
    assert (kept_records(browser, "cases"), kept_records(browser, "operations")) == (1, 3)
    browser.tap(words("Put it right"))
    browser.wait_for("[data-missing]", "There is already an incident with this number")
    browser.type("#urn", urn)
    browser.tap(words("Save and go on"))
    wait_submitted(browser, served_app, urn)
    browser.wait_until(lambda: kept_records(browser, "cases") == 0, "the case to be gone")
    assert kept_records(browser, "operations") == 0


def test_a_case_that_is_submitted_on_the_server_leaves_the_tablet(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(chromium, line=line)
    begun(browser, served_app)
    cards = pages.Cards(browser)
    cards.answer(1, "no")
    browser.wait_for(STATUS, "Saved on the server")
    assert kept_records(browser, "cases") == 1
    cards.decline(2)
    pages.record_decline(browser, "fear_of_abuser")
    pages.submit(browser)
    browser.wait_until(lambda: kept_records(browser, "cases") == 0, "the case to be gone")


def test_the_manifest_is_there_without_signal(chromium: Engine, windows: Open, line: Line) -> None:
    browser = windows(chromium, line=line)
    home_without_signal(browser, line)
    name = "(async () => (await (await fetch('/manifest.webmanifest')).json()).name)()"
    assert browser.evaluate(name) == "Forms"
