// What just happened: goes by itself after a while, stays while it is looked at or offers a way back.
const LINGER = 6000;
const region = () => document.getElementById("messages");

function arm(toast) {
  if (toast.dataset.armed) return;
  toast.dataset.armed = "true";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "icon-button";
  close.ariaLabel = region().dataset.dismiss;
  close.textContent = "×";
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  if (toast.querySelector("form, a") || toast.classList.contains("error")) return;
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, LINGER) : toast.remove());
  setTimeout(leave, LINGER);
}

/** Say one of the region's sentences (its data-* attributes), so that words stay in the templates. */
export function toast(sentence, tone = "error") {
  const element = document.createElement("div");
  element.className = `toast ${tone}`;
  element.dataset.toast = "";
  element.append(Object.assign(document.createElement("span"), { textContent: region().dataset[sentence] }));
  region().replaceChildren(element);
  arm(element);
}

const armAll = () => document.querySelectorAll("#messages [data-toast]").forEach(arm);
armAll();
document.addEventListener("htmx:after:swap", armAll);
