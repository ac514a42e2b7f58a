// What is kept on the tablet is unreadable without its key: AES-GCM, all of it the browser's own WebCrypto.

const { subtle } = crypto;
const NO_NONCE = new Uint8Array(12); // an envelope's key seals one thing only
const ENVELOPE = new TextEncoder().encode("dash-forms envelope 1");
const ROUNDS = 600_000; // PBKDF2-HMAC-SHA256, as OWASP's password storage guide (2023) has it

const encode = (value) => new TextEncoder().encode(JSON.stringify(value));
const decode = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
const aes = (bytes, uses) => subtle.importKey("raw", bytes, "AES-GCM", false, uses);

export const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
export const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** The officer's key on this tablet; it can be used, and not be read again. */
export const importKey = (bytes) => aes(bytes, ["encrypt", "decrypt"]);

/** Encrypt a value under a key; `place` is where it belongs, so that it opens nowhere else. */
export async function lock(key, value, place) {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const body = await subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: encode(place) }, key, encode(value));
  return { nonce, body: new Uint8Array(body) };
}

/** What `lock` locked for the same place; rejects with another key, or altered bytes. */
export async function unlock(key, { nonce, body }, place) {
  return decode(await subtle.decrypt({ name: "AES-GCM", iv: nonce, additionalData: encode(place) }, key, body));
}

/** Seal a value so that only the server opens it (dash_forms/store/envelopes.py has the format). */
export async function seal(point, value) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const server = await subtle.importKey("raw", point, curve, false, []);
  const own = await subtle.generateKey(curve, false, ["deriveBits"]);
  const ownPoint = new Uint8Array(await subtle.exportKey("raw", own.publicKey));
  const secret = await subtle.deriveBits({ name: "ECDH", public: server }, own.privateKey, 256);
  const base = await subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const salt = new Uint8Array([...ownPoint, ...point]);
  const bits = await subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info: ENVELOPE }, base, 256);
  const body = await subtle.encrypt({ name: "AES-GCM", iv: NO_NONCE }, await aes(bits, ["encrypt"]), encode(value));
  return new Uint8Array([1, ...ownPoint, ...new Uint8Array(body)]);
}

/** The key's bytes under a passphrase, for a start without signal. */
export async function wrap(passphrase, bytes, rounds = ROUNDS) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const key = await stretched(passphrase, salt, rounds);
  return { salt, rounds, nonce, body: new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, bytes)) };
}

/** The key's bytes again; rejects if it is another passphrase. */
export async function unwrap(passphrase, { salt, rounds, nonce, body }) {
  const key = await stretched(passphrase, salt, rounds);
  return new Uint8Array(await subtle.decrypt({ name: "AES-GCM", iv: nonce }, key, body));
}

/** What tells a PIN from others. It is soon guessed, so it lies on no disk but locked under the officer's key. */
export async function digest(pin, salt, rounds = ROUNDS) {
  return toBase64(new Uint8Array(await bits(pin, encode(salt), rounds)));
}

async function bits(secret, salt, iterations) {
  const typed = new TextEncoder().encode(secret.normalize("NFKC").trim());
  const base = await subtle.importKey("raw", typed, "PBKDF2", false, ["deriveBits"]);
  return subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, base, 256);
}

const stretched = async (passphrase, salt, rounds) => aes(await bits(passphrase, salt, rounds), ["encrypt", "decrypt"]);
