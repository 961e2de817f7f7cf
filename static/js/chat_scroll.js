// The scroller runs backwards (its zero is the newest word), so new words and older pages need no help here:
// only the way back to the newest, shown while one reads further up.
import { log } from "./chat_log.js";

const FAR = 240;
const scroller = log?.parentElement;
const button = document.querySelector(".newest");

if (scroller && !new URLSearchParams(location.search).has("before")) {
  scroller.addEventListener("scroll", () => (button.hidden = Math.abs(scroller.scrollTop) < FAR), { passive: true });
  button.addEventListener("click", (event) => {
    event.preventDefault();
    scroller.scrollTo({ top: 0 });
  });
}
