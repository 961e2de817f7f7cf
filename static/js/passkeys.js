// Passkeys: a form with data-passkey asks the browser for a credential and sends it; shown where the browser can.
// data-passkey is "create" or "get"; its options stand in the page, or at data-options.
const KIND = globalThis.PublicKeyCredential;
const byName = !/^[\d.]+$|:/.test(location.hostname); // credentials belong to a name, never to an IP address
const can = Boolean(KIND?.parseRequestOptionsFromJSON && byName);

async function optionsOf(form) {
  if (!form.dataset.options) return JSON.parse(document.getElementById("passkey-options").textContent);
  const answer = await fetch(form.dataset.options, { headers: { "X-Requested-With": "XMLHttpRequest" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

async function create(form) {
  const { publicKey } = (await optionsOf(form)).creation_options;
  if (form.elements.passwordless?.checked) {
    Object.assign(publicKey.authenticatorSelection, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
  }
  return navigator.credentials.create({ publicKey: KIND.parseCreationOptionsFromJSON(publicKey) });
}

async function get(form) {
  const { publicKey } = (await optionsOf(form)).request_options;
  return navigator.credentials.get({ publicKey: KIND.parseRequestOptionsFromJSON(publicKey) });
}

async function send(form, button) {
  const failed = form.querySelector("[data-failed]");
  button.disabled = true;
  failed.hidden = true;
  try {
    const credential = await (form.dataset.passkey === "create" ? create(form) : get(form));
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch {
    failed.hidden = false; // she closed the browser's window, or the device is not known here
    button.disabled = false;
  }
}

if (can) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, event.submitter ?? form.querySelector("button"));
    });
  }
  for (const note of document.querySelectorAll("[data-no-passkeys]")) note.hidden = true;
}
