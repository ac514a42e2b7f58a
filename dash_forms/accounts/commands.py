"""Signing in, and what administrators do to accounts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update

from dash_forms.config import Settings
from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import InvalidError, NotFoundError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.permissions import Actor, Role
from dash_forms.store.accounts import create_account, set_password
from dash_forms.store.models import Account, SignInFailure, SignInSession, TabletKey
from dash_forms.store.passwords import matches, nobodys_hash
from dash_forms.store.work import Work

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SignIn:
    """What somebody typed to sign in, and from which address."""

    username: str
    password: str
    address: str


class ThrottledError(InvalidError):
    """Too many failures lately: even the right password has to wait."""


def check_credentials(work: Work, attempt: SignIn, settings: Settings) -> Actor | None:
    """Whom these credentials stand for, or None; or ThrottledError.

    Runs on a read-only unit of work: checking a password takes a while, and nothing may be locked
    meanwhile. An unknown username costs as much time as a wrong password.
    """
    _refuse_if_throttled(work, attempt, settings)
    account = work.session.scalar(
        select(Account).where(Account.username == attempt.username.strip().lower())
    )
    cost = (settings.argon2_memory_kib, settings.argon2_rounds)
    stored = account.password_hash if account else nobodys_hash(*cost)
    if not matches(stored, attempt.password, *cost) or account is None or account.closed_at:
        return None
    if account.is_demo and not settings.demo:
        return None  # its password is public
    return Actor(account.id, account.display_name, account.role, account.team_id)


def record_failure(work: Work, attempt: SignIn) -> None:
    """Keep a failed sign-in for the throttle, and forget those that no longer count."""
    work.session.execute(delete(SignInFailure).where(SignInFailure.at < work.now - WINDOW))
    work.session.add(
        SignInFailure(
            id=uuid7(),
            username_hash=_hash(attempt.username.strip().lower()),
            address_hash=_hash(attempt.address),
            at=work.now,
        )
    )
    known = work.session.scalar(
        select(Account.id).where(Account.username == attempt.username.strip().lower())
    )
    work.audit(Name.SIGN_IN_FAILED, "account", known or "")


def forget_failures(work: Work, attempt: SignIn) -> None:
    """A right password ends the count for its username."""
    work.session.execute(
        delete(SignInFailure).where(
            SignInFailure.username_hash == _hash(attempt.username.strip().lower())
        )
    )


def _refuse_if_throttled(work: Work, attempt: SignIn, settings: Settings) -> None:
    since = work.now - WINDOW
    by_name = SignInFailure.username_hash == _hash(attempt.username.strip().lower())
    by_address = SignInFailure.address_hash == _hash(attempt.address)
    if (
        _failures(work, by_name, since) >= settings.sign_in_attempts
        or _failures(work, by_address, since) >= settings.sign_in_attempts_per_address
    ):
        raise ThrottledError("Too many failed sign-ins. Wait 15 minutes, then try again.")


def _failures(work: Work, whose: ColumnElement[bool], since: datetime) -> int:
    counted = select(func.count()).select_from(SignInFailure)
    return work.session.scalar(counted.where(whose, SignInFailure.at > since)) or 0


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account as an administrator describes it."""

    username: str
    display_name: str
    role: Role
    team_id: UUID | None
    password: str


def add_account(work: Work, new: NewAccount, settings: Settings) -> Account:
    """Create an account; a taken username or a weak password is an InvalidError."""
    return create_account(
        work,
        username=new.username,
        display_name=new.display_name,
        role=new.role,
        team_id=new.team_id,
        password=new.password,
        cost=(settings.argon2_memory_kib, settings.argon2_rounds),
    )


def close_account(work: Work, account_id: UUID) -> None:
    """Stop an account from signing in, and sign it out everywhere."""
    if account_id == work.by.id:
        raise InvalidError("You cannot close your own account; ask another administrator")
    account = _account(work, account_id)
    account.closed_at = account.closed_at or work.now
    work.audit(Name.ACCOUNT_CLOSED, "account", account_id)
    revoke_sessions(work, account_id)


def reopen_account(work: Work, account_id: UUID) -> None:
    """Let a closed account sign in again."""
    _account(work, account_id).closed_at = None
    work.audit(Name.ACCOUNT_REOPENED, "account", account_id)


def revoke_sessions(work: Work, account_id: UUID) -> None:
    """Sign a person out everywhere."""
    _account(work, account_id)
    work.session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.revoked_at.is_(None))
        .values(revoked_at=work.now)
    )
    work.audit(Name.SESSIONS_REVOKED, "account", account_id)


def reset_password(work: Work, account_id: UUID, password: str, settings: Settings) -> None:
    """Give an account a new password, and sign it out everywhere."""
    account = _account(work, account_id)
    set_password(account, password, (settings.argon2_memory_kib, settings.argon2_rounds))
    work.audit(Name.PASSWORD_SET, "account", account_id)
    revoke_sessions(work, account_id)


def revoke_tablet_keys(work: Work, account_id: UUID, device_id: UUID | None = None) -> None:
    """Give an account's key out no more: on one tablet, or on all of them."""
    _account(work, account_id)
    keys = select(TabletKey).where(TabletKey.account_id == account_id).with_for_update()
    if device_id is not None:
        keys = keys.where(TabletKey.device_id == device_id)
    found = work.session.scalars(keys).all()
    if device_id is not None and not found:
        raise NotFoundError("This account has no key on such a tablet.")
    for key in found:
        if key.revoked_at is None:
            key.revoked_at = work.now
            account = str(account_id)
            work.audit(Name.TABLET_KEY_REVOKED, "tablet", key.device_id, account=account)


def _account(work: Work, account_id: UUID) -> Account:
    account = work.session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise NotFoundError("There is no such account.")
    return account
