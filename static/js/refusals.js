// "Not interested" and "Hide this channel" take the card away; without scripts the button sends its form.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[form=refusing]");
  if (!button || !globalThis.htmx) return;
  event.preventDefault();
  htmx.ajax("POST", button.formAction, { source: button, target: button.closest(".product"), swap: "delete" });
});

// The list that follows a refusal is as long as the one that was looked at, so that nobody loses her place.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const list = document.getElementById("picked");
  if (ctx.sourceElement === list) ctx.request.body.set("count", list.querySelectorAll(".product").length);
});
