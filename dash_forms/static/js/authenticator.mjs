// The tablet's own lock (a finger, a face, its code) as what opens kept work: WebAuthn's PRF, in which no server takes part.

import { toBase64 } from "./secrets.mjs";

const INPUT = new TextEncoder().encode("dash-forms key on this tablet 1");
const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** Whether this tablet has such a lock; only `enrol` tells whether it makes secrets too. */
export async function hasAuthenticator() {
  return await globalThis.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.().catch(() => false) ?? false;
}

/** Make a credential on this tablet; gives its id, or null where it makes no secrets. */
export async function enrol() {
  const made = await navigator.credentials.create({
    publicKey: {
      rp: { name: "Forms" },
      user: { id: random(16), name: "Forms", displayName: "Forms" },
      challenge: random(32),
      pubKeyCredParams: [-7, -257].map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { authenticatorAttachment: "platform", userVerification: "required" },
      extensions: { prf: {} },
    },
  });
  return made.getClientExtensionResults().prf?.enabled ? new Uint8Array(made.rawId) : null;
}

/** The secret of whichever of these credentials the person in front of the tablet unlocks, in letters; null if it makes none. */
export async function secretOf(credentials) {
  const got = await navigator.credentials.get({
    publicKey: {
      challenge: random(32),
      userVerification: "required",
      allowCredentials: credentials.map((id) => ({ type: "public-key", id, transports: ["internal"] })),
      extensions: { prf: { eval: { first: INPUT } } },
    },
  });
  const { first } = got.getClientExtensionResults().prf?.results ?? {};
  return first ? toBase64(new Uint8Array(first)) : null;
}
