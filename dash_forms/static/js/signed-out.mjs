// On the sign-in page: a lost tablet learns that it is revoked, though nobody signs in on it.

import "./outbox.mjs"; // so that what every page with a tablet has is one file
import { Tablet } from "./tablet.mjs";

const tablet = new Tablet();
await tablet.ready;
if (Object.values(await tablet.opensWith()).some(Boolean)) await tablet.dropRevoked();
