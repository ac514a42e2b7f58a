// The stage: where a case goes on while no server answers, on blank pages that the tablet keeps.

import { begin } from "./assessment.mjs";
import { drawnPage, isRight, refill, refuse, said } from "./blank.mjs";
import { reopen } from "./endings.mjs";
import { Outbox } from "./outbox.mjs";
import { drawPeople, peopleOf } from "./people.mjs";
import { fillAddOns, newRound, whereTo } from "./rounds.mjs";
import { STEPS, stepOf } from "./steps.mjs";
import { isOf } from "./tablet.mjs";
import { uuid7 } from "./uuid7.mjs";

const PAUSE_IN_TYPING = 500;
const INCIDENT = /^\/incidents\/[0-9a-f-]{36}/;
const ADDRESS = /^(\/assessments\/[0-9a-f-]{36})(?:\/sets\/([a-z0-9-]+(?::\d+)?))?(?:\/[a-z-]+)?$/;
const RIGHT = "put right";

/** What the page of this tablet is brought to life with; it sets itself here, because it leads back to the stage. */
export const doors = { home: null };

let outbox = null;
let tell = null; // how the case on screen stands

// The browser's own way back leads through the steps as well.
let goBack = null;
globalThis.addEventListener?.("popstate", () => goBack?.());

/** The page of this tablet is shown instead. */
export function leaveStage(back) {
  goBack = back;
}

/** For `begin`: leave the cards by a link or a button, without a server. */
export const leaveFor = (tablet) => (kase, way) => goTo(tablet, kase, whereTo(way));

// A second tap, while the first one is on its way, is none: what is kept of a tap can take its time.
let going = null;
const once = (act) => (going ??= act().finally(() => { going = null; }));

/** Go on to an address of a case, of its incident, or of an add-on set of it. False if that needs a server. */
export const goTo = (...whereTo) => once(() => go(...whereTo));

async function go(tablet, kase, path) {
  if (path === "/tablet" && doors.home) return goHome(tablet);
  if (INCIDENT.test(path)) {
    const people = await peopleOf(tablet, kase);
    if (!people) return false;
    if (kase.path !== people.path) await tablet.keep([], kase);
    return show(tablet, people, path.replace(INCIDENT, people.path));
  }
  const [, root, part] = path.match(ADDRESS) ?? [];
  const main = kase.path === root ? kase : await tablet.case(root);
  if (!main) return false;
  if (path.endsWith("/resume")) {
    reopen(main);
    return await post(tablet, main, path, []) && show(tablet, main);
  }
  if (!part || main.state === "sent") {
    return show(tablet, main, path === root && kase.from || path, { hash: kase.part ? "#add-ons" : "" });
  }
  const own = `${root}/sets/${part}`;
  const round = kase.path === own ? kase : await tablet.case(own) ?? newRound(main, part);
  if (!round) return false;
  if (kase === main) {
    round.from = document.querySelector('[data-module="owed"]') && `${root}/finish`;
    await tablet.keep([], main);
  }
  if (path.endsWith("/begin") && !await beginRound(tablet, round)) return false;
  return show(tablet, round, path.replace("/begin", ""));
}

async function beginRound(tablet, round) {
  if (round.state !== "skipped" && await tablet.case(round.path)) return true;
  round.state = "draft";
  return post(tablet, round, `${round.path}/begin`, [["version", round.set.split("/").at(-1)]]);
}

// Keep what is to be posted, with the case as it is then, and send it. False if the tablet could not keep it.
async function post(tablet, kase, path, fields, before = kase) {
  const operation = { op_id: uuid7(), kind: "post", path, fields, made_at: new Date().toISOString() };
  // A form that the server refused is put right where it stood, before what was built on it.
  const isPutRight = await tablet.putRight(operation, before).catch(() => false);
  if (!isPutRight && !await tablet.keep([operation], kase)) return false;
  const sent = outboxOf(tablet).send();
  if (isPutRight) await sent;
  return isPutRight ? RIGHT : true;
}

/** Go on with a case: show a step of it, and bring that to life. False if the tablet has no page for it. */
export async function show(tablet, kase, path = kase.path, { step = stepOf(kase, path), hash = "" } = {}) {
  const drawn = step && await drawnPage(STEPS[step].page?.(kase) ?? `/tablet/steps/${step}`, kase.assessment || kase.incidentId);
  if (!drawn) return false;
  const page = turnTo(drawn, STEPS[step].to || step === "sent" ? kase.path : path, hash);
  page.inert = true; // until it listens, and holds what was entered before
  scrollTo(0, 0);
  let now = () => kase;
  goBack = async () => await goTo(tablet, now(), location.pathname) || goHome(tablet);
  if (step === "cards") now = await bindCards(page, tablet, kase);
  else if (step === "people") await drawPeople(page, tablet, kase);
  else if (step !== "sent") now = await bindForm(page, tablet, kase, step, path);
  page.addEventListener("click", (event) => follow(event, tablet, now));
  tell = () => sayHowItStands(page, tablet, kase);
  outboxOf(tablet);
  tell();
  page.inert = false;
  const heading = page.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  return true;
}

// What the server refused of the case, and whether it is known to have all of it.
async function sayHowItStands(page, tablet, { path }) {
  const ofCase = ({ entry }) => isOf(path, entry.path);
  const refused = (await tablet.refused()).some(ofCase);
  const waits = refused || (await tablet.waiting()).some(ofCase) || tablet.isMute;
  page.querySelector("[data-refused]").hidden = !refused;
  page.querySelectorAll("[data-waits]").forEach((each) => { each.hidden = !waits; });
  page.querySelectorAll("[data-arrived]").forEach((each) => { each.hidden = waits; });
}

async function goHome(tablet) {
  const drawn = await drawnPage("/tablet");
  if (!drawn) return false;
  doors.home(turnTo(drawn, "/tablet").querySelector('[data-module="tablet"]'), tablet);
  return true;
}

// Put a page in the place of the one on screen.
function turnTo(drawn, address, hash = "") {
  const page = drawn.querySelector(".app-page");
  document.title = drawn.title;
  document.querySelector(".app-page").replaceWith(page);
  history[location.pathname === address ? "replaceState" : "pushState"](null, "", address + hash);
  return page;
}

// Links between the steps lead on here; others wait for a server.
async function follow(event, tablet, now) {
  const way = event.target.closest("a[href^='/'], [data-add-ons] button, [data-ended] button");
  if (!way || event.defaultPrevented || way.rel === "external") return;
  event.preventDefault();
  if (!await goTo(tablet, now(), whereTo(way)) && way.href) location.assign(way.href);
}

async function bindCards(page, tablet, kase) {
  const cards = page.querySelector('[data-module="assessment"]');
  const list = page.querySelector("[data-add-ons]");
  if (list) await fillAddOns(list, tablet, kase);
  if (kase.part) page.querySelector("h1").textContent = kase.title;
  page.querySelector("[data-ended]")?.toggleAttribute("hidden", !kase.ending);
  Object.assign(cards.dataset, { assessment: kase.assessment, part: kase.part, incident: kase.incident, incidentId: kase.incidentId, rev: kase.rev });
  return begin(cards, tablet, { kase, leave: leaveFor(tablet) });
}

async function bindForm(page, tablet, kase, step, path) {
  const { at, to = () => path, prepare, isHeld, note, become, after, next = "" } = STEPS[step];
  const draft = STEPS[step].isOfMany ? path : step;
  const form = page.querySelector("form[novalidate]");
  let typing;
  await prepare?.(form, tablet, kase, path);
  const wrong = await tablet.refusedForm(kase.path, to(kase));
  const { rev } = form.elements;
  const asOf = rev?.value;
  refill(form, kase.forms[draft] ?? wrong?.operation.fields);
  if (rev) rev.value = wrong ? new Map(wrong.operation.fields).get("rev") : asOf;
  wrong?.errors.forEach(({ field, detail, now }) => {
    if (now) rev.value = now; // who puts it right has seen what somebody else changed
    refuse(form, field, detail);
  });
  form.dispatchEvent(new Event("input"));
  const remember = () => {
    kase.forms[draft] = said(form);
    return tablet.keep([], kase);
  };
  form.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(remember, PAUSE_IN_TYPING);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    if (!going && !isHeld?.(form, event.submitter) && isRight(form)) once(() => submit(event.submitter));
  });
  async function submit(submitter) {
    const fields = [...said(form), ...(submitter?.name ? [[submitter.name, submitter.value]] : [])];
    await remember();
    note?.(kase, form, path);
    const changed = structuredClone(kase);
    await become?.(changed, form, { step, submitter });
    if (at) delete changed.forms[draft];
    const kept = await post(tablet, changed, to(kase), fields, kase);
    if (!kept) {
      refuse(form, "", page.dataset.unkept);
      return true;
    }
    if (at) delete kase.forms[draft]; // the next one is somebody else
    if (kept === RIGHT) {
      if (at) await tablet.keep([], kase);
      return goHome(tablet);
    }
    Object.assign(kase, changed);
    await after?.(tablet, kase, form);
    return next === null ? go(tablet, kase, `/assessments/${kase.assessment}`) : show(tablet, kase, kase.path + next);
  }
  // Whoever leaves takes along what has just been typed.
  return () => {
    if (typing) remember();
    return kase;
  };
}

// One for all the forms of a page: each listens for as long as the page lives.
function outboxOf(tablet) {
  outbox ??= new Outbox(tablet, { onChange: () => tell?.() });
  return outbox;
}
