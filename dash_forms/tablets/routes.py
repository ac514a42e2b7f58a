"""Pages and answers for the tablet itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from dash_forms.config import Settings
from dash_forms.domain.ids import NOBODYS
from dash_forms.domain.permissions import Permission
from dash_forms.store.teams import teams
from dash_forms.store.work import Work
from dash_forms.tablets import commands, queries
from dash_forms.web.assets import asset_urls
from dash_forms.web.blank import blank_page, edition
from dash_forms.web.guard import permits, public
from dash_forms.web.sessions import sign_in_mark

blueprint = Blueprint("tablets", __name__, template_folder="templates")

PASSPHRASE_AT_LEAST = 14
"""Characters, as four short words have: whoever steals a tablet's disk can try very many."""


@blueprint.get("/tablet")
@permits(Permission.RECORD_ASSESSMENTS)
def show_tablet(_work: Work) -> ResponseReturnValue:
    """The page of this tablet. It is the same for everybody, so that it can be kept."""
    settings: Settings = current_app.extensions["dash_settings"]
    return blank_page(
        "tablets/tablet.html",
        passphrase_at_least=PASSPHRASE_AT_LEAST,
        unlock_without_signal=settings.unlock_without_signal,
    )


@blueprint.get("/tablet/steps/sent")
@permits(Permission.RECORD_ASSESSMENTS)
def show_blank_sent(_work: Work) -> ResponseReturnValue:
    """Where a case ends that was entered without a signal."""
    return blank_page("tablets/sent.html", nobodys=NOBODYS)


@blueprint.get("/tablet/keys/<uuid:device_id>")
@permits(Permission.RECORD_ASSESSMENTS)
def release_key(work: Work, device_id: UUID) -> ResponseReturnValue:
    return _released(work, device_id)


@blueprint.post("/tablet/keys/<uuid:device_id>")
@permits(Permission.RECORD_ASSESSMENTS)
def make_key(work: Work, device_id: UUID) -> ResponseReturnValue:
    commands.make_key(work, device_id)
    return _released(work, device_id)


@blueprint.get("/tablet/revoked/<uuid:device_id>")
@public
def show_revoked(work: Work, device_id: UUID) -> ResponseReturnValue:
    """Whose keys to drop: a lost tablet learns it although nobody is signed in on it.

    Only the tablet itself knows its id, and it knows its owners' ids too.
    """
    return {"owners": [str(each) for each in queries.revoked_owners(work, device_id)]}


def _released(work: Work, device_id: UUID) -> dict[str, Any]:
    released = queries.release(work, device_id)
    # What a page is drawn with comes first: one that is kept can be shown.
    kept = [*asset_urls(), *queries.blank_pages(work)]
    settings: Settings = current_app.extensions["dash_settings"]
    shown = (
        *(settings.force_name, settings.urn_pattern.pattern, settings.urn_example),
        *(str(settings.lock_after_minutes), settings.unlock_without_signal),
    )
    names = (name for team in teams(work) for name in map(str, team))
    return {
        "owner": str(released.owner),
        "whose": work.by.display_name,
        "sign_in": sign_in_mark(work.by),
        "key": released.key,
        "revoked": released.is_revoked,
        "due": released.is_due,
        "envelope_point": released.envelope_point,
        "csrf": generate_csrf(),
        "now": work.now.isoformat(),
        "keep": {
            "name": f"dash-{edition([*kept, *shown, *names])}",
            "addresses": kept,
        },
    }
