// Sheets and menus open by popovertarget alone; this remembers an open sheet in the address,
// so that Back from a thing seen in the sheet finds the sheet open again.
const remember = (hash) => history.replaceState(history.state, "", hash || location.pathname + location.search);

document.addEventListener(
  "toggle",
  ({ target, newState }) => {
    if (!target.matches?.(".sheet[popover][id]")) return;
    if (newState === "open") remember(`#${target.id}`);
    else if (location.hash === `#${target.id}` && !document.hidden) remember("");
  },
  true,
);

function openFromAddress() {
  const sheet = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const shown = sheet && sheet.matches(".sheet[popover]") && getComputedStyle(sheet).position === "fixed";
  if (shown && !sheet.matches(":popover-open")) sheet.showPopover();
}

// A link that leads to a page without scripts and opens a sheet of this page with them.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-opens]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  document.getElementById(link.dataset.opens).showPopover({ source: link });
});

openFromAddress();
addEventListener("hashchange", openFromAddress);
