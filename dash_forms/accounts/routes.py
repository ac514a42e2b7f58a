"""Pages for signing in and out, and for administrators to look after accounts."""

from __future__ import annotations

import re
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from dash_forms.accounts import commands, queries
from dash_forms.accounts.forms import AccountForm, CoverForm, PasswordForm, SignInForm
from dash_forms.config import Settings
from dash_forms.domain.audit_events import Name
from dash_forms.domain.permissions import Actor, Permission
from dash_forms.store.teams import teams
from dash_forms.store.work import Work
from dash_forms.web import sessions
from dash_forms.web.errors import error_response
from dash_forms.web.guard import current_store, permits, public
from dash_forms.web.navigation import first_page

blueprint = Blueprint("accounts", __name__, template_folder="templates")

# Browsers read a second slash, or a backslash, as the start of a host, and skip control characters.
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["dash_settings"]
    return settings


@blueprint.get("/")
@public
def home(work: Work) -> ResponseReturnValue:
    if work.actor is None:
        return redirect("/sign-in")
    return redirect(first_page(work.actor))


@blueprint.get("/session")
@public
def show_session(work: Work) -> ResponseReturnValue:
    """Who is signed in, and the token for what they send: a page asks before it sends a form."""
    actor = work.actor
    return {
        "who": str(actor.id) if actor else None,
        "sign_in": sessions.sign_in_mark(actor) if actor else None,
        "csrf": generate_csrf(),
    }


@blueprint.get("/sign-in")
@public
def show_sign_in(work: Work) -> ResponseReturnValue:
    if work.actor is not None:
        return redirect(first_page(work.actor))
    return _sign_in_page(SignInForm())


@blueprint.post("/sign-in")
@public
def sign_in(work: Work) -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form), 422
    attempt = form.command(request.remote_addr or "")
    try:
        actor = _checked(work, attempt)
    except commands.ThrottledError as error:
        form.refuse(error)
        return _sign_in_page(form), 429
    if actor is None:
        form.form_errors.append("The username or the password is not right")
        return _sign_in_page(form), 422
    sessions.begin(work, actor, _settings().session_hours)
    work.actor = actor
    work.audit(Name.SIGNED_IN, "account", actor.id)
    return redirect(_local_path(request.args.get("next", "")) or first_page(actor), 303)


def _checked(work: Work, attempt: commands.SignIn) -> Actor | None:
    """Whom the credentials stand for; a wrong try is counted, a right one ends the count."""
    # Checking a password takes a while: give back the lock that looking at the cookie took.
    work.session.rollback()
    try:
        with current_store().work(writes=False) as check:
            actor = commands.check_credentials(check, attempt, _settings())
    except commands.ThrottledError:
        work.audit(Name.SIGN_IN_THROTTLED)
        raise
    if actor is None:
        commands.record_failure(work, attempt)
    else:
        commands.forget_failures(work, attempt)
    return actor


def _sign_in_page(form: SignInForm) -> str:
    return render_template("accounts/sign_in.html", form=form)


def _local_path(target: str) -> str:
    """A path on this site, or nothing: an open redirect would lend our name to a trap."""
    return target if _LOCAL_PATH.fullmatch(target) else ""


@blueprint.get("/cover")
@public
def show_cover(_work: Work) -> ResponseReturnValue:
    """A page that says nothing, for who has no JavaScript to cover the page itself."""
    return render_template("accounts/cover.html")


@blueprint.post("/cover")
@permits(Permission.SIGN_OUT)
def open_cover(work: Work) -> ResponseReturnValue:
    """Whether this is the password of whoever covered the page; the page itself opens then."""
    form = CoverForm()
    if not form.validate():
        return error_response(422, "Enter your password")
    if form.account.data != str(work.by.id):
        return error_response(409, "Somebody else has signed in on this tablet.")
    attempt = form.command(queries.own_username(work), request.remote_addr or "")
    try:
        actor = _checked(work, attempt)
    except commands.ThrottledError as error:
        return error_response(429, error.sentence)
    if actor is None:
        return error_response(422, "The password is not right")
    work.audit(Name.COVER_OPENED, "account", actor.id)
    return {"opened": True}


@blueprint.post("/sign-out")
@permits(Permission.SIGN_OUT)
def sign_out(work: Work) -> ResponseReturnValue:
    sessions.end(work)
    work.audit(Name.SIGNED_OUT, "account", work.by.id)
    return redirect("/sign-in", 303)


@blueprint.get("/accounts")
@permits(Permission.MANAGE_ACCOUNTS)
def show_accounts(work: Work) -> ResponseReturnValue:
    return render_template("accounts/list.html", accounts=queries.accounts(work))


@blueprint.get("/accounts/new")
@permits(Permission.MANAGE_ACCOUNTS)
def new_account(work: Work) -> ResponseReturnValue:
    return render_template("accounts/new.html", form=AccountForm(teams(work)))


@blueprint.post("/accounts/new")
@permits(Permission.MANAGE_ACCOUNTS)
def add_account(work: Work) -> ResponseReturnValue:
    form = AccountForm(teams(work))
    if form.validate() and form.attempt(
        work, lambda: commands.add_account(work, form.command(), _settings())
    ):
        return redirect("/accounts", 303)
    return render_template("accounts/new.html", form=form), 422


@blueprint.get("/accounts/<uuid:account_id>/password")
@permits(Permission.MANAGE_ACCOUNTS)
def show_password(work: Work, account_id: UUID) -> ResponseReturnValue:
    return render_template(
        "accounts/password.html", form=PasswordForm(), account=queries.account(work, account_id)
    )


@blueprint.post("/accounts/<uuid:account_id>/password")
@permits(Permission.MANAGE_ACCOUNTS)
def set_password(work: Work, account_id: UUID) -> ResponseReturnValue:
    form = PasswordForm()
    account = queries.account(work, account_id)
    if form.validate() and form.attempt(
        work,
        lambda: commands.reset_password(work, account_id, form.password.data or "", _settings()),
    ):
        return redirect("/accounts", 303)
    return render_template("accounts/password.html", form=form, account=account), 422


@blueprint.get("/accounts/<uuid:account_id>/close")
@permits(Permission.MANAGE_ACCOUNTS)
def show_close(work: Work, account_id: UUID) -> ResponseReturnValue:
    return render_template("accounts/close.html", account=queries.account(work, account_id))


@blueprint.post("/accounts/<uuid:account_id>/close")
@permits(Permission.MANAGE_ACCOUNTS)
def close_account(work: Work, account_id: UUID) -> ResponseReturnValue:
    commands.close_account(work, account_id)
    return redirect("/accounts", 303)


@blueprint.post("/accounts/<uuid:account_id>/reopen")
@permits(Permission.MANAGE_ACCOUNTS)
def reopen_account(work: Work, account_id: UUID) -> ResponseReturnValue:
    commands.reopen_account(work, account_id)
    return redirect("/accounts", 303)


@blueprint.post("/accounts/<uuid:account_id>/sign-out-everywhere")
@permits(Permission.MANAGE_ACCOUNTS)
def revoke_sessions(work: Work, account_id: UUID) -> ResponseReturnValue:
    commands.revoke_sessions(work, account_id)
    return redirect("/accounts", 303)


@blueprint.get("/accounts/<uuid:account_id>/tablets")
@permits(Permission.MANAGE_ACCOUNTS)
def show_tablets(work: Work, account_id: UUID) -> ResponseReturnValue:
    return render_template(
        "accounts/tablets.html",
        account=queries.account(work, account_id),
        tablets=queries.tablets(work, account_id),
    )


@blueprint.get("/accounts/<uuid:account_id>/tablets/revoke")
@permits(Permission.MANAGE_ACCOUNTS)
def show_revoke_all(work: Work, account_id: UUID) -> ResponseReturnValue:
    account = queries.account(work, account_id)
    return render_template("accounts/revoke_tablets.html", account=account, tablet=None)


@blueprint.post("/accounts/<uuid:account_id>/tablets/revoke")
@permits(Permission.MANAGE_ACCOUNTS)
def revoke_all_tablets(work: Work, account_id: UUID) -> ResponseReturnValue:
    commands.revoke_tablet_keys(work, account_id)
    return redirect(f"/accounts/{account_id}/tablets", 303)


@blueprint.get("/accounts/<uuid:account_id>/tablets/<uuid:device_id>/revoke")
@permits(Permission.MANAGE_ACCOUNTS)
def show_revoke(work: Work, account_id: UUID, device_id: UUID) -> ResponseReturnValue:
    return render_template(
        "accounts/revoke_tablets.html",
        account=queries.account(work, account_id),
        tablet=queries.tablet(work, account_id, device_id),
    )


@blueprint.post("/accounts/<uuid:account_id>/tablets/<uuid:device_id>/revoke")
@permits(Permission.MANAGE_ACCOUNTS)
def revoke_tablet(work: Work, account_id: UUID, device_id: UUID) -> ResponseReturnValue:
    commands.revoke_tablet_keys(work, account_id, device_id)
    return redirect(f"/accounts/{account_id}/tablets", 303)
