// After a swap focus must not fall back to the top of the page.
const FOCUSABLE = "a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, [tabindex]";
let held = false;

document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  const active = document.activeElement;
  const main = tasks.find((task) => task.type === "main");
  held = active !== document.body && (active === ctx.sourceElement || Boolean(main?.target?.contains?.(active)));
});

document.addEventListener("htmx:after:settle", ({ detail: { task, newContent } }) => {
  if (task.type !== "main") return;
  const elements = newContent.filter((node) => node instanceof Element);
  const first = (selector) => {
    for (const element of elements) {
      const found = element.matches(selector) ? element : element.querySelector(selector);
      if (found) return found;
    }
    return null;
  };
  const wrong = first("[aria-invalid=true], .notice.error");
  if (wrong) {
    wrong.focus();
  } else if (held && (document.activeElement === document.body || !document.activeElement?.isConnected)) {
    first(`[autofocus], ${FOCUSABLE}`)?.focus({ preventScroll: true });
  }
  held = false;
});
