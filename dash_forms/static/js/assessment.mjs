// The assessment page: one card at a time, each tap kept on the tablet and sent, nothing lost on a bad line.

import { Outbox, showProgress, words } from "./outbox.mjs";
import { answerIn, clockTime, fill, hasFollowUps, isTouched, recordedValue } from "./card.mjs";
import { listed, showReasons } from "./add-ons.mjs";
import { made } from "./made.mjs";
import { signIn } from "./sign-in.mjs";
import { uuid7 } from "./uuid7.mjs";

const PAUSE_IN_TYPING = 800;
const LOOK_AT_TAP = 250;
const SECOND_TAP = 600;
const BETWEEN = " · ";
const LIST = "#add-ons";

/**
 * Bring the cards of an assessment to life. `kase` is what the tablet kept of it, where no server filled the page;
 * Gives a function that says how the case stands.
 * `leave(kase, way)` goes on by a link or a button without a server, and is false if it cannot.
 */
export function begin(page, tablet, { kase = null, leave = () => false } = {}) {
  const cards = [...page.querySelectorAll(".app-card")];
  const chips = new Map([...page.querySelectorAll("[data-chip]")].map((chip) => [chip.dataset.chip, chip]));
  const back = page.querySelector("[data-back]");
  const next = page.querySelector("[data-next]");
  const finish = page.querySelector("[data-finish]");
  const status = page.querySelector("[data-status]");
  const addOns = page.querySelector("[data-add-ons]");
  const { assessment, part } = page.dataset;
  const outbox = new Outbox(tablet, { path: `/assessments/${assessment}`, onChange: showStatus, onReceipt });
  const touched = new Set();
  const unanswered = new Map(); // op_id → item, of what no server has answered for

  let shown = -1;
  let typing;
  let seq = 0;
  let isCut = false;
  const before = kase?.before ?? {}; // what topics said that a gate has answered since
  let refused = [];
  let known = kase ?? { state: page.dataset.state, rev: Number(page.dataset.rev), forms: offered(), ...listed(addOns) };

  function show(index, { focus = true } = {}) {
    shown = Math.max(0, Math.min(index, cards.length - 1));
    cards.forEach((card, at) => { card.hidden = at !== shown; });
    page.querySelectorAll(".app-section").forEach((section) => {
      section.hidden = !section.contains(cards[shown]);
    });
    const item = cards[shown].dataset.item;
    chips.forEach((chip, number) => {
      if (number === item) chip.setAttribute("aria-current", "step");
      else chip.removeAttribute("aria-current");
    });
    const overview = page.querySelector(".app-overview");
    const left = chips.get(item).offsetLeft - overview.offsetLeft;
    if (left < overview.scrollLeft || left > overview.scrollLeft + overview.clientWidth - 60) overview.scrollLeft = left - 60;
    back.disabled = shown === 0;
    const isLast = shown === cards.length - 1;
    next.hidden = isLast;
    finish.hidden = !isLast;
    if (addOns) addOns.hidden = !isLast;
    history.replaceState(null, "", `#q${item}`);
    if (focus) {
      cards[shown].focus({ preventScroll: true });
      if (cards[shown].getBoundingClientRect().top < 0) cards[shown].scrollIntoView({ block: "start" });
    }
  }

  function advance() {
    if (shown === cards.length - 1) return addOns?.scrollIntoView({ block: "nearest" });
    show(shown + 1);
    rest();
  }

  // A second tap of the same thumb must not answer the card that has just come under it.
  function rest() {
    const card = cards[shown];
    card.inert = true;
    setTimeout(() => { card.inert = false; }, SECOND_TAP);
  }

  function indexOf(hash) {
    if (addOns && hash === LIST) return cards.length - 1; // it stands after the last card
    return cards.findIndex((card) => `#${card.id}` === hash);
  }

  // Where somebody goes on who was interrupted: the first open card from there, and from the start.
  function nextOpen(from) {
    const isOpen = (card) => answerIn(card).value === null;
    const later = cards.findIndex((card, at) => at >= from && isOpen(card));
    return later >= 0 ? later : Math.max(0, cards.findIndex(isOpen));
  }

  // Whoever taps before this script runs has answered all the same, and goes on from there.
  function arrival() {
    const tapped = cards.findLastIndex(isTouched);
    if (tapped < 0) return indexOf(location.hash);
    const isDone = answerIn(cards[tapped]).value !== null && !hasFollowUps(cards[tapped]);
    return isDone ? tapped + 1 : tapped;
  }

  function save(card, gate) {
    clearTimeout(typing);
    typing = null;
    const answer = answerIn(card);
    if (card.querySelector(".app-conflict") && answer.value === null) return;
    mark(card, "Saving…", "app-saved--saving");
    const item = Number(card.dataset.item);
    // As it will be once the server has the taps before this one.
    const base_rev = Number(revOf(card).value) + [...unanswered.values()].filter((each) => each === item).length;
    const op_id = uuid7();
    let { after } = card.dataset; // what is on the screen, if this tablet said it
    const instead = []; // of what the server refused, which it does not know
    for (let old; (old = refused.find(({ entry }) => entry.op_id === after)?.operation); { after } = old) instead.push(after);
    card.dataset.after = op_id;
    touched.add(card.dataset.item);
    unanswered.set(op_id, item);
    seq += 1;
    markAnswered(card);
    outbox.put({ op_id, kind: "answer", assessment_id: assessment, part, item, ...answer, gate, base_rev, after, instead, asked_at: new Date().toISOString(), device_seq: seq, device: tablet.device }, asItStands());
  }

  // What an ending filled, and nobody has touched since.
  const isFilled = ({ dataset: { item } }) => Boolean(kase?.cards[item]?.isFilled) && !touched.has(item);

  // What the tablet needs to show this page again without a server.
  function asItStands() {
    const rev = (card) => Number(revOf(card).value);
    return {
      ...known,
      path: part ? `/assessments/${assessment}/sets/${part}` : `/assessments/${assessment}`,
      assessment,
      part,
      set: page.dataset.set,
      title: page.querySelector("h1").textContent,
      incident: page.dataset.incident,
      incidentId: page.dataset.incidentId,
      whose: page.querySelector("[data-whose]").textContent.replace(BETWEEN, ""),
      shown: shown + 1,
      before,
      yes: cards.filter((card) => recordedValue(card) === "yes").map((card) => card.dataset.item),
      cards: Object.fromEntries(cards.map((card) => [card.dataset.item, { ...answerIn(card), rev: rev(card), after: card.dataset.after, isFilled: isFilled(card) }])),
    };
  }

  // A gate answers its topics at once, or gives each back what it said before.
  function passGate({ name, dataset }) {
    const own = dataset.items.split(" ").map((item) => cards[item - 1]);
    const isClosing = name === "close";
    const undecided = own.find((card) => card.querySelector(".app-conflict"));
    if (undecided) return show(cards.indexOf(undecided));
    for (const card of own) {
      const said = answerIn(card);
      const { item } = card.dataset;
      if ((said.value === dataset.sets) === isClosing) continue;
      const blank = { source: "victim", note: "", details: {} };
      fill(card, isClosing ? { value: dataset.sets, ...blank } : before[item] ?? { value: null, ...blank });
      if (isClosing) before[item] = said;
      save(card, isClosing ? dataset.gate : undefined);
      showReason(card);
    }
    drawGates();
    return show(cards.indexOf(own.at(isClosing ? -1 : 0)) + Number(isClosing));
  }

  // Why an add-on set is offered.
  function showReason(card) {
    if (addOns) showReasons(addOns, card.dataset.item, recordedValue(card) === "yes");
  }

  function drawGates() {
    for (const button of page.querySelectorAll("[data-gate]")) {
      const { items, sets, close, undo } = button.dataset;
      const isClosed = items.split(" ").every((item) => answerIn(cards[item - 1]).value === sets);
      button.name = isClosed ? "undo" : "close";
      button.textContent = isClosed ? undo : close;
    }
  }

  function revOf(card) {
    return card.querySelector(`[name="q${card.dataset.item}-rev"]`);
  }

  function mark(card, words, variant = "") {
    const place = card.querySelector(".app-saved");
    place.className = `app-saved ${variant}`;
    place.textContent = words;
  }

  function onReceipt(receipt) {
    const item = unanswered.get(receipt.op_id);
    if (item === undefined) return; // another page's
    unanswered.delete(receipt.op_id);
    const card = cards[item - 1];
    if (receipt.receipt === "rejected") {
      mark(card, `Not saved: ${receipt.detail}`, "app-saved--failed");
      lookForRefused();
      return;
    }
    if (receipt.receipt === "conflict") {
      // The revision stays the old one: a tap on its way must not settle what nobody here has seen.
      outbox.whenEmpty(() => location.reload());
      return;
    }
    revOf(card).value = receipt.rev;
    card.querySelector(".app-conflict")?.remove();
    if (![...unanswered.values()].includes(item)) mark(card, `Saved ${clockTime(receipt.saved_at)}`);
    markAnswered(card);
  }

  async function lookForRefused() {
    refused = await tablet.refused();
  }

  // What an earlier page kept and no server has answered for is shown here, and sent.
  async function takeUp() {
    if (!kase) {
      await tablet.connect();
      known = { ...known, forms: { ...(await tablet.case(asItStands().path))?.forms, ...offered() } };
    }
    await lookForRefused();
    const kept = await tablet.waiting();
    const tapped = new Set(unanswered.values()); // since this page stands: newer than what waits
    for (const { operation } of kept) {
      if (operation?.assessment_id !== assessment || operation.part !== part || unanswered.has(operation.op_id)) continue;
      unanswered.set(operation.op_id, operation.item);
      if (tapped.has(operation.item)) continue;
      const card = cards[operation.item - 1];
      const { value, source, note, details } = operation;
      fill(card, { value, source, note, details });
      card.dataset.after = operation.op_id;
      markAnswered(card);
    }
    outbox.send();
  }

  function markAnswered(card) {
    const chip = chips.get(card.dataset.item);
    chip.classList.remove("app-chip--conflict");
    chip.classList.toggle("app-chip--answered", answerIn(card).value !== null);
    chip.querySelector("span").textContent = answerIn(card).value === null ? "" : " answered";
    page.querySelectorAll(".app-overview__section").forEach((section) => {
      section.querySelector("[data-count]").textContent = section.querySelectorAll(".app-chip--answered").length;
    });
    page.querySelector("[data-answered]").textContent = page.querySelectorAll(".app-chip--answered").length;
  }

  function showStatus(state) {
    const { waiting, refused, refusedHere, overdue, failing, isKept, isMute, isSignedOut, isSomebodyElses, savedAt } = state;
    showProgress(page.querySelector("[data-progress]"), state);
    isCut = failing && isKept;
    const said = [];
    if (isCut) {
      said.push(words.held(state));
      if (isSomebodyElses) said.push("Somebody else is signed in.");
      else if (isSignedOut) said.push(signInLink());
      unanswered.forEach((item) => mark(cards[item - 1], "Saved on this tablet", "app-saved--held"));
    } else if (isSignedOut && waiting) said.push(`${words.waits(state)}. Keep this page open.`, signInLink());
    else if (failing) said.push(`${waiting} not saved yet – trying again. Keep this page open.`);
    else if (waiting) said.push("Saving…");
    else if (isMute) said.push(words.mute);
    else if (!refusedHere && savedAt) said.push(`Saved on the server ${clockTime(savedAt)}`);
    else if (!refusedHere && !kase && page.querySelector(".app-chip--answered")) said.push("Saved on the server"); // it drew them
    if (refused) said.push(made("a", { className: "govuk-link", href: "/tablet", textContent: words.refused(state) }));
    if (overdue) said.push(words.overdue(state));
    const isBad = overdue || !isCut && (failing || isMute || refused);
    const kind = isBad ? "failed" : isCut ? "held" : waiting ? "saving" : "";
    status.className = `app-saved ${kind && `app-saved--${kind}`}`;
    status.replaceChildren(...said.flatMap((each, at) => (at ? [BETWEEN, each] : [each])));
  }

  // All of it is kept, so even where the dialog fails, leaving this page loses nothing.
  function signInLink() {
    const link = made("a", { className: "govuk-link", href: `/sign-in?next=${encodeURIComponent(asItStands().path)}`, textContent: "Sign in again to send" });
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      await signIn();
      await tablet.connect();
      outbox.hurry();
    });
    return link;
  }

  cards.forEach((card, index) => {
    card.addEventListener("change", (event) => {
      save(card);
      showReason(card);
      if (event.target.name.endsWith("-value") && card.dataset.tapped && !hasFollowUps(card)) {
        setTimeout(() => { if (shown === index) advance(); }, LOOK_AT_TAP);
      }
      delete card.dataset.tapped;
    });
    // Arrow keys move through the answers too, so only a tap or a click goes on to the next card.
    card.addEventListener("pointerup", () => {
      card.dataset.tapped = "yes";
      setTimeout(() => { delete card.dataset.tapped; }, 500);
    });
    card.addEventListener("input", (event) => {
      if (!event.target.matches("textarea")) return;
      mark(card, "Typing…", "app-saved--saving");
      clearTimeout(typing);
      typing = setTimeout(() => save(card), PAUSE_IN_TYPING);
    });
  });

  back.addEventListener("click", () => show(shown - 1));
  next.addEventListener("click", () => show(shown + 1));
  chips.forEach((chip) => chip.addEventListener("click", (event) => {
    event.preventDefault();
    show(indexOf(chip.hash));
  }));

  // Leaving by a link or a button waits until everything is on the server.
  page.addEventListener("click", (event) => {
    const leaving = event.target.closest("a[href^='/'], button[formaction], [data-add-ons] button, [data-ended] button");
    if (!leaving || status.contains(leaving)) return;
    if (typing) save(cards[shown]);
    const isGate = leaving.matches("[data-gate]") && (kase || isCut);
    if (outbox.isEmpty && !isGate) return;
    event.preventDefault();
    event.stopPropagation();
    if (isGate) passGate(leaving);
    else goOn(leaving);
  });
  // How it was offered, which the last page hands on.
  function offered() {
    const { mode, alone } = page.dataset;
    return mode ? { start: [["mode", mode], ["seen_alone", alone]] } : {};
  }

  // Without a server the next page is one that the tablet keeps, if it has come that far.
  async function goOn(leaving) {
    if ((kase || isCut) && await leave(asItStands(), leaving)) return;
    status.textContent = status.dataset.goingOn;
    outbox.whenEmpty(() => leaving.click());
  }

  page.addEventListener("submit", (event) => {
    if (event.submitter && !event.submitter.hasAttribute("formaction") && event.target.matches(".app-section")) event.preventDefault();
  });
  window.addEventListener("beforeunload", (event) => {
    if (typing) save(cards[shown]);
    if (!outbox.isKept) event.preventDefault();
  });
  window.addEventListener("hashchange", () => {
    const index = indexOf(location.hash);
    if (index >= 0) show(index);
  });

  document.documentElement.classList.add("app-scripted");
  back.hidden = false;
  if (kase) {
    page.querySelector("[data-whose]").textContent = kase.whose && kase.whose + BETWEEN;
    cards.filter((card) => card.dataset.item in kase.cards).forEach((card) => {
      const { rev, after, ...content } = kase.cards[card.dataset.item];
      fill(card, content);
      if (after) card.dataset.after = after;
      revOf(card).value = rev;
      markAnswered(card);
      showReason(card);
    });
    drawGates();
  }
  const isAtList = addOns && location.hash === LIST;
  const wanted = !kase ? arrival() : isAtList ? indexOf(LIST) : nextOpen(kase.shown - 1);
  show(wanted >= 0 ? wanted : Number(page.dataset.resume) - 1, { focus: false });
  if (kase) rest();
  else cards.filter(isTouched).forEach((card) => save(card));
  takeUp();
  // The browser has jumped to the card's address among all of them; with one on screen the top is right.
  if (wanted >= 0) {
    const settle = () => (isAtList ? addOns.scrollIntoView() : scrollTo(0, 0));
    settle();
    addEventListener("load", settle, { once: true });
  }
  return asItStands;
}
