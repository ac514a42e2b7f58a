"""The application factory: joins the rooms to Flask."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import timedelta
from importlib import import_module
from typing import Any

from flask import Flask, g, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from dash_forms.calls import importing
from dash_forms.config import Settings, SettingsError, from_environment
from dash_forms.demo.force import ACCOUNTS, PASSWORD
from dash_forms.domain.checklists import ChecklistError, read_checklist
from dash_forms.domain.disclosure import Rules
from dash_forms.domain.grading import Grade
from dash_forms.domain.instruments import SetRole, current_sets, use_own_sets
from dash_forms.domain.investigations import Terms
from dash_forms.domain.permissions import Permission
from dash_forms.domain.prompts import Limits
from dash_forms.domain.referrals import TaskKind
from dash_forms.domain.review import Clocks
from dash_forms.reporting import long_exports
from dash_forms.store.crypto import load_secret, load_vault
from dash_forms.store.job_runner import Runner
from dash_forms.store.plans import count_overdue
from dash_forms.store.reoffers import count_owed
from dash_forms.store.school_calendar import school_calendar
from dash_forms.store.work import Store, Work
from dash_forms.web import (
    errors,
    guard,
    headers,
    health,
    logs,
    service_worker,
    uploads,
    web_manifest,
)
from dash_forms.web.assets import asset_url, wrap_whitenoise
from dash_forms.web.bearer import TOKEN
from dash_forms.web.filters import FILTERS
from dash_forms.web.forms import is_refused
from dash_forms.web.navigation import navigation_for
from dash_forms.web.sessions import CookieSessions, sign_in_mark

ROOMS = (
    "accounts",
    "incidents",
    "finding",
    "calls",
    "plans",
    "offenders",
    "cameras",
    "assessment",
    "declines",
    "tablets",
    "handed_over",
    "review",
    "reoffers",
    "specialist",
    "investigations",
    "reporting",
    "inspection",
    "audit",
)
KINDS = (long_exports.KIND, importing.KIND)
"""What can be done in the background."""


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from settings (from the environment when none are given)."""
    settings = settings or from_environment()
    os.umask(0o077)  # whatever is made here, the database above all, is the owner's alone
    use_own_sets(settings.instruments)
    app = Flask("dash_forms", static_folder=None)
    _configure(app, settings)
    app.session_interface = CookieSessions(app)
    app.extensions["dash_settings"] = settings
    app.extensions["dash_store"] = Store(
        settings.url,
        load_vault(settings.instance / "keys.json"),
        _clocks(settings),
        _limits(settings),
        _main_set(settings),
    )

    logs.install(app, settings.log_level)
    headers.install(app, https=settings.cookie_secure)
    uploads.install(app, settings.max_log_megabytes * 1024 * 1024)  # before any reads a form
    errors.install(app)
    csrf = CSRFProtect(app)
    guard.close_by_default(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(service_worker.blueprint)
    app.register_blueprint(web_manifest.blueprint)
    for room in ROOMS:
        app.register_blueprint(import_module(f"dash_forms.{room}.routes").blueprint)
    for view in app.view_functions.values():
        if getattr(view, "access", "") == TOKEN:
            csrf.exempt(view)  # no cookie counts there
    _furnish_templates(app, settings)
    if settings.demo:
        app.jinja_env.globals["demo_sign_in"] = {
            "password": PASSWORD,
            "accounts": ACCOUNTS,
        }

    app.wsgi_app = wrap_whitenoise(app.wsgi_app)  # type: ignore[assignment, method-assign]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    return app


def runner_of(app: Flask) -> Runner:
    """A worker for what the application's pages ask for in the background."""
    months = app.extensions["dash_settings"].reason_months
    return Runner(app.extensions["dash_store"], KINDS, reason_months=months)


def _configure(app: Flask, settings: Settings) -> None:
    limit = settings.max_body_kilobytes * 1024
    app.config.update(
        DISCLOSURE=Rules(
            settings.disclosure_smallest, settings.disclosure_rounding, settings.disclosure_fewest
        ),
        SAMPLING=_sampling(settings),
        SECRET_KEY=load_secret(settings.instance / "cookie-secret"),
        SESSION_COOKIE_NAME="__Host-dash" if settings.cookie_secure else "dash",
        SESSION_COOKIE_SECURE=settings.cookie_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        MAX_CONTENT_LENGTH=limit,
        MAX_FORM_MEMORY_SIZE=limit,
        MAX_FORM_PARTS=1_000,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        WTF_CSRF_TIME_LIMIT=None,  # a page may stay open for a whole shift; the sign-in ends it
        WTF_CSRF_SSL_STRICT=settings.cookie_secure,
        WTF_CSRF_HEADERS=["X-CSRF-Token"],
    )


def _sampling(settings: Settings) -> Terms:
    """How the force samples closed cases, with a checklist that may be its own."""
    try:
        return Terms(settings.sample_size, read_checklist(settings.checklist))
    except ChecklistError as error:
        raise SettingsError(str(error)) from error


def _main_set(settings: Settings) -> str:
    """The chosen set, which may be one of the force's own."""
    known = [each.id for each in current_sets(SetRole.MAIN)]
    if settings.main_set not in known:
        raise SettingsError(f"DASH_MAIN_SET must be one of: {', '.join(known)}")
    return settings.main_set


def _clocks(settings: Settings) -> Clocks:
    """How soon things are due in this force."""
    return Clocks(
        sending=timedelta(hours=settings.sending_hours),
        review_high=timedelta(hours=settings.review_hours_high),
        review=timedelta(hours=settings.review_hours),
        reoffer={
            Grade.HIGH: timedelta(hours=settings.reoffer_hours_high),
            Grade.MEDIUM: timedelta(hours=settings.reoffer_hours_medium),
            Grade.STANDARD: timedelta(hours=settings.reoffer_hours_standard),
        },
        reoffer_limit=settings.reoffer_limit,
        fast_form=timedelta(minutes=settings.fast_form_minutes),
        second_assessment=timedelta(hours=settings.second_assessment_hours),
        retention_years=settings.retention_years,
        plan=timedelta(days=settings.plan_days),
        school=school_calendar(settings.term_dates),
        tasks=_task_times(settings.task_hours),
    )


def _task_times(hours: Iterable[tuple[str, int]]) -> dict[TaskKind, timedelta]:
    """How soon this force wants kinds of task done; a school's next morning is fixed."""
    known = {kind.value: kind for kind in TaskKind if not kind.is_automatic}
    for name, _ in hours:
        if name not in known:
            raise SettingsError(f"DASH_TASK_HOURS names {name!r}; known are: {', '.join(known)}")
    return {known[name]: timedelta(hours=number) for name, number in hours}


def _limits(settings: Settings) -> Limits:
    """From when on this force shows a prompt."""
    return Limits(
        escalation_incidents=settings.escalation_incidents,
        escalation_months=settings.escalation_months,
        marac_repeat_months=settings.marac_repeat_months,
    )


def _furnish_templates(app: Flask, settings: Settings) -> None:
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.add_extension("jinja2.ext.loopcontrols")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=asset_url,
        frame="base.html",
        is_refused=is_refused,
        force_name=settings.force_name,
        lock_after_minutes=settings.lock_after_minutes,
        settings_demo=settings.demo,
        urn_example=settings.urn_example,
    )
    app.jinja_env.filters.update(FILTERS)

    @app.context_processor
    def page_frame() -> dict[str, Any]:
        actor = g.get("actor")
        if actor is None:
            return {}
        work: Work | None = g.get("work")
        waiting: dict[Permission, int | None] = {}
        if work is not None and actor.may(Permission.VIEW_REOFFERS):
            waiting[Permission.VIEW_REOFFERS] = count_owed(work)
        if work is not None and actor.may(Permission.VIEW_PLANS):
            waiting[Permission.VIEW_PLANS] = count_overdue(work)
        return {
            "signed_in": {
                "id": actor.id,
                "username": actor.username,
                "display_name": actor.display_name,
                "role_label": actor.role.label,
            },
            "sign_in_mark": sign_in_mark(actor),
            "navigation": navigation_for(actor, request.path, waiting),
            "actor": actor,
            "records": actor.may(Permission.RECORD_ASSESSMENTS),
        }
