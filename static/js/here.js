// A row of links that goes on beyond a phone's edge begins with the one where one is.
for (const here of document.querySelectorAll(".desk-nav [aria-current]")) {
  const row = here.parentElement;
  const [link, whole] = [here.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollBy({ left: link.x - whole.x - (whole.width - link.width) / 2, behavior: "instant" });
}
