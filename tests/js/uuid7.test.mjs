// Ids made on the device.

import assert from "node:assert/strict";
import { test } from "node:test";

import { uuid7 } from "../../dash_forms/static/js/uuid7.mjs";

test("an id is a version 7 UUID that carries its time", () => {
  const id = uuid7(0x0190a1b2c3d4, new Uint8Array(10).fill(0xff));
  assert.equal(id, "0190a1b2-c3d4-7fff-bfff-ffffffffffff");
  assert.match(uuid7(), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("ids are in the order of their times, and no two are the same", () => {
  const random = () => crypto.getRandomValues(new Uint8Array(10));
  const ids = Array.from({ length: 500 }, (_, at) => uuid7(1_800_000_000_000 + at, random()));
  assert.deepEqual(ids.toSorted(), ids);
  assert.equal(new Set(Array.from({ length: 5000 }, () => uuid7())).size, 5000);
});
