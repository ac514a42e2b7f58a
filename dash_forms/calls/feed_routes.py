"""The address to which another program sends call logs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from dash_forms.calls.receiving import receive
from dash_forms.domain.logs import Log
from dash_forms.web.bearer import with_token_to_send
from dash_forms.web.json_body import json_body

if TYPE_CHECKING:
    from dash_forms.store.feed_tokens import Reader
    from dash_forms.store.work import Work

blueprint = Blueprint("call_feed", __name__)


@blueprint.post("/calls/v1/<any('calls', 'answering'):log>")
@with_token_to_send
def take_rows(work: Work, reader: Reader, log: str) -> Response:
    found = receive(work, reader.id, Log(log), json_body())
    return Response(json.dumps(found), content_type="application/json")
