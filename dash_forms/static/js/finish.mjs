// The last page on the tablet: what a server would have put into it, and what is still owed.

import { showReasons, undecided } from "./add-ons.mjs";
import { drawnPage } from "./blank.mjs";
import { endedAs } from "./endings.mjs";
import { owe } from "./owed.mjs";
import { peopleOf } from "./people.mjs";
import { fillAddOns } from "./rounds.mjs";

/** Make the page ready for a case. */
export async function prepareFinish(form, tablet, kase) {
  const owed = document.querySelector('[data-module="owed"]');
  const cards = await drawnPage(kase.set, kase.assessment);
  // What was entered here before lies on the server only: nothing may replace it unseen.
  form.elements.rev.value = kase.rev === 1 ? 1 : 0;
  for (const [name, value] of kase.forms.start ?? []) {
    const choice = form.querySelector(`[name="${name}"][value="${value}"]`);
    if (choice) choice.checked = true;
  }
  if ((await peopleOf(tablet, kase))?.children.some(({ isAtHome }) => isAtHome)) owed.dataset.childAtHome = "";
  await oweSets(cards?.querySelector("[data-add-ons]"), form, tablet, kase);
  const left = kase.ending ? 0 : Object.values(kase.cards).filter(({ value }) => value === null).length;
  owed.querySelector("[data-left]").hidden = !left;
  owed.querySelector("[data-left] span").textContent = left === 1 ? "1 topic has" : `${left} topics have`;
  askWhoElse(cards, form, kase);
  owe(owed, form);
}

// A grade below what the count means takes somebody else, whom the server knows by a username.
function askWhoElse(cards, form, { yes = [] }) {
  const { counted, meansHigh } = cards?.querySelector("[data-counted]")?.dataset ?? {};
  const all = counted?.split(" ") ?? [];
  const ticks = yes.filter((item) => all.includes(item)).length;
  for (const each of document.querySelectorAll("[data-below-count]")) {
    if (!all.length || ticks < meansHigh) each.remove();
    else if (form.contains(each)) {
      each.hidden = false;
      each.querySelector("[data-ticks]").textContent = `${ticks} of the ${all.length} topics are “yes”; ${meansHigh} means high.`;
    }
  }
}

// The add-on sets, as the question set of this case calls for them.
async function oweSets(list, form, tablet, kase) {
  if (!list) return;
  await fillAddOns(list, tablet, kase);
  document.querySelector("[data-offers]").append(list);
  const line = document.querySelector("[data-offered]");
  const onlyChildren = Boolean(kase.ending) && endedAs(kase) !== "partial";
  form.addEventListener("input", () => {
    showReasons(list, "stated", form.elements.children.value === "yes");
    const left = undecided(list, onlyChildren);
    line.hidden = left.length === 0;
    line.querySelector("span").textContent = left.join("; ");
  });
}

/** The last page is done when nothing is owed any more. */
export function isOwed() {
  const isOne = [...document.querySelectorAll(".app-owed__item")].some(({ hidden }) => !hidden);
  if (isOne) document.querySelector(".app-owed").scrollIntoView({ block: "start" });
  return isOne;
}
