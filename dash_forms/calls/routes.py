"""Pages of callers: who calls often, one of them, and matches for somebody to decide on."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.calls import commands, queries
from dash_forms.calls.feed_routes import blueprint as call_feed
from dash_forms.calls.forms import MatchForm
from dash_forms.calls.import_routes import blueprint as import_pages
from dash_forms.domain.permissions import Permission
from dash_forms.domain.repeat_calls import Rule
from dash_forms.store.work import Work
from dash_forms.web.guard import permits

blueprint = Blueprint("calls", __name__, template_folder="templates")
blueprint.register_blueprint(import_pages)
blueprint.register_blueprint(call_feed)


@blueprint.get("/callers")
@permits(Permission.VIEW_CALLERS)
def show_list(work: Work) -> ResponseReturnValue:
    found = queries.caller_list(work)
    return render_template("calls/callers.html", found=found, rules=tuple(Rule))


@blueprint.get("/callers/<uuid:caller_id>")
@permits(Permission.VIEW_CALLERS)
def show_caller(work: Work, caller_id: UUID) -> ResponseReturnValue:
    page = queries.caller_page(work, caller_id)
    return render_template("calls/caller.html", page=page, rules=tuple(Rule))


@blueprint.get("/callers/matches")
@permits(Permission.DECIDE_MATCHES)
def show_matches(work: Work) -> ResponseReturnValue:
    matches, found = queries.undecided_matches(work)
    done = request.args.get("done", "")
    return render_template("calls/matches.html", matches=matches, found=found, done=done)


@blueprint.get("/callers/matches/<uuid:match_id>")
@permits(Permission.DECIDE_MATCHES)
def show_match(work: Work, match_id: UUID) -> ResponseReturnValue:
    page = queries.match(work, match_id)
    return render_template("calls/match.html", page=page, form=MatchForm(formdata=None))


@blueprint.post("/callers/matches/<uuid:match_id>")
@permits(Permission.DECIDE_MATCHES)
def decide_match(work: Work, match_id: UUID) -> ResponseReturnValue:
    form = MatchForm()
    if form.validate() and form.attempt(
        work, lambda: commands.decide_match(work, match_id, form.command())
    ):
        return redirect(f"/callers/matches?done={form.verdict.data}", 303)
    page = queries.match(work, match_id)
    return render_template(
        "calls/match.html", page=page, form=form
    ), HTTPStatus.UNPROCESSABLE_ENTITY
