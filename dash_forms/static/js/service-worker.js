// Answers when the server does not: with pages that know nobody, and what they are drawn with. It keeps nothing itself.

const PATIENCE = 8000;
let patience = PATIENCE;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The server has only been slow: the page that is asked for again is waited for.
self.addEventListener("message", ({ source }) => {
  patience = 8 * PATIENCE;
  source.postMessage("waiting");
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(kept(request));
  else if (pathname === "/manifest.webmanifest") event.respondWith(fetch(request).catch(() => kept(request)));
  else if (request.mode === "navigate") event.respondWith(page(request));
});

// A built file never changes under its name.
async function kept(request) {
  return await caches.match(request.url) ?? fetch(request);
}

async function page(request) {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(patience) });
    patience = PATIENCE;
    if (response.status < 500) return response;
    return await caches.match("/tablet") ?? response;
  } catch {
    return await caches.match("/tablet") ?? Response.error();
  }
}
