"""Pages for signing in and out, and for administrators to look after accounts."""

from __future__ import annotations

import re
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.accounts import commands, queries
from dash_forms.accounts.forms import AccountForm, PasswordForm, SignInForm
from dash_forms.config import Settings
from dash_forms.domain.audit_events import Name
from dash_forms.domain.permissions import Permission
from dash_forms.store.work import Work
from dash_forms.web import sessions
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
    # Checking a password takes a while: give back the lock that looking at the cookie took.
    work.session.rollback()
    try:
        with current_store().work(writes=False) as check:
            actor = commands.check_credentials(check, attempt, _settings())
    except commands.ThrottledError as error:
        form.refuse(error)
        work.audit(Name.SIGN_IN_THROTTLED)
        return _sign_in_page(form), 429
    if actor is None:
        commands.record_failure(work, attempt)
        form.form_errors.append("The username or the password is not right")
        return _sign_in_page(form), 422
    commands.forget_failures(work, attempt)
    sessions.begin(work, actor, _settings().session_hours)
    work.actor = actor
    work.audit(Name.SIGNED_IN, "account", actor.id)
    return redirect(_local_path(request.args.get("next", "")) or first_page(actor), 303)


def _sign_in_page(form: SignInForm) -> str:
    return render_template("accounts/sign_in.html", form=form)


def _local_path(target: str) -> str:
    """A path on this site, or nothing: an open redirect would lend our name to a trap."""
    return target if _LOCAL_PATH.fullmatch(target) else ""


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
    return render_template("accounts/new.html", form=AccountForm(queries.teams(work)))


@blueprint.post("/accounts/new")
@permits(Permission.MANAGE_ACCOUNTS)
def add_account(work: Work) -> ResponseReturnValue:
    form = AccountForm(queries.teams(work))
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
