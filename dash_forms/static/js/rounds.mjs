// The add-on sets of a case: which rounds the tablet has of them, and which one a button leads to.

import { fillList } from "./add-ons.mjs";
import { peopleOf } from "./people.mjs";

const SET = /\/sets\/([a-z0-9-]+)/;

/** Fill the list of add-on sets of a page. */
export async function fillAddOns(list, tablet, kase) {
  const rounds = (await tablet.cases()).filter(({ part, assessment }) => part && assessment === kase.assessment);
  const people = await peopleOf(tablet, kase);
  fillList(list, { ...kase, linked: kase.linked || people?.children.length > 0 }, rounds);
}

/** Where a link or a button leads: another round of a set is the first in which nothing was said. */
export function whereTo(way) {
  if (way.pathname) return way.pathname;
  const { pathname } = new URL(way.form.action);
  if (way.name !== "another") return pathname;
  const used = new Set([...document.querySelectorAll("[data-decided]")].map(({ dataset }) => dataset.part));
  const [, set] = pathname.match(SET);
  let number = 2;
  while (used.has(`${set}:${number}`)) number += 1;
  return pathname.replace(set, `${set}:${number}`);
}

/** A round as it is before it is begun, in the version that the list on the page has. */
export function newRound({ path, assessment, incident, incidentId, whose }, part) {
  const [set, number] = part.split(":");
  const entry = document.querySelector(`[data-add-on="${set}"]`);
  return entry && {
    path: `${path}/sets/${part}`, assessment, part, incident, incidentId, whose, state: "draft", shown: 1, rev: 1, cards: {}, forms: {},
    set: `/tablet/cards/${set}/${entry.dataset.version}`,
    title: entry.querySelector("h3").textContent + (number ? ` (number ${number})` : ""),
  };
}
