// Who is there: what the tablet keeps of a whole incident, beside the case of each victim.

import { said } from "./blank.mjs";
import { made } from "./made.mjs";
import { uuid7 } from "./uuid7.mjs";

/** A case that is begun without a server. */
export function newCase(assessment = uuid7(), incidentId = uuid7()) {
  return { path: `/assessments/${assessment}`, assessment, part: "", state: "incident", incident: "", incidentId, whose: "", shown: 1, rev: 1, cards: {}, forms: {} };
}

/** What is kept of the incident of a case. Its details are known where it was begun on this tablet. */
export async function peopleOf(tablet, { incidentId, incident, forms, details = forms.incident }) {
  const path = `/incidents/${incidentId}`;
  return incidentId && {
    path, incidentId, assessment: "", part: "", state: "people", whose: "", rev: 1, cards: {}, forms: {}, children: [], details,
    ...await tablet.case(path), incident,
  };
}

const victimsOf = async (tablet, { incidentId }) => (await tablet.cases())
  .filter((each) => each.incidentId === incidentId && !each.part && each.assessment)
  .sort((one, other) => (one.assessment < other.assessment ? -1 : 1)); // in the order in which they were made

/** Fill the page of an incident. */
export async function drawPeople(page, tablet, { path, incident, children, details }) {
  const place = (name) => page.querySelector(`[data-${name}]`);
  const nameOf = ({ forms }) => new Map(forms.pair ?? forms.incident).get("victim_name");
  const add = (list, name, href, facts) => {
    const line = made("li", { className: "app-list__item" });
    line.append(made("a", { className: "app-list__link", textContent: name, ...(href && { href }) }), made("span", { className: "app-list__facts", textContent: facts }));
    place(list).append(line);
  };
  place("urn").textContent = incident;
  (await victimsOf(tablet, { incidentId: path.split("/")[2] })).forEach((kase, at) => {
    const name = [kase.whose || `Victim ${at + 1}`, nameOf(kase)].filter(Boolean).join(": ");
    add("victims", name, kase.path, kase.state === "required" ? "Not started" : kase.state === "sent" ? "Submitted, waiting to send" : "Begun");
  });
  place("no-children").hidden = children.length > 0;
  for (const { id, name, about } of children) {
    add("children", name || "No name given", id && `${path}/children/${id}`, about ? factsOf(about) : "");
  }
  page.querySelectorAll("[data-details]").forEach((each) => { each.hidden = !details === (each.dataset.details === "known"); });
}

/** What is kept of a child or dependant from one of its forms, in place of what was. */
export function noteChild({ children }, form, id) {
  const { lives_there, child_name } = form.elements;
  const found = children.find((each) => each.id === id);
  const child = found ?? children[children.push({ id }) - 1];
  Object.assign(child, { isAtHome: lives_there.value !== "no", about: said(form) }, child_name && { name: child_name.value.trim() });
}

function factsOf(about) {
  const given = new Map(about);
  const word = (name) => (given.get(name) ?? "not_known").replace("_", " ");
  return `Lives there: ${word("lives_there")} · Was there: ${word("was_present")}`;
}

/** Another victim has a case of their own. Where all are known here, each says which one it is. */
export async function addVictim(tablet, { incidentId, incident }, form, set) {
  const before = await victimsOf(tablet, { incidentId });
  const added = { ...newCase(form.elements.assessment_id.value, incidentId), state: "required", incident, set, forms: { pair: said(form) } };
  const all = [...before, added];
  const isWhole = before.some(({ forms }) => forms.incident);
  all.forEach((kase, at) => { kase.whose = isWhole ? `Victim ${at + 1} of ${all.length}` : kase.whose || "Another victim"; });
  for (const kase of all) await tablet.keep([], kase);
}
