// Colleagues see that somebody answers already.
import { chat } from "./chat_log.js";
import { token } from "./requests.js";

const PING = 8000;
let pinged = 0;

document.addEventListener("input", ({ target }) => {
  if (!chat?.dataset.typing || target.id !== "id_text" || !target.value || Date.now() - pinged < PING) return;
  pinged = Date.now();
  fetch(chat.dataset.typing, { method: "POST", headers: { "X-CSRFToken": token() } }).catch(() => {});
});
