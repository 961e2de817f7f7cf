// Which cards came into sight, and in which place of their list: told together when the page goes to the background.
import { token } from "./requests.js";

const CARDS = ":is(.products, .scroller) > .product:not(.ad)";
const OWN = "#picks, #picked, #recent, #saved"; // those are logged where they are picked, or are her own
const PRODUCT = /\/p\/(\d+)[-/]/;
const MOST = 100;
const waiting = new Map();
const told = new Set();

const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      const product = target.querySelector("h3 a")?.pathname.match(PRODUCT)?.[1];
      if (product && !told.has(product)) waiting.set(product, [...target.parentElement.children].indexOf(target));
      told.add(product);
      if (waiting.size >= MOST) send();
    }
  },
  { threshold: 0.5 },
);

function watch() {
  for (const card of document.querySelectorAll(CARDS)) if (!card.closest(OWN)) observer.observe(card);
}

function send() {
  if (!waiting.size || !token()) return;
  const form = new FormData();
  const shown = [...waiting].map(([product, slot]) => `${product}.${slot}`).join(",");
  for (const [name, value] of Object.entries({ path: location.pathname, shown, csrfmiddlewaretoken: token() })) {
    form.set(name, value);
  }
  waiting.clear();
  navigator.sendBeacon("/shown/", form);
}

document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && send());
addEventListener("pagehide", send);
document.addEventListener("htmx:after:swap", watch);
watch();
