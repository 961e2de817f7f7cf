// "Tell us" opens over the page; with scripts off, or when it cannot be fetched, it is a page of its own.
const ADDRESS = "/tell-us/";

async function open(link) {
  const dialog = document.createElement("dialog");
  dialog.className = "telling";
  dialog.setAttribute("aria-label", link.textContent.trim());
  dialog.addEventListener("close", () => (dialog.remove(), link.focus()));
  dialog.addEventListener("click", ({ target }) => target.closest("[data-close]") && dialog.close());
  document.body.append(dialog);
  const address = `${ADDRESS}?page=${encodeURIComponent(location.pathname)}`;
  await globalThis.htmx.ajax("GET", address, { target: dialog, swap: "innerHTML" });
  if (dialog.firstElementChild) dialog.showModal();
  else location.assign(address);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(`a[href="${ADDRESS}"]`);
  const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || location.pathname === ADDRESS;
  if (!link || !globalThis.htmx || elsewhere) return;
  event.preventDefault();
  open(link);
});
