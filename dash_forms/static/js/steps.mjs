// Each step of a case without a server, and all that there is to say about it.

import { asNumber, refill, said } from "./blank.mjs";
import { end, endedAs } from "./endings.mjs";
import { isOwed, prepareFinish } from "./finish.mjs";
import { made } from "./made.mjs";
import { addVictim, noteChild } from "./people.mjs";
import { uuid7 } from "./uuid7.mjs";

const setOf = ({ elements: { question_set: { value } } }) => `/tablet/cards/${value.replace(".v", "/")}`;
const ending = { next: "/finish", become: (kase, form, { step }) => end(kase, step) };
const isSent = (kase) => { kase.state = "sent"; };
const isRevised = (kase) => { kase.rev += 1; };

/**
 * By name. `page` is its blank page, and `to` where its form is posted, where these are not as the name says; `at` is where
 * it stands below the address of an incident, `isOfMany` if there is one for each child. `prepare(form, tablet, kase, path)` fills in what a server would have, and
 * `isHeld(form, submitter)` says whether something has to be seen to first. `note(kase, form, path)` is what the case says
 * by the form, however often that is put right; `become(kase, form, {step, submitter})` is what happens to it by that, and
 * `after(tablet, kase, form)` to others. `next` is where it leads, below the address of the case.
 */
export const STEPS = {
  incident: {
    to: () => "/incidents/new",
    prepare: prepareIncident,
    note: (kase, form) => Object.assign(kase, { incident: asNumber(form.elements.urn.value), set: setOf(form) }),
    become: (kase) => { kase.state = "required"; },
  },
  start: { to: ({ path }) => `${path}/start`, prepare: warnOfAge, become: (kase) => { kase.state = "draft"; } },
  cards: { page: ({ set }) => set },
  decline: {
    ...ending,
    isHeld: proposes,
    become: (kase, form, { submitter }) => end(kase, submitter?.name === "as_unable" ? "unable" : "decline"),
  },
  unable: ending,
  "not-offered": ending,
  exempt: { become: isSent },
  finish: { page: (kase) => `/tablet/steps/finish/${endedAs(kase)}`, prepare: prepareFinish, isHeld: isOwed, become: isSent },
  skip: {
    next: null, // to where it was offered
    prepare: (form, tablet, { title }) => { document.querySelector("[data-title]").textContent = title; },
    become: (kase) => { kase.state = "skipped"; },
  },
  sent: {},
  people: {},
  pair: { at: /^victims\/new$/, prepare: makeIds, after: (tablet, kase, form) => addVictim(tablet, kase, form, setOf(form)) },
  child: { at: /^children\/new$/, prepare: makeIds, note: (kase, form) => noteChild(kase, form, form.elements.child_id.value) },
  "about-child": {
    at: /^children\/[0-9a-f-]{36}$/,
    isOfMany: true,
    prepare: (form, tablet, kase, path) => {
      const { name, about } = kase.children.find(({ id }) => path.endsWith(id));
      document.querySelector("[data-child]").textContent = name || "No name given";
      fillRevised(form, kase, about);
    },
    note: (kase, form, path) => noteChild(kase, form, path.split("/").at(-1)),
    become: isRevised,
  },
  details: {
    at: /^details$/,
    prepare: (form, tablet, kase) => fillRevised(form, kase, kase.details),
    note: (kase, form) => { kase.details = said(form); },
    become: isRevised,
  },
};

/** The step that an address of a case stands for; null if it needs a server. */
export function stepOf(kase, path) {
  if (path === "/incidents/new") return "incident";
  if (!`${path}/`.startsWith(`${kase.path}/`)) return null;
  if (kase.state === "sent") return "sent";
  const tail = path.slice(kase.path.length + 1);
  if (tail) return Object.keys(STEPS).find((step) => STEPS[step].at?.test(tail) ?? step === tail) ?? null;
  return { people: "people", required: "start", incident: "incident" }[kase.state] ?? "cards";
}

// What changes an incident says which revision it was made on.
function fillRevised(form, { rev }, fields) {
  refill(form, fields);
  form.elements.rev.value = rev;
}

function makeIds({ elements }) {
  for (const name of ["assessment_id", "pair_id", "child_id"]) if (elements[name]) elements[name].value = uuid7();
}

function prepareIncident(form, tablet, kase) {
  makeIds(form);
  if (kase.forms.incident) return;
  form.elements.assessment_id.value = kase.assessment;
  form.elements.incident_id.value = kase.incidentId ??= uuid7();
  const now = new Date(tablet.now());
  const [day, time] = form.querySelectorAll('[name="reported_at"]');
  const london = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", ...options }).format(now);
  day.value = london({ day: "2-digit", month: "2-digit", year: "numeric" }).split("/").reverse().join("-");
  time.value = london({ hour: "2-digit", minute: "2-digit" });
}

// For a victim who is too young the child process applies, and nothing is asked.
function warnOfAge(form, tablet, { forms }) {
  const [day, month, year] = (forms.pair ?? forms.incident ?? []).filter(([name]) => name === "born_on").map(([, part]) => Number(part));
  const warning = document.querySelector("[data-under-age]");
  if (!year || Date.UTC(year + Number(warning.dataset.underAge), month - 1, day) <= tablet.now()) return;
  warning.hidden = false;
  form.hidden = true;
}

// A reason that means that it could not be done: the officer says which it was (scenario 7).
function proposes(form, submitter) {
  if (submitter?.name) return false;
  form.querySelector("[data-proposed]")?.remove();
  const { primary, text } = form.elements;
  const asked = [...form.querySelectorAll("template")].find(({ dataset: { proposes: code, words } }) => (
    code ? code === primary.value : new RegExp(words, "i").test(text.value)
  ));
  if (!asked) return false;
  const place = made("div");
  place.dataset.proposed = "";
  place.append(asked.content.cloneNode(true));
  form.prepend(place);
  place.scrollIntoView({ block: "center" });
  place.querySelector("button").focus();
  return true;
}
