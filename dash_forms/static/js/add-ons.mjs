// The list of add-on sets: the server says which topics call for which, a tap shows or hides the reason.

/** Show or hide what a topic (or "linked", or "stated" children) calls for, and every set left without a reason. */
export function showReasons(list, item, isYes) {
  for (const entry of list.querySelectorAll(".app-add-ons__item")) {
    const reasons = [...entry.querySelectorAll("[data-because]")];
    reasons.filter((reason) => reason.dataset.because === item).forEach((reason) => { reason.hidden = !isYes; });
    entry.hidden = entry.dataset.stays === undefined && reasons.every((reason) => reason.hidden);
  }
}

/** What a list as the server drew it says: the rounds of each set, and whether a child is linked. */
export const listed = (list) => ({
  rounds: [...list?.querySelectorAll("[data-begun]") ?? []].map((round) => ({
    part: round.dataset.part, isDecided: "decided" in round.dataset, isDone: "done" in round.dataset, standing: round.querySelector("p").textContent,
  })),
  linked: Boolean(list?.querySelector('[data-because="linked"]:not([hidden])')),
});

/** Fill a list that knew nobody. `kept` are the rounds of this case that are asked on the tablet. */
export function fillList(list, { path, rounds = [], linked = false, yes, forms }, kept) {
  const all = new Map(rounds.map((round) => [round.part, round]));
  for (const each of kept.map(asListed)) all.set(each.part, { ...each, isDecided: each.isDecided || Boolean(all.get(each.part)?.isDecided) });
  for (const entry of list.querySelectorAll("[data-add-on]")) {
    const number = ({ part }) => Number(part.split(":")[1] ?? 1);
    const own = [...all.values()].filter(({ part }) => part.split(":")[0] === entry.dataset.addOn).sort((one, other) => number(one) - number(other));
    let place = entry.querySelector("[data-part]");
    own.forEach(({ part, isDecided, isDone, isSkipped, standing }, at) => {
      if (at) place.after(place = place.cloneNode(true));
      const [words, button, skip] = ["p", "button", "a"].map((name) => place.querySelector(name));
      place.dataset.part = part;
      place.toggleAttribute("data-decided", isDecided);
      words.textContent = own.length > 1 ? `Number ${at + 1}: ${standing}` : standing;
      button.form.setAttribute("action", `${path}/sets/${part}/begin`);
      button.textContent = isSkipped ? "Ask after all" : isDone ? "Change an answer" : isDecided ? "Go on asking" : "Ask now";
      button.classList.toggle("govuk-button--secondary", isDecided);
      skip.firstChild.textContent = isDecided ? "Stop asking" : "Skip";
      skip.pathname = `${path}/sets/${part}/skip`;
      skip.hidden = Boolean(isSkipped || isDone);
      words.hidden = false;
    });
    const another = entry.querySelector("[data-another]");
    if (another) another.hidden = !own.some(({ isDecided }) => isDecided);
    entry.toggleAttribute("data-stays", own.length > 0);
  }
  yes?.forEach((item) => showReasons(list, item, true));
  showReasons(list, "linked", linked);
  showReasons(list, "stated", (forms.finish ?? []).some(([name, value]) => name === "children" && value === "yes"));
}

function asListed({ part, state, cards }) {
  const all = Object.values(cards);
  const done = all.filter(({ value }) => value !== null).length;
  const isSkipped = state === "skipped";
  return { part, isSkipped, isDecided: isSkipped || done > 0, isDone: done > 0 && done === all.length, standing: isSkipped ? "Skipped" : done ? `${done} of ${all.length} done` : "Begun" };
}

/** The titles of the sets that are offered, and neither asked nor skipped; only those about children after a refusal. */
export function undecided(list, onlyChildren) {
  const why = onlyChildren ? ["linked", "stated"] : null;
  return [...list.querySelectorAll("[data-add-on]")].filter((entry) => !entry.querySelector("[data-decided]")
    && [...entry.querySelectorAll("[data-because]")].some(({ hidden, dataset }) => !hidden && (why?.includes(dataset.because) ?? true)))
    .map((entry) => entry.querySelector("h3").textContent);
}
