"""What was sought, and why somebody looked, is kept for its time and no longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select

from dash_forms.store.job_runner import Runner
from dash_forms.store.models import OffenderReason, Opening, Search
from dash_forms.store.work import Store
from tests.support.client import StrictClient
from tests.support.finding import ask, found
from tests.support.force import new_incident, new_urn
from tests.support.log import last, names
from tests.support.offenders import justified

SignIn = Callable[[str], StrictClient]
KEPT = (Search, Opening, OffenderReason)


def counts(store: Store) -> list[int | None]:
    with store.work(writes=False) as work:
        return [work.connection.scalar(select(func.count()).select_from(each)) for each in KEPT]


def looked(as_: SignIn, officer: StrictClient) -> None:
    urn = new_urn()
    new_incident(officer, urn=urn)
    other = as_("officer2")
    results = found(other, ask(other, kind="reference", reference=urn))
    other.submit(results.link(urn), purpose="attending", words="Invented: at the door now")
    justified(as_("sergeant1"))


def tidy(store: Store, months: int) -> None:
    Runner(store, (), reason_months=months).tidy()


def test_what_was_sought_and_why_is_removed_after_its_months_and_the_log_keeps_its_hash(
    as_: SignIn, officer: StrictClient, store: Store
) -> None:
    looked(as_, officer)
    assert counts(store) == [1, 1, 1]
    tidy(store, 1)
    assert counts(store) == [1, 1, 1]
    made = last(store, "search.made")[1]
    with store.work(writes=True) as work:
        for model, column in ((Search, "made_at"), (Opening, "opened_at")):
            for row in work.session.scalars(select(model)):
                setattr(row, column, getattr(row, column) - timedelta(days=70))
        for reason in work.session.scalars(select(OffenderReason)):
            reason.given_at -= timedelta(days=70)
    tidy(store, 3)
    assert counts(store) == [1, 1, 1]
    tidy(store, 2)
    assert counts(store) == [0, 0, 0]
    assert last(store, "search.made")[1] == made
    assert made["sought"]
    assert last(store, "reasons.removed")[1] == {"months": 2, "number": 3}


def test_where_nothing_is_old_nothing_is_written(
    as_: SignIn, officer: StrictClient, store: Store
) -> None:
    looked(as_, officer)
    tidy(store, 1)
    assert "reasons.removed" not in names(store)
