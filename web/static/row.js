// A row of a table, each cell under the name of its column.

import { el, embolden } from "./dom.js";
import { aroundExactWords, EMPTY_CELL } from "./words.js";

/**
 * The element, with `markers` behind the last cell, and each cell as a piece of the article: its
 * text nodes and where it stands.
 */
export function row(cells, ...markers) {
  const pieces = cells.map(({ value }) => ({
    texts: [new Text(value.text || EMPTY_CELL)],
    start: value.start,
    quote: value.text,
  }));
  const pairs = cells.map(({ column }, i) =>
    el("div", {}, el("dt", { dir: "auto" }, column.text), el("dd", { dir: "auto" }, ...pieces[i].texts)),
  );
  if (markers.length) pairs.at(-1).lastChild.append("\u00a0", ...markers);
  return { element: el("dl", { class: "row" }, ...pairs), pieces };
}

/** Makes the exact words bold in the piece of a citation that holds them. */
export function emboldenWords(citation, pieces, answer) {
  for (const { texts, start, quote } of pieces) {
    const parts = aroundExactWords({ ...citation, start, quote }, answer);
    if (!parts) continue;
    const [before, words] = parts;
    embolden(texts, before.length, before.length + words.length);
  }
}
