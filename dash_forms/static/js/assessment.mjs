// The assessment page: one card at a time, each tap saved at once, nothing lost on a bad line.

import { Outbox } from "./outbox.mjs";
import { answerIn, clockTime, hasFollowUps, isTouched, recordedValue } from "./card.mjs";
import { showReasons } from "./add-ons.mjs";

const page = document.querySelector('[data-module="assessment"]');
const cards = [...page.querySelectorAll(".app-card")];
const chips = new Map([...page.querySelectorAll("[data-chip]")].map((chip) => [chip.dataset.chip, chip]));
const back = page.querySelector("[data-back]");
const next = page.querySelector("[data-next]");
const finish = page.querySelector("[data-finish]");
const status = page.querySelector("[data-status]");
const outbox = new Outbox(page.dataset.assessment, page.dataset.csrf, { onChange: showStatus, onReceipt }, page.dataset.part);
const addOns = page.querySelector("[data-add-ons]");
const PAUSE_IN_TYPING = 800;
const LOOK_AT_TAP = 250;
const SECOND_TAP = 600;

let shown = -1;
let typing;

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

// A second tap of the same thumb must not answer the card that has just slid under it.
function advance() {
  show(shown + 1);
  const card = cards[shown];
  card.inert = true;
  setTimeout(() => { card.inert = false; }, SECOND_TAP);
}

function indexOf(hash) {
  if (addOns && hash === `#${addOns.id}`) return cards.length - 1; // the list stands after the last card
  return cards.findIndex((card) => `#${card.id}` === hash);
}

function save(card) {
  clearTimeout(typing);
  const answer = answerIn(card);
  if (card.querySelector(".app-conflict") && answer.value === null) return;
  mark(card, "Saving…", "app-saved--saving");
  outbox.put(Number(card.dataset.item), () => ({ ...answer, base_rev: Number(revOf(card).value) }));
}

function revOf(card) {
  return card.querySelector(`[name="q${card.dataset.item}-rev"]`);
}

function mark(card, words, variant = "") {
  const place = card.querySelector(".app-saved");
  place.className = `app-saved ${variant}`;
  place.textContent = words;
}

function onReceipt(item, receipt) {
  const card = cards[item - 1];
  if (receipt.receipt === "rejected") {
    mark(card, `Not saved: ${receipt.detail}`, "app-saved--failed");
    return;
  }
  if (receipt.receipt === "conflict") {
    // The revision stays the old one: a tap on its way must not settle what nobody here has seen.
    outbox.whenEmpty(() => location.reload());
    return;
  }
  revOf(card).value = receipt.rev;
  card.querySelector(".app-conflict")?.remove();
  mark(card, `Saved ${clockTime(receipt.saved_at)}`);
  markAnswered(card);
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

function showStatus({ waiting, failing, signedOut, savedAt }) {
  status.className = `app-saved ${failing ? "app-saved--failed" : waiting ? "app-saved--saving" : ""}`;
  if (signedOut) status.textContent = `Signed out: ${waiting} not sent yet. Sign in again in another tab; this page then sends them.`;
  else if (failing) status.textContent = `${waiting} not saved yet – trying again. Keep this page open.`;
  else if (waiting) status.textContent = "Saving…";
  else if (savedAt) status.textContent = `Saved on the server ${clockTime(savedAt)}`;
}

cards.forEach((card, index) => {
  card.addEventListener("change", (event) => {
    save(card);
    if (addOns) showReasons(addOns, card.dataset.item, recordedValue(card) === "yes");
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
  const leaving = event.target.closest("a[href^='/'], button[formaction], [data-add-ons] button");
  if (!leaving || outbox.isEmpty) return;
  event.preventDefault();
  status.textContent = "Sending what is not saved yet, then going on…";
  outbox.whenEmpty(() => leaving.click());
});
page.addEventListener("submit", (event) => {
  if (event.submitter && !event.submitter.hasAttribute("formaction") && event.target.matches(".app-section")) event.preventDefault();
});
window.addEventListener("beforeunload", (event) => {
  if (!outbox.isEmpty) event.preventDefault();
});
window.addEventListener("hashchange", () => {
  const index = indexOf(location.hash);
  if (index >= 0) show(index);
});

document.documentElement.classList.add("app-scripted");
back.hidden = false;
const wanted = indexOf(location.hash);
show(wanted >= 0 ? wanted : Number(page.dataset.resume) - 1, { focus: false });
// Whoever taps before this script runs has answered all the same.
cards.filter(isTouched).forEach(save);
// The browser has jumped to the card's address among all of them; with one on screen the top is right.
if (wanted >= 0) {
  scrollTo(0, 0);
  addEventListener("load", () => scrollTo(0, 0), { once: true });
}
