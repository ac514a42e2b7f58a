"""Pages for ending an assessment: declined, could not be done, not offered, exempt."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.declines import commands, queries
from dash_forms.declines.forms import DeclineForm, EndingForm
from dash_forms.domain.declines import (
    Ending,
    GivenReason,
    Reason,
    RecordedReasons,
    proposals,
    proposed_unable,
    reasons_for,
)
from dash_forms.domain.ids import NOBODYS
from dash_forms.domain.permissions import Permission
from dash_forms.store.work import Work
from dash_forms.web.blank import blank_page
from dash_forms.web.guard import permits
from dash_forms.web.waited_posts import may_wait

blueprint = Blueprint("declines", __name__, template_folder="templates")

_TITLES = {
    Ending.UNABLE: "Cannot be done now",
    Ending.NOT_OFFERED: "Was not offered",
    Ending.EXEMPT: "Exempt from assessment",
}
_PATHS = {
    "unable": Ending.UNABLE,
    "not-offered": Ending.NOT_OFFERED,
    "exempt": Ending.EXEMPT,
}


@blueprint.get("/tablet/steps/decline")
@permits(Permission.RECORD_ASSESSMENTS)
def show_blank_decline(_work: Work) -> ResponseReturnValue:
    reasons = reasons_for(Ending.DECLINED)
    page = queries.EndingPage(NOBODYS)
    return blank_page(
        "declines/decline.html",
        page=page,
        form=DeclineForm(),
        reasons=reasons,
        proposals=proposals(),
    )


@blueprint.get("/tablet/steps/<any('unable', 'not-offered', 'exempt'):ending>")
@permits(Permission.RECORD_ASSESSMENTS)
def show_blank_ending(_work: Work, ending: str) -> ResponseReturnValue:
    form = EndingForm(_PATHS[ending])
    page = queries.EndingPage(NOBODYS)
    return blank_page("declines/ending.html", page=page, form=form, title=_TITLES[form.ending])


@blueprint.get("/assessments/<uuid:assessment_id>/decline")
@permits(Permission.RECORD_ASSESSMENTS)
def show_decline(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    return _decline_page(work, assessment_id, DeclineForm())


@blueprint.post("/assessments/<uuid:assessment_id>/decline")
@may_wait("Victim declines", lambda _work, **_: DeclineForm())
@permits(Permission.RECORD_ASSESSMENTS)
def record_decline(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    form = DeclineForm()
    if not form.validate():
        return _decline_page(work, assessment_id, form), 422
    proposed = proposed_unable(
        GivenReason(form.primary.data or "", form.basis.member, form.text.data or "")
    )
    as_unable = proposed is not None and "as_unable" in request.form
    if proposed and not as_unable and "still_declined" not in request.form:
        return _decline_page(work, assessment_id, form, proposed=proposed)

    def record() -> None:
        reasons = _as_unable(form, proposed) if proposed and as_unable else form.command()
        commands.record_ending(work, assessment_id, reasons)

    if form.attempt(work, record):
        return redirect(f"/assessments/{assessment_id}/finish", 303)
    return _decline_page(work, assessment_id, form), 422


def _as_unable(form: DeclineForm, proposed: Reason) -> RecordedReasons:
    primary = GivenReason(proposed.code, form.basis.member, form.text.data or "")
    return RecordedReasons(Ending.UNABLE, primary)


def _decline_page(
    work: Work, assessment_id: UUID, form: DeclineForm, *, proposed: Reason | None = None
) -> str:
    page = queries.ending_page(work, assessment_id)
    return render_template(
        "declines/decline.html",
        page=page,
        form=form,
        proposed=proposed,
        reasons=reasons_for(Ending.DECLINED),
    )


@blueprint.get("/assessments/<uuid:assessment_id>/<any('unable', 'not-offered', 'exempt'):ending>")
@permits(Permission.RECORD_ASSESSMENTS)
def show_ending(work: Work, assessment_id: UUID, ending: str) -> ResponseReturnValue:
    return _ending_page(work, assessment_id, EndingForm(_PATHS[ending]))


@blueprint.post("/assessments/<uuid:assessment_id>/<any('unable', 'not-offered', 'exempt'):ending>")
@may_wait("How it ended", lambda _work, ending, **_: EndingForm(_PATHS[ending]))
@permits(Permission.RECORD_ASSESSMENTS)
def record_ending(work: Work, assessment_id: UUID, ending: str) -> ResponseReturnValue:
    form = EndingForm(_PATHS[ending])
    if form.validate() and form.attempt(
        work, lambda: commands.record_ending(work, assessment_id, form.command())
    ):
        last_page = "record" if form.ending is Ending.EXEMPT else "finish"
        return redirect(f"/assessments/{assessment_id}/{last_page}", 303)
    return _ending_page(work, assessment_id, form), 422


def _ending_page(work: Work, assessment_id: UUID, form: EndingForm) -> str:
    page = queries.ending_page(work, assessment_id)
    return render_template("declines/ending.html", page=page, form=form, title=_TITLES[form.ending])


@blueprint.post("/assessments/<uuid:assessment_id>/resume")
@may_wait("The assessment goes on")
@permits(Permission.RECORD_ASSESSMENTS)
def resume(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    commands.resume(work, assessment_id)
    return redirect(f"/assessments/{assessment_id}", 303)
