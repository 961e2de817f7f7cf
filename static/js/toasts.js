// What just happened: goes by itself after a while, stays while it is looked at or can be undone.
const LINGER = 6000;
const region = () => document.getElementById("messages");
const words = fetch(region().dataset.words).then((answer) => answer.json());
words.catch(() => {}); // whoever wants to say something will notice

function arm(toast) {
  if (toast.dataset.armed) return;
  toast.dataset.armed = "true";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "icon-button";
  words.then(({ dismiss }) => (close.ariaLabel = dismiss), () => {});
  close.textContent = "×";
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  if (toast.querySelector("form") || toast.classList.contains("error")) return;
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, LINGER) : toast.remove());
  setTimeout(leave, LINGER);
}

/** Say one of the sentences of the address in the region's data-words (core.views.words). */
export async function toast(sentence, tone = "error") {
  const said = (await words)[sentence];
  const element = document.createElement("div");
  element.className = `toast ${tone}`;
  element.dataset.toast = "";
  element.append(Object.assign(document.createElement("span"), { textContent: said }));
  region().replaceChildren(element);
  arm(element);
}

const armAll = () => document.querySelectorAll("#messages [data-toast]").forEach(arm);
armAll();
document.addEventListener("htmx:after:swap", armAll);
