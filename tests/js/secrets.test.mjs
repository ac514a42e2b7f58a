// What is locked opens with its key and in its place only; a wrong passphrase opens nothing.

import assert from "node:assert/strict";
import { test } from "node:test";

import { digest, fromBase64, importKey, lock, seal, toBase64, unlock, unwrap, wrap } from "../../dash_forms/static/js/secrets.mjs";

const bytes = (fill) => new Uint8Array(32).fill(fill);
const FEW = 1000; // rounds, for the tests' sake

test("what is locked opens again, with its key and in its place", async () => {
  const key = await importKey(bytes(1));
  const value = { words: "Bruise, “left” side – é", list: [1, null] };
  const box = await lock(key, value, ["officer", "op"]);
  assert.deepEqual(await unlock(key, box, ["officer", "op"]), value);
  await assert.rejects(unlock(await importKey(bytes(2)), box, ["officer", "op"]));
  await assert.rejects(unlock(key, box, ["officer", "other"]));
  const altered = { ...box, body: box.body.map((byte, at) => (at === 3 ? byte ^ 1 : byte)) };
  await assert.rejects(unlock(key, altered, ["officer", "op"]));
});

test("no two boxes look the same, and none shows what is in it", async () => {
  const key = await importKey(bytes(1));
  const [one, other] = [await lock(key, "a planted word", ""), await lock(key, "a planted word", "")];
  assert.notDeepEqual(one.body, other.body);
  assert.equal(Buffer.from(one.body).includes("planted"), false);
});

test("a key cannot be read again", async () => {
  await assert.rejects(crypto.subtle.exportKey("raw", await importKey(bytes(1))));
});

test("the passphrase gives the key back, however its letters were typed; another gives nothing", async () => {
  const record = await wrap("copper ladder café spoon", bytes(7), FEW);
  assert.deepEqual(await unwrap(" copper ladder cafe\u0301 spoon ", record), bytes(7));
  await assert.rejects(unwrap("copper ladder cafe spoon", record));
  assert.equal(record.rounds, FEW);
});

test("a digest tells a PIN from others, and is another one for another person", async () => {
  const one = await digest("284718", "officer", FEW);
  assert.equal(one, await digest("284718", "officer", FEW));
  assert.notEqual(one, await digest("284719", "officer", FEW));
  assert.notEqual(one, await digest("284718", "another", FEW));
});

test("a passphrase is stretched as far as the guide asks", async () => {
  assert.equal((await wrap("copper ladder violet spoon", bytes(7))).rounds, 600_000);
});

test("an envelope is one version, one key of its own, and nothing to read", async () => {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const [one, other] = [await seal(point, { words: "planted" }), await seal(point, { words: "planted" })];
  assert.deepEqual([one[0], one.length], [1, 1 + 65 + JSON.stringify({ words: "planted" }).length + 16]);
  assert.notDeepEqual(one.slice(1, 66), other.slice(1, 66));
  assert.equal(Buffer.from(one).includes("planted"), false);
});

test("base64 goes both ways", () => {
  const all = Uint8Array.from({ length: 256 }, (_, at) => at);
  assert.deepEqual(fromBase64(toBase64(all)), all);
});
