// An ad is asked for with what its page shows already, so that no thing stands there twice.
const PRODUCT = /\/p\/(\d+)[-/]/;
const MOST = 100;

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (!/^\/ads\/\w+\/$/.test(ctx.request.action) || ctx.request.method !== "GET") return;
  const links = document.querySelectorAll(".product h3 a");
  const shown = new Set([...links].map((link) => link.pathname.match(PRODUCT)?.[1]).filter(Boolean));
  ctx.request.body.set("shown", [...shown].slice(0, MOST).join(","));
});
