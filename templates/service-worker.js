{% load static %}// Shows the offline page when there is no network, and news that the server pushes.
const OFFLINE = "{% url "core:offline" %}";
const KEPT = [OFFLINE, {% for name in files %}"{% static name %}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const CACHE = "bisat-{{ version }}";

addEventListener("install", (event) => {
  // What a page sends as it is left would end with it on its way through here: it goes straight to the network.
  event.addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" });
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const forget = (names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(forget).then(() => registration.navigationPreload?.enable()).then(() => clients.claim()));
});

async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return caches.match(OFFLINE);
  }
}

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (KEPT.includes(new URL(request.url).pathname)) event.respondWith(fetch(request).catch(() => caches.match(request)));
});

addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data.json();
  const options = { body, tag, data: { url }, icon: "{% url "core:icon" 192 %}", lang: "{{ language }}", dir: "auto" };
  event.waitUntil(registration.showNotification(title, options));
});

async function open(url) {
  const windows = await clients.matchAll({ type: "window" });
  const here = windows.find((client) => client.visibilityState === "visible") ?? windows[0];
  if (!here) return clients.openWindow(url);
  await here.focus();
  return here.navigate(url);
}

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});
