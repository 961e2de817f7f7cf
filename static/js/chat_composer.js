// The field one writes in: Enter sends on a desk, pictures can be pasted, saved replies put in, drafts are kept.
const composer = document.getElementById("composer");
const field = composer?.querySelector("textarea");
const files = composer?.querySelector("input[type=file]");
const chosen = document.getElementById("chosen");
const key = `draft:${location.pathname}`;
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

function preview() {
  chosen.replaceChildren(
    ...[...files.files].map((file) => Object.assign(new Image(64, 64), { src: URL.createObjectURL(file), alt: file.name, className: "thing l" })),
  );
}

if (composer) {
  if (!field.value) field.value = sessionStorage.getItem(key) ?? "";
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !matchMedia("(pointer: fine)").matches) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  field.addEventListener("input", () => sessionStorage.setItem(key, field.value));
  field.addEventListener("paste", (event) => {
    const pasted = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
    if (!pasted.length) return;
    event.preventDefault();
    const bag = new DataTransfer();
    for (const file of [...files.files, ...pasted]) bag.items.add(file);
    files.files = bag.files;
    preview();
  });
  files.addEventListener("change", preview);
  composer.addEventListener("chat:sent", () => {
    composer.reset();
    field.value = "";
    chosen.replaceChildren();
    composer.querySelector(":scope > .problem")?.remove();
    composer.elements.client_id.value = newId();
    field.focus();
  });
}

document.addEventListener("click", ({ target }) => {
  const reply = target.closest("[data-insert]");
  if (!reply) return;
  reply.closest("[popover]").hidePopover();
  field.setRangeText(reply.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
