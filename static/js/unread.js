// How much is unread stands in the title too, as soon as the navigation's badge knows.
const badge = document.getElementById("unread");
const bare = document.title.replace(/^\([^)]*\) /, "");

function tell() {
  const count = badge.querySelector("[data-count]");
  document.title = count ? `(${count.firstChild.textContent.trim()}) ${bare}` : bare;
}

if (badge) document.addEventListener("htmx:after:swap", tell);
