// Back returns to the same item: a list that grew by "Show more" is kept as it stood, with the scroll.
// The browser's own page cache does this when it can; this is for when it could not.
const key = () => `keep:${location.pathname}${location.search}`;
const lists = () => [...document.querySelectorAll("[data-keep]")];

addEventListener("pagehide", () => {
  const grown = lists().filter((list) => list.dataset.grown);
  const inside = Object.fromEntries(grown.map((list) => [list.id, list.closest(".sheet")?.scrollTop ?? 0]));
  const state = { y: scrollY, inside, html: Object.fromEntries(grown.map((list) => [list.id, list.innerHTML])) };
  try {
    if (scrollY > 0 || grown.length) sessionStorage.setItem(key(), JSON.stringify(state));
    else sessionStorage.removeItem(key());
  } catch {
    sessionStorage.clear(); // full: the next page has room again
  }
});

document.addEventListener("htmx:after:settle", ({ detail: { newContent } }) => {
  const list = newContent.find((node) => node instanceof Element)?.closest("[data-keep]");
  if (list) list.dataset.grown = "true";
});

function restore() {
  const kept = sessionStorage.getItem(key());
  if (!kept) return;
  const { y, inside, html } = JSON.parse(kept);
  for (const list of lists()) {
    if (!html[list.id]) continue;
    list.innerHTML = html[list.id]; // our own markup, from this very page
    list.dataset.grown = "true";
    globalThis.htmx?.process(list);
    const sheet = list.closest(".sheet"); // it opens a moment later (sheets.js)
    sheet?.addEventListener("toggle", () => (sheet.scrollTop = inside[list.id]), { once: true });
  }
  scrollTo({ top: y, behavior: "instant" });
}

const [navigation] = performance.getEntriesByType("navigation");
if (navigation?.type === "back_forward") restore();
