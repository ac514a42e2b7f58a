"""What a request says of a report: the filter in its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from dash_forms.domain.periods import london_date
from dash_forms.reporting.baselines import baselines
from dash_forms.reporting.disclosed import baseline_for_reader, is_controlled
from dash_forms.reporting.forms import DeclineFilterForm
from dash_forms.reporting.queries import sets_to_choose, teams_to_choose
from dash_forms.web.disclosure import rules_in_force

if TYPE_CHECKING:
    from dash_forms.store.work import Work


def filter_form(work: Work) -> DeclineFilterForm:
    """The form of this request's address; of whole months for whoever is under control."""
    return _form(work, whole_months=is_controlled(work.by))


def any_days_form(work: Work) -> DeclineFilterForm:
    """The same of any days, for figures that are exact for everybody who may see them."""
    return _form(work, whole_months=False)


def _form(work: Work, *, whole_months: bool) -> DeclineFilterForm:
    return DeclineFilterForm(
        request.args,
        teams=teams_to_choose(work),
        sets=sets_to_choose(work),
        baselines=[
            shown
            for each in baselines(work)
            if (shown := baseline_for_reader(work.by, each, rules_in_force()))
        ],
        today=london_date(work.now),
        whole_months=whole_months,
    )
