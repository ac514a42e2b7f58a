// The page of this tablet: what it keeps, and where work goes on while no server answers.

import { home } from "./home.mjs";
import { Tablet } from "./tablet.mjs";
import { lend } from "./uncover.mjs";

const tablet = new Tablet();
lend(tablet);
home(document.querySelector('[data-module="tablet"]'), tablet);
navigator.serviceWorker?.register("/service-worker.js");
