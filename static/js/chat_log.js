// The thread's lines: each once and in the order of their ids, from whichever answer comes first.
import { refreshCard } from "./chat_cards.js";

export const chat = document.querySelector(".chat[data-address]");
export const log = document.getElementById("lines");

const number = (line) => Number(line.dataset.id);
const lines = () => [...log.querySelectorAll(":scope > [data-id]")];
export const lastId = () => lines().reduce((most, line) => Math.max(most, number(line)), 0);

function place(line) {
  const id = number(line);
  const next = lines().find((other) => number(other) > id) ?? log.querySelector(":scope > .pending");
  log.insertBefore(line, next);
}

/** Takes the lines of an answer that are not there yet; what goes with a line (its day, a warning) comes with it. */
export function take(html) {
  const box = document.createElement("template");
  box.innerHTML = html; // our own server's markup
  let fresh = true;
  for (const line of [...box.content.children]) {
    if (line.dataset.id) fresh = !log.querySelector(`:scope > [data-id="${line.dataset.id}"]`);
    const day = line.dataset.day;
    if (day ? log.querySelector(`:scope > [data-day="${day}"]`) : !fresh) continue;
    if (line.dataset.card) refreshCard(line.dataset.card);
    if (line.dataset.id) place(line);
    else log.insertBefore(line, log.querySelector(":scope > .pending"));
    globalThis.htmx?.process(line);
  }
  log.querySelector(":scope > .hello")?.remove();
}

let [asking, again] = [null, false];

async function ask() {
  const before = lastId();
  const seen = document.visibilityState === "visible" ? "&seen" : "";
  const answer = await fetch(`${chat.dataset.address}?after=${lastId()}${seen}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.headers.get("HX-Redirect")) return;
  take(await answer.text());
  again ||= answer.headers.has("More") && lastId() > before; // after a long absence one answer does not bring all
}

/** Fetches what came after the last line and says whether it could; asked while it does so, it looks once more. */
export function fetchNews() {
  again = Boolean(asking);
  asking ??= ask()
    .then(() => true, () => false) // away for a moment: the next event or poll asks again
    .finally(() => {
      asking = null;
      if (again) fetchNews();
    });
  return asking;
}

/** The other side has read everything up to this message. */
export function markRead(id) {
  for (const line of log.querySelectorAll(":scope > .mine[data-id]")) line.classList.toggle("read", number(line) <= id || line.classList.contains("read"));
}
