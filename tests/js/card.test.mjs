// What a card says, read from a stand-in for its fields.

import assert from "node:assert/strict";
import { test } from "node:test";

import { answerIn, clockTime, hasFollowUps, isTouched, recordedValue } from "../../dash_forms/static/js/card.mjs";

const radio = (name, value, checked = false) => ({ name, value, checked, type: "radio" });
const box = (name, value, checked = false) => ({ name, value, checked, type: "checkbox" });
const text = (name, value) => ({ name, value, type: "textarea" });
const hidden = (name, value) => ({ name, value, type: "hidden" });

function card(item, fields, followUpClasses = []) {
  return {
    dataset: { item: String(item) },
    querySelectorAll: () => fields,
    querySelector: (selector) => followUpClasses.find((name) => selector.endsWith(`.${name}`)) ?? null,
  };
}

test("an untouched card says nothing, from the victim", () => {
  const untouched = card(4, [
    hidden("q4-rev", "0"), radio("q4-value", "yes"), radio("q4-value", "no"),
    radio("q4-source", "victim", true), radio("q4-source", "records"), text("q4-note", ""),
  ]);
  assert.deepEqual(answerIn(untouched), { value: null, source: "victim", note: "", details: {} });
});

test("the whole content of a card is read", () => {
  const full = card(1, [
    radio("q1-value", "yes", true), radio("q1-value", "no"),
    radio("q1-source", "victim"), radio("q1-source", "officer_observed", true),
    text("q1-note", "A note"), text("q1-what", "A cut"),
    box("q1-who", "self", true), box("q1-who", "children"), box("q1-who", "other", true),
  ]);
  assert.deepEqual(answerIn(full), {
    value: "yes", source: "officer_observed", note: "A note", details: { what: ["A cut"], who: ["self", "other"] },
  });
});

test("an empty follow-up is left out", () => {
  const fields = [radio("q1-value", "yes", true), text("q1-what", ""), box("q1-who", "self")];
  assert.deepEqual(answerIn(card(1, fields)).details, {});
});

test("fields of another card are not read", () => {
  const fields = [radio("q1-value", "no", true), radio("q12-value", "yes", true), text("q12-note", "Other")];
  assert.deepEqual(answerIn(card(1, fields)), { value: "no", source: "victim", note: "", details: {} });
});

test("a card has follow-ups for the answers that call for them", () => {
  const answered = (value) => card(2, [radio("q2-value", value, true)], ["app-when-yes", "app-when-dont-know"]);
  assert.equal(hasFollowUps(answered("yes")), true);
  assert.equal(hasFollowUps(answered("dont_know")), true);
  assert.equal(hasFollowUps(answered("no")), false);
  assert.equal(hasFollowUps(card(2, [], ["app-when-yes"])), false);
});

test("a time is shown as hours and minutes", () => {
  assert.match(clockTime("2026-01-31T21:45:10+00:00"), /^\d\d:\d\d$/);
});

test("a card is touched once a tap or a word differs from what the server sent", () => {
  const fields = [{ type: "radio", checked: false, defaultChecked: false }, { type: "textarea", value: "a", defaultValue: "a" }];
  const card = { querySelectorAll: () => fields };
  assert.equal(isTouched(card), false);
  fields[0].checked = true;
  assert.equal(isTouched(card), true);
  fields[0].checked = false;
  fields[1].value = "ab";
  assert.equal(isTouched(card), true);
});

test("on a scale the word is sent, and what it is recorded as decides what is shown", () => {
  const scale = (chosen) => card(2, [
    { ...radio("q2-value", "never", chosen === "never"), dataset: { recordedAs: "no" } },
    { ...radio("q2-value", "often", chosen === "often"), dataset: { recordedAs: "yes" } },
    radio("q2-value", "dont_know", chosen === "dont_know"),
  ], ["app-when-yes"]);
  assert.equal(answerIn(scale("often")).value, "often");
  assert.equal(recordedValue(scale("often")), "yes");
  assert.equal(recordedValue(scale("never")), "no");
  assert.equal(recordedValue(scale("dont_know")), "dont_know");
  assert.equal(recordedValue(scale(null)), null);
  assert.equal(hasFollowUps(scale("often")), true);
  assert.equal(hasFollowUps(scale("never")), false);
});
