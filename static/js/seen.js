// A thing looked at for a second enters the visitor's history. Nothing is sent from a page in the background.
import { token } from "./requests.js";

const SECOND = 1000;
const page = document.querySelector("[data-seen]");
let timer;

function watch() {
  clearTimeout(timer);
  if (document.visibilityState === "visible") timer = setTimeout(tell, SECOND);
}

function tell() {
  document.removeEventListener("visibilitychange", watch);
  if (!token()) return;
  fetch(page.dataset.seen, { method: "POST", keepalive: true, headers: { "X-CSRFToken": token() } }).catch(() => {});
}

if (page) {
  document.addEventListener("visibilitychange", watch);
  watch();
}
