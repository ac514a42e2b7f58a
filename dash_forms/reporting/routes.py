"""Addresses of the reports: the parts of the dashboard, and the rate as a JSON document."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, render_template, request

from dash_forms.domain.answering import ANSWERING_MEASURES
from dash_forms.domain.audit_events import Name
from dash_forms.domain.definitions import METRICS_BY_GROUP, Window
from dash_forms.domain.grading import Grade
from dash_forms.domain.permissions import Permission
from dash_forms.domain.plan_figures import CALLER_MEASURES
from dash_forms.domain.report_counts import FORCE, Dimension
from dash_forms.domain.response import REPORTED, REPORTED_SOURCE, WAITS
from dash_forms.reporting.answering_routes import blueprint as answering_pages
from dash_forms.reporting.baseline_routes import blueprint as baseline_pages
from dash_forms.reporting.baselines import rebases
from dash_forms.reporting.cameras import camera_figures
from dash_forms.reporting.charts import IntervalPlot, TeamPlot
from dash_forms.reporting.disclosed import figures_for_reader
from dash_forms.reporting.export_routes import blueprint as export_pages
from dash_forms.reporting.feed_routes import blueprint as feed_pages
from dash_forms.reporting.figures import Part, Wanted
from dash_forms.reporting.filters import filter_form
from dash_forms.reporting.funnel import FunnelPlot, around, more_words, own_rate
from dash_forms.reporting.long_export_routes import blueprint as long_export_pages
from dash_forms.reporting.officer_routes import blueprint as officer_pages
from dash_forms.reporting.overview import Overview
from dash_forms.reporting.places import PlacesPlot
from dash_forms.reporting.queries import measured_over, teams_to_choose
from dash_forms.reporting.reasons import Pareto
from dash_forms.reporting.records import counted_page, number_named
from dash_forms.reporting.response import DeclinesByWait, wait_figures
from dash_forms.reporting.shares import SharePlots
from dash_forms.reporting.survival import SurvivalPlot
from dash_forms.reporting.tabs import Tab
from dash_forms.reporting.trend import Trend, TrendPlot
from dash_forms.web.disclosure import rules_in_force
from dash_forms.web.errors import problem
from dash_forms.web.guard import permits

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from dash_forms.reporting.figures import DeclineFigures, DeclineFilter
    from dash_forms.store.work import Work

blueprint = Blueprint("reporting", __name__, template_folder="templates")
blueprint.register_blueprint(answering_pages)
blueprint.register_blueprint(baseline_pages)
blueprint.register_blueprint(export_pages)
blueprint.register_blueprint(long_export_pages)
blueprint.register_blueprint(officer_pages)
blueprint.register_blueprint(feed_pages)


@blueprint.get(Tab.OVERVIEW.path)
@permits(Permission.VIEW_REPORTS)
def overview(work: Work) -> ResponseReturnValue:
    """Show the decline rate against the reported figure, and what stands beside it."""
    return _page(work, Tab.OVERVIEW)


@blueprint.get(Tab.TREND.path)
@permits(Permission.VIEW_REPORTS)
def trend(work: Work) -> ResponseReturnValue:
    return _page(work, Tab.TREND)


@blueprint.get(Tab.TEAMS.path)
@permits(Permission.VIEW_REPORTS)
def by_team(work: Work) -> ResponseReturnValue:
    return _page(work, Tab.TEAMS)


@blueprint.get(Tab.REASONS.path)
@permits(Permission.VIEW_REPORTS)
def reasons(work: Work) -> ResponseReturnValue:
    return _page(work, Tab.REASONS)


@blueprint.get(Tab.PLACES.path)
@permits(Permission.VIEW_REPORTS)
def places(work: Work) -> ResponseReturnValue:
    return _page(work, Tab.PLACES)


@blueprint.get(Tab.AFTER.path)
@permits(Permission.VIEW_REPORTS)
def after(work: Work) -> ResponseReturnValue:
    return _page(work, Tab.AFTER)


@blueprint.get(Tab.REVIEW.path)
@permits(Permission.VIEW_REPORTS)
def review(work: Work) -> ResponseReturnValue:
    return _page(work, Tab.REVIEW)


@blueprint.get(Tab.CAMERAS.path)
@permits(Permission.VIEW_REPORTS)
def cameras(work: Work) -> ResponseReturnValue:
    return _page(work, Tab.CAMERAS)


@blueprint.get(Tab.RESPONSE.path)
@permits(Permission.VIEW_REPORTS)
def response(work: Work) -> ResponseReturnValue:
    return _page(work, Tab.RESPONSE)


@blueprint.get("/reports/definitions")
@permits(Permission.VIEW_REPORTS)
def definitions(work: Work) -> ResponseReturnValue:  # noqa: ARG001 - the guard's
    """Show how every measure is defined, from the table that the figures are made with."""
    return render_template(
        "reporting/definitions.html",
        groups=METRICS_BY_GROUP,
        rules=rules_in_force().on_screen,
        callers=CALLER_MEASURES,
        calls=ANSWERING_MEASURES,
    )


@blueprint.get("/reports/records")
@permits(Permission.VIEW_COUNTED_RECORDS)
def records(work: Work) -> ResponseReturnValue:
    """Show the records behind a number, as far as the person may open them."""
    number = number_named(request.args.get("of", ""))
    form = filter_form(work)
    wanted = form.filter()
    if wanted is None:
        return _page(work, Tab.OVERVIEW)  # it says what is wrong with the filter
    page = request.args.get("page", 1, type=int)
    return render_template(
        "reporting/records.html", filter=wanted, found=counted_page(work, wanted, number, page)
    )


@blueprint.get("/reports/declines")
@permits(Permission.VIEW_REPORTS)
def declines(work: Work) -> ResponseReturnValue:  # noqa: ARG001 - the guard's
    """Lead bookmarks of the page that held all parts to the first of them."""
    query = request.query_string.decode()
    return redirect(Tab.OVERVIEW.path + (f"?{query}" if query else ""))


@blueprint.get("/reports/declines.json")
@permits(Permission.VIEW_REPORTS)
def declines_document(work: Work) -> ResponseReturnValue:
    """Give the same headline numbers to a program."""
    form = filter_form(work)
    wanted = form.filter()
    refused = form.problems()
    if wanted is None or refused:
        named = ", ".join(each["parameter"] for each in refused)
        return problem(400, f"Not usable: {named}.", errors=refused)
    _note(work, Name.REPORT_EXPORTED, wanted, "declines")
    figures = figures_for_reader(work, wanted, form.teams, Wanted.only(), rules_in_force())
    document: dict[str, Any] = {**figures.rate.as_json()}
    if figures.control:
        document["disclosure_control"] = figures.control.words_on_screen
        document["from"] = wanted.period.start.isoformat()
        document["to"] = wanted.period.end.isoformat()
    return Response(json.dumps(document) + "\n", content_type="application/json")


def _page(work: Work, tab: Tab) -> ResponseReturnValue:
    form = filter_form(work)
    wanted = form.filter()
    template = f"reporting/{tab}.html"
    if wanted is None:
        return render_template(template, tab=tab, tabs=Tab, form=form, figures=None), 400
    _note(work, Name.REPORT_VIEWED, wanted, tab)
    figures = figures_for_reader(work, wanted, form.teams, tab.shows, rules_in_force())
    return render_template(
        template,
        tab=tab,
        tabs=Tab,
        form=form,
        figures=figures,
        rate=figures.rate,
        baseline=wanted.baseline,
        opens=work.by.may(Permission.VIEW_COUNTED_RECORDS),
        **_SHOWN[tab](work, figures),
    )


def _overview_shown(_work: Work, figures: DeclineFigures) -> dict[str, Any]:
    return {"headline": IntervalPlot.of(figures.rate), "overview": Overview.of(figures)}


def _trend_shown(work: Work, figures: DeclineFigures) -> dict[str, Any]:
    team = figures.filter.team
    rebased = rebases(work, team.id if team else FORCE)
    shown = Trend.of(
        figures.months,
        {month: each.declined_of for month, each in figures.history.items()},
        rebased,
        is_force=team is None,
        baseline=figures.filter.baseline,
    )
    return {
        "trend": shown,
        "plot": TrendPlot.of(shown),
        "rebase": rebased[-1] if rebased else None,
        "queries": {
            each.month: replace(figures.filter, period=each.within(figures.filter.period)).query
            for each in figures.months
        },
    }


def _teams_shown(_work: Work, figures: DeclineFigures) -> dict[str, Any]:
    """The teams around the baseline, or around the force's own rate if that is asked for."""
    own = own_rate(figures.everywhere or figures.counts, figures.filter.period)
    is_own = own is not None and request.args.get("around") == "force"
    comparator = own if own and is_own else figures.filter.baseline
    teams = around(figures.teams, comparator)
    return {
        "own": is_own,
        "own_is_possible": own is not None,
        "comparator": comparator,
        "funnel": FunnelPlot.of(teams, figures.filter.team),
        "rows": TeamPlot.of(teams, comparator),
        "queries": {team.team.id: replace(figures.filter, team=team.team).query for team in teams},
        "more": {team.team.id: more_words(team) for team in teams},
    }


def _reasons_shown(_work: Work, figures: DeclineFigures) -> dict[str, Any]:
    return {"pareto": Pareto.of(figures.reasons, figures.explained, figures.explained_before)}


def _places_shown(_work: Work, figures: DeclineFigures) -> dict[str, Any]:
    return {"places": PlacesPlot.of(figures)}


def _after_shown(_work: Work, figures: DeclineFigures) -> dict[str, Any]:
    return {
        "curve": SurvivalPlot.of(figures.survival),
        "followed": figures.measures["D5"].period,
    }


def _review_shown(_work: Work, _figures: DeclineFigures) -> dict[str, Any]:
    return {"grades": tuple(Grade)}


def _cameras_shown(work: Work, figures: DeclineFigures) -> dict[str, Any]:
    wanted = figures.filter
    if wanted.question_set:
        return {"filmed": None}
    filmed = camera_figures(work, wanted, teams_to_choose(work), figures.control)
    return {
        "filmed": filmed,
        "video": filmed.told_in(figures.measures),
        "plots": SharePlots.of(filmed.share, wanted),
    }


def _response_shown(work: Work, figures: DeclineFigures) -> dict[str, Any]:
    """The waits of incidents, where they are asked for, and declines by them beside.

    Both are of the same days, so that what is said of them is as on a page of those days alone.
    """
    wanted, teams = figures.filter, teams_to_choose(work)
    days = measured_over(work, Window.WAITED, wanted)
    if days is None:
        return {"days": None, "waits": None, "beside": None}
    of_days, shown = replace(wanted, period=days), Wanted.only(Part.BESIDE_WAITS)
    places = figures_for_reader(work, of_days, teams, shown, rules_in_force()).places
    beside = DeclinesByWait.of(places[Dimension.RESPONSE], wanted.baseline)
    waits = wait_figures(work, wanted, teams, figures.control)
    if waits is None:
        return {"days": days, "waits": None, "beside": beside}
    return {
        "days": days,
        "waits": waits,
        "beside": beside,
        "measures": waits.told_in(figures.measures),
        "bands": WAITS,
        "reported": REPORTED,
        "reported_source": REPORTED_SOURCE,
        "plots": SharePlots.of(waits.share, figures.filter),
    }


_SHOWN: dict[Tab, Callable[[Work, DeclineFigures], dict[str, Any]]] = {
    Tab.OVERVIEW: _overview_shown,
    Tab.TREND: _trend_shown,
    Tab.TEAMS: _teams_shown,
    Tab.REASONS: _reasons_shown,
    Tab.PLACES: _places_shown,
    Tab.AFTER: _after_shown,
    Tab.REVIEW: _review_shown,
    Tab.CAMERAS: _cameras_shown,
    Tab.RESPONSE: _response_shown,
}
"""What each part draws besides the figures."""


def _note(work: Work, name: Name, wanted: DeclineFilter, part: str) -> None:
    work.audit(
        name,
        "report",
        part,
        **wanted.in_audit,
    )
