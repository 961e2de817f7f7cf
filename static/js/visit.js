// How long a page is in use, what led to it, and whether a search led on: told when it goes to the background.
// Time is the sum of gaps of at most half an hour between signs of a person while the page is in front.
import { token } from "./requests.js";

const GAP = 30 * 60 * 1000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "scroll", "touchmove", "wheel"];
const search = document.querySelector("[data-found]");
let last = 0; // sign of a person; 0 in the background
let spent = 0;
let isTold = false;
let isClicked = false;

function sign() {
  const now = performance.now();
  if (last && now - last <= GAP) spent += now - last;
  last = now;
}

function send(more) {
  if (!token()) return;
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...more, csrfmiddlewaretoken: token() })) form.set(name, value);
  navigator.sendBeacon("/visited/", form);
}

function pause() {
  if (!last) return;
  sign();
  last = 0;
  const visit = { path: location.pathname, address: location.search, visible_ms: Math.round(spent) };
  if (!isTold) visit.came_from = document.referrer || "direct";
  if (spent >= 1 || !isTold) send(visit);
  isTold = true;
  spent = 0;
}

function leave() {
  pause();
  const words = new URLSearchParams(location.search).get("q");
  if (words && search?.dataset.found) send({ words, found: search.dataset.found, is_clicked: isClicked });
  delete search?.dataset.found; // once
}

function show() {
  if (document.visibilityState === "visible") last ||= performance.now();
  else pause();
}

for (const name of SIGNS) addEventListener(name, () => last && sign(), { passive: true, capture: true });
document.addEventListener("visibilitychange", show);
document.addEventListener("click", ({ target }) => {
  isClicked ||= Boolean(target.closest("#products h3 a"));
});
addEventListener("pagehide", leave);
addEventListener("pageshow", show);
show();
