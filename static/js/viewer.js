// Pictures of a thing: the track scrolls by itself (swipe, anchors); this adds arrows, marks and the zoom.
const rtl = document.dir === "rtl" ? -1 : 1;

function setUp(viewer) {
  const track = viewer.querySelector(".track");
  const slides = [...track.children];
  const thumbs = [...viewer.querySelectorAll(".thumbs-row a")];
  const dialog = viewer.querySelector("dialog.zoom");
  let at = 0;

  const show = (index) => {
    at = Math.max(0, Math.min(slides.length - 1, index));
    thumbs.forEach((thumb, i) => (i === at ? thumb.setAttribute("aria-current", "true") : thumb.removeAttribute("aria-current")));
    viewer.querySelectorAll(".step.back").forEach((step) => (step.disabled = at === 0));
    viewer.querySelectorAll(".step.on").forEach((step) => (step.disabled = at === slides.length - 1));
    if (dialog?.open) fill();
  };
  const go = (index) => {
    show(index);
    track.scrollTo({ left: rtl * at * track.clientWidth });
  };
  const fill = () => {
    const image = dialog.querySelector("img");
    image.src = slides[at].href || slides[at].querySelector("img")?.currentSrc;
    image.alt = slides[at].querySelector("img")?.alt ?? "";
    dialog.querySelector(".pan").classList.remove("near");
  };

  track.addEventListener("scroll", () => {
    const index = Math.round(Math.abs(track.scrollLeft) / track.clientWidth);
    if (index !== at && !dialog?.open) show(index);
  }, { passive: true });
  viewer.addEventListener("click", (event) => {
    const thumb = event.target.closest(".thumbs-row a");
    const step = event.target.closest(".step");
    const slide = event.target.closest(".track > a");
    if (thumb || step || slide) event.preventDefault();
    if (thumb) go(thumbs.indexOf(thumb));
    else if (step) go(at + (step.classList.contains("on") ? 1 : -1));
    else if (slide && dialog) { show(slides.indexOf(slide)); dialog.showModal(); fill(); }
    else if (event.target.closest(".pan")) dialog.querySelector(".pan").classList.toggle("near");
    else if (event.target.closest("[data-close]")) dialog.close();
  });
  viewer.addEventListener("keydown", (event) => {
    const step = { ArrowRight: rtl, ArrowLeft: -rtl }[event.key];
    if (step) { event.preventDefault(); go(at + step); }
  });
  show(0);
}

document.querySelectorAll("[data-viewer]").forEach(setUp);
