// Order of pictures: drag by the handle, or the two buttons of each. The order is the order of the
// hidden inputs in the list, so a form posts it as it stands.
const items = (list) => [...list.querySelectorAll(":scope > [data-item]")];

function refresh(list) {
  const all = items(list);
  all.forEach((item, i) => {
    item.querySelector("[data-move=back]")?.toggleAttribute("disabled", i === 0);
    item.querySelector("[data-move=on]")?.toggleAttribute("disabled", i === all.length - 1);
    const order = item.querySelector("input[data-order]");
    if (order) order.value = i;
  });
}

function say(list, item) {
  const live = document.getElementById(list.dataset.live);
  if (live) live.textContent = live.dataset.words.replace("{n}", (items(list).indexOf(item) + 1).toLocaleString(document.documentElement.lang));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-sortable] [data-move]");
  if (!button) return;
  event.preventDefault();
  const item = button.closest("[data-item]");
  const list = item.parentElement;
  if (button.dataset.move === "on") item.nextElementSibling?.after(item);
  else item.previousElementSibling?.before(item);
  refresh(list);
  (button.disabled ? item.querySelector("[data-move]:not([disabled])") : button)?.focus();
  say(list, item);
});

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest("[data-sortable] .handle");
  if (!handle) return;
  event.preventDefault();
  const item = handle.closest("[data-item]");
  const list = item.parentElement;
  item.classList.add("dragging");
  const move = ({ clientX, clientY }) => {
    const over = document.elementFromPoint(clientX, clientY)?.closest("[data-item]");
    if (!over || over === item || over.parentElement !== list) return;
    const later = item.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
    later ? over.after(item) : over.before(item);
  };
  const end = () => {
    removeEventListener("pointermove", move);
    item.classList.remove("dragging");
    refresh(list);
    say(list, item);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end, { once: true });
  addEventListener("pointercancel", end, { once: true });
});

document.querySelectorAll("[data-sortable]").forEach(refresh);
