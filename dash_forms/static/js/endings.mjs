// How a case has ended on the tablet, as the server will judge it again.

import { drawnPage } from "./blank.mjs";

/** How the attempt would count now (domain/assessment.py: outcome). */
export function endedAs({ cards, ending }) {
  const given = Object.values(cards).map(({ value, source }) => ({ value, isVictims: source === "victim" }));
  const isNone = (value) => value === null || value === "declined" || value === "not_asked";
  const isAnswered = given.some(({ value, isVictims }) => isVictims && !isNone(value) && value !== "not_applicable");
  if (ending) return isAnswered ? "partial" : { decline: "declined", "not-offered": "not_offered" }[ending] ?? ending;
  return given.some(({ value }) => isNone(value)) ? "partial" : "completed";
}

/** The server gives each topic without an answer one of nobody's, and its next revision (declines/commands.py). */
export async function end(kase, ending) {
  const value = ending === "decline" ? "declined" : "not_asked";
  const drawn = await drawnPage(kase.set);
  for (const { dataset: { item } } of drawn?.querySelectorAll(".app-card") ?? []) {
    const { rev, note, ...said } = kase.cards[item] ?? { value: null, note: "", rev: 0 };
    if (said.value === null || said.isFilled) kase.cards[item] = { value, source: "officer_observed", note, details: {}, rev: rev + 1, isFilled: true };
  }
  Object.assign(kase, { state: "ended", ending });
}

/** The victim will answer after all: what the ending filled is open again. */
export function reopen(kase) {
  for (const card of Object.values(kase.cards).filter(({ isFilled }) => isFilled)) {
    Object.assign(card, { value: null, source: "victim", rev: card.rev + 1, isFilled: false });
  }
  Object.assign(kase, { state: "draft", ending: undefined });
}
