// Makes the tablet ready on the officer's first page, and says on each what it still holds alone.

import { Outbox } from "./outbox.mjs";
import "./page.mjs"; // so that what every page has is one file
import { hoursSince, Tablet } from "./tablet.mjs";
import { lend } from "./uncover.mjs";

const held = document.querySelector("[data-held]");
const tablet = new Tablet();
const outbox = new Outbox(tablet, {
  async onChange({ waiting }) {
    const since = await tablet.overdueSince();
    const { isMute } = tablet;
    held.hidden = waiting === 0 && !since && !isMute;
    if (since) held.textContent = `Not sent for ${hoursSince(since)}\u00a0hours`;
    else held.textContent = isMute ? "Cannot tell what waits" : `${waiting}\u00a0not sent`;
    held.classList.toggle("app-nav__count--late", since !== null || isMute);
  },
});

navigator.serviceWorker?.register("/service-worker.js");
lend(tablet);
await tablet.connect();
const closed = document.querySelector("[data-closed]");
if (closed) await tablet.close(closed.dataset.closed);
outbox.send();
