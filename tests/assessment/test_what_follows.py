"""What the answers set in motion stands on the card, and wherever the case is weighed."""

from __future__ import annotations

from tests.support.cases import CLOSING, id_of, read_all, review_of
from tests.support.client import StrictClient
from tests.support.force import answer_all, new_assessment, skip_offered

STRANGLED = "Consider the offence of strangulation or suffocation"
SARC = "Offer the sexual assault referral centre"


def test_it_is_said_on_the_card_and_on_every_page_that_weighs_the_case(
    officer: StrictClient, sergeant: StrictClient, specialist: StrictClient
) -> None:
    path = new_assessment(officer)
    cards = officer.page(path)
    card = cards.root.find(".//div[@id='q18']")
    assert card is not None
    shown = [each for each in card.iter() if "app-when-yes" in (each.get("class") or "")]
    assert any(STRANGLED in cards.text(each) for each in shown)
    answer_all(officer, path, q18="yes")
    skip_offered(officer, path)
    closing = officer.page(f"{path}/finish").text()
    assert STRANGLED in closing
    assert SARC not in closing
    officer.submit(f"{path}/finish", **(CLOSING | {"grade": "high"}))
    assert STRANGLED in officer.page(f"{path}/record").text()
    assert f"- {STRANGLED} (Topic 18)" in officer.page(f"{path}/handover").text()
    assert STRANGLED in sergeant.page(f"{review_of(path)}?section=ending").text()
    read_all(sergeant, path)
    sergeant.submit(f"{review_of(path)}/decide", decision="agreed")
    assert STRANGLED in specialist.page(f"/desk/records/{id_of(path)}").text()
