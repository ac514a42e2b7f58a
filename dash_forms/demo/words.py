"""What invented officers wrote: short texts for notes, follow-ups, reasons and grades."""

from __future__ import annotations

NOTES = (
    "Answered after a long pause; asked again gently.",
    "Said this while the other person was outside with my colleague.",
    "Gave an example from last month.",
    "Unsure about dates, sure about what happened.",
    "Became tearful, took a break, chose to go on.",
    "Shown on the phone: messages from this week.",
    "Same account as given to the call handler.",
    "Would like this talked through again with a support worker.",
)

# Text follow-ups by (item, follow-up); any that is not here gets one of ANY_DETAIL.
DETAILS: dict[tuple[int, str], tuple[str, ...]] = {
    (1, "what"): ("Red mark on the left forearm", "Sore shoulder, nothing to be seen yet"),
    (2, "comment"): ("“I listen for the car every evening.”", "“I never know which mood it is.”"),
    (3, "who"): ("The neighbour who rang us", "Their mother, who lives nearby"),
    (4, "how"): ("Sister no longer visits; phone is checked", "New to the area, knows nobody"),
    (6, "when"): ("Moved out in spring, came back after a week", "Asked them to go last month"),
    (7, "what"): ("Weekend handovers; the next is on Saturday", "Which school the eldest goes to"),
    (7, "orders"): ("None known", "Family court hearing expected next month"),
    (8, "what"): ("Waits near the workplace", "Dozens of messages a day from new accounts"),
    (9, "dates"): ("Due in about four months", "Baby is nine months old"),
    (10, "who"): ("Two children of primary-school age", "One teenager, and a grandmother"),
    (13, "since_when"): ("Since the new year", "Since losing the job in summer"),
    (14, "how"): ("Used to be shouting, now things are thrown", "Now in front of the children"),
    (15, "examples"): ("Has to send a photo to show where they are", "Is given cash for each day"),
    (16, "what"): ("A broom handle", "Threw a saucepan"),
    (17, "words"): ("Said it would be “the end of both of us”", "Did not want to repeat the words"),
    (18, "when"): ("Once, about two months ago; referred for medical advice", "Last winter"),
    (22, "which"): ("The dog was kicked", "Threatened to let the rabbits go"),
    (25, "when"): ("Said it by text two weeks ago", "After the separation; was in hospital"),
}
ANY_DETAIL = (
    "Recorded in the pocket notebook in their own words",
    "A relative; details given to the enquiry",
    "More than once, over the last year",
    "Did not wish to say more tonight",
)

OBSERVED = (
    "Front room in disorder, a chair on its side. No injuries seen.",
    "Calm on our arrival; flinched when the other person raised their voice.",
    "Two children upstairs, awake and quiet. Both seen and spoken to.",
    "Broken door panel, photographed. The other party had left before we came.",
    "Tidy home, nothing of note. Spoken to in the kitchen, away from the others.",
    "Visible redness to the wrist. Declined an ambulance, accepted first aid.",
)

RATIONALES = {
    "standard": (
        "First report between them, verbal only, both apart tonight and support agreed.",
        "Little to suggest lasting fear; history checked and nothing of concern found.",
        "Argument over belongings, no threats made; safety advice given and taken.",
    ),
    "medium": (
        "Several signs present; risk would rise if they live together again.",
        "Repeat calls this year and drink involved, though no recent violence disclosed.",
        "Control over money and contact described; a change in circumstances could tip it.",
    ),
    "high": (
        "Recent separation, escalating threats and real fear; harm could come at any time.",
        "Number and kind of factors together with past strangulation point to serious harm.",
        "Believed threats and unwanted contact every day; urgent safeguarding put in place.",
    ),
}

REASON_TEXTS = (
    "Said a relative had told them to say nothing; number for support left with them.",
    "Checked with the control room and the sergeant before closing.",
    "Explained at the scene; entry made in the pocket notebook.",
)

PRIMARY_SCHOOLS = (
    "Lantern Lane Primary (invented)",
    "Heron Hill Infants (invented)",
    "Paper Mill Juniors (invented)",
)
SECONDARY_SCHOOLS = ("Westmarch Academy (invented)", "Fenside High (invented)")
