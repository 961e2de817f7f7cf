// Files dropped or pasted on a drop zone go into its own file input, which posts them with the form.
function give(zone, files) {
  const input = zone.querySelector("input[type=file]");
  if (!input || !files.length) return;
  const bag = new DataTransfer();
  for (const file of input.multiple ? files : [files[0]]) bag.items.add(file);
  input.files = bag.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

for (const zone of document.querySelectorAll("[data-drop]")) {
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    give(zone, event.dataTransfer.files);
  });
}

// Chosen pictures are shown at once, before they are sent.
document.addEventListener("change", ({ target }) => {
  const preview = target.closest?.("[data-drop]")?.querySelector("[data-preview]");
  if (!preview || target.type !== "file") return;
  preview.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
  preview.replaceChildren(
    ...[...target.files].map((file) => {
      const image = new Image(88, 110);
      image.src = URL.createObjectURL(file);
      image.alt = file.name;
      image.className = "thing l";
      return image;
    }),
  );
});
