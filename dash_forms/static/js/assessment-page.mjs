// The assessment page as the server sent it.

import { begin } from "./assessment.mjs";
import "./home.mjs"; // the way to the page of this tablet, without a server
import { leaveFor } from "./stage.mjs";
import { Tablet } from "./tablet.mjs";
import { lend } from "./uncover.mjs";

const page = document.querySelector('[data-module="assessment"]');
const tablet = new Tablet({ owner: page.dataset.owner, token: page.dataset.csrf });
lend(tablet);
begin(page, tablet, { leave: leaveFor(tablet) });
navigator.serviceWorker?.register("/service-worker.js");
