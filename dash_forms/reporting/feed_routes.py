"""Addresses of the feed, which programs read, and of its tokens, which administrators make."""

from __future__ import annotations

import hashlib
import json
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request

from dash_forms.domain.feed import Place, read_query
from dash_forms.domain.periods import london_date
from dash_forms.domain.permissions import Permission
from dash_forms.reporting import feed, feed_tokens
from dash_forms.reporting.feed_forms import FeedTokenForm
from dash_forms.reporting.feed_openapi import openapi
from dash_forms.store.teams import teams
from dash_forms.web.bearer import with_token
from dash_forms.web.disclosure import rules_in_force
from dash_forms.web.guard import permits, public
from dash_forms.web.headers import FEED

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from dash_forms.store.feed_tokens import Reader
    from dash_forms.store.work import Work

blueprint = Blueprint("feed", __name__)


@blueprint.get(f"{FEED}openapi.json")
@public
def show_openapi(_work: Work) -> ResponseReturnValue:
    """What can be asked of the feed, and how it answers; nothing of anybody is in it."""
    return _answer(openapi())


@blueprint.get(f"{FEED}figures")
@with_token
def figures(work: Work, reader: Reader) -> Response:
    given = request.args.to_dict()
    page = feed.figures(work, reader, read_query(given, london_date(work.now)), rules_in_force())
    following = _address_of(page.following, given) if page.following else None
    response = _answer({**page.document, "next": following})
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


@blueprint.get(f"{FEED}measures")
@with_token
def measures(work: Work, reader: Reader) -> Response:
    return _answer(feed.measures(work, reader))


@blueprint.get(f"{FEED}measures/<code>")
@with_token
def measure(work: Work, reader: Reader, code: str) -> Response:
    return _answer(feed.measure(work, reader, code))


@blueprint.get(f"{FEED}baselines")
@with_token
def baselines(work: Work, reader: Reader) -> Response:
    return _answer(feed.rates_to_compare_with(work, reader, rules_in_force()))


@blueprint.get(f"{FEED}teams")
@with_token
def show_teams(work: Work, reader: Reader) -> Response:
    return _answer(feed.teams_to_read(work, reader))


def _address_of(place: Place, given: dict[str, str]) -> str:
    return f"{FEED}figures?{urlencode({**given, 'cursor': place.cursor})}"


def _answer(document: feed.Document) -> Response:
    """The document, or 304 where the program has it. The time of it is in no body, or no two
    answers would be the same: the server's `Date` says it."""
    body = json.dumps(document, ensure_ascii=False)
    response = Response(body, content_type="application/json")
    response.set_etag(hashlib.sha256(body.encode()).hexdigest())
    response.make_conditional(request)
    response.headers.pop("Date", None)  # the server’s own is enough
    return response


@blueprint.get("/feed/tokens")
@permits(Permission.MANAGE_FEED_TOKENS)
def show_tokens(work: Work) -> ResponseReturnValue:
    return render_template(
        "reporting/feed_tokens.html",
        tokens=feed_tokens.tokens(work),
        is_revoked="revoked" in request.args,
    )


@blueprint.get("/feed/tokens/new")
@permits(Permission.MANAGE_FEED_TOKENS)
def new_token(work: Work) -> ResponseReturnValue:
    return render_template("reporting/new_feed_token.html", form=FeedTokenForm(teams(work)))


@blueprint.post("/feed/tokens/new")
@permits(Permission.MANAGE_FEED_TOKENS)
def make_token(work: Work) -> ResponseReturnValue:
    """Show the token in the answer itself: nothing keeps it from which a page could show it."""
    form = FeedTokenForm(teams(work))
    made: list[str] = []
    if form.validate() and form.attempt(
        work, lambda: made.append(feed_tokens.make_token(work, form.command()))
    ):
        work.flush()
        row = feed_tokens.token(work, form.command().id)
        return render_template("reporting/feed_token_made.html", token=made[0], row=row)
    page = render_template("reporting/new_feed_token.html", form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/feed/tokens/<uuid:token_id>/revoke")
@permits(Permission.MANAGE_FEED_TOKENS)
def show_revoke(work: Work, token_id: UUID) -> ResponseReturnValue:
    row = feed_tokens.token(work, token_id)
    return render_template("reporting/revoke_feed_token.html", row=row)


@blueprint.post("/feed/tokens/<uuid:token_id>/revoke")
@permits(Permission.MANAGE_FEED_TOKENS)
def revoke_token(work: Work, token_id: UUID) -> ResponseReturnValue:
    feed_tokens.revoke_token(work, token_id)
    return redirect("/feed/tokens?revoked", 303)
