// The pages where work goes on while no server answers: the cards of a case as the server sent them, and the page of this tablet.

import { begin } from "./assessment.mjs";
import { home } from "./home.mjs";
import "./page.mjs"; // so that what every page has is one file
import { leaveFor } from "./stage.mjs";
import { Tablet } from "./tablet.mjs";
import { lend } from "./uncover.mjs";

const page = document.querySelector('[data-module="assessment"], [data-module="tablet"]');
const { owner, csrf, module } = page.dataset;
const tablet = new Tablet({ owner, token: csrf });
lend(tablet);
if (module === "tablet") home(page, tablet);
else begin(page, tablet, { leave: leaveFor(tablet) });
navigator.serviceWorker?.register("/service-worker.js");
