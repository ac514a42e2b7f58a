"""Pages of the check of investigations: the cases, the draw, one case, and the results."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request

from dash_forms.domain.investigations import (
    Terms,
    answer_field,
    months_to_draw,
    note_field,
)
from dash_forms.domain.periods import london_date
from dash_forms.domain.permissions import Permission
from dash_forms.investigations import commands, exports, queries, results
from dash_forms.investigations.forms import CheckForm, DrawForm, ResultsForm, SkipForm, check_form
from dash_forms.store.teams import teams
from dash_forms.web.disclosure import rules_in_force
from dash_forms.web.fixed_periods import PeriodChoice
from dash_forms.web.guard import permits

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from dash_forms.store.work import Work

blueprint = Blueprint("investigations", __name__, template_folder="templates")
PATH = "/reviews/investigations"
RESULTS = "/reports/investigations"
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get(PATH)
@permits(Permission.CHECK_INVESTIGATIONS)
def show_board(work: Work) -> ResponseReturnValue:
    found = queries.board(work)
    done = request.args.get("done", "")
    return render_template(
        "investigations/board.html", found=found, done=done, most=queries.MOST_SHOWN
    )


@blueprint.get(f"{PATH}/draw")
@permits(Permission.DRAW_SAMPLES)
def show_draw(work: Work) -> ResponseReturnValue:
    return _draw(_draw_form(work, formdata=None))


@blueprint.post(f"{PATH}/draw")
@permits(Permission.DRAW_SAMPLES)
def draw(work: Work) -> ResponseReturnValue:
    form = _draw_form(work)
    if form.validate() and form.attempt(
        work, lambda: commands.draw_samples(work, form.command(), _terms())
    ):
        return redirect(f"{PATH}?done=drawn", 303)
    return _draw(form), _UNPROCESSABLE


@blueprint.get(f"{PATH}/samples/<uuid:sample_id>")
@permits(Permission.CHECK_INVESTIGATIONS)
def show_sample(work: Work, sample_id: UUID) -> ResponseReturnValue:
    """Show how a sample was drawn, so that anybody can draw it again."""
    return render_template("investigations/sample.html", page=queries.sample_page(work, sample_id))


@blueprint.get(f"{PATH}/cases/<uuid:sampled_id>")
@permits(Permission.CHECK_INVESTIGATIONS)
def show_case(work: Work, sampled_id: UUID) -> ResponseReturnValue:
    """Show what was found; where nothing was found yet, ask for it."""
    page = queries.case_page(work, sampled_id)
    if page.may_skip:
        return redirect(f"{PATH}/cases/{sampled_id}/check")
    done = request.args.get("done", "")
    return render_template("investigations/case.html", page=page, done=done)


@blueprint.get(f"{PATH}/cases/<uuid:sampled_id>/check")
@permits(Permission.CHECK_INVESTIGATIONS)
def show_check(work: Work, sampled_id: UUID) -> ResponseReturnValue:
    page = queries.case_page(work, sampled_id)
    if not page.may_answer:
        return redirect(f"{PATH}/cases/{sampled_id}")
    form = check_form(page.checklist, formdata=None, data=_found_before(page))
    return _check(page, form)


@blueprint.post(f"{PATH}/cases/<uuid:sampled_id>/check")
@permits(Permission.CHECK_INVESTIGATIONS)
def check(work: Work, sampled_id: UUID) -> ResponseReturnValue:
    page = queries.case_page(work, sampled_id)
    form = check_form(page.checklist)
    if form.validate() and form.attempt(
        work, lambda: commands.check_case(work, sampled_id, form.command(page.checklist))
    ):
        return redirect(f"{PATH}/cases/{sampled_id}?done=checked", 303)
    return _check(page, form), _UNPROCESSABLE


@blueprint.get(f"{PATH}/cases/<uuid:sampled_id>/skip")
@permits(Permission.CHECK_INVESTIGATIONS)
def show_skip(work: Work, sampled_id: UUID) -> ResponseReturnValue:
    page = queries.case_page(work, sampled_id)
    if not page.may_skip:
        return redirect(f"{PATH}/cases/{sampled_id}")
    return render_template("investigations/skip.html", page=page, form=SkipForm(formdata=None))


@blueprint.post(f"{PATH}/cases/<uuid:sampled_id>/skip")
@permits(Permission.CHECK_INVESTIGATIONS)
def skip(work: Work, sampled_id: UUID) -> ResponseReturnValue:
    form = SkipForm()
    if form.validate() and form.attempt(
        work, lambda: commands.skip_case(work, sampled_id, form.command())
    ):
        return redirect(f"{PATH}?done=skipped", 303)
    page = queries.case_page(work, sampled_id)
    return render_template("investigations/skip.html", page=page, form=form), _UNPROCESSABLE


@blueprint.get(RESULTS)
@permits(Permission.VIEW_REPORTS)
def show_results(work: Work) -> ResponseReturnValue:
    form = _results_form(work)
    asked = form.asked()
    if asked is None:
        return render_template("investigations/results.html", form=form), _UNPROCESSABLE
    found = results.results_for_reader(work, asked, rules_in_force())
    return render_template("investigations/results.html", form=form, found=found, asked=asked)


@blueprint.post(f"{RESULTS}/exports")
@permits(Permission.VIEW_REPORTS)
def export(work: Work) -> ResponseReturnValue:
    """Keep the results that the address asks for, and show what was kept."""
    form = _results_form(work)
    asked = form.asked()
    if asked is None:
        return redirect(RESULTS, 303)  # the page offers no such choice
    team = dict(teams(work)).get(asked.team_id) if asked.team_id else None
    made = exports.make_export(work, asked, team, rules_in_force())
    return redirect(f"/reports/exports/{made}", 303)


def _results_form(work: Work) -> ResultsForm:
    is_fixed = results.is_controlled(work.by)
    today = london_date(work.now)
    return ResultsForm(
        request.args,
        choice=PeriodChoice(today, results.first_drawn(work)) if is_fixed else None,
        months=results.months_drawn(work),
        teams=teams(work),
        first_month="Last 12 months",
        first_team="All teams",
    )


def _draw_form(work: Work, **kwargs: Any) -> DrawForm:
    return DrawForm(
        months=months_to_draw(work.now),
        teams=teams(work),
        first_month="Choose",
        first_team="Every team that was not drawn yet",
        **kwargs,
    )


def _draw(form: DrawForm) -> str:
    return render_template("investigations/draw.html", form=form, terms=_terms())


def _check(page: queries.CasePage, form: CheckForm) -> str:
    return render_template("investigations/check.html", page=page, form=form)


def _found_before(page: queries.CasePage) -> dict[str, object]:
    """What the form begins with: nothing, or what is to be corrected."""
    filled: dict[str, object] = {"version": page.version}
    for question, answer in page.versions[0].answers.items() if page.versions else ():
        filled[answer_field(question)] = answer.finding
        filled[note_field(question)] = answer.note
    return filled


def _terms() -> Terms:
    terms = current_app.config["SAMPLING"]
    if not isinstance(terms, Terms):
        raise TypeError("the application does not know what it draws by")
    return terms
