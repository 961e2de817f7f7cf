// The service worker: an offline page, and news while no page is open.
addEventListener("load", () => navigator.serviceWorker?.register("/service-worker.js").catch(() => {}));
