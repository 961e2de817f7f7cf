// What every htmx request carries, and what a person hears when one fails.
import { toast } from "./toasts.js";

// How htmx works here. It reads these when it is used; only its style sheet, which our policy refuses, comes earlier
// (the meta element of base.html turns it off).
Object.assign(globalThis.htmx?.config ?? {}, {
  history: "reload",
  defaultSwap: "outerHTML",
  defaultTimeout: 20000,
  noSwap: [204, 304, 400, 401, 403, 404, 405, 413, 429, "5xx"],
});

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
