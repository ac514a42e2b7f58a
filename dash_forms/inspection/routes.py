"""Pages of the inspection: every area, one area, what is entered about it, and what is printed."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, redirect, render_template, request

from dash_forms.domain.errors import NotFoundError, StaleError, StateError
from dash_forms.domain.inspection import ASSESSMENT, area
from dash_forms.domain.permissions import Permission
from dash_forms.inspection import commands, queries
from dash_forms.inspection.forms import (
    ChangeForm,
    GradeForm,
    ItemForm,
    MeasureForm,
    MoveForm,
    NoteForm,
    TakeOutForm,
    WithdrawForm,
)
from dash_forms.web.disclosure import rules_in_force
from dash_forms.web.forms import id_or_none
from dash_forms.web.guard import permits

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from dash_forms.domain.disclosure import Rules
    from dash_forms.inspection.queries import ItemView
    from dash_forms.store.work import Work
    from dash_forms.web.forms import Form

blueprint = Blueprint("inspection", __name__, template_folder="templates")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
_ITEM = "/inspection/items/<uuid:item_id>"


@blueprint.get("/inspection")
@permits(Permission.VIEW_INSPECTION)
def show_areas(work: Work) -> ResponseReturnValue:
    return render_template(
        "inspection/areas.html", pages=queries.areas(work, _rules()), assessment=ASSESSMENT
    )


@blueprint.get("/inspection/print")
@permits(Permission.VIEW_INSPECTION)
def print_all(work: Work) -> ResponseReturnValue:
    return _print_page(work, None)


@blueprint.get("/inspection/<area_code>/print")
@permits(Permission.VIEW_INSPECTION)
def print_area(work: Work, area_code: str) -> ResponseReturnValue:
    return _print_page(work, area_code)


@blueprint.get("/inspection/<area_code>")
@permits(Permission.VIEW_INSPECTION)
def show_area(work: Work, area_code: str) -> ResponseReturnValue:
    rules = _rules()
    return render_template(
        "inspection/area.html",
        page=queries.area_page(work, area_code, rules),
        rules=rules,
        manages=work.by.may(Permission.MANAGE_INSPECTION),
        sees_reports=work.by.may(Permission.VIEW_REPORTS),
        done=request.args.get("done", ""),
        about=id_or_none(request.args.get("item")),
    )


@blueprint.get("/inspection/<area_code>/grades/new")
@permits(Permission.MANAGE_INSPECTION)
def new_grade(work: Work, area_code: str) -> ResponseReturnValue:
    return _grade_page(work, area_code, GradeForm(formdata=None))


@blueprint.post("/inspection/<area_code>/grades/new")
@permits(Permission.MANAGE_INSPECTION)
def enter_grade(work: Work, area_code: str) -> ResponseReturnValue:
    form = GradeForm()
    if form.validate() and form.attempt(
        work, lambda: commands.enter_grade(work, form.command(area_code))
    ):
        return redirect(f"/inspection/{area_code}?done=grade", 303)
    return _grade_page(work, area_code, form), _UNPROCESSABLE


@blueprint.get("/inspection/grades/<uuid:grade_id>/withdraw")
@permits(Permission.MANAGE_INSPECTION)
def show_withdraw(work: Work, grade_id: UUID) -> ResponseReturnValue:
    grade = queries.grade(work, grade_id)
    if grade.withdrawn:
        return redirect(f"/inspection/{grade.area.code}")
    return _withdraw_page(work, grade, WithdrawForm(formdata=None))


@blueprint.post("/inspection/grades/<uuid:grade_id>/withdraw")
@permits(Permission.MANAGE_INSPECTION)
def withdraw_grade(work: Work, grade_id: UUID) -> ResponseReturnValue:
    grade, form = queries.grade(work, grade_id), WithdrawForm()
    if form.validate() and form.attempt(
        work, lambda: commands.withdraw_grade(work, grade_id, form.reason.data or "")
    ):
        return redirect(f"/inspection/{grade.area.code}?done=withdrawn", 303)
    return _withdraw_page(work, grade, form), _UNPROCESSABLE


@blueprint.get("/inspection/<area_code>/items/new")
@permits(Permission.MANAGE_INSPECTION)
def new_item(work: Work, area_code: str) -> ResponseReturnValue:
    return _new_item_page(work, area_code, ItemForm(queries.owners_to_choose(work), formdata=None))


@blueprint.post("/inspection/<area_code>/items/new")
@permits(Permission.MANAGE_INSPECTION)
def add_item(work: Work, area_code: str) -> ResponseReturnValue:
    form = ItemForm(queries.owners_to_choose(work))
    if form.validate() and form.attempt(
        work, lambda: commands.add_item(work, form.command(area_code))
    ):
        made = form.entry_id.data
        return redirect(f"/inspection/{area_code}?done=item&item={made}#item-{made}", 303)
    return _new_item_page(work, area_code, form), _UNPROCESSABLE


@blueprint.get(f"{_ITEM}/change")
@permits(Permission.MANAGE_INSPECTION)
def show_change(work: Work, item_id: UUID) -> ResponseReturnValue:
    view = _changeable(work, item_id)
    terms = view.item.terms
    form = ChangeForm(
        queries.owners_to_choose(work),
        formdata=None,
        data={
            "seen": view.item.entry_count,
            "words": terms.words,
            "owner": str(terms.owner.account_id or ""),
            "owner_role": terms.owner.role,
            "due_on": terms.due_on,
        },
    )
    return _item_page(work, "change", view, form)


@blueprint.post(f"{_ITEM}/change")
@permits(Permission.MANAGE_INSPECTION)
def change_item(work: Work, item_id: UUID) -> ResponseReturnValue:
    form = ChangeForm(queries.owners_to_choose(work))
    return _recorded(
        work,
        item_id,
        "change",
        form,
        lambda: commands.record_entry(work, item_id, form.command(), seen=form.seen.data),
    )


@blueprint.get(f"{_ITEM}/move")
@permits(Permission.MANAGE_INSPECTION)
def show_move(work: Work, item_id: UUID) -> ResponseReturnValue:
    view = _changeable(work, item_id)
    return _item_page(work, "move", view, MoveForm(view.item.state.moves, formdata=None))


@blueprint.post(f"{_ITEM}/move")
@permits(Permission.MANAGE_INSPECTION)
def move_item(work: Work, item_id: UUID) -> ResponseReturnValue:
    form = MoveForm(_item(work, item_id).item.state.moves)
    return _recorded(
        work,
        item_id,
        "move",
        form,
        lambda: commands.record_entry(work, item_id, form.command()),
    )


@blueprint.get(f"{_ITEM}/measures/new")
@permits(Permission.MANAGE_INSPECTION)
def new_measure(work: Work, item_id: UUID) -> ResponseReturnValue:
    return _item_page(work, "measure", _changeable(work, item_id), MeasureForm(formdata=None))


@blueprint.post(f"{_ITEM}/measures/new")
@permits(Permission.MANAGE_INSPECTION)
def name_measure(work: Work, item_id: UUID) -> ResponseReturnValue:
    form = MeasureForm()
    return _recorded(
        work,
        item_id,
        "measure",
        form,
        lambda: commands.name_measure(
            work, item_id, UUID(form.entry_id.data), form.code.data, form.note.data or ""
        ),
    )


@blueprint.get(f"{_ITEM}/notes/new")
@permits(Permission.MANAGE_INSPECTION)
def new_note(work: Work, item_id: UUID) -> ResponseReturnValue:
    return _item_page(work, "note", _changeable(work, item_id), NoteForm(formdata=None))


@blueprint.post(f"{_ITEM}/notes/new")
@permits(Permission.MANAGE_INSPECTION)
def note_evidence(work: Work, item_id: UUID) -> ResponseReturnValue:
    form = NoteForm()
    return _recorded(
        work,
        item_id,
        "note",
        form,
        lambda: commands.record_entry(work, item_id, form.command()),
    )


@blueprint.get(f"{_ITEM}/evidence/<uuid:entry_id>/take-out")
@permits(Permission.MANAGE_INSPECTION)
def show_take_out(work: Work, item_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    view = _item(work, item_id)
    if entry_id not in {each.id for each in view.evidence}:
        raise NotFoundError("There is no such evidence.")
    return _item_page(work, "take_out", view, TakeOutForm(formdata=None), entry_id=entry_id)


@blueprint.post(f"{_ITEM}/evidence/<uuid:entry_id>/take-out")
@permits(Permission.MANAGE_INSPECTION)
def take_out(work: Work, item_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    form = TakeOutForm()
    return _recorded(
        work,
        item_id,
        "take_out",
        form,
        lambda: commands.record_entry(work, item_id, form.command(entry_id)),
        entry_id=entry_id,
    )


def _rules() -> Rules:
    """The same for every reader: what is printed and handed over is what stands on the screen."""
    return rules_in_force().on_screen


def _item(work: Work, item_id: UUID) -> ItemView:
    return queries.item(work, item_id, _rules())


def _changeable(work: Work, item_id: UUID) -> ItemView:
    view = _item(work, item_id)
    view.item.require_not_withdrawn()
    return view


def _recorded(
    work: Work,
    item_id: UUID,
    page: str,
    form: Form,
    command: Callable[[], None],
    *,
    entry_id: UUID | None = None,
) -> ResponseReturnValue:
    """Do it and go back to the item, or show the form with what is wrong and what was typed."""
    status = _UNPROCESSABLE
    try:
        if form.validate() and form.attempt(work, command):
            code = _item(work, item_id).area.code
            return redirect(f"/inspection/{code}?done={page}&item={item_id}#item-{item_id}", 303)
    except (StaleError, StateError) as error:
        form.refuse(error)
        status = HTTPStatus.CONFLICT
    return _item_page(work, page, _item(work, item_id), form, entry_id=entry_id), status


def _item_page(
    work: Work, page: str, view: ItemView, form: Form, *, entry_id: UUID | None = None
) -> str:
    return render_template(
        f"inspection/{page}.html",
        view=view,
        form=form,
        signer=work.by.display_name,
        evidence=next((each for each in view.evidence if each.id == entry_id), None),
    )


def _grade_page(work: Work, area_code: str, form: GradeForm) -> str:
    return render_template(
        "inspection/grade.html", area=area(area_code), form=form, signer=work.by.display_name
    )


def _withdraw_page(work: Work, grade: queries.GradeView, form: WithdrawForm) -> str:
    return render_template(
        "inspection/withdraw.html", grade=grade, form=form, signer=work.by.display_name
    )


def _new_item_page(work: Work, area_code: str, form: ItemForm) -> str:
    return render_template(
        "inspection/item.html", area=area(area_code), form=form, signer=work.by.display_name
    )


def _print_page(work: Work, area_code: str | None) -> str:
    rules = _rules()
    return render_template(
        "inspection/print.html",
        pages=queries.to_print(work, area_code, rules),
        rules=rules,
        assessment=ASSESSMENT,
        is_all=area_code is None,
        printed_at=work.now,
        printed_by=work.by.display_name,
    )
