"""Sign-in sessions: a random token in the signed cookie, its hash and its end in the database."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from flask import Flask, Response, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import bindparam, insert, select, update

from dash_forms.domain.permissions import Actor
from dash_forms.store.models import Account, SignInSession
from dash_forms.store.work import Work

_TOKEN = "token"  # noqa: S105 - the name of a key

# Put together once, because it runs on every request.
_SIGNED_IN = (
    select(
        Account.id,
        Account.display_name,
        Account.role,
        Account.team_id,
        Account.username,
    )
    .join(SignInSession, SignInSession.account_id == Account.id)
    .where(
        SignInSession.token_hash == bindparam("token_hash"),
        SignInSession.expires_at > bindparam("now"),
        SignInSession.revoked_at.is_(None),
        Account.closed_at.is_(None),
    )
)


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own signed cookies, with the serializer kept instead of made on every request.

    A cookie that did not change adds nothing to the response: as no response is ever stored, it
    need not say that it varies by cookie.
    """

    digest_method = staticmethod(hashlib.sha256)

    def __init__(self, app: Flask) -> None:
        self._serializer = super().get_signing_serializer(app)

    def get_signing_serializer(self, _app: Flask) -> URLSafeTimedSerializer | None:
        return self._serializer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.modified:
            super().save_session(app, session, response)


class SignedOutError(Exception):
    """Nobody is signed in, or the sign-in has ended."""


def token_hash(token: str) -> str:
    """What the database keeps of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def signed_in_actor(work: Work) -> Actor | None:
    """Who the request's cookie stands for, if that sign-in still holds."""
    token = session.get(_TOKEN)
    if not isinstance(token, str):
        return None
    row = work.connection.execute(
        _SIGNED_IN, {"token_hash": token_hash(token), "now": work.now}
    ).first()
    return Actor(*row) if row else None


def has_cookie() -> bool:
    """Whether the request has a cookie of ours that once stood for somebody; nothing is asked."""
    return isinstance(session.get(_TOKEN), str)


def sign_in_mark(actor: Actor) -> str:
    """What the pages of one sign-in have in common, and those of no other; it opens nothing."""
    digest = hashlib.sha256(f"mark {session.get(_TOKEN)}".encode()).hexdigest()
    return f"{actor.id}.{digest[:16]}"


def begin(work: Work, actor: Actor, hours: int) -> None:
    """Sign a browser in under a new token and a new CSRF secret; an earlier sign-in of it ends."""
    end(work)
    token = secrets.token_urlsafe(32)
    work.session.execute(
        insert(SignInSession).values(
            token_hash=token_hash(token),
            account_id=actor.id,
            created_at=work.now,
            expires_at=work.now + timedelta(hours=hours),
        )
    )
    session[_TOKEN] = token


def end(work: Work) -> None:
    """Sign this browser out, here and in the database."""
    token = session.get(_TOKEN)
    session.clear()
    if isinstance(token, str):
        work.session.execute(
            update(SignInSession)
            .where(SignInSession.token_hash == token_hash(token))
            .values(revoked_at=work.now)
        )
