// What the recommender learns from: how long a thing was in sight, what was shared, what a search led to.
import { token } from "./requests.js";

const PRODUCT = /\/p\/(\d+)[-/]/;
const SECOND = 1000;

function tell(kind, address, more = {}) {
  const product = address.match(PRODUCT)?.[1];
  if (!product || !token()) return;
  const form = new FormData();
  const said = { kind, product, csrfmiddlewaretoken: token(), ...more };
  for (const [name, value] of Object.entries(said)) form.set(name, value);
  navigator.sendBeacon("/did/", form);
}

document.addEventListener("click", ({ target }) => {
  const shared = target.closest("[data-share]");
  if (shared) tell("share", shared.href);
  const found = location.pathname === "/search/" && target.closest("#products h3 a");
  if (found) tell("search_click", found.href);
});

// Time counts while the page is in front, and is told when it goes there no longer.
const page = document.querySelector("[data-seen]");
let since = document.visibilityState === "visible" ? performance.now() : 0;

function pause() {
  const dwell = Math.round(performance.now() - since);
  if (since && dwell >= SECOND) tell("view", page.dataset.seen, { dwell_ms: dwell });
  since = 0;
}

if (page) {
  addEventListener("pagehide", pause);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") pause();
    else since = performance.now();
  });
}
