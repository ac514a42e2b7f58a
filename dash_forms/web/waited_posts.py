"""Forms that were filled in without signal: applied later by the very views they are posted to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from flask import current_app, g, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from wtforms.widgets import HiddenInput

from dash_forms.domain.errors import InvalidError, NotPermittedError, require_none
from dash_forms.domain.permissions import Permission
from dash_forms.store.waited_posts import is_applied, note_applied
from dash_forms.store.work import Work
from dash_forms.web.filters import day, moment
from dash_forms.web.forms import Day, Moment

V = TypeVar("V", bound=Callable[..., Any])
FormOf = Callable[..., Any]

_LONGEST_WAIT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class WaitedPost:
    """A form as the tablet kept it, and how long ago it was filled in, by the tablet's clock."""

    op_id: UUID
    path: str
    fields: list[tuple[str, str]]
    age: timedelta


def may_wait(title: str, form: FormOf | None = None) -> Callable[[V], V]:
    """Mark a view whose form may be filled in without signal, and posted later.

    `title` says what the form is. `form` makes it, of the work and the view's arguments, so that
    what waits can be read with the labels of its fields.
    """

    def decorate(view: V) -> V:
        view.may_wait = (title, form)  # type: ignore[attr-defined]
        return view

    return decorate


def age_of(made_at: datetime | None, sent_at: datetime | None) -> timedelta:
    """How long a form has waited. Both times are of one clock, which may itself be wrong."""
    if made_at is None or sent_at is None:
        return timedelta()
    return min(max(sent_at - made_at, timedelta()), _LONGEST_WAIT)


def apply_post(work: Work, post: WaitedPost) -> bool:
    """Run the view as if the form came now, at the time when it was filled in.

    False if that has been done before. What the form's rules refuse is an InvalidError with a
    refusal for each field.
    """
    if is_applied(work, post.op_id):
        return False
    endpoint, view, arguments = _matched(post.path)
    if not work.by.may(Permission(view.access)):
        raise NotPermittedError("This form is not for your role.")
    made_at = work.now - post.age
    with current_app.test_request_context(
        post.path, base_url=request.host_url, method="POST", data=MultiDict(post.fields)
    ):
        g.actor, g.work = work.by, work
        with work.at(made_at):
            answer = current_app.make_response(view.__wrapped__(work, **arguments))
        if answer.status_code not in {302, 303}:
            _refuse(g.get("form"))
    note_applied(work, post.op_id, endpoint, made_at)
    return True


def title_of(path: str) -> str:
    """What the form of an address is, in words."""
    try:
        _, view, _ = _matched(path)
    except InvalidError:
        return "A form"
    return str(view.may_wait[0])


def read_post(work: Work, path: str, fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What a form says, as (label, words); what no field has a label for keeps its name."""
    try:
        _, view, arguments = _matched(path)
    except InvalidError:
        return fields
    _, make = view.may_wait
    if make is None:
        return fields
    with current_app.test_request_context(
        path, base_url=request.host_url, method="POST", data=MultiDict(fields)
    ):
        form = make(work, **arguments)
    posted = MultiDict(fields)
    told = [
        (field.label.text, _in_words(field, posted.getlist(field.name)))
        for field in form
        if not isinstance(field.widget, HiddenInput) and any(posted.getlist(field.name))
    ]
    return told + [(name, value) for name, value in fields if name not in form and value]


def _in_words(field: Any, values: list[str]) -> str:
    """Choices by their labels; a date or a time as it is written elsewhere, if it is one."""
    if isinstance(field, Day | Moment) and field.data:
        return moment(field.data) if isinstance(field, Moment) else day(field.data)
    if not getattr(field, "choices", None):
        return " ".join(values)
    labels = {str(choice.value): str(choice.label) for choice in field.iter_choices()}
    return ", ".join(labels.get(value, value) for value in values)


def _matched(path: str) -> tuple[str, Any, dict[str, Any]]:
    """The view of an address whose form may wait, by its name, with its arguments."""
    try:
        endpoint, arguments = current_app.url_map.bind("tablet").match(path, "POST")
    except HTTPException:
        raise InvalidError("There is no such form", field="path") from None
    view = current_app.view_functions[endpoint]
    if not hasattr(view, "may_wait"):
        raise InvalidError("This form cannot wait for a signal", field="path")
    return endpoint, view, dict(arguments)


def _refuse(form: Any) -> NoReturn:
    """Refuse with what is wrong with the form, each sentence beside its field."""
    require_none(
        InvalidError(str(words), field=name, now=form.now)
        for name, sentences in (form.errors if form is not None else {}).items()
        for words in sentences
    )
    raise InvalidError("Open this form and answer what it asks")
