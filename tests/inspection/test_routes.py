"""The pages of the inspection: grades as text, areas for improvement, evidence and the print."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.ids import uuid7
from dash_forms.domain.inspection import AREAS, GradeWord
from dash_forms.domain.periods import FixedPeriod, Length, london_date, words_for
from dash_forms.store.models import (
    AuditEvent,
    InspectionEntry,
    InspectionGrade,
    InspectionGradeWithdrawal,
    InspectionItem,
)
from dash_forms.store.work import Store
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient, page_of
from tests.support.force import Force
from tests.support.inspections import (
    AREA,
    GRADE,
    ITEM,
    NOTE,
    added_item,
    entered_grade,
    in_boxes,
)

SignIn = Callable[[str], StrictClient]
READERS = ("inspector1", "sergeant1", "specialist1", "analyst1", "auditor1")


@pytest.fixture
def inspector(as_: SignIn) -> StrictClient:
    return as_("inspector1")


def _text(client: StrictClient, address: str = AREA) -> str:
    return " ".join(page_of(client.get(address)).text().split())


def _today(store: Store) -> date:
    with store.work(writes=False) as work:
        return london_date(work.now)


def _last_quarter_s_end(store: Store) -> date:
    return FixedPeriod.latest(Length.QUARTER, _today(store)).end


def _events(store: Store, prefix: str = "inspection.") -> list[str]:
    with store.work(writes=False) as work:
        names = work.session.scalars(
            select(AuditEvent.name)
            .where(AuditEvent.name.startswith(prefix))
            .order_by(AuditEvent.seq)
        )
        return [str(name) for name in names]


def _count(store: Store, model: type[Any]) -> int:
    with store.work(writes=False) as work:
        return work.session.scalar(select(func.count()).select_from(model)) or 0


def test_every_area_is_listed_and_one_is_marked_as_not_graded(inspector: StrictClient) -> None:
    text = _text(inspector, "/inspection")
    assert all(area.name in text for area in AREAS)
    assert text.count("No grade entered yet") == len(AREAS) == 9
    assert text.count("Not one of the eight graded areas") == 1


@pytest.mark.parametrize("username", READERS)
def test_whoever_may_look_sees_the_link_and_the_pages_but_only_an_inspector_can_enter(
    as_: SignIn, inspector: StrictClient, username: str
) -> None:
    entered_grade(inspector)
    added_item(inspector)
    client = as_(username)
    begins = "/inspection" if username == "auditor1" else "/reports"
    assert "/inspection" in client.page(begins).links("/inspection")
    page = client.page(AREA)
    assert "Requires improvement" in page.text()
    is_inspector = username == "inspector1"
    assert bool(page.links("/grades/new")) is is_inspector
    assert bool(page.links("/withdraw")) is is_inspector
    assert bool(page.links("/move")) is is_inspector


def test_a_grade_stands_as_text_with_source_day_and_who_entered_it(
    store: Store, inspector: StrictClient
) -> None:
    entered_grade(inspector)
    for address in ("/inspection", AREA):
        text = _text(inspector, address)
        assert "Requires improvement – Invented report, page 9, published 24 September 2024" in text
    assert "Entered by Inspector inspector1" in _text(inspector)
    assert _events(store)[0] == "inspection.viewed"
    assert _events(store).count("inspection.grade_entered") == 1


def test_the_last_published_counts_not_the_last_entered(inspector: StrictClient) -> None:
    entered_grade(inspector, grade="good", published_on=["24", "9", "2024"])
    entered_grade(inspector, grade="inadequate", published_on=["1", "3", "2019"])
    assert "Good – Invented report" in _text(inspector, "/inspection")


def test_grades_of_different_assessments_are_said_not_to_compare(inspector: StrictClient) -> None:
    entered_grade(inspector)
    assert "cannot be compared with each other" not in _text(inspector)
    entered_grade(inspector, assessment="PEEL 2018/19", published_on=["1", "3", "2019"])
    assert "(PEEL 2023–25, PEEL 2018/19) cannot be compared with each other" in _text(inspector)


def test_a_wrong_grade_is_withdrawn_stays_to_be_seen_and_counts_no_longer(
    store: Store, inspector: StrictClient
) -> None:
    path = entered_grade(inspector)
    inspector.submit(path, reason="This is the grade of another force.")
    text = _text(inspector)
    assert "No grade entered yet" in text
    assert "Withdrawn by Inspector inspector1" in text
    assert "This is the grade of another force." in text
    assert _count(store, InspectionGrade) == _count(store, InspectionGradeWithdrawal) == 1
    assert inspector.get(path).location == AREA
    form = {"csrf_token": inspector.page(f"{AREA}/grades/new").form().fields["csrf_token"][0]}
    again = inspector.post(path, data={**form, "reason": "Withdrawn a second time, in error"})
    assert again.status_code == 409
    assert _count(store, InspectionGradeWithdrawal) == 1


def test_the_same_form_twice_enters_one_grade_and_one_item(
    store: Store, inspector: StrictClient
) -> None:
    for path, values in ((f"{AREA}/grades/new", GRADE), (f"{AREA}/items/new", ITEM)):
        filled = inspector.page(path).form().filled(**values)
        for _ in range(2):
            assert inspector.post(path, data=filled).status_code == 303
        name = "source" if "source" in filled else "note"
        other = inspector.post(path, data={**filled, name: "Other words, which are long enough"})
        assert other.status_code == 422
        assert "This form was sent before" in other.text
    assert _count(store, InspectionGrade) == 1
    assert _count(store, InspectionItem) == _count(store, InspectionEntry) == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"grade": []}, "Choose the grade as it was published"),
        ({"grade": "excellent"}, "Choose the grade as it was published"),
        ({"published_on": ["", "", ""]}, "Enter the day on which it was published"),
        ({"published_on": ["31", "2", "2024"]}, "Enter a real date"),
        ({"published_on": ["1", "1", "2100"]}, "This day is yet to come"),
        ({"published_on": ["1", "1", "2013"]}, "Enter a date from 2014 on"),
        ({"source": "  "}, "Enter the source"),
        ({"source": "x" * 201}, "Shorten this by 1 character: it has 201"),
        ({"assessment": ""}, "Enter the assessment"),
    ],
)
def test_what_is_wrong_with_a_grade_is_said_beside_it_and_nothing_is_kept(
    store: Store, inspector: StrictClient, values: dict[str, Any], words: str
) -> None:
    answer = inspector.submit(f"{AREA}/grades/new", expect=422, **(GRADE | values))
    page = page_of(answer)
    [error] = page.errors
    assert error.startswith(words)
    kept = page.form().fields
    assert all(kept[name] == in_boxes(value) for name, value in GRADE.items() if name not in values)
    assert _count(store, InspectionGrade) == 0


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"words": "Short"}, "Say in at least 20 characters what the inspectors ask for"),
        ({"owner_role": ""}, "Choose a person, or enter a role below"),
        ({"due_on": ["", "", ""]}, "Enter the day by which it is to be done"),
        ({"due_on": ["1", "1", "2150"]}, "Enter a date from 2014 on, at most 10 years ahead"),
        ({"note": "." * 30}, "Say in at least 20 characters what comes first"),
        ({"words": "Said \u202equietly, and at length"}, "Remove the invisible character U+202E"),
    ],
)
def test_what_is_wrong_with_an_item_is_said_beside_it_and_nothing_is_kept(
    store: Store, inspector: StrictClient, values: dict[str, Any], words: str
) -> None:
    answer = inspector.submit(f"{AREA}/items/new", expect=422, **(ITEM | values))
    page = page_of(answer)
    [error] = page.errors
    assert error.startswith(words)
    kept = page.form().fields
    assert all(kept[name] == in_boxes(value) for name, value in ITEM.items() if name not in values)
    assert _count(store, InspectionItem) == 0


def test_an_owner_is_a_person_or_a_role_and_not_both(force: Force, inspector: StrictClient) -> None:
    sergeant = str(force.actors["sergeant1"].id)
    answer = inspector.submit(f"{AREA}/items/new", expect=422, **(ITEM | {"owner": sergeant}))
    assert "Choose a person or enter a role, not both" in answer.text
    officer = str(force.actors["officer1"].id)  # who does not see these pages
    answer = inspector.submit(f"{AREA}/items/new", expect=422, **(ITEM | {"owner": officer}))
    assert "Choose one from the list" in answer.text
    added_item(inspector, owner=sergeant, owner_role="")
    assert "Owner: Sergeant sergeant1" in _text(inspector)


def test_an_item_is_counted_by_its_due_date_and_called_late_in_words(
    store: Store, inspector: StrictClient
) -> None:
    today = _today(store)
    for days in (-1, 0, 40):
        day = today + timedelta(days=days)
        added_item(inspector, due_on=[str(day.day), str(day.month), str(day.year)])
    text = _text(inspector, "/inspection")
    oldest = words_for(today - timedelta(days=1))
    assert f"▲ 1 overdue · 3 areas for improvement open · oldest due {oldest}" in text
    assert _text(inspector).count("▲ Overdue") == 1


def test_a_walk_through_the_states_of_an_item_is_its_history(
    store: Store, inspector: StrictClient
) -> None:
    item = added_item(inspector)
    for move, words in (
        ("start", "The first two of ten teams were briefed."),
        ("finish", "All ten teams were briefed, and it shows."),
        ("reopen", "One team has not been briefed after all."),
        ("finish", "The tenth team was briefed this week."),
    ):
        inspector.submit(f"{item}/move", move=move, note=words)
    text = _text(inspector)
    assert "No areas for improvement open" in text
    assert "Area for improvement 1 Done" in text
    order = ["tenth team", "has not been", "All ten", "first two", ITEM["note"]]
    assert sorted(order, key=text.index) == order
    assert "Opened again Inspector inspector1" in text
    assert _events(store).count("inspection.item_moved") == 4
    with store.work(writes=False) as work:
        numbers = work.session.scalars(select(InspectionEntry.number)).all()
    assert sorted(numbers) == [1, 2, 3, 4, 5]


def test_a_move_that_the_table_has_not_is_a_conflict_and_keeps_the_words(
    store: Store, inspector: StrictClient
) -> None:
    item = added_item(inspector)
    stale = inspector.page(f"{item}/move").form()
    inspector.submit(f"{item}/move", move="finish", note="All ten teams were briefed.")
    for move in ("start", "finish", "withdraw"):
        filled = stale.filled(move=move, note="Typed at length on a page that is old.")
        answer = inspector.post(f"{item}/move", data={**filled, "entry_id": str(uuid7())})
        assert answer.status_code == 409
        assert "This cannot be done, because it is done" in answer.text
        assert "Typed at length on a page that is old." in answer.text
    for move in ("add", "change", "take_out", "name_measure"):
        answer = inspector.post(
            f"{item}/move", data=stale.filled(move=move, note="Typed at length on a page.")
        )
        assert answer.status_code == 422
        assert "Choose what has happened" in answer.text
    assert _count(store, InspectionEntry) == 2


def test_what_was_entered_in_error_stays_but_is_changed_no_more(
    store: Store, inspector: StrictClient
) -> None:
    item = added_item(inspector)
    stale = inspector.page(f"{item}/notes/new").form()
    inspector.submit(f"{item}/move", move="withdraw", note="This is of another force's report.")
    text = _text(inspector)
    assert "Area for improvement 1 Entered in error" in text
    assert ITEM["words"] in text
    assert not inspector.page(AREA).links("/items/0")
    for form in ("change", "move", "measures/new", "notes/new"):
        assert inspector.get(f"{item}/{form}").status_code == 409
    answer = inspector.post(
        f"{item}/notes/new",
        data=stale.filled(dated_on=["1", "2", "2026"], note="Typed before it was withdrawn."),
    )
    assert answer.status_code == 409
    assert "Typed before it was withdrawn." in answer.text
    assert _count(store, InspectionEntry) == 2


def test_a_change_keeps_what_was_before(force: Force, inspector: StrictClient) -> None:
    item = added_item(inspector)
    sergeant = str(force.actors["sergeant1"].id)
    inspector.submit(
        f"{item}/change",
        owner=sergeant,
        owner_role="",
        due_on=["2", "3", "2031"],
        note="The chief constable gave it to her.",
    )
    text = _text(inspector)
    assert "Owner: Sergeant sergeant1 · due 2 March 2031" in text
    assert "Owner before: Head of contact. From then on: Sergeant sergeant1." in text
    assert "Due before: 1 February 2031. From then on: 2 March 2031." in text
    assert "The words before" not in text
    inspector.submit(f"{item}/change", words="Quite other words, as published.", note=NOTE)
    assert f"The words before: {ITEM['words']}" in _text(inspector)


def test_a_stale_change_overwrites_nothing_and_keeps_what_was_typed(
    inspector: StrictClient,
) -> None:
    item = added_item(inspector)
    stale = inspector.page(f"{item}/change").form()
    inspector.submit(f"{item}/change", owner_role="Head of crime", note=NOTE)
    filled = stale.filled(owner_role="Head of nothing", note=NOTE)
    answer = inspector.post(f"{item}/change", data=filled)
    assert answer.status_code == 409
    assert "Nothing was overwritten" in answer.text
    assert page_of(answer).form().fields["owner_role"] == ["Head of nothing"]
    assert "Owner: Head of crime" in _text(inspector)


def test_the_same_entry_sent_twice_is_one_line_of_history(
    store: Store, inspector: StrictClient
) -> None:
    item = added_item(inspector)
    forms: list[tuple[str, dict[str, Any]]] = [
        ("change", {"owner_role": "Head of crime", "note": NOTE}),
        ("move", {"move": "start", "note": NOTE}),
        ("measures/new", {"code": "D1", "note": NOTE}),
        ("notes/new", {"dated_on": ["1", "2", "2026"], "note": NOTE}),
    ]
    for count, (path, values) in enumerate(forms, start=2):
        filled = inspector.page(f"{item}/{path}").form().filled(**values)
        for _ in range(2):
            assert inspector.post(f"{item}/{path}", data=filled).status_code == 303
        assert _count(store, InspectionEntry) == count


def test_an_id_of_another_item_s_entry_is_refused(store: Store, inspector: StrictClient) -> None:
    one, other = added_item(inspector), added_item(inspector)
    taken = one.rpartition("/")[2]
    for path, values in (
        ("notes/new", {"dated_on": ["1", "2", "2026"], "note": NOTE}),
        ("measures/new", {"code": "D1", "note": NOTE}),
    ):
        filled = inspector.page(f"{other}/{path}").form().filled(**values)
        answer = inspector.post(f"{other}/{path}", data={**filled, "entry_id": taken})
        assert answer.status_code == 422
        assert "This form was sent before" in answer.text
    assert _count(store, InspectionEntry) == 2


def test_words_are_evidence_of_a_day_until_they_are_taken_out(
    store: Store, inspector: StrictClient
) -> None:
    item = added_item(inspector)
    inspector.submit(
        f"{item}/notes/new", dated_on=["1", "2", "2026"], note="Twenty of twenty were read by two."
    )
    assert "1 February 2026 Inspector inspector1" in _text(inspector)
    [path] = inspector.page(AREA).links("/take-out")
    assert "Twenty of twenty" in _text(inspector, path)
    short = inspector.submit(path, expect=422, note="No.")
    assert "why it is no evidence of this" in short.text
    inspector.submit(path, note="They were of another force's year.")
    text = _text(inspector)
    assert "Evidence None yet." in text
    assert "Taken out: Twenty of twenty were read by two." in text
    assert inspector.get(path).status_code == 404
    token = inspector.page(f"{item}/move").form().fields["csrf_token"][0]
    again = {"csrf_token": token, "entry_id": str(uuid7()), "note": NOTE}
    assert inspector.post(path, data=again).status_code == 409
    assert _events(store).count("inspection.evidence_taken_out") == 1


def test_evidence_of_tomorrow_and_a_measure_that_is_none_are_refused(
    store: Store, inspector: StrictClient
) -> None:
    item = added_item(inspector)
    answer = inspector.submit(
        f"{item}/notes/new", expect=422, dated_on=["1", "2", "2150"], note=NOTE
    )
    assert "This day is yet to come" in answer.text
    answer = inspector.submit(f"{item}/measures/new", expect=422, code="", note=NOTE)
    assert "Choose a measure" in answer.text
    answer = inspector.submit(f"{item}/measures/new", expect=422, code="D99", note=NOTE)
    assert "Choose one from the list" in answer.text
    assert _count(store, InspectionEntry) == 1


@pytest.fixture
def measured(store: Store, force: Force, inspector: StrictClient) -> str:
    """An item whose D1 was 120 of 200 half a year ago and is 60 of 200 now; its path."""
    today = _today(store)
    ledger = Ledger(store, force)
    ledger.record_rate(60, 200, _last_quarter_s_end(store))
    item = added_item(inspector)
    inspector.submit(f"{item}/measures/new", code="D1", note=NOTE)
    inspector.submit(f"{item}/measures/new", code="B4", note=NOTE)
    with store.work(writes=True) as work:
        work.connection.execute(
            update(InspectionEntry)
            .where(InspectionEntry.measure == "D1")
            .values(
                numerator=120,
                starts_on=today - timedelta(days=400),
                ends_on=today - timedelta(days=300),
            )
        )
    return item


@pytest.mark.rows_by_hand
def test_a_measure_stands_as_it_was_and_as_it_is_with_both_intervals(
    store: Store, measured: str, inspector: StrictClient
) -> None:
    text = _text(inspector)
    assert "120 of 200: 60% 95% interval 53% to 67%" in text
    assert "60 of 200: 30% 95% interval 24% to 37%" in text
    assert "Lower than then, by more than chance would give. Why, no figure says." in text
    assert "Not compared yet: the two periods share days." in text  # B4, named today
    page = inspector.page(AREA)
    assert page.links("/reports/definitions#d1")
    [report, *_] = page.links("/reports?from=")
    assert inspector.get(report).status_code == 200


@pytest.mark.rows_by_hand
def test_everybody_sees_what_is_printed(
    store: Store, force: Force, as_: SignIn, inspector: StrictClient, measured: str
) -> None:
    Ledger(store, force).record_rate(2, 2, _last_quarter_s_end(store))
    printed = _text(inspector, f"{AREA}/print")
    figures = re.findall(r"[0-9,]+ of [0-9,]+: .*? interval .*?% .*? to .*? 20[0-9]{2}", printed)
    assert len(figures) >= 2
    for username in ("inspector1", "sergeant1", "analyst1", "auditor1"):
        text = _text(as_(username))
        for each in figures:
            assert each in text
        assert "60 of 200: 30% 95% interval 24% to 37%" in text
        assert "62 of 202" not in text
        assert "Counts from 1 to 4 are withheld" in text
    assert not as_("auditor1").page(AREA).links("/reports")  # which an auditor may not open


@pytest.mark.rows_by_hand
def test_a_measure_that_is_gone_from_the_definitions_is_still_shown_as_it_was(
    store: Store, measured: str, inspector: StrictClient
) -> None:
    with store.work(writes=True) as work:
        work.connection.execute(
            update(InspectionEntry).where(InspectionEntry.measure == "D1").values(measure="X9")
        )
    text = _text(inspector)
    assert "X9, which is no longer measured" in text
    assert "120 of 200: 60%" in text


@pytest.mark.rows_by_hand
def test_a_print_holds_everything_under_disclosure_control_with_its_marking(
    store: Store, force: Force, measured: str, inspector: StrictClient
) -> None:
    entered_grade(inspector)
    Ledger(store, force).record_rate(2, 2, _last_quarter_s_end(store))
    for address in ("/inspection/print", f"{AREA}/print"):
        page = inspector.page(address)
        text = " ".join(page.text().split())
        assert "OFFICIAL-SENSITIVE · printed" in text
        assert "by Inspector inspector1" in text
        assert "Requires improvement – Invented report" in text
        assert ITEM["words"] in text
        assert NOTE in text
        assert "60 of 200: 30% 95% interval" in text
        assert "62 of 202" not in text
        assert not list(page.all("details"))
        assert not page.links("/items/")
    assert "Investigating crime" not in _text(inspector, f"{AREA}/print")
    assert _events(store, "inspection.printed") == ["inspection.printed"] * 3
    with store.work(writes=False) as work:
        categories = work.session.scalars(
            select(AuditEvent.category).where(AuditEvent.name == "inspection.printed")
        )
        assert {str(each) for each in categories} == {"disclosure"}


@pytest.mark.parametrize(
    "address",
    [
        "/inspection/no-such-area",
        "/inspection/no-such-area/print",
        "/inspection/no-such-area/grades/new",
        "/inspection/no-such-area/items/new",
        f"/inspection/items/{UUID(int=0)}/move",
        f"/inspection/items/{UUID(int=0)}/evidence/{UUID(int=0)}/take-out",
        f"/inspection/grades/{UUID(int=0)}/withdraw",
    ],
)
def test_what_is_not_there_is_not_found(inspector: StrictClient, address: str) -> None:
    assert inspector.get(address).status_code == 404
    if not address.endswith(("print", "no-such-area")):
        token = inspector.page(f"{AREA}/grades/new").form().fields["csrf_token"][0]
        filled = GRADE | ITEM | {"csrf_token": token, "grade_id": str(uuid7()), "reason": NOTE}
        filled |= {"entry_id": str(uuid7()), "note": NOTE, "move": "start"}
        assert inspector.post(address, data=filled).status_code == 404


def test_free_text_is_sealed(store: Store, inspector: StrictClient) -> None:
    added_item(inspector)
    with store.work(writes=False) as work:
        [entry] = work.session.scalars(select(InspectionEntry))
    for sealed in (entry.note_sealed, entry.words_sealed, entry.owner_role_sealed):
        assert sealed is not None
        assert b"contact" not in sealed
        assert b"force" not in sealed


def test_no_page_gives_a_grade_a_colour_or_a_rank(inspector: StrictClient) -> None:
    for each in GradeWord:
        entered_grade(inspector, grade=each.value)
    classes = set()
    for element in inspector.page(AREA).root.iter():
        words = "".join(element.itertext()).strip()
        if words in {each.label for each in GradeWord}:
            classes.add((element.tag.rpartition("}")[2], element.get("class")))
    assert classes == {("strong", None)}


@pytest.mark.rows_by_hand
def test_pairs_that_were_not_asked_are_in_no_evidence(
    store: Store, force: Force, inspector: StrictClient
) -> None:
    Ledger(store, force).record(30, Outcome.UNABLE, _today(store))
    item = added_item(inspector)
    inspector.submit(f"{item}/measures/new", code="D1", note=NOTE)
    assert "0 of 0 No cases" in _text(inspector)
