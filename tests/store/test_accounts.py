"""Creating accounts: what a username, a role and a password have to be."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.permissions import Role
from dash_forms.store.accounts import create_account, has_accounts, has_demo_accounts
from dash_forms.store.models import Account, AuditEvent, Team
from dash_forms.store.passwords import matches
from dash_forms.store.work import Store, Work
from tests.support.force import CHEAP, Force

GOOD: dict[str, Any] = {
    "username": "pc4711",
    "display_name": "PC 4711 Invented",
    "role": Role.ANALYST,
    "team_id": None,
    "password": "three plain words",
}


def create(work: Work, **values: Any) -> Account:
    return create_account(work, cost=CHEAP, **(GOOD | values))


def refused(store: Store, **values: Any) -> str | None:
    with store.work(writes=True) as work, pytest.raises(InvalidError) as caught:
        create(work, **values)
    return caught.value.field


def test_an_account_is_stored_with_a_hash_and_an_event(store: Store) -> None:
    with store.work(writes=True) as work:
        create(work, username="  PC4711 ")
    with store.work(writes=False) as work:
        account = work.session.scalars(select(Account)).one()
        event = work.session.scalars(select(AuditEvent)).one()
    assert account.username == "pc4711"
    assert matches(account.password_hash, GOOD["password"], *CHEAP)
    assert (event.name, event.subject_id) == ("account.created", str(account.id))
    assert "Invented" not in event.detail


@pytest.mark.parametrize("username", ["", "x", "a b", "-abc", "ünal", "a" * 65, "pc/4711", "p\nc"])
def test_an_unusable_username_is_refused(store: Store, username: str) -> None:
    assert refused(store, username=username) == "username"


@pytest.mark.parametrize("taken", ["officer1", "OFFICER1", " officer1 "])
def test_a_username_that_is_taken_is_refused_whatever_its_case(
    store: Store, force: Force, taken: str
) -> None:
    assert refused(store, username=taken) == "username"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SERGEANT])
def test_those_at_the_door_belong_to_a_team(store: Store, role: Role) -> None:
    assert refused(store, role=role) == "team"


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.OFFICER, Role.SERGEANT}])
def test_the_others_need_none(store: Store, role: Role) -> None:
    with store.work(writes=True) as work:
        assert create(work, role=role).team_id is None


def test_a_team_that_does_not_exist_is_refused(store: Store) -> None:
    assert refused(store, role=Role.OFFICER, team_id=uuid7()) == "team"


@pytest.mark.parametrize(
    "password", ["", "x" * 11, "x" * 201, "my pc4711 password", "MY PC4711 PASSWORD"]
)
def test_a_weak_password_is_refused(store: Store, password: str) -> None:
    assert refused(store, password=password) == "password"


def test_a_name_that_colleagues_see_is_needed(store: Store) -> None:
    assert refused(store, display_name="") == "display_name"


def test_a_refused_account_leaves_no_row(store: Store) -> None:
    refused(store, password="short")
    with store.work(writes=False) as work:
        assert not has_accounts(work)


def test_a_demonstration_is_known_by_its_accounts(store: Store) -> None:
    with store.work(writes=True) as work:
        work.session.add(Team(id=uuid7(), name="North"))
        create(work)
        assert has_accounts(work)
        assert not has_demo_accounts(work)
        create(work, username="officer9", is_demo=True)
        assert has_demo_accounts(work)
