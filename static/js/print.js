// A page that is made for paper offers its printer; without scripts the browser's own menu does.
document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-print]")) print();
});
