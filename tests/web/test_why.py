"""No field is mandatory without the page saying why: whatever an empty form is refused for."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.support.cases import approve, declined, id_of, read_all, review_of, submitted
from tests.support.client import StrictClient
from tests.support.force import new_assessment, operation, sync
from tests.support.offers import owed_offer
from tests.support.rates import BASELINE

SignIn = Callable[[str], StrictClient]


def test_what_an_empty_form_is_refused_for_says_why_it_is_needed(as_: SignIn) -> None:
    officer, sergeant, specialist = as_("officer1"), as_("sergeant1"), as_("specialist1")
    inspector = as_("inspector1")
    inspector.submit("/reports/baselines/new", **BASELINE)
    [withdrawal] = inspector.page("/reports/baselines").links("/withdraw")
    unstarted = new_assessment(officer, started=False)
    asked = new_assessment(officer)
    sync(officer, [operation(str(id_of(asked)), 8, "yes")])
    refused = new_assessment(officer, started=False)
    officer.submit(f"{refused}/decline", primary="distrust", basis="said")
    exempt = new_assessment(officer, started=False)
    officer.submit(f"{exempt}/exempt", primary="deceased")
    read = submitted(officer)
    read_all(sergeant, read)
    high = approve(sergeant, submitted(officer, grade="high"))
    approve(sergeant, declined(officer))
    record = f"/desk/records/{id_of(high)}"
    empty = [
        (officer, "/incidents/new", ""),
        (officer, unstarted, "/start"),
        (officer, f"{unstarted}/decline", ""),
        (officer, f"{unstarted}/unable", ""),
        (officer, f"{unstarted}/not-offered", ""),
        (officer, f"{refused}/finish", ""),
        (officer, f"{asked}/sets/stalking-11/skip", ""),
        (sergeant, f"{review_of(read)}/decide", ""),
        (sergeant, f"{review_of(exempt)}/exemption", ""),
        (sergeant, f"{owed_offer(officer, sergeant)}/end", ""),
        (specialist, f"{record}/assess", ""),
        (specialist, f"{record}/tasks/new", ""),
        (inspector, "/reports/baselines/new", ""),
        (inspector, withdrawal, ""),
        (inspector, "/reports/baselines/rebase", ""),
    ]
    for client, path, action in empty:
        html = client.submit(path, action=action, expect=422).text
        named = re.findall(r'<a href="#([\w-]+)">', html)
        assert named, path
        for field in named:
            hint = re.search(rf'id="{field}-hint"[^>]*>([^<]*)<', html)
            assert hint, f"{path}: {field} is needed and says nothing"
            assert "eeded" in hint[1] or "At least" in hint[1], f"{path}: {field}: {hint[1]}"
