"""Two officers on one case: nothing of a colleague's is overwritten or settled in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.client import StrictClient, page_of
from tests.support.force import answer_all, new_assessment, operation, sync

SignIn = Callable[[str], StrictClient]
CLOSING: dict[str, Any] = {"children": "no", "grade": "high", "rationale": "Blood on the wall."}


def test_a_gate_on_a_stale_page_keeps_what_a_colleague_recorded(as_: SignIn) -> None:
    officer, colleague = as_("officer1"), as_("officer3")
    path = new_assessment(officer)
    stale = officer.page(path).form("/sections/children")
    case = path.rsplit("/", 1)[1]
    sync(colleague, [operation(case, 11, "yes", note="Hit the boy last week")])
    officer.post(f"{path}/gates/no_children", data=stale.filled(close="1"))
    page = officer.page(path).text()
    assert "Two answers were saved" in page
    assert "Hit the boy last week" in page


def test_a_gate_settles_no_conflict(as_: SignIn) -> None:
    officer = as_("officer1")
    path = new_assessment(officer)
    case = path.rsplit("/", 1)[1]
    receipts = sync(officer, [operation(case, 11, "yes"), operation(case, 11, "no")])
    assert [each["receipt"] for each in receipts] == ["applied", "conflict"]
    form = officer.page(path).form("/sections/children")
    response = officer.post(f"{path}/gates/no_children", data=form.filled(close="1"))
    assert response.status_code == 422
    assert "Two answers were saved" in officer.page(path).text()


def test_the_last_page_saved_elsewhere_shows_both_before_it_replaces_anything(as_: SignIn) -> None:
    officer, colleague = as_("officer1"), as_("officer3")
    path = new_assessment(officer)
    stale = officer.page(f"{path}/finish").form()
    colleague.submit(f"{path}/finish", observed="Blood on the wall", grade="high", later="1")
    response = officer.post(
        f"{path}/finish", data=stale.filled(observed="Quiet", grade="standard", later="1")
    )
    assert response.status_code == 409
    page = page_of(response)
    assert "Blood on the wall" in page.text()
    assert page.form().fields["observed"] == ["Quiet"]
    officer.post(f"{path}/finish", data=page.form().filled(later="1"))
    assert officer.page(f"{path}/finish").form().fields["observed"] == ["Quiet"]


def test_a_second_and_different_submission_is_refused(officer: StrictClient) -> None:
    path = new_assessment(officer)
    answer_all(officer, path)
    form = officer.page(f"{path}/finish").form()
    first = form.filled(**CLOSING | {"rationale": "Blood on the wall of the hall."})
    assert officer.post(f"{path}/finish", data=first).status_code == 303
    assert officer.post(f"{path}/finish", data=first).status_code == 303
    assert officer.post(f"{path}/finish", data=first | {"grade": "standard"}).status_code == 409


def test_the_record_names_who_opened_the_case_and_who_graded_it(as_: SignIn) -> None:
    officer, colleague = as_("officer1"), as_("officer3")
    path = new_assessment(officer)
    answer_all(officer, path)
    colleague.submit(f"{path}/finish", **CLOSING | {"rationale": "Blood on the wall of the hall."})
    record = officer.page(f"{path}/record").text()
    assert "Opened byResponse officer officer1" in record
    assert "Response officer officer3, response officer" in record.partition("Grades so far")[2]


def test_an_answer_made_on_one_that_was_in_conflict_does_not_settle_it_unseen(as_: SignIn) -> None:
    officer, colleague = as_("officer1"), as_("officer3")
    case = new_assessment(officer).rsplit("/", 1)[1]
    sync(colleague, [operation(case, 5, "yes")])
    kept = operation(case, 5, "no")
    [receipt] = sync(officer, [kept])
    assert receipt | {"receipt": "conflict", "rev": 2} == receipt
    # The tablet has not heard that, and has counted two answers of its own as two revisions.
    then = operation(case, 5, "no", note="Said twice", base_rev=2, after=kept["op_id"])
    [receipt] = sync(officer, [then])
    assert receipt["receipt"] == "conflict"
    # On the page that shows both, nothing of this tablet's own is what the tap was made on.
    [receipt] = sync(officer, [operation(case, 5, "yes", base_rev=3)])
    assert receipt["receipt"] == "applied"


def test_an_answer_made_on_a_refused_one_does_not_replace_a_colleagues(as_: SignIn) -> None:
    officer, colleague = as_("officer1"), as_("officer3")
    case = new_assessment(officer).rsplit("/", 1)[1]
    refused = operation(case, 5, "no", note="x" * 5001)
    [receipt] = sync(officer, [refused])
    assert receipt["receipt"] == "rejected"
    sync(colleague, [operation(case, 5, "yes")])
    # The tablet has counted the refused answer as the first revision.
    then = operation(case, 5, "dont_know", base_rev=1, after=refused["op_id"])
    [receipt] = sync(officer, [then])
    assert receipt["receipt"] == "conflict"


def test_an_answer_made_before_its_receipt_came_does_not_settle_a_conflict_unseen(
    as_: SignIn,
) -> None:
    """The page has the answer from the server, and counts it again because it still waits."""
    officer, colleague = as_("officer1"), as_("officer3")
    case = new_assessment(officer).rsplit("/", 1)[1]
    own = operation(case, 4, "yes")
    sync(officer, [own])
    [receipt] = sync(colleague, [operation(case, 4, None, note="Asked again later")])
    assert receipt | {"receipt": "conflict", "rev": 2} == receipt
    then = operation(case, 4, "declined", base_rev=2, after=own["op_id"])
    [receipt] = sync(officer, [then])
    assert receipt["receipt"] == "conflict"


def test_an_answer_made_before_its_receipt_came_does_not_replace_a_later_one(as_: SignIn) -> None:
    officer, colleague = as_("officer1"), as_("officer3")
    case = new_assessment(officer).rsplit("/", 1)[1]
    own = operation(case, 4, "yes")
    sync(officer, [own])
    [receipt] = sync(colleague, [operation(case, 4, "no", base_rev=1)])
    assert receipt | {"receipt": "applied", "rev": 2} == receipt
    then = operation(case, 4, "declined", base_rev=2, after=own["op_id"])
    [receipt] = sync(officer, [then])
    assert receipt["receipt"] == "conflict"


def test_whoever_said_the_same_as_a_colleague_may_go_on_from_there(as_: SignIn) -> None:
    officer, colleague = as_("officer1"), as_("officer3")
    case = new_assessment(officer).rsplit("/", 1)[1]
    sync(officer, [operation(case, 4, "yes")])
    same = operation(case, 4, "yes")
    [receipt] = sync(colleague, [same])
    assert receipt | {"receipt": "applied", "rev": 1} == receipt
    then = operation(case, 4, "no", base_rev=1, after=same["op_id"])
    [receipt] = sync(colleague, [then])
    assert receipt | {"receipt": "applied", "rev": 2} == receipt
