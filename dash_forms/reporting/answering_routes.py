"""The page of calls to 101."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, redirect, render_template

from dash_forms.domain.answering import ANSWERING_MEASURES, Result
from dash_forms.domain.audit_events import Name
from dash_forms.domain.permissions import Permission
from dash_forms.reporting.answering import answering_figures, target_of, verdict_words
from dash_forms.reporting.answering_exports import make_answering_export
from dash_forms.reporting.filters import filter_form
from dash_forms.web.disclosure import rules_in_force
from dash_forms.web.guard import permits

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from dash_forms.config import Settings
    from dash_forms.domain.baselines import Baseline
    from dash_forms.store.work import Work

blueprint = Blueprint("answering", __name__)


@blueprint.get("/reports/101-calls")
@permits(Permission.VIEW_ANSWERING)
def show(work: Work) -> ResponseReturnValue:
    """Show A1 of the days in the address, or of the usual ones if it names none."""
    form = filter_form(work)
    wanted = form.filter()
    template = "reporting/answering.html"
    if wanted is None:
        return render_template(template, form=form, figures=None, measures=ANSWERING_MEASURES), 400
    target = _target()
    work.audit(
        Name.REPORT_VIEWED,
        "report",
        "101-calls",
        start=wanted.period.start.isoformat(),
        end=wanted.period.end.isoformat(),
    )
    figures = answering_figures(work, wanted.period, target)
    return render_template(
        template,
        form=form,
        figures=figures,
        measures=ANSWERING_MEASURES,
        verdict_words=verdict_words,
        results=tuple(Result),
    )


@blueprint.post("/reports/101-calls/exports")
@permits(Permission.VIEW_REPORTS)
def export(work: Work) -> ResponseReturnValue:
    """Keep the figures of the days in the address, and show what was kept."""
    wanted = filter_form(work).filter()
    if wanted is None:
        return redirect("/reports/101-calls", 303)  # the page offers no such days
    made = make_answering_export(work, wanted.period, _target(), rules_in_force())
    return redirect(f"/reports/exports/{made}", 303)


def _target() -> Baseline:
    settings: Settings = current_app.extensions["dash_settings"]
    return target_of(settings.abandonment_target_percent)
