// Push on this device: the switch of the settings page, shown where the browser can do it.
import { token } from "./requests.js";
import { toast } from "./toasts.js";

const box = document.querySelector("[data-push]");
const input = box?.querySelector("input");
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_");

async function tell(address, fields) {
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields), headers: { "X-CSRFToken": token() ?? "" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
}

async function start(worker) {
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(box.dataset.push) });
  const [p256dh, auth] = ["p256dh", "auth"].map((name) => text(made.getKey(name)));
  await tell(box.dataset.subscribe, { endpoint: made.endpoint, p256dh, auth }).catch(async (error) => {
    await made.unsubscribe();
    throw error;
  });
}

async function stop(worker) {
  const made = await worker.pushManager.getSubscription();
  if (!made) return;
  await tell(box.dataset.end, { endpoint: made.endpoint });
  await made.unsubscribe();
}

function failed() {
  if (Notification.permission !== "denied") toast("error"); // else the words beside the switch say why
}

async function show(worker) {
  input.checked = Boolean(await worker.pushManager.getSubscription());
  box.querySelector("[data-blocked]").hidden = Notification.permission !== "denied";
}

if (box && "serviceWorker" in navigator && "PushManager" in globalThis) {
  const worker = await navigator.serviceWorker.ready;
  await show(worker);
  box.hidden = false;
  input.addEventListener("change", async () => {
    input.disabled = true;
    await (input.checked ? start(worker) : stop(worker)).catch(failed);
    input.disabled = false;
    await show(worker);
  });
}
