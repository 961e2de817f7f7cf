// How many letters are left, shown when it begins to matter.
function count({ target }) {
  const field = target.closest?.("[data-counter]");
  if (!field || target.tagName !== "TEXTAREA") return;
  const most = Number(field.dataset.counter);
  const counter = field.querySelector(".counter");
  const format = (n) => n.toLocaleString(document.documentElement.lang);
  counter.textContent = target.value.length ? `${format(target.value.length)} / ${format(most)}` : "";
  counter.classList.toggle("near", most - target.value.length < most / 10);
}

document.addEventListener("input", count);
document.querySelectorAll("[data-counter] textarea").forEach((target) => count({ target }));
