// The card that shows the words behind a citation marker, on hover, focus or touch.

import { bold, el } from "./dom.js";
import { emboldenWords, row } from "./row.js";
import { aroundExactWords, articleLink, isList, origin } from "./words.js";

const LEAVE_MS = 250;
const EDGE = 12;

let card = null;
let owner = null;
let leaving = 0;

/**
 * A marker for a citation: a link into its article that shows the card before it is followed.
 * `exactAnswer` gives the short answer of the turn, or null as long as that is not known.
 */
export function marker(citation, exactAnswer) {
  const link = el(
    "a",
    {
      class: "cite",
      href: articleLink(citation),
      "aria-label": `Source ${citation.n}: ${[citation.title, origin(citation)].filter(Boolean).join(", ")}`,
      "data-n": citation.n,
      pointerenter: (event) => event.pointerType === "mouse" && show(link, citation, exactAnswer()),
      pointerleave: (event) => event.pointerType === "mouse" && leave(),
      focus: () => show(link, citation, exactAnswer()),
      blur: leave,
    },
    String(citation.n),
  );
  // A finger can't hover: its first touch shows the card, which has the link in it.
  let touched = false;
  link.addEventListener("pointerdown", (event) => (touched = event.pointerType !== "mouse"));
  link.addEventListener("click", (event) => {
    if (!touched) return;
    touched = false;
    event.preventDefault();
    show(link, citation, exactAnswer());
  });
  return link;
}

export function hideCard() {
  clearTimeout(leaving);
  card?.remove();
  owner?.classList.remove("open");
  card = owner = null;
}

function leave() {
  clearTimeout(leaving);
  leaving = setTimeout(() => {
    const isWanted =
      card?.matches(":hover") || card?.contains(document.activeElement) ||
      owner?.matches(":hover") || owner === document.activeElement;
    if (!isWanted) hideCard();
  }, LEAVE_MS);
}

function show(link, citation, answer) {
  if (owner === link) return clearTimeout(leaving);
  hideCard();
  owner = link;
  owner.classList.add("open");
  card = el(
    "span",
    { class: "card", role: "group", "aria-label": `Source ${citation.n}`, pointerleave: leave, focusout: leave },
    citation.cells.length ? cells(citation, answer) : quote(citation, answer),
    el("cite", { dir: "auto" }, citation.title),
    origin(citation) ? el("span", { class: "byline", dir: "auto" }, origin(citation)) : null,
    el("a", { class: "open-article", href: articleLink(citation, answer) }, "Open in the article"),
  );
  // Right after its marker, so that Tab leads from the marker into the card.
  link.after(card);
  place();
  return undefined;
}

function quote(citation, answer) {
  const [before, words, after] = aroundExactWords(citation, answer) ?? [citation.quote];
  const classes = `quote ${isList(citation.quote) ? "list" : ""}`;
  return el("q", { class: classes, dir: "auto" }, before, words && bold(words), after);
}

function cells(citation, answer) {
  const { element, pieces } = row(citation.cells);
  emboldenWords(citation, pieces, answer);
  return el("div", { class: "quote" }, element);
}

/** Below the marker if there is room above the composer, or none above the marker; else above it. */
function place() {
  const frame = card.offsetParent.getBoundingClientRect();
  const mark = owner.getBoundingClientRect();
  const left = Math.min(mark.left - frame.left - EDGE, frame.width - card.offsetWidth);
  const floor = document.getElementById("composer").getBoundingClientRect().top;
  const fits = mark.bottom + card.offsetHeight + EDGE < floor;
  const above = mark.top - card.offsetHeight - 6;
  const top = fits || above < 0 ? mark.bottom + 6 : above;
  card.style.left = `${Math.max(left, 0)}px`;
  card.style.top = `${top - frame.top}px`;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !card) return;
  if (card.contains(document.activeElement)) owner.focus();
  hideCard();
});
document.addEventListener("pointerdown", (event) => {
  if (card && !card.contains(event.target) && !owner.contains(event.target)) hideCard();
});
addEventListener("resize", hideCard);
