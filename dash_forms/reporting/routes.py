"""Addresses of the reports: the decline rate as a page and as a JSON document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request

from dash_forms.domain.audit_events import Name
from dash_forms.domain.periods import london_date
from dash_forms.domain.permissions import Permission
from dash_forms.domain.report_counts import FORCE
from dash_forms.reporting.baseline_routes import blueprint as baseline_pages
from dash_forms.reporting.baselines import baselines, limits_from
from dash_forms.reporting.charts import DeclineCharts
from dash_forms.reporting.forms import DeclineFilterForm
from dash_forms.reporting.queries import (
    decline_counts,
    decline_figures,
    sets_to_choose,
    teams_to_choose,
)
from dash_forms.web.errors import problem
from dash_forms.web.guard import permits

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from dash_forms.reporting.figures import DeclineFilter
    from dash_forms.store.work import Work

blueprint = Blueprint("reporting", __name__, template_folder="templates")
blueprint.register_blueprint(baseline_pages)


@blueprint.get("/reports/declines")
@permits(Permission.VIEW_REPORTS)
def declines(work: Work) -> ResponseReturnValue:
    """Show the decline rate against the reported figure."""
    form = _filter_form(work)
    wanted = form.filter()
    if wanted is None:
        return render_template("reporting/declines.html", form=form, figures=None), 400
    _note(work, Name.REPORT_VIEWED, wanted)
    figures = decline_figures(work, wanted, form.teams)
    return render_template(
        "reporting/declines.html",
        form=form,
        figures=figures,
        charts=DeclineCharts.of(figures),
        rebase=limits_from(work, wanted.team.id if wanted.team else FORCE),
    )


@blueprint.get("/reports/declines.json")
@permits(Permission.VIEW_REPORTS)
def declines_document(work: Work) -> ResponseReturnValue:
    """Give the same headline numbers to a program."""
    form = _filter_form(work)
    wanted = form.filter()
    refused = form.problems()
    if wanted is None or refused:
        named = ", ".join(each["parameter"] for each in refused)
        return problem(400, f"Not usable: {named}.", errors=refused)
    _note(work, Name.REPORT_EXPORTED, wanted)
    document = decline_counts(work, wanted).rate_against(wanted.baseline).as_json()
    return Response(json.dumps(document) + "\n", content_type="application/json")


def _filter_form(work: Work) -> DeclineFilterForm:
    return DeclineFilterForm(
        request.args,
        teams=teams_to_choose(work),
        sets=sets_to_choose(work),
        baselines=baselines(work),
        today=london_date(work.now),
    )


def _note(work: Work, name: Name, wanted: DeclineFilter) -> None:
    work.audit(
        name,
        "report",
        "declines",
        start=wanted.period.start.isoformat(),
        end=wanted.period.end.isoformat(),
        team=str(wanted.team.id) if wanted.team else None,
        question_set=wanted.question_set,
        baseline=wanted.baseline.key,
    )
