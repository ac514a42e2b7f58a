"""A submission that is refused loses nothing: the way to what is owed leads away from its page."""

from __future__ import annotations

from typing import Any

from dash_forms.domain.assessment import State
from dash_forms.domain.ids import uuid7
from dash_forms.store.models import Assessment
from dash_forms.store.work import Store
from tests.support.cases import CLOSING, DECLINE, id_of
from tests.support.client import StrictClient, page_of
from tests.support.force import DUTIES, new_assessment, skip_offered, sync

FILLED: dict[str, Any] = (
    CLOSING
    | DUTIES
    | {"mode": "in_person", "seen_alone": "yes", "children": "yes", "observed": "A broken door."}
)


def declined(officer: StrictClient) -> str:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/decline", **DECLINE)
    return path


def test_what_is_offered_because_of_it_is_skipped_and_all_that_was_entered_is_still_there(
    officer: StrictClient, store: Store
) -> None:
    path = declined(officer)
    refused = officer.submit(f"{path}/finish", expect=422, **FILLED)
    assert "Each child: 6 topics" in refused.text
    skip_offered(officer, path)
    page = officer.page(f"{path}/finish")
    assert "A broken door." in page.text()
    assert page.form().filled()["grade"] == ["medium"]
    officer.post(f"{path}/finish", data=page.form().filled())
    with store.work(writes=False) as work:
        assert work.session.get_one(Assessment, id_of(path)).state is State.SUBMITTED


def test_it_can_be_put_right_on_its_own_page_as_well(officer: StrictClient, store: Store) -> None:
    path = declined(officer)
    form = officer.page(f"{path}/finish").form()
    sent = form.filled(**(FILLED | {"children": "no", "grade": None}))
    refused = officer.post(f"{path}/finish", data=sent)
    assert refused.status_code == 422
    again = page_of(refused).form().filled(grade="high")
    assert officer.post(f"{path}/finish", data=again).status_code == 303


def test_a_form_that_waited_on_a_tablet_is_applied_whole_or_not_at_all(
    officer: StrictClient, store: Store
) -> None:
    """Else its revision would be stale by what its own refusal saved."""
    path = declined(officer)
    form = officer.page(f"{path}/finish").form()
    fields = form.filled(**(FILLED | {"children": "no", "grade": None}))
    listed = [
        [name, each]
        for name, value in fields.items()
        if name != "csrf_token"
        for each in (value if isinstance(value, list) else [value])
    ]
    post: dict[str, Any] = {"op_id": str(uuid7()), "kind": "post", "path": f"{path}/finish"}
    with store.work(writes=False) as work:
        before = work.session.get_one(Assessment, id_of(path)).rev
    [receipt] = sync(officer, [post | {"fields": listed}])
    assert receipt["receipt"] == "rejected"
    with store.work(writes=False) as work:
        assert work.session.get_one(Assessment, id_of(path)).rev == before
    put_right = post | {"op_id": str(uuid7()), "fields": [*listed, ["grade", "high"]]}
    assert sync(officer, [put_right])[0]["receipt"] == "applied"
