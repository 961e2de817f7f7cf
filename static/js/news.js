// Asks now and then whether new posts came, and only while somebody looks.
const MINUTE = 60_000;
const ask = () => {
  if (document.hidden) return;
  for (const watch of document.querySelectorAll("[data-news]")) globalThis.htmx?.trigger(watch, "news");
};

if (document.querySelector("[data-news]")) {
  setInterval(ask, MINUTE);
  document.addEventListener("visibilitychange", ask);
}
