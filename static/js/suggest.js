// Suggestions are plain links under the search field: arrows walk through them, Esc returns to the field.
document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("[data-suggest]");
  if (!box) return;
  const list = box.querySelector(".suggestions");
  const input = box.querySelector("input[type=search]");
  const stops = [input, ...list.querySelectorAll("a")];
  const here = stops.indexOf(document.activeElement);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (stops.length < 2 || here < 0) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    stops[(here + step + stops.length) % stops.length].focus();
  } else if (event.key === "Escape") {
    list.replaceChildren();
    box.querySelector("[role=status]").textContent = "";
    input.focus();
  }
});
