// Share by the system's own sheet where there is one, else copy the link. Without scripts it is a link to the thing.
import { toast } from "./toasts.js";

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-share]");
  if (!link) return;
  event.preventDefault();
  const url = new URL(link.href, location.href).href;
  try {
    if (navigator.share && matchMedia("(hover: none)").matches) {
      await navigator.share({ title: link.dataset.title || document.title, url });
    } else {
      await navigator.clipboard.writeText(url);
      toast("copied", "success");
    }
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
  }
});
