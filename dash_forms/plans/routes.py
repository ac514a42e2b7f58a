"""Pages of plans: the lists, one plan and what is written in it, and how many callers have one."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.periods import london_date
from dash_forms.domain.permissions import Permission
from dash_forms.domain.plan_figures import CALLER_MEASURES, Part
from dash_forms.domain.plans import REVIEW_AFTER, Stage
from dash_forms.plans import commands, exports, queries
from dash_forms.plans.forms import (
    ActionEndForm,
    ActionForm,
    ClosingForm,
    GivingForm,
    OpeningForm,
    PeriodForm,
    ReviewForm,
    StageForm,
    TeamForm,
)
from dash_forms.plans.people import candidates
from dash_forms.store.work import Work
from dash_forms.web.disclosure import rules_in_force
from dash_forms.web.fixed_periods import PeriodChoice
from dash_forms.web.forms import id_or_none
from dash_forms.web.guard import permits

blueprint = Blueprint("plans", __name__, template_folder="templates")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
_STAGES = ", ".join(repr(stage.value) for stage in Stage)
_STAGE = f"<any({_STAGES}):stage>"


@blueprint.get("/plans")
@permits(Permission.VIEW_PLANS)
def show_list(work: Work) -> ResponseReturnValue:
    return render_template("plans/list.html", found=queries.plan_lists(work))


@blueprint.get("/plans/for/<uuid:caller_id>")
@permits(Permission.MANAGE_PLANS)
def new_plan(work: Work, caller_id: UUID) -> ResponseReturnValue:
    page = queries.opening_page(work, caller_id, id_or_none(request.args.get("team")))
    if page.running:
        return redirect(f"/plans/{page.running}")
    form = OpeningForm(page.choice.team_id, page.choice.owners, formdata=None)
    form.review_on.data = london_date(work.now) + REVIEW_AFTER
    return _opening(page, form)


@blueprint.post("/plans/for/<uuid:caller_id>")
@permits(Permission.MANAGE_PLANS)
def open_plan(work: Work, caller_id: UUID) -> ResponseReturnValue:
    page = queries.opening_page(work, caller_id, id_or_none(request.form.get("team")))
    form = OpeningForm(page.choice.team_id, page.choice.owners)
    if form.validate() and form.attempt(
        work, lambda: commands.open_plan(work, caller_id, form.command())
    ):
        return redirect(f"/plans/{form.plan_id.data}?done=opened", 303)
    return _opening(page, form), _UNPROCESSABLE


def _opening(page: queries.OpeningPage, form: OpeningForm) -> str:
    teams = TeamForm(page.choice.teams, formdata=None)
    return render_template("plans/new.html", page=page, form=form, teams=teams)


@blueprint.get("/plans/<uuid:plan_id>")
@permits(Permission.VIEW_PLANS)
def show_plan(work: Work, plan_id: UUID) -> ResponseReturnValue:
    page = queries.plan_page(work, plan_id)
    return render_template("plans/plan.html", page=page, done=request.args.get("done", ""))


@blueprint.get(f"/plans/<uuid:plan_id>/stages/{_STAGE}")
@permits(Permission.VIEW_PLANS)
def show_stage(work: Work, plan_id: UUID, stage: str) -> ResponseReturnValue:
    page = queries.page_to_work_on(work, plan_id)
    if not page.is_open:
        return redirect(f"/plans/{plan_id}")
    form = StageForm(formdata=None)
    current = page.stage(Stage(stage)).current
    form.words.data = current.words if current else ""
    return _stage(page, Stage(stage), form)


@blueprint.post(f"/plans/<uuid:plan_id>/stages/{_STAGE}")
@permits(Permission.VIEW_PLANS)
def write_stage(work: Work, plan_id: UUID, stage: str) -> ResponseReturnValue:
    form = StageForm()
    if form.validate() and form.attempt(
        work, lambda: commands.write_stage(work, plan_id, form.command(Stage(stage)))
    ):
        done = "rewritten" if queries.is_rewritten(work, plan_id, Stage(stage)) else "written"
        return redirect(f"/plans/{plan_id}?done={done}#{stage}", 303)
    page = queries.page_to_work_on(work, plan_id)
    return _stage(page, Stage(stage), form), _UNPROCESSABLE


def _stage(page: queries.PlanPage, stage: Stage, form: StageForm) -> str:
    return render_template("plans/stage.html", page=page, view=page.stage(stage), form=form)


@blueprint.get("/plans/<uuid:plan_id>/actions/new")
@permits(Permission.VIEW_PLANS)
def new_action(work: Work, plan_id: UUID) -> ResponseReturnValue:
    page = queries.page_to_work_on(work, plan_id)
    if not page.is_open:
        return redirect(f"/plans/{plan_id}")
    form = ActionForm(candidates(work, page.team_id), formdata=None)
    return render_template("plans/new_action.html", page=page, form=form)


@blueprint.post("/plans/<uuid:plan_id>/actions/new")
@permits(Permission.VIEW_PLANS)
def add_action(work: Work, plan_id: UUID) -> ResponseReturnValue:
    page = queries.page_to_work_on(work, plan_id)
    form = ActionForm(candidates(work, page.team_id))
    if form.validate() and form.attempt(
        work, lambda: commands.add_action(work, plan_id, form.command())
    ):
        return redirect(f"/plans/{plan_id}?done=added#actions", 303)
    return render_template("plans/new_action.html", page=page, form=form), _UNPROCESSABLE


@blueprint.get("/plans/<uuid:plan_id>/actions/<uuid:action_id>")
@permits(Permission.VIEW_PLANS)
def show_action(work: Work, plan_id: UUID, action_id: UUID) -> ResponseReturnValue:
    page = queries.plan_page(work, plan_id)
    action = queries.action_of(page, action_id)
    if not page.is_open or not action.state.is_open:
        return redirect(f"/plans/{plan_id}#actions")
    return render_template(
        "plans/end_action.html", page=page, action=action, form=ActionEndForm(formdata=None)
    )


@blueprint.post("/plans/<uuid:plan_id>/actions/<uuid:action_id>")
@permits(Permission.VIEW_PLANS)
def end_action(work: Work, plan_id: UUID, action_id: UUID) -> ResponseReturnValue:
    form = ActionEndForm()
    if form.validate() and form.attempt(
        work, lambda: commands.end_action(work, plan_id, action_id, form.command())
    ):
        return redirect(f"/plans/{plan_id}?done=ended#actions", 303)
    page = queries.plan_page(work, plan_id)
    action = queries.action_of(page, action_id)
    return render_template(
        "plans/end_action.html", page=page, action=action, form=form
    ), _UNPROCESSABLE


@blueprint.get("/plans/<uuid:plan_id>/review")
@permits(Permission.VIEW_PLANS)
def show_review(work: Work, plan_id: UUID) -> ResponseReturnValue:
    page = queries.page_to_work_on(work, plan_id)
    if not page.is_open:
        return redirect(f"/plans/{plan_id}")
    form = ReviewForm(formdata=None)
    form.next_on.data = london_date(work.now) + REVIEW_AFTER
    return render_template("plans/review.html", page=page, form=form)


@blueprint.post("/plans/<uuid:plan_id>/review")
@permits(Permission.VIEW_PLANS)
def review(work: Work, plan_id: UUID) -> ResponseReturnValue:
    form = ReviewForm()
    if form.validate() and form.attempt(
        work, lambda: commands.review(work, plan_id, form.command())
    ):
        return redirect(f"/plans/{plan_id}?done=reviewed#reviews", 303)
    page = queries.page_to_work_on(work, plan_id)
    return render_template("plans/review.html", page=page, form=form), _UNPROCESSABLE


@blueprint.get("/plans/<uuid:plan_id>/give")
@permits(Permission.MANAGE_PLANS)
def show_giving(work: Work, plan_id: UUID) -> ResponseReturnValue:
    page = queries.page_to_lead(work, plan_id)
    if not page.is_open:
        return redirect(f"/plans/{plan_id}")
    choice = queries.team_choice(work, id_or_none(request.args.get("team")) or page.team_id)
    form = GivingForm(choice.team_id, choice.owners, formdata=None)
    form.owner.data = str(page.owner_id)
    return _giving(page, choice, form)


@blueprint.post("/plans/<uuid:plan_id>/give")
@permits(Permission.MANAGE_PLANS)
def give(work: Work, plan_id: UUID) -> ResponseReturnValue:
    choice = queries.team_choice(work, id_or_none(request.form.get("team")))
    form = GivingForm(choice.team_id, choice.owners)
    if form.validate() and form.attempt(work, lambda: commands.give(work, plan_id, form.command())):
        return redirect(f"/plans/{plan_id}?done=given", 303)
    return _giving(queries.page_to_lead(work, plan_id), choice, form), _UNPROCESSABLE


def _giving(page: queries.PlanPage, choice: queries.TeamChoice, form: GivingForm) -> str:
    teams = TeamForm(choice.teams, formdata=None)
    teams.team.data = str(choice.team_id or "")
    return render_template("plans/give.html", page=page, choice=choice, form=form, teams=teams)


@blueprint.get("/plans/<uuid:plan_id>/close")
@permits(Permission.MANAGE_PLANS)
def show_closing(work: Work, plan_id: UUID) -> ResponseReturnValue:
    page = queries.page_to_lead(work, plan_id)
    if not page.is_open:
        return redirect(f"/plans/{plan_id}")
    return render_template("plans/close.html", page=page, form=ClosingForm(formdata=None))


@blueprint.post("/plans/<uuid:plan_id>/close")
@permits(Permission.MANAGE_PLANS)
def close(work: Work, plan_id: UUID) -> ResponseReturnValue:
    form = ClosingForm()
    if form.validate() and form.attempt(
        work, lambda: commands.close(work, plan_id, form.command())
    ):
        return redirect(f"/plans/{plan_id}?done=closed", 303)
    page = queries.page_to_lead(work, plan_id)
    return render_template("plans/close.html", page=page, form=form), _UNPROCESSABLE


@blueprint.get("/plans/figures")
@permits(Permission.VIEW_REPORTS)
def show_figures(work: Work) -> ResponseReturnValue:
    form = _figures_form(work)
    period = form.asked()
    found = queries.figures_page(work, period, rules_in_force()) if period else None
    page = render_template(
        "plans/figures.html", form=form, found=found, parts=Part, measures=CALLER_MEASURES
    )
    return page if period else (page, _UNPROCESSABLE)


@blueprint.post("/plans/figures/exports")
@permits(Permission.VIEW_REPORTS)
def export_figures(work: Work) -> ResponseReturnValue:
    """Keep the figures of the days in the address, and show what was kept."""
    period = _figures_form(work).asked()
    if period is None:
        return redirect("/plans/figures", 303)  # the page offers no such days
    made = exports.make_export(work, period, rules_in_force())
    return redirect(f"/reports/exports/{made}", 303)


def _figures_form(work: Work) -> PeriodForm:
    today = london_date(work.now)
    is_fixed = queries.is_controlled(work.by)
    choice = PeriodChoice(today, queries.first_known(work)) if is_fixed else None
    return PeriodForm(request.args, today, choice)


@blueprint.get("/plans/figures/people")
@permits(Permission.VIEW_CALLERS)
def show_people(work: Work) -> ResponseReturnValue:
    part = _part(request.args.get("of", ""))
    period = PeriodForm(request.args, london_date(work.now)).asked()
    if period is None:
        raise NotFoundError("The figures have no such period.")
    counted, people = queries.counted_people(work, period, part)
    return render_template(
        "plans/people.html", part=part, period=period, counted=counted, people=people
    )


def _part(name: str) -> Part:
    try:
        return Part(name)
    except ValueError:
        raise NotFoundError("The figures have no such number.") from None
