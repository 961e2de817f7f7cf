// "Not interested" and "Hide this channel" take the card away; without scripts the button sends its form.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[form=refusing]");
  if (!button || !globalThis.htmx) return;
  event.preventDefault();
  htmx.ajax("POST", button.formAction, { source: button, target: button.closest(".product"), swap: "delete" });
});
