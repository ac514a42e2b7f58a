// Which sets stay on the list after a tap, with stand-ins for its entries.

import assert from "node:assert/strict";
import { test } from "node:test";

import { showReasons } from "../../dash_forms/static/js/add-ons.mjs";

const reason = (item, hidden) => ({ dataset: { because: item }, hidden });

function entry(reasons, stays) {
  return {
    dataset: stays ? { stays: "" } : {},
    hidden: reasons.every((each) => each.hidden) && !stays,
    querySelectorAll: () => reasons,
  };
}

const list = (...entries) => ({ querySelectorAll: () => entries });

test("a yes shows its set with the reason, and taking it back hides both", () => {
  const stalking = entry([reason("8", true)]);
  const honour = entry([reason("4", true), reason("15", true)]);
  const both = list(stalking, honour);
  showReasons(both, "8", true);
  assert.deepEqual([stalking.hidden, honour.hidden], [false, true]);
  showReasons(both, "8", false);
  assert.equal(stalking.hidden, true);
});

test("one reason of several is enough, and other topics are left alone", () => {
  const reasons = [reason("4", false), reason("15", true)];
  const honour = entry(reasons);
  showReasons(list(honour), "15", true);
  showReasons(list(honour), "4", false);
  assert.deepEqual(reasons.map((each) => each.hidden), [true, false]);
  assert.equal(honour.hidden, false);
});

test("what was begun, or a linked child, keeps its place", () => {
  const child = entry([reason("10", false)], true);
  showReasons(list(child), "10", false);
  assert.equal(child.hidden, false);
});
