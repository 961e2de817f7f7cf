// What every htmx request carries, and what a person hears when one fails. How htmx works here says a meta element of
// base.html; htmx comes after these modules: what is pressed before them goes the way without scripts.
import { toast } from "./toasts.js";

const COOKIE = /(?:^|; )(?:__Host-csrf|csrftoken)=([^;]+)/;

/** The token every POST of ours carries, from its cookie. */
export const token = () => document.cookie.match(COOKIE)?.[1];

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const { request } = ctx;
  if (token() && !/^(GET|HEAD)$/i.test(request.method)) request.headers["X-CSRFToken"] = token();
});

// 422 brings the form back with its errors and is swapped like any answer; the rest is said in words.
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  if (status !== 422) toast(status === 429 ? "wait" : "error");
});

document.addEventListener("htmx:error", ({ detail }) => {
  if (detail.ctx && !detail.ctx.response) toast("offline");
});
