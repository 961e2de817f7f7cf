// Cards of money are shown as they are now: each fetches itself anew when it hears of a change.
const refresh = (card) => globalThis.htmx?.trigger(card, "refresh");

/** The card of one request, by its token. */
export function refreshCard(token) {
  const card = document.getElementById(`request-${token}`);
  if (card) refresh(card);
}

/** The cards that stream news of an id is about: the line with that id. */
export function refreshCards({ data }) {
  const card = document.querySelector(`#m${JSON.parse(data).id} > .money`);
  if (card) refresh(card);
}
