// The first word in a form, told once.
import { token } from "./requests.js";

document.addEventListener("input", function tell({ target }) {
  const form = target.closest("form[data-started]");
  if (!form || !token()) return;
  document.removeEventListener("input", tell);
  const said = new FormData();
  said.set("csrfmiddlewaretoken", token());
  navigator.sendBeacon(form.dataset.started, said);
});
