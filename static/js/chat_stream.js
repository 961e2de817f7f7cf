// News as they happen: the stream says that something is new, the page fetches it. Without a stream it asks by itself.
import { refreshCards } from "./chat_cards.js";
import { chat, fetchNews, lastId, log, markRead } from "./chat_log.js";

const POLL = 5000;
const place = document.querySelector("[data-stream]");
const address = place?.dataset.stream;
const page = () => (chat?.dataset.typing ? "channel" : "shopper");
let source = null;
let connected = false;

const changed = () => globalThis.htmx?.trigger(document.body, "chats:changed");
const data = (event) => JSON.parse(event.data);

function news() {
  if (log && chat) fetchNews().then((came) => came && changed()); // without a line nothing else is asked for either
  else if (navigator.onLine) changed();
}

function connect() {
  if (!globalThis.EventSource) return; // the page asks every few seconds
  if (source && source.readyState !== EventSource.CLOSED) return;
  const url = new URL(address, location.href);
  if (log && chat) url.searchParams.set("after", lastId());
  source = new EventSource(url, { withCredentials: true });
  source.onopen = () => {
    connected = true;
    news(); // whatever came between the page and the stream
  };
  source.onerror = () => {
    connected = false;
  };
  source.addEventListener("message", news);
  source.addEventListener("card", refreshCards);
  source.addEventListener("inbox", changed);
  source.addEventListener("read", (event) => {
    const { side, id } = data(event);
    if (side === page()) changed();
    else if (log) markRead(id);
  });
  source.addEventListener("typing", () => globalThis.htmx?.trigger(document.body, "chats:typing"));
}

if (address) {
  connect();
  setInterval(() => {
    if (connected || document.hidden) return;
    news();
    connect();
  }, POLL);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") news();
  });
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", ({ persisted }) => persisted && connect());
}
