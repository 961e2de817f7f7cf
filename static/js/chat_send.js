// Sending: shown at once, one after the other, kept with a way to try again when it fails. The id that the browser
// gives a message makes a second try harmless.
import { chat, fetchNews, lastId, log, take } from "./chat_log.js";

const composer = document.getElementById("composer");
let line = Promise.resolve(); // messages keep their order

function show(data) {
  const bubble = document.createElement("li");
  bubble.className = "bubble mine pending";
  const said = document.createElement("div");
  said.className = "said plain";
  said.dir = "auto";
  const pictures = data.getAll("photo_files").filter((file) => file.size).length;
  said.textContent = [data.get("text"), pictures ? `🖼 ×${pictures}` : ""].filter(Boolean).join(" ") || "…";
  bubble.append(said);
  log.append(bubble);
  return bubble;
}

function fail(bubble, data, words) {
  bubble.classList.add("failed");
  const problem = Object.assign(document.createElement("p"), { className: "problem", role: "alert", textContent: words });
  const retry = Object.assign(document.createElement("button"), { type: "button", textContent: composer.dataset.retry });
  retry.addEventListener("click", () => {
    bubble.classList.remove("failed");
    bubble.querySelectorAll(".problem, button").forEach((part) => part.remove());
    line = line.then(() => post(bubble, data));
  });
  bubble.append(problem, retry);
}

async function post(bubble, data) {
  data.set("after", lastId());
  try {
    const answer = await fetch(chat.dataset.address, { method: "POST", body: data, headers: { "HX-Request": "true" } });
    const to = answer.headers.get("HX-Redirect");
    const words = await answer.text();
    if (answer.ok && !to) take(words);
    if (answer.headers.has("More")) fetchNews();
    if (answer.ok) sessionStorage.removeItem(`draft:${location.pathname}`);
    if (answer.ok) bubble.remove();
    else fail(bubble, data, new DOMParser().parseFromString(answer.status === 422 ? words : "", "text/html").body.textContent.trim() || composer.dataset.problem);
    if (to) location.assign(to);
  } catch {
    fail(bubble, data, composer.dataset.problem);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!log || (form !== composer && !form.matches("[data-send]"))) return;
  event.preventDefault();
  const data = new FormData(form);
  if (form === composer && !data.get("text").trim() && !data.getAll("photo_files").some((file) => file.size)) return;
  form.closest("[popover]")?.hidePopover();
  const bubble = show(data);
  if (form === composer) composer.dispatchEvent(new CustomEvent("chat:sent"));
  line = line.then(() => post(bubble, data));
});
