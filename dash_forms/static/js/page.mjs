// Every page: what covers it opens again, and its forms are sent by the person whose page it is.

import "./send.mjs";
import "./uncover.mjs";
