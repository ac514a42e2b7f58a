"""Pages for what a tablet could not get into the server, and its own way to hand that over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import InvalidError, StateError
from dash_forms.domain.handed_over import id_in, number_in
from dash_forms.domain.permissions import Permission
from dash_forms.domain.sync import Receipt
from dash_forms.handed_over import commands, queries
from dash_forms.handed_over.bundles import Bundle, bundle_in
from dash_forms.handed_over.forms import CloseForm, FileForm, NumberForm
from dash_forms.handed_over.reading import blocks, title
from dash_forms.store.envelopes import unsealed
from dash_forms.store.work import Work
from dash_forms.web.delivery import deliver
from dash_forms.web.guard import permits
from dash_forms.web.json_body import json_body

blueprint = Blueprint("handed_over", __name__, template_folder="templates")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
_MOST_ASKED = 1_000


@blueprint.get("/handed-over")
@permits(Permission.REVIEW_ASSESSMENTS)
def show_list(work: Work) -> ResponseReturnValue:
    return _list(work, FileForm(formdata=None))


@blueprint.post("/handed-over")
@permits(Permission.REVIEW_ASSESSMENTS)
def load_file(work: Work) -> ResponseReturnValue:
    """Apply what a tablet saved as a file, as its author's; what is refused is kept here."""
    form = FileForm()
    told: Counter[str] = Counter()
    sent = request.files.get("file")
    data = sent.read() if sent else b""

    def load() -> None:
        if not data:
            raise InvalidError("Choose the file that the tablet saved", field="file")
        bundle = bundle_in(work, data)
        told.update(each["receipt"] for each in _take(work, bundle))
        work.audit(
            Name.TABLET_FILE_LOADED,
            "tablet",
            bundle.device_id,
            author=str(bundle.author.id),
            **told,
        )

    if form.attempt(work, load):
        already = told[Receipt.DUPLICATE]
        saved = told[Receipt.APPLIED] + told[Receipt.CONFLICT]
        refused = told.total() - already - saved
        return redirect(f"/handed-over?saved={saved}&already={already}&refused={refused}", 303)
    work.audit(Name.TABLET_FILE_REFUSED)
    return _list(work, form), _UNPROCESSABLE


@blueprint.get("/handed-over/<uuid:case_id>")
@permits(Permission.REVIEW_ASSESSMENTS)
def show_case(work: Work, case_id: UUID) -> ResponseReturnValue:
    return _case(work, case_id)


@blueprint.post("/handed-over/<uuid:case_id>/again")
@permits(Permission.REVIEW_ASSESSMENTS)
def try_again(work: Work, case_id: UUID) -> ResponseReturnValue:
    """Apply what waits of a case, as its author's, at the time at which it was entered."""
    return _try_again(work, case_id)


@blueprint.post("/handed-over/<uuid:case_id>/number")
@permits(Permission.REVIEW_ASSESSMENTS)
def correct_number(work: Work, case_id: UUID) -> ResponseReturnValue:
    """Put a mistyped incident number right, then apply what waits."""
    form = NumberForm()
    if form.validate() and form.attempt(
        work,
        lambda: commands.correct_number(
            work, case_id, id_in(form.op_id.data), form.number.data or "", form.why.data or ""
        ),
    ):
        return _try_again(work, case_id)
    return _case(work, case_id, number_form=form), _UNPROCESSABLE


def _try_again(work: Work, case_id: UUID) -> ResponseReturnValue:
    receipts = [each for bundle in queries.bundles(work, case_id) for each in _take(work, bundle)]
    refused = sum(each["receipt"] in {commands.KEPT, Receipt.REJECTED} for each in receipts)
    saved = len(receipts) - refused
    work.audit(Name.HANDED_OVER_TRIED, "case", case_id, saved=saved, refused=refused)
    return redirect(f"/handed-over/{case_id}?saved={saved}&refused={refused}", 303)


@blueprint.post("/handed-over/<uuid:case_id>/close")
@permits(Permission.REVIEW_ASSESSMENTS)
def close(work: Work, case_id: UUID) -> ResponseReturnValue:
    form = CloseForm()
    shown = {op_id for each in request.form.getlist("op_id") if (op_id := id_in(each))}
    if form.validate() and form.attempt(
        work, lambda: commands.close(work, case_id, shown, form.words.data or "")
    ):
        return redirect("/handed-over?closed=1", 303)
    return _case(work, case_id, form), _UNPROCESSABLE


@blueprint.post("/tablet/handed-over")
@permits(Permission.RECORD_ASSESSMENTS)
def hand_over(work: Work) -> ResponseReturnValue:
    """Take what POST /sync takes, try it once more, and keep for a supervisor what is refused.

    The body is that of /sync, with the tablet's id as `device`; `handed_over` is the receipt of
    what is kept here.
    """
    body = json_body()
    device_id = id_in(body.get("device")) if isinstance(body, Mapping) else None
    if device_id is None:
        raise InvalidError("This is not an identifier (a UUID)", field="device")
    if body.get("author") not in (None, str(work.by.id)):
        raise StateError("Somebody else is signed in now. What was recorded waits for its author.")
    operations = body.get("operations")
    if not isinstance(operations, list) or not operations:
        raise InvalidError("Send at least one operation", field="operations")
    bundle = Bundle(work.by, device_id, operations, _moment(body.get("sent_at")))
    return {"version": 1, "receipts": _take(work, bundle)}


@blueprint.post("/tablet/arrived")
@permits(Permission.RECORD_ASSESSMENTS)
def tell_arrived(work: Work) -> ResponseReturnValue:
    """Of operations that were refused, those that have come another way since: from a file.

    The body is that of /sync. Nothing is applied: what is not here has no receipt.
    """
    body = json_body()
    operations = body.get("operations") if isinstance(body, Mapping) else None
    if not isinstance(operations, list) or len(operations) > _MOST_ASKED:
        raise InvalidError(f"Send at most {_MOST_ASKED} operations", field="operations")
    asked = [id_in(each.get("op_id")) for each in operations if isinstance(each, Mapping)]
    found = queries.arrived(work, [each for each in asked if each])
    return {
        "version": 1,
        "receipts": [
            {"op_id": str(each), "receipt": Receipt.DUPLICATE.value} for each in sorted(found)
        ],
    }


def _moment(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        at = None
    if text is not None and (at is None or at.tzinfo is None):
        raise InvalidError("This is not a time with a zone (ISO 8601)", field="sent_at")
    return at


def _take(work: Work, bundle: Bundle) -> list[dict[str, Any]]:
    """Deliver, keep what is refused, and answer for each. What a supervisor closed stays closed."""
    known, author = queries.known(work, bundle), bundle.author
    closed = {op_id for op_id, operation in known.items() if operation is None}
    wanted = []
    for each in bundle.operations:
        op_id = id_in(each.get("op_id")) if isinstance(each, dict) else None
        if op_id not in closed:
            wanted.append(known.get(op_id, unsealed(each, author.id, work.vault.open_envelope)))
    bundle = replace(bundle, operations=wanted)
    receipts = commands.settle(work, bundle, deliver(work, author, wanted, bundle.sent_at))
    return receipts + [{"op_id": str(each), "receipt": Receipt.DUPLICATE} for each in closed]


def _list(work: Work, form: FileForm) -> str:
    found = queries.listed(work)
    counts = {name: request.args.get(name, 0, type=int) for name in _COUNTS}
    return render_template("handed_over/list.html", found=found, form=form, title=title, **counts)


def _case(
    work: Work,
    case_id: UUID,
    form: CloseForm | None = None,
    number_form: NumberForm | None = None,
) -> str:
    cases = queries.case(work, case_id)
    correctable = next(filter(None, (each.correctable for each in cases)), None)
    if correctable and number_form is None:
        entered = {"op_id": correctable.op_id, "number": number_in(correctable.operation)}
        number_form = NumberForm(formdata=None, data=entered)
    read = [(each, list(blocks(work, each))) for each in cases]
    counts = {name: request.args.get(name, type=int) for name in ("saved", "refused")}
    return render_template(
        "handed_over/case.html",
        read=read,
        case_id=case_id,
        waiting=[entry for each in cases for entry in each.open],
        form=form or CloseForm(formdata=None),
        number_form=number_form,
        **counts,
    )


_COUNTS = ("saved", "already", "refused", "closed")
