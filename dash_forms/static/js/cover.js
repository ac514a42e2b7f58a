// Covers the page: at a tap, when nobody has touched it for long, and from the start where it is covered already.
// It runs before anything is drawn. What opens the cover again is in uncover.mjs.
(() => {
  const COVERED = "dash-cover"; // the account whose pages are covered
  const SIGN_IN = "dash-sign-in"; // the last one on this tablet: its account, and a mark of its own
  const TOUCHED = "dash-touched";
  const NEUTRAL = "Forms";

  const root = document.documentElement;
  const limit = root.dataset.lockAfter * 60_000;
  const aside = {}; // where the browser stores nothing
  let title = null;
  let isCovered = false;

  const get = (name) => kept((storage) => storage[name]) ?? null;
  const set = (name, value) => kept((storage) => { storage[name] = value; });
  const remove = (name) => kept((storage) => { delete storage[name]; });

  function kept(act) {
    try {
      return act(localStorage);
    } catch {
      return act(aside);
    }
  }

  const accountOf = (signIn) => signIn?.split(".")[0] ?? "";

  const own = root.dataset.signIn;
  const last = get(SIGN_IN);
  const account = accountOf(own ?? last); // a page that knows nobody is the last one's
  root.dataset.coverOf = account;
  if (own && own !== last) { // whoever has just signed in has given the password
    set(SIGN_IN, own);
    set(TOUCHED, Date.now());
    if (get(COVERED) === account) remove(COVERED);
  }

  // The page may change its title while it is covered.
  const titles = new MutationObserver(nameNothing);
  function nameNothing() {
    if (!document.title || document.title === NEUTRAL) return;
    title = document.title;
    document.title = NEUTRAL;
  }

  function hide() {
    if (isCovered) return;
    isCovered = true;
    root.dataset.covered = "";
    titles.observe(document.head, { childList: true, subtree: true, characterData: true });
    nameNothing();
    if (document.readyState !== "loading") lay();
  }

  // A modal dialog leaves the rest of the page inert, whatever the page puts there meanwhile.
  function lay() {
    const sheet = document.getElementById("cover");
    if (!isCovered || !sheet || sheet.open) return;
    sheet.addEventListener("close", lay);
    sheet.showModal();
    document.dispatchEvent(new Event("dash-covered"));
  }

  function reveal() {
    if (!isCovered) return;
    isCovered = false;
    set(TOUCHED, Date.now());
    titles.disconnect();
    delete root.dataset.covered;
    if (title !== null) document.title = title;
    document.getElementById("cover").close();
  }

  function cover() {
    set(COVERED, account);
    hide();
  }

  // By the clock, for a tablet that sleeps runs no timers.
  function isLeftAlone() {
    const touched = Number(get(TOUCHED));
    if (touched > Date.now()) set(TOUCHED, Date.now());
    return limit && touched && Date.now() - touched > limit; // a browser that was killed may know of no touch
  }

  function check() {
    if (!isCovered && (isLeftAlone() || account && get(COVERED) === account)) cover();
  }

  function touch(event) {
    check();
    if (!isCovered) set(TOUCHED, Date.now());
    else if (!document.getElementById("cover")?.contains(event.target)) event.preventDefault();
  }

  check();
  setInterval(check, 1000);
  addEventListener("pageshow", check);
  addEventListener("focus", check);
  document.addEventListener("visibilitychange", check);
  document.addEventListener("DOMContentLoaded", lay);
  for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, touch, true);

  addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-cover]")) return;
    event.preventDefault();
    cover();
  }, true);
  addEventListener("keydown", (event) => {
    const isShortcut = event.key === "Enter" && event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey;
    if (isShortcut && limit) {
      event.preventDefault();
      event.stopImmediatePropagation();
      cover();
    }
    if (isCovered && event.key === "Escape") event.preventDefault();
  }, true);

  addEventListener("storage", ({ key, oldValue, newValue }) => {
    if (key === SIGN_IN && newValue && account && accountOf(newValue) !== account) cover(); // the tablet is in other hands
    if (key !== COVERED) return;
    if (newValue === account) hide();
    else if (newValue === null && oldValue === account) reveal();
  });
  document.addEventListener("dash-open", () => {
    remove(COVERED);
    reveal();
  });
  // Signed in anew without leaving the page: the next page is no new beginning.
  document.addEventListener("dash-signed-in", ({ detail }) => {
    if (accountOf(detail) === account) set(SIGN_IN, detail);
  });
  // Another dialog has come on top: the sheet closes, and is laid over it again.
  document.addEventListener("dash-dialog", () => {
    if (isCovered) document.getElementById("cover").close();
  });
})();
