"""Pages of the desk: what waits, one record, the second assessment, and the tasks."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.domain.grading import Grade
from dash_forms.domain.permissions import Permission
from dash_forms.specialist import commands, queries
from dash_forms.specialist.forms import ReferralForm, SecondForm, TaskForm
from dash_forms.store.children import child_among
from dash_forms.store.work import Work
from dash_forms.web.forms import id_or_none
from dash_forms.web.guard import permits

blueprint = Blueprint("specialist", __name__, template_folder="templates")
_GRADE_MEANINGS = {grade.value: grade.meaning for grade in Grade}
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/desk")
@permits(Permission.WORK_DESK)
def show_desk(work: Work) -> ResponseReturnValue:
    desk = queries.desk(work, mine_only=request.args.get("tasks") == "mine")
    return render_template("specialist/desk.html", desk=desk, done=request.args.get("done", ""))


@blueprint.get("/desk/records/<uuid:assessment_id>")
@permits(Permission.WORK_DESK)
def show_record(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    page = queries.record(work, assessment_id)
    return render_template("specialist/record.html", page=page, done=request.args.get("done", ""))


@blueprint.get("/desk/records/<uuid:assessment_id>/assess")
@permits(Permission.WORK_DESK)
def show_second(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    page = queries.record(work, assessment_id)
    if page.due_at is None or page.is_own:
        return redirect(f"/desk/records/{assessment_id}")
    return _second(page, SecondForm(formdata=None))


@blueprint.post("/desk/records/<uuid:assessment_id>/assess")
@permits(Permission.WORK_DESK)
def assess_again(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    form = SecondForm()
    if form.validate() and form.attempt(
        work, lambda: commands.assess_again(work, assessment_id, form.command())
    ):
        return redirect(f"/desk/records/{assessment_id}?done=assessed", 303)
    return _second(queries.record(work, assessment_id), form), _UNPROCESSABLE


@blueprint.get("/desk/records/<uuid:assessment_id>/tasks/new")
@permits(Permission.WORK_DESK)
def new_task(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    page = queries.referral_page(work, assessment_id)
    form = ReferralForm(page.owners, formdata=None)
    return render_template("specialist/new_task.html", page=page, form=form)


@blueprint.post("/desk/records/<uuid:assessment_id>/tasks/new")
@permits(Permission.WORK_DESK)
def add_task(work: Work, assessment_id: UUID) -> ResponseReturnValue:
    page = queries.referral_page(work, assessment_id)
    form = ReferralForm(page.owners)
    if form.validate() and form.attempt(
        work, lambda: commands.add_referral(work, assessment_id, form.command())
    ):
        return redirect(f"/desk/records/{assessment_id}?done=added#tasks", 303)
    return render_template("specialist/new_task.html", page=page, form=form), _UNPROCESSABLE


@blueprint.get("/desk/tasks/<uuid:task_id>")
@permits(Permission.WORK_DESK)
def show_task(work: Work, task_id: UUID) -> ResponseReturnValue:
    return _task(queries.task(work, task_id), TaskForm(formdata=None))


@blueprint.post("/desk/tasks/<uuid:task_id>/take")
@permits(Permission.WORK_DESK)
def take_task(work: Work, task_id: UUID) -> ResponseReturnValue:
    commands.take_task(work, task_id)
    return redirect(f"/desk/tasks/{task_id}", 303)


@blueprint.post("/desk/tasks/<uuid:task_id>/end")
@permits(Permission.WORK_DESK)
def end_task(work: Work, task_id: UUID) -> ResponseReturnValue:
    form = TaskForm()
    if form.validate() and form.attempt(
        work, lambda: commands.end_task(work, task_id, form.command())
    ):
        return redirect("/desk?done=task", 303)
    return _task(queries.task(work, task_id), form), _UNPROCESSABLE


def _second(page: queries.DeskRecord, form: SecondForm) -> str:
    doors = {door.value: fact for door, fact in page.doors.items()}
    return render_template(
        "specialist/assess.html", page=page, form=form, grade_meanings=_GRADE_MEANINGS, doors=doors
    )


def _task(page: queries.TaskView, form: TaskForm) -> str:
    linked = child_among(page.children, id_or_none(request.args.get("linked")))
    return render_template("specialist/task.html", page=page, form=form, linked=linked)
