"""Pages of alleged perpetrators: who may open which, what they say, and what is outstanding."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.audit_events import Category
from dash_forms.domain.declines import Basis
from dash_forms.domain.ids import uuid7
from dash_forms.domain.offenders import (
    FINISHED_WITHIN,
    JUSTIFIED_FOR,
    ActionKind,
    ActionState,
)
from dash_forms.domain.periods import london_date
from dash_forms.store.models import (
    AuditEvent,
    Incident,
    OffenderAction,
    OffenderActionEntry,
    OffenderReason,
    PairFact,
    Person,
    Team,
)
from dash_forms.store.work import Store
from tests.support.cases import approve, id_of, submitted
from tests.support.client import StrictClient, page_of
from tests.support.force import Force, answer_all, new_assessment
from tests.support.offenders import (
    BORN_ON,
    CONDITIONS,
    LIST,
    NAME,
    WHY,
    accused,
    justified,
    person_of,
    with_bail,
)
from tests.support.plans import in_days

SignIn = Callable[[str], StrictClient]


@pytest.fixture
def south(as_: SignIn) -> StrictClient:
    return as_("officer2")


@pytest.fixture
def incident(officer: StrictClient) -> str:
    """The first of two incidents of the same alleged perpetrator, of the north team."""
    found = accused(officer, "Ashdown Invented")
    accused(officer, "Bracken Invented", born_on=["5", "6", "1991"])
    return found


@pytest.fixture
def person(store: Store, incident: str) -> str:
    return person_of(store, incident)


def _text(client: StrictClient, path: str) -> str:
    return client.page(path).text()


def _events(store: Store, prefix: str = "offender.") -> list[AuditEvent]:
    with store.work(writes=False) as work:
        query = select(AuditEvent).where(AuditEvent.name.startswith(prefix, autoescape=True))
        return list(work.session.scalars(query.order_by(AuditEvent.seq)))


def _put_back(store: Store, by: timedelta) -> None:
    """As if every justification had been given so much earlier."""
    with store.work(writes=True) as work:
        for row in work.session.scalars(select(OffenderReason)):
            row.given_at, row.ends_at = row.given_at - by, row.ends_at - by


def _reported(store: Store, incident: str, days_ago: int) -> None:
    with store.work(writes=True) as work:
        found = work.session.get_one(Incident, id_of(incident))
        found.reported_at = work.now - timedelta(days=days_ago)


def test_nobody_is_named_before_somebody_has_said_why(
    sergeant: StrictClient, store: Store, person: str
) -> None:
    for path in (LIST, person):
        text = _text(sergeant, path)
        assert "Why do you look?" in text
        assert NAME not in text
    assert page_of(sergeant.get(f"{LIST}/outstanding", follow_redirects=True)).heading == (
        "Why do you look?"
    )
    justified(sergeant)
    text = _text(sergeant, LIST)
    assert NAME in text
    assert WHY in text
    given, listed = _events(store)
    assert (given.name, given.category) == ("offender.justified", Category.CONSULTATION)
    assert (listed.name, listed.category) == ("offender.listed", Category.CONSULTATION)
    assert '"purpose":"supervision"' in given.detail
    with store.work(writes=False) as work:
        reason = work.session.scalars(select(OffenderReason)).one()
        assert work.vault.open(reason.id, "words", reason.words_sealed) == WHY
    assert str(reason.id) in listed.detail
    for each in (given, listed):
        assert WHY not in each.detail
        assert "Corin" not in each.detail


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"words": WHY}, "Choose what it is for"),
        ({"purpose": "supervision"}, "Say why you look"),
        ({"purpose": "supervision", "words": "Because"}, "Say why, in at least 10 characters"),
        ({"purpose": "supervision", "words": "…………………………"}, "Say why, in at least 10 characters"),
    ],
)
def test_a_justification_says_something(
    sergeant: StrictClient, store: Store, person: str, values: dict[str, str], said: str
) -> None:
    for path in (LIST, person):
        refused = sergeant.submit(path, expect=422, **values)
        assert said in " ".join(page_of(refused).errors)
        assert NAME not in refused.text
        if "words" in values:
            assert values["words"] in refused.text
    with store.work(writes=False) as work:
        assert work.session.scalar(select(func.count(OffenderReason.id))) == 0


def test_a_justification_ends_after_an_hour_and_is_nobody_elses(
    sergeant: StrictClient, as_: SignIn, store: Store, person: str
) -> None:
    justified(sergeant)
    assert NAME not in _text(as_("inspector1"), LIST)
    assert NAME in _text(sergeant, person)
    _put_back(store, JUSTIFIED_FOR)
    assert "Why do you look?" in _text(sergeant, LIST)
    assert "Why do you look?" in _text(sergeant, person)


def test_somebody_of_another_team_is_opened_with_a_justification_of_their_own(
    sergeant: StrictClient, as_: SignIn, south: StrictClient, store: Store
) -> None:
    incident = accused(south)
    accused(south, "Bracken Invented", born_on=["5", "6", "1991"])
    person = person_of(store, incident)
    justified(sergeant)
    assert NAME in _text(sergeant, LIST)
    assert NAME not in _text(sergeant, person)
    text = _text(justified(sergeant, person), person)
    assert NAME in text
    assert "Ashdown Invented" in text
    assert incident not in sergeant.page(person).links("/incidents/")
    assert f"{WHY}" in text  # who opened it before, and why
    viewed = _events(store)[-1]
    assert (viewed.name, viewed.subject_id) == ("offender.viewed", person.rpartition("/")[2])
    assert NAME in _text(justified(as_("inspector1")), person)


def test_only_supervisors_and_specialists_come_here(as_: SignIn, store: Store, person: str) -> None:
    for username in ("officer1", "control1", "analyst1", "admin1", "auditor1"):
        client = as_(username)
        for path in (LIST, person, f"{LIST}/outstanding", f"{person}/actions/new"):
            assert client.get(path).status_code == 403, (username, path)
    for username in ("sergeant1", "inspector1", "specialist1"):
        assert NAME in _text(justified(as_(username)), person)


def test_a_victim_a_child_and_nobody_at_all_look_alike(
    sergeant: StrictClient, officer: StrictClient, store: Store, incident: str
) -> None:
    officer.submit(f"{incident}/children/new", child_name="Younger Invented")
    justified(sergeant)
    with store.work(writes=False) as work:
        everybody = set(work.session.scalars(select(Person.id)))
    opened = {each for each in everybody if sergeant.get(f"{LIST}/{each}").status_code == 200}
    assert len(opened) == 2
    assert sergeant.get(f"{LIST}/{uuid7()}").status_code == 404


def test_it_says_what_is_recorded_and_no_more(
    sergeant: StrictClient, officer: StrictClient, store: Store, person: str, incident: str
) -> None:
    _reported(store, incident, 400)
    officer.submit(f"{incident}/children/new", child_name="Younger Invented", was_present="yes")
    path = officer.page(incident).link("Start the assessment")
    officer.submit(path, action="/start", mode="in_person", seen_alone="yes")
    answer_all(officer, path, q18="yes")
    justified(sergeant)
    text = _text(sergeant, person)
    assert "Alleged, not convicted" in text
    assert "nothing here is a score" in text
    assert "2 incidents, 2 victims" in text
    assert "1 incident, 1 victim" in text
    assert "400 days" in text
    assert "Strangled or choked" in text
    assert "Ashdown Invented" in text
    assert "1 child linked, 1 there at the time" in text
    assert "also recorded as a victim" not in text.lower()
    assert "Nobody is" in _text(sergeant, f"{LIST}?months=12")
    assert NAME in _text(sergeant, f"{LIST}?months=24")


def test_grades_are_listed_with_who_gave_them_and_when(
    sergeant: StrictClient, officer: StrictClient, store: Store, incident: str, person: str
) -> None:
    path = officer.page(incident).link("Start the assessment")
    officer.submit(path, action="/start", mode="in_person", seen_alone="yes")
    answer_all(officer, path)
    officer.submit(
        f"{path}/finish",
        children="no",
        grade="high",
        rationale="Seen by the officers who attended.",
    )
    approve(sergeant, path)
    text = _text(justified(sergeant), person)
    assert "high (response officer," in text
    assert "high (sergeant," in text
    assert "Graded highNever" not in text


def test_who_is_also_a_victim_is_said_with_the_day(
    sergeant: StrictClient, officer: StrictClient, store: Store, person: str
) -> None:
    accused(
        officer, NAME, "Other Invented", born_on=BORN_ON, perpetrator_born_on=["9", "9", "1980"]
    )
    text = _text(justified(sergeant), person)
    assert "Also recorded as a victim" in text
    assert "also recorded as a victim" in _text(sergeant, LIST)


def test_what_was_made_in_error_is_not_counted(
    sergeant: StrictClient, officer: StrictClient, store: Store
) -> None:
    path = submitted(officer)
    with store.work(writes=False) as work:
        count = work.session.scalar(select(func.count(Incident.id)))
    assert count == 1
    first = accused(officer)
    again = accused(officer, "Bracken Invented", born_on=["5", "6", "1991"])
    wrong = officer.page(again).link("Start the assessment")
    officer.submit(wrong, action="/start", mode="in_person", seen_alone="yes")
    answer_all(officer, wrong)
    officer.submit(
        f"{wrong}/finish",
        children="no",
        grade="medium",
        rationale="Seen by the officers who attended.",
    )
    justified(sergeant)
    assert NAME in _text(sergeant, LIST)
    review = f"/reviews/{id_of(wrong)}"
    sergeant.submit("/reviews", action=f"{review}/open")
    sergeant.submit(f"{review}/void", words="This was entered twice by mistake.")
    assert NAME not in _text(sergeant, LIST)
    assert "1 incident, 1 victim" in _text(sergeant, person_of(store, first))
    assert path


def test_without_a_birthday_nobody_is_linked_and_the_page_says_how_many(
    sergeant: StrictClient, officer: StrictClient, store: Store
) -> None:
    for victim in ("Ashdown Invented", "Bracken Invented"):
        incident = accused(officer, victim, perpetrator_born_on=["", "", ""])
    accused(officer, name="", perpetrator_born_on=["", "", ""])
    text = _text(justified(sergeant), LIST)
    assert "Nobody is alleged" in text
    assert "In 2 records of this period" in text
    assert "in 1 nobody is named" in text
    page = _text(sergeant, person_of(store, incident))
    assert "cannot be linked across incidents" in page
    assert "Ashdown Invented" not in page


def test_the_list_is_filtered_ordered_and_paged(
    sergeant: StrictClient, officer: StrictClient, south: StrictClient, store: Store, force: Force
) -> None:
    for number, victims in ((1, 1), (2, 2), (3, 3)):
        name = f"Person{number} Invented"
        for turn in range({1: 4, 2: 2, 3: 3}[number]):
            incident = accused(
                south if number == 2 else officer,
                born_on=["1", str(turn % victims + 1), "1990"],
                name=name,
                perpetrator_born_on=["1", "1", str(1980 + number)],
            )
        _reported(store, incident, number)
    justified(sergeant)
    with_bail(sergeant, store, person_of(store, incident))

    def order(query: str) -> list[str]:
        shown = sergeant.page(f"{LIST}?{query}")
        return [
            shown.text(each)
            for each in shown.all("a")
            if "app-list__link" in (each.get("class") or "")
        ]

    first, second, third = (f"Person{number} Invented" for number in (1, 2, 3))
    assert set(order("")) == {first, second, third}
    assert order("order=incidents")[0] == first
    assert order("order=victims")[0] == third
    assert order("order=outstanding")[0] == third
    assert order(f"team={force.teams['south']}") == [second]
    for beyond in ("page=2", "page=9999"):
        assert order(beyond) == order("")
        assert "Nobody is" not in _text(sergeant, f"{LIST}?{beyond}")
        assert '"found":3' in _events(store, "offender.listed")[-1].detail
    assert order("page=-7&months=3") == order("months=3")
    for query in ("months=7", "order=risk", f"team={uuid7()}", "months=%00", "team=%ed%a0%80"):
        refused = sergeant.get(f"{LIST}?{query}")
        assert refused.status_code == 422, query
        assert "Choose one from the list" in refused.text
        assert first not in refused.text
    assert sergeant.get(f"{LIST}?page={'9' * 400}").status_code == 200


def test_bail_is_added_changed_and_ended_and_everything_stays_to_be_read(
    sergeant: StrictClient, store: Store, person: str
) -> None:
    justified(sergeant)
    bail = with_bail(sergeant, store, person)
    text = _text(sergeant, person)
    assert "Ends in 3 days" in text
    assert CONDITIONS in text
    assert "Ends in 3 days" in _text(sergeant, LIST)
    assert NAME in _text(sergeant, f"{LIST}/outstanding")
    sergeant.submit(
        f"{bail}/change",
        ends_on=in_days(store, 30),
        conditions="Not to contact anybody of the household.",
        why="Extended by the inspector until the phone is read.",
    )
    text = _text(sergeant, person)
    assert "Ends in 3 days" not in text
    assert "Extended by the inspector" in text
    assert CONDITIONS in text  # what it was before
    early = sergeant.submit(
        f"{bail}/end", expect=422, state="expired", words="It simply ran out, nothing more."
    )
    assert "it cannot have run out" in early.text
    sergeant.submit(f"{bail}/end", state="done", words="Charged with two offences.")
    text = _text(sergeant, person)
    assert "No bail, order or arrest is recorded as outstanding" in text
    assert "Charged with two offences." in text
    assert sergeant.get(f"{bail}/end").status_code == 302
    names = [each.name for each in _events(store, "offender.action_")]
    assert names == ["offender.action_added", "offender.action_changed", "offender.action_ended"]
    with store.work(writes=False) as work:
        assert work.session.scalar(select(func.count(OffenderActionEntry.id))) == 3
    for each in _events(store):
        for secret in ("Corin", "Charged", "street", "household"):
            assert secret not in each.detail


def test_the_same_form_adds_one_action(sergeant: StrictClient, store: Store, person: str) -> None:
    justified(sergeant)
    form = sergeant.page(f"{person}/actions/new").form()
    filled = form.filled(
        kind="wanted", starts_on=in_days(store, -1), conditions="Seen last at the docks."
    )
    for _ in range(2):
        assert sergeant.post(f"{person}/actions/new", data=filled).status_code == 303
    with store.work(writes=False) as work:
        assert work.session.scalar(select(func.count(OffenderAction.id))) == 1


def test_a_withdrawal_and_an_error_are_told_apart_and_what_was_one_choice_keeps_its_words(
    sergeant: StrictClient, store: Store, person: str
) -> None:
    justified(sergeant)
    bail = with_bail(sergeant, store, person)
    offered = _text(sergeant, f"{bail}/end")
    for each in ("Finished: done or decided", "Withdrawn or discharged", "Entered in error"):
        assert each in offered
    before = ActionState.WITHDRAWN
    assert before.label not in offered
    nothing = " ".join(page_of(sergeant.submit(f"{bail}/end", expect=422)).errors)
    assert "Choose how it ended" in nothing  # all that is missing is said at once
    assert "Say what came of it, or why" in nothing
    words = "Bail of another man."
    refused = sergeant.submit(f"{bail}/end", expect=422, state=before.value, words=words)
    assert "Choose how it ended" in " ".join(page_of(refused).errors)
    sergeant.submit(f"{bail}/end", state="in_error", words=words)
    assert "Entered in error" in _text(sergeant, person)
    with store.work(writes=True) as work:
        work.session.scalars(select(OffenderAction)).one().state = before
    assert before.label in _text(sergeant, person)


def test_the_team_of_the_latest_incident_sees_to_it_unless_another_is_chosen(
    as_: SignIn, south: StrictClient, store: Store, person: str
) -> None:
    new = f"{person}/actions/new"
    inspector = justified(as_("inspector1"))
    with store.work(writes=False) as work:
        team_of = {each.name: str(each.id) for each in work.session.scalars(select(Team))}
    assert inspector.page(new).form().filled()["team"] == [team_of["North"]]
    latest = accused(south, "Cedar Invented", born_on=["7", "8", "1992"])
    _reported(store, latest, 0)
    assert inspector.page(new).form().filled()["team"] == [team_of["South"]]


def test_what_is_too_long_says_by_how_much_and_is_kept(
    sergeant: StrictClient, store: Store, person: str
) -> None:
    justified(sergeant)
    bail = with_bail(sergeant, store, person)
    pasted = "x" * 512
    refused = sergeant.submit(f"{bail}/end", expect=422, state="done", words=pasted)
    assert "Shorten this by 12 characters" in " ".join(page_of(refused).errors)
    assert pasted in refused.text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": ""}, "Choose what is outstanding"),
        ({"kind": "police_bail", "ends_on": ["", "", ""]}, "enter the day on which it ends"),
        ({"ends_on": ["1", "1", "2000"]}, "This is before it begins"),
        ({"starts_on": ["", "", ""]}, "Enter the day from which it holds"),
        ({"starts_on": ["31", "2", "2026"]}, "Enter a real date"),
        ({"starts_on": ["1", "1", "1950"], "kind": "wanted"}, "Check the year"),
        ({"ends_on": ["1", "1", "9999"]}, "Check the year"),
        ({"kind": "other", "conditions": "Tag"}, "Conditions: say what is outstanding"),
        ({"conditions": "x" * 1001}, "Shorten this"),
        ({"conditions": "Stay \u202eaway"}, "invisible character"),
        ({"team": "nonsense"}, "Choose one from the list"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    sergeant: StrictClient, store: Store, person: str, values: dict[str, Any], said: str
) -> None:
    justified(sergeant)
    filled: dict[str, Any] = {
        "kind": "restraining",
        "starts_on": in_days(store, -1),
        "ends_on": in_days(store, 3),
        "conditions": CONDITIONS,
    }
    refused = sergeant.submit(f"{person}/actions/new", expect=422, **(filled | values))
    assert said in " ".join(page_of(refused).errors)
    with store.work(writes=False) as work:
        assert work.session.scalar(select(func.count(OffenderAction.id))) == 0


def test_two_who_change_the_same_action_do_not_overwrite_each_other(
    sergeant: StrictClient, as_: SignIn, store: Store, person: str
) -> None:
    justified(sergeant)
    bail = with_bail(sergeant, store, person)
    inspector = justified(as_("inspector1"))
    form = sergeant.page(f"{bail}/change").form()
    why = "Another thing entirely."
    inspector.submit(f"{bail}/change", ends_on=in_days(store, 9), why="Extended by the inspector.")
    filled = form.filled(ends_on=in_days(store, 20), why=why)
    late = sergeant.post(f"{bail}/change", data=filled)
    assert late.status_code == 409
    assert why in late.text
    again = page_of(late).form().filled(why=why)
    assert sergeant.post(f"{bail}/change", data=again).status_code == 303
    form = sergeant.page(f"{bail}/end").form()
    inspector.submit(f"{bail}/end", state="done", words="Charged with two offences.")
    filled = form.filled(state="discharged", words="Withdrawn by the court today.")
    gone = sergeant.post(f"{bail}/end", data=filled)
    assert gone.status_code == 409
    assert "has ended already" in gone.text


def test_a_form_may_be_finished_after_the_hour_but_not_without_any_justification(
    sergeant: StrictClient, as_: SignIn, store: Store, person: str
) -> None:
    justified(sergeant)
    bail = with_bail(sergeant, store, person)
    form = sergeant.page(f"{bail}/end").form()
    _put_back(store, JUSTIFIED_FOR)
    filled = form.filled(state="done", words="Charged with two offences.")
    specialist = as_("specialist1")
    for client in (specialist, sergeant):
        for page in (f"{bail}/end", f"{bail}/change", f"{person}/actions/new"):
            asked = client.get(page, follow_redirects=True)
            assert page_of(asked).heading == "Why do you look?"
            assert NAME not in asked.text
    refused = sergeant.post(f"{bail}/end", data=filled | {"words": "Short"})
    assert refused.status_code == 422
    assert NAME in refused.text
    assert sergeant.post(f"{bail}/end", data=filled).status_code == 303
    _put_back(store, FINISHED_WITHIN)
    late = sergeant.post(f"{person}/actions/new", data=filled)
    assert late.status_code == 403


def test_an_action_is_found_through_the_person_it_is_of_and_nobody_else(
    sergeant: StrictClient, officer: StrictClient, store: Store, person: str
) -> None:
    other = person_of(store, accused(officer, name="Other Invented"))
    justified(sergeant)
    bail = with_bail(sergeant, store, person)
    assert sergeant.get(bail.replace(person, other) + "/end").status_code == 404
    assert CONDITIONS not in _text(sergeant, other)
    second = accused(officer, "Cedar Invented", born_on=["7", "7", "1992"])
    assert CONDITIONS in _text(sergeant, person_of(store, second))


def test_what_ended_without_a_decision_stays_and_says_so(
    sergeant: StrictClient, store: Store, person: str
) -> None:
    justified(sergeant)
    with_bail(sergeant, store, person, days=-2)
    for path in (person, LIST, f"{LIST}/outstanding"):
        assert "Ended 2 days ago, no decision recorded" in _text(sergeant, path)


def test_tasks_of_the_desk_are_shown_and_not_kept_twice(
    sergeant: StrictClient, officer: StrictClient, as_: SignIn, store: Store, incident: str
) -> None:
    path = new_assessment(
        officer, perpetrator_name=NAME, perpetrator_born_on=BORN_ON, born_on=["8", "8", "1993"]
    )
    answer_all(officer, path)
    officer.submit(
        f"{path}/finish",
        children="no",
        grade="high",
        rationale="Seen by the officers who attended.",
    )
    approve(sergeant, path)
    as_("specialist1").submit(f"/desk/records/{id_of(path)}/tasks/new", kind="bail_conditions")
    person = person_of(store, incident)
    assert "Bail conditions" in _text(justified(sergeant), person)
    assert "1 task open" in _text(sergeant, LIST)


def test_the_incident_says_what_holds_and_leads_to_the_others(
    sergeant: StrictClient, officer: StrictClient, store: Store, incident: str, person: str
) -> None:
    words = "Other incidents of this alleged perpetrator"
    assert words in _text(sergeant, incident)
    assert words not in _text(officer, incident)
    lone = accused(officer, name="Lone Invented")
    assert words not in _text(sergeant, lone)
    assert "What is outstanding against" not in _text(officer, lone)
    with_bail(justified(sergeant), store, person)
    for client in (sergeant, officer):
        text = _text(client, incident)
        assert "Police bail until" in text
        assert CONDITIONS in text
    assert CONDITIONS not in _text(officer, lone)


@pytest.mark.parametrize("born_on", [BORN_ON, ["", "", ""]])
def test_the_first_bail_of_somebody_alleged_once_begins_at_the_incident(
    sergeant: StrictClient, officer: StrictClient, store: Store, born_on: list[str]
) -> None:
    lone = accused(officer, perpetrator_born_on=born_on)
    person = sergeant.page(lone).link("What is outstanding against this alleged perpetrator")
    assert person == person_of(store, lone)
    with_bail(justified(sergeant, person), store, person)
    text = _text(officer, lone)
    assert CONDITIONS in text
    assert "check whose it is" not in text


_not_domestic = update(PairFact).values(
    outcome=Outcome.EXEMPT, reason="not_domestic", reason_basis=Basis.INFERRED
)


@pytest.mark.rows_by_hand
def test_no_link_leads_to_somebody_who_is_not_counted(
    sergeant: StrictClient, officer: StrictClient, store: Store
) -> None:
    lone = accused(officer)
    with store.work(writes=True) as work:
        work.session.execute(_not_domestic)
    assert not sergeant.page(lone).links(f"{LIST}/")


def test_bail_that_has_ended_says_so_to_whoever_stands_at_the_door(
    sergeant: StrictClient, officer: StrictClient, store: Store, incident: str, person: str
) -> None:
    bail = with_bail(justified(sergeant), store, person, days=-2)
    assert "ask what came of it" in _text(officer, incident)
    sergeant.submit(f"{bail}/end", state="expired", words="Nobody extended it in time.")
    assert "Police bail" not in _text(officer, incident)


def test_an_index_that_is_made_later_links_what_was_recorded_before(
    sergeant: StrictClient, officer: StrictClient, store: Store, incident: str, person: str
) -> None:
    late = accused(officer, "Cedar Invented", born_on=["7", "7", "1992"])
    later = UUID(person_of(store, late).rpartition("/")[2])
    with store.work(writes=True) as work:
        index = work.session.get_one(Person, later).identity_index
        work.session.execute(update(Person).where(Person.id == later).values(identity_index=None))
    bail = with_bail(justified(sergeant), store, f"{LIST}/{later}")
    assert bail
    assert CONDITIONS not in _text(sergeant, person)
    with store.work(writes=True) as work:
        work.session.execute(update(Person).where(Person.id == later).values(identity_index=index))
    assert CONDITIONS in _text(sergeant, person)


def _correct(officer: StrictClient, incident: str, **values: Any) -> None:
    officer.submit(officer.page(incident).links("/victims/0")[0], **values)


def test_bail_stays_with_whom_it_was_recorded_for_when_the_incident_is_corrected(
    sergeant: StrictClient, officer: StrictClient, store: Store, incident: str, person: str
) -> None:
    bail = with_bail(justified(sergeant), store, person)
    _correct(officer, incident, perpetrator_name="Somebody Else")
    doubt = "Recorded under another name or birthday"
    assert doubt in _text(sergeant, f"{LIST}/outstanding")
    assert doubt in _text(sergeant, person)
    assert doubt.lower() in _text(officer, incident).lower()
    second = person_of(store, accused(officer, "Cedar Invented", born_on=["7", "7", "1992"]))
    text = _text(sergeant, second)
    assert CONDITIONS in text
    assert doubt not in text
    mine = bail.replace(person, second)
    sergeant.submit(f"{mine}/change", why="Looked it up: it is against this person.")
    assert CONDITIONS not in _text(sergeant, person)
    assert CONDITIONS not in _text(officer, incident)
    assert CONDITIONS in _text(sergeant, second)


def test_somebody_whom_no_incident_names_any_more_keeps_what_is_outstanding(
    sergeant: StrictClient, officer: StrictClient, store: Store
) -> None:
    incident = accused(officer)
    person = person_of(store, incident)
    bail = with_bail(justified(sergeant), store, person)
    _correct(officer, incident, perpetrator_name="", perpetrator_born_on=["", "", ""])
    assert CONDITIONS not in _text(officer, incident)
    assert NAME in _text(sergeant, f"{LIST}/outstanding")
    assert "Why do you look?" in _text(sergeant, person)
    text = _text(justified(sergeant, person), person)
    assert "No incident names this person now" in text
    assert CONDITIONS in text
    sergeant.submit(f"{bail}/end", state="in_error", words="Recorded against the wrong person.")


def test_somebody_who_was_only_opened_can_be_corrected_away(
    sergeant: StrictClient, officer: StrictClient, store: Store
) -> None:
    incident = accused(officer)
    person = person_of(store, incident)
    justified(sergeant, person)
    _correct(officer, incident, perpetrator_name="", perpetrator_born_on=["", "", ""])
    assert sergeant.get(person).status_code == 404


NOT_KNOWN = ["", "", ""]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"perpetrator_name": "Somebody Else"}),
        ({}, {"perpetrator_born_on": BORN_ON}),
        (
            {"name": "", "perpetrator_born_on": BORN_ON},
            {"perpetrator_born_on": ["4", "3", "1985"]},
        ),
    ],
)
def test_bail_of_somebody_who_cannot_be_linked_does_not_pass_to_somebody_else_in_silence(
    sergeant: StrictClient,
    officer: StrictClient,
    store: Store,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    incident = accused(officer, **({"perpetrator_born_on": NOT_KNOWN} | before))
    person = person_of(store, incident)
    bail = with_bail(justified(sergeant), store, person)
    doubt = "recorded under another name or birthday"
    pages = ((officer, incident), (sergeant, person), (sergeant, f"{LIST}/outstanding"))
    for client, path in pages:
        assert doubt not in _text(client, path).lower()
    _correct(officer, incident, **after)
    for client, path in pages:
        assert doubt in _text(client, path).lower(), path
    sergeant.submit(f"{bail}/change", why="Looked it up: it is against this person.")
    for client, path in pages:
        assert doubt not in _text(client, path).lower()
    refused = sergeant.submit(f"{bail}/change", expect=422, why="Looked it up once more.")
    assert "nothing here is different" in refused.text


@pytest.mark.parametrize("born_on", [BORN_ON, NOT_KNOWN])
def test_what_was_justified_for_one_person_opens_nobody_else(
    sergeant: StrictClient, officer: StrictClient, store: Store, born_on: list[str]
) -> None:
    incident = accused(officer, perpetrator_born_on=born_on)
    person = person_of(store, incident)
    assert WHY in _text(justified(sergeant, person), person)
    _correct(officer, incident, perpetrator_name="Somebody Else")
    assert "Why do you look?" in _text(sergeant, person)
    sergeant.submit(person, purpose="other", words="Another person, so another reason.")
    text = _text(sergeant, person)
    assert "Somebody Else" in text
    assert WHY not in text
    _correct(officer, incident, perpetrator_name=NAME)
    text = _text(sergeant, person)
    assert WHY in text
    assert "Another person" not in text


def test_everything_outstanding_is_paged_so_that_what_has_no_day_is_reached(
    sergeant: StrictClient, store: Store, person: str
) -> None:
    justified(sergeant)
    with store.work(writes=True) as work:
        for number in range(26):
            work.session.add(
                OffenderAction(
                    id=uuid7(),
                    person_id=UUID(person.rpartition("/")[2]),
                    kind=ActionKind.WANTED if number == 0 else ActionKind.POLICE_BAIL,
                    state=ActionState.OPEN,
                    starts_on=london_date(work.now),
                    ends_on=london_date(work.now) if number else None,
                )
            )
    path = f"{LIST}/outstanding"
    first = sergeant.page(path)
    assert "No day is set" not in first.text()
    assert first.link("Next page") == "?page=2"
    for page in ("2", "3", "9" * 400):
        assert "No day is set" in _text(sergeant, f"{path}?page={page}")
    assert "Page 1 of 2" in _text(sergeant, f"{path}?page=-1")
    assert sergeant.get(f"{path}?page=%00").status_code == 200
