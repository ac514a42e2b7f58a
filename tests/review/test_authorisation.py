"""A grade lower than what the count means takes two people (domain guide, scenario 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dash_forms.domain.assessment import State
from dash_forms.domain.grading import Grade
from dash_forms.domain.permissions import Actor, Role
from dash_forms.store.accounts import create_account
from dash_forms.store.grades import ledger
from dash_forms.store.work import Store
from tests.review.test_routes import assessment
from tests.support.cases import CLOSING, FOURTEEN, decide, id_of, read_all, review_of, submitted
from tests.support.client import PASSWORD, StrictClient, page_of
from tests.support.force import CHEAP, Force, answer_all, new_assessment, skip_offered

SignIn = Callable[[str], StrictClient]
BECAUSE = "Both live apart now, and the other person is in custody."


@pytest.fixture
def colleague(store: Store, force: Force, as_: SignIn) -> StrictClient:
    """A second sergeant of the same team."""
    with store.work(writes=True) as work:
        account = create_account(
            work,
            username="sergeant9",
            display_name="Sergeant sergeant9",
            role=Role.SERGEANT,
            team_id=force.actors["sergeant1"].team_id,
            password=PASSWORD,
            cost=CHEAP,
        )
        force.actors["sergeant9"] = Actor(
            account.id, account.display_name, account.role, account.team_id
        )
    return as_("sergeant9")


def asked_to_lower(officer: StrictClient, sergeant: StrictClient, force: Force) -> str:
    """A high grade that the sergeant wants to lower, and has asked the colleague about."""
    path = submitted(officer, grade="high", **FOURTEEN)
    read_all(sergeant, path)
    chosen = str(force.actors["sergeant9"].id)
    decide(sergeant, path, "regraded", grade="medium", words=BECAUSE, authoriser=chosen)
    return path


def sergeant_id(force: Force) -> str:
    return str(force.actors["sergeant1"].id)


def test_scenario_1_fifteen_yes_with_the_three_on_children_are_no_fourteen(
    officer: StrictClient,
) -> None:
    path = new_assessment(officer)
    yes = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    answer_all(officer, path, **{f"q{number}": "yes" for number in yes})
    text = officer.page(f"{path}/finish").text()
    assert "Answered “yes”15" in text
    assert "“Yes” of the 2412; from 14 on it means high" in text
    assert "12 of 24" not in text  # it raises no prompt
    assert "Only if you grade below high" not in text


def test_scenario_2_fourteen_of_the_24_and_standard_takes_somebody_else_and_a_reason(
    officer: StrictClient, sergeant: StrictClient, store: Store, force: Force
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path, **FOURTEEN)
    skip_offered(officer, path)
    low = CLOSING | {"grade": "standard"}
    page = page_of(officer.submit(f"{path}/finish", expect=422, **low))
    assert "14 of 24 topics are “yes”" in page.text()
    assert any("lower than what the count means" in each for each in page.errors)
    named = low | {"authoriser": sergeant_id(force), "authorised_because": "too short"}
    officer.submit(f"{path}/finish", expect=422, **named)
    officer.submit(f"{path}/finish", **(named | {"authorised_because": BECAUSE}))
    read_all(sergeant, path)
    decide(sergeant, path, "agreed", expect=422)
    decide(sergeant, path, "agreed", expect=422, words="Agreed, ok.")
    decide(sergeant, path, "agreed", words=BECAUSE)
    assert assessment(store, path).grade is Grade.STANDARD
    assert BECAUSE in officer.page(f"{path}/record").text()


def test_nobody_names_themselves_or_somebody_who_may_not(
    officer: StrictClient, force: Force
) -> None:
    path = new_assessment(officer)
    answer_all(officer, path, **FOURTEEN)
    skip_offered(officer, path)
    low = CLOSING | {"grade": "medium", "authorised_because": BECAUSE}
    data = officer.page(f"{path}/finish").form().filled(**low)
    for username in ("officer1", "officer3", "specialist1"):
        named = data | {"authoriser": str(force.actors[username].id)}
        assert officer.post(f"{path}/finish", data=named).status_code == 422
    assert officer.post(f"{path}/finish", data=data | {"authoriser": "x"}).status_code == 422


def test_whom_the_officer_names_is_kept_with_the_draft(officer: StrictClient, force: Force) -> None:
    path = new_assessment(officer)
    answer_all(officer, path, **FOURTEEN)
    skip_offered(officer, path)
    named: dict[str, Any] = {"authoriser": sergeant_id(force), "authorised_because": "By radio"}
    officer.submit(f"{path}/finish", later="1", **named)
    fields = officer.page(f"{path}/finish").form().fields
    assert fields["authoriser"] == [sergeant_id(force)]
    assert fields["authorised_because"] == ["By radio"]


def test_a_reviewers_lower_grade_waits_for_a_colleague_who_signs_in(
    officer: StrictClient,
    sergeant: StrictClient,
    colleague: StrictClient,
    store: Store,
    force: Force,
) -> None:
    path = submitted(officer, grade="high", **FOURTEEN)
    read_all(sergeant, path)
    low: dict[str, Any] = {"decision": "regraded", "grade": "medium", "words": BECAUSE}
    sergeant.submit(f"{review_of(path)}/decide", expect=422, **low)
    chosen = str(force.actors["sergeant9"].id)
    sent = sergeant.submit(f"{review_of(path)}/decide", **low, authoriser=chosen)
    assert sent.location == f"/reviews?done=asked&of={id_of(path)}"
    assert assessment(store, path).grade is Grade.HIGH  # nothing has changed yet
    assert "Waits for a colleague" in sergeant.page(f"{review_of(path)}?section=ending").text()
    assert sergeant.get(f"{review_of(path)}/authorise").status_code == 302  # not asked of them
    assert "You are asked to stand with a lower grade" in colleague.page("/reviews").text()
    answer = f"{review_of(path)}/authorise"
    colleague.submit(answer, expect=422, answer="agreed", words="Fine.")
    colleague.submit(answer, answer="agreed", words="Read it all, and the custody record too.")
    after = assessment(store, path)
    assert (after.grade, after.state) == (Grade.MEDIUM, State.APPROVED)  # the desk has it now
    with store.work(writes=False) as work:
        given = [(each.grade, each.given_by) for each in ledger(work, id_of(path))]
    assert given[-1][0] is Grade.MEDIUM
    assert given[-1][1] == "Sergeant sergeant1"


def test_a_refusal_leaves_the_grade_and_gives_it_back_to_the_reviewer(
    officer: StrictClient,
    sergeant: StrictClient,
    colleague: StrictClient,
    store: Store,
    force: Force,
) -> None:
    path = asked_to_lower(officer, sergeant, force)
    words = "The threats were made from custody as well."
    colleague.submit(f"{review_of(path)}/authorise", answer="refused", words=words)
    assert (assessment(store, path).grade, assessment(store, path).state) == (
        Grade.HIGH,
        State.IN_REVIEW,
    )
    decide(sergeant, path, "agreed")
    assert assessment(store, path).state is State.APPROVED


def test_whoever_is_asked_sees_that_first_and_the_line_says_for_whom_it_waits(
    officer: StrictClient, sergeant: StrictClient, colleague: StrictClient, force: Force
) -> None:
    path = asked_to_lower(officer, sergeant, force)
    page = colleague.page("/reviews")
    text = page.text()
    asked = text.index("You are asked to stand with a lower grade")
    assert asked < text.index("1 waits for a decision")
    assert "waits for you, asked to stand with a lower grade" in text
    assert "is reading it" not in text
    assert len(page.links(f"{review_of(path)}/authorise")) == 2
    text = sergeant.page("/reviews").text()
    assert "waits for Sergeant sergeant9, asked to stand with a lower grade" in text


def test_the_reviewer_sees_who_refused_why_and_which_grade(
    officer: StrictClient, sergeant: StrictClient, colleague: StrictClient, force: Force
) -> None:
    path = asked_to_lower(officer, sergeant, force)
    assert "Refused" not in sergeant.page("/reviews").text()
    words = "The threats were made from custody as well."
    colleague.submit(f"{review_of(path)}/authorise", answer="refused", words=words)
    assert "Refused: decide again" in sergeant.page("/reviews").text()
    for page in ("?section=ending", "?section=now", "/decide"):
        text = sergeant.page(f"{review_of(path)}{page}").text()
        assert "Sergeant sergeant9 does not stand with medium" in text
        assert words in text
    decide(sergeant, path, "agreed")
    text = sergeant.page(f"{review_of(path)}?section=ending").text()
    assert "Sergeant sergeant9 does not stand with medium" not in text
    before = text.split("Earlier decisions")[1]
    assert before.index("Refused to stand with medium") < before.index("Agreed")
    assert words in before


def test_asking_another_colleague_after_a_refusal_waits_again(
    officer: StrictClient,
    sergeant: StrictClient,
    colleague: StrictClient,
    force: Force,
) -> None:
    path = asked_to_lower(officer, sergeant, force)
    words = "The threats were made from custody as well."
    colleague.submit(f"{review_of(path)}/authorise", answer="refused", words=words)
    inspector = str(force.actors["inspector1"].id)
    decide(sergeant, path, "regraded", grade="medium", words=BECAUSE, authoriser=inspector)
    queue = sergeant.page("/reviews").text()
    assert "Refused: decide again" not in queue
    assert "does not stand with" not in sergeant.page(f"{review_of(path)}/decide").text()


def test_taking_back_what_was_asked_is_no_refusal(
    officer: StrictClient, sergeant: StrictClient, colleague: StrictClient, force: Force
) -> None:
    path = asked_to_lower(officer, sergeant, force)
    decide(sergeant, path, "agreed")
    assert "Refused" not in sergeant.page(f"{review_of(path)}?section=ending").text()


def test_deciding_otherwise_takes_back_what_was_asked(
    officer: StrictClient,
    sergeant: StrictClient,
    colleague: StrictClient,
    store: Store,
    force: Force,
) -> None:
    path = asked_to_lower(officer, sergeant, force)
    stale = colleague.page(f"{review_of(path)}/authorise").form()
    decide(sergeant, path, "agreed")
    late = stale.filled(answer="agreed", words="Read it all, and the custody record too.")
    assert colleague.post(f"{review_of(path)}/authorise", data=late).status_code == 409
    assert assessment(store, path).grade is Grade.HIGH


def test_what_was_asked_about_one_version_is_not_put_in_force_on_the_next(
    officer: StrictClient, colleague: StrictClient, as_: SignIn, store: Store, force: Force
) -> None:
    """Somebody else returned it meanwhile, and the officer has sent it again."""
    path = asked_to_lower(officer, as_("sergeant1"), force)
    stale = colleague.page(f"{review_of(path)}/authorise").form()
    inspector = as_("inspector1")
    inspector.submit(f"{review_of(path)}?section=ending", action=f"{review_of(path)}/open")
    decide(inspector, path, "returned", words="Say what was said of the car.")
    officer.submit(f"{path}/finish", **(CLOSING | {"grade": "high"}))
    read_all(inspector, path)
    assert "You are asked" not in colleague.page("/reviews").text()
    late = stale.filled(answer="agreed", words="Read it all, and the custody record too.")
    assert colleague.post(f"{review_of(path)}/authorise", data=late).status_code == 409
    assert assessment(store, path).grade is Grade.HIGH
