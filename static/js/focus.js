// After a swap focus must not fall back to the top of the page.
const FOCUSABLE = ":is(a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, [tabindex]):not([aria-hidden=true])";
let held = false;
let beside = null;

document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  const active = document.activeElement;
  const main = tasks.find((task) => task.type === "main");
  beside = main?.target?.nextElementSibling ?? main?.target?.previousElementSibling;
  held = active !== document.body && (active === ctx.sourceElement || Boolean(main?.target?.contains?.(active)));
});

document.addEventListener("htmx:after:settle", ({ detail: { task, newContent } }) => {
  if (task.type !== "main") return;
  const elements = newContent.filter((node) => node instanceof Element && node.isConnected); // a morph leaves some out
  const first = (selector) => {
    for (const element of elements) {
      const all = [element, ...element.querySelectorAll("*")];
      const found = all.find((one) => one.matches(selector) && one.checkVisibility());
      if (found) return found;
    }
    return null;
  };
  const wrong = first("[aria-invalid=true], .notice[role=alert][tabindex]");
  if (wrong) {
    wrong.focus();
  } else if (held && (document.activeElement === document.body || !document.activeElement?.isConnected)) {
    first(`[autofocus], ${FOCUSABLE}`)?.focus({ preventScroll: true });
  }
  held = false;
});

// What was deleted has no new content: then whatever stood beside it is next.
document.addEventListener("htmx:after:swap", () => {
  if (held && !document.activeElement?.matches(":not(body)")) beside?.querySelector(FOCUSABLE)?.focus({ preventScroll: true });
  held = false;
});
