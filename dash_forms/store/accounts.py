"""Creating accounts: the one way, for administrators, the command line and the demonstration."""

from __future__ import annotations

import re
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import InvalidError, NotFoundError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.permissions import Actor, Role
from dash_forms.store.models import Account, Team
from dash_forms.store.passwords import LENGTH_AT_LEAST, hasher
from dash_forms.store.work import Work

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_NEEDS_TEAM = {Role.OFFICER, Role.SERGEANT}


def create_account(
    work: Work,
    *,
    username: str,
    display_name: str,
    role: Role,
    team_id: UUID | None,
    password: str,
    cost: tuple[int, int],
    is_demo: bool = False,
) -> Account:
    """Add an account. `cost` is Argon2id's (memory in KiB, passes)."""
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise InvalidError(
            "Use 2 to 64 letters a–z, digits, dots, hyphens or underscores", field="username"
        )
    if not display_name:
        raise InvalidError("Enter the name that colleagues will see", field="display_name")
    if role in _NEEDS_TEAM and team_id is None:
        raise InvalidError("Officers and sergeants belong to a team: choose one", field="team")
    if team_id is not None and work.session.get(Team, team_id) is None:
        raise InvalidError("Choose a team from the list", field="team")
    if work.session.scalar(select(Account.id).where(Account.username == username)):
        raise InvalidError("This username is taken", field="username")
    account = Account(
        id=uuid7(),
        username=username,
        display_name=display_name,
        role=role,
        team_id=team_id,
        is_demo=is_demo,
        created_at=work.now,
    )
    set_password(account, password, cost)
    work.session.add(account)
    work.session.flush()
    work.audit(Name.ACCOUNT_CREATED, "account", account.id, role=role.value)
    return account


def set_password(account: Account, password: str, cost: tuple[int, int]) -> None:
    """Store a password's hash; a weak one is an InvalidError."""
    if len(password) < LENGTH_AT_LEAST:
        raise InvalidError(
            f"Use at least {LENGTH_AT_LEAST} characters; three random words are easy to remember",
            field="password",
        )
    if len(password) > 200:
        raise InvalidError("Use at most 200 characters", field="password")
    if account.username in password.lower():
        raise InvalidError("The password must not contain the username", field="password")
    account.password_hash = hasher(*cost).hash(password)


def has_accounts(work: Work) -> bool:
    """Whether anybody at all can be signed in."""
    return work.session.scalar(select(Account.id).limit(1)) is not None


def has_demo_accounts(work: Work) -> bool:
    """Whether this database was filled by a demonstration."""
    return work.session.scalar(select(Account.id).where(Account.is_demo).limit(1)) is not None


def actor_named(work: Work, username: str) -> Actor:
    """Whoever has this username, as rules know them, or NotFoundError."""
    account = work.session.scalar(select(Account).where(Account.username == username))
    if account is None:
        raise NotFoundError("There is no such account.")
    return Actor(account.id, account.display_name, account.role, account.team_id)


def display_names(work: Work, accounts: Collection[UUID | None]) -> dict[UUID | None, str]:
    """The names of some people by id; nobody has none."""
    wanted = [each for each in accounts if each]
    rows = work.session.execute(
        select(Account.id, Account.display_name).where(Account.id.in_(wanted))
    )
    return {row.id: row.display_name for row in rows}


def display_name(work: Work, account_id: UUID | None) -> str:
    """Somebody's name, or nothing where it is nobody."""
    return display_names(work, [account_id]).get(account_id, "")
