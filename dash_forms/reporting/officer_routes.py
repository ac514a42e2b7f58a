"""Addresses of one officer's own figures, and of the list from which a supervisor chooses one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, render_template, request

from dash_forms.domain.permissions import Permission
from dash_forms.reporting.funnel import FunnelPlot
from dash_forms.reporting.officers import MONTHS, officer_figures, officers
from dash_forms.web.guard import permits

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from dash_forms.store.work import Work

blueprint = Blueprint("officers", __name__)


@blueprint.get("/own-figures")
@permits(Permission.VIEW_OWN_FIGURES)
def own(work: Work) -> ResponseReturnValue:
    """Show officers what became of the cases that they opened."""
    return _page(work, work.by.id, is_own=True)


@blueprint.get("/reports/officers")
@permits(Permission.VIEW_OFFICER_FIGURES)
def choose(work: Work) -> ResponseReturnValue:
    """List the officers of the supervisor's team, without a figure: it is no league table."""
    return render_template("reporting/officers.html", officers=officers(work))


@blueprint.get("/reports/officers/<uuid:account_id>")
@permits(Permission.VIEW_OFFICER_FIGURES)
def show(work: Work, account_id: UUID) -> ResponseReturnValue:
    """Show the figures of one officer to their supervisor."""
    return _page(work, account_id, is_own=False)


def _page(work: Work, account_id: UUID, *, is_own: bool) -> str:
    asked = request.args.get("months", MONTHS[-1], type=int)
    months = asked if asked in MONTHS else MONTHS[-1]
    figures = officer_figures(work, account_id, months)
    placed = figures.against_force
    return render_template(
        "reporting/officer.html",
        figures=figures,
        months=months,
        choices=MONTHS,
        placed=placed,
        funnel=FunnelPlot.of([placed], placed.team) if placed else None,
        is_own=is_own,
    )
