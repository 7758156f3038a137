// The sentences of an answer with their citations, as they arrive and as they are kept.

import { hideCard, marker } from "./card.js";
import { el } from "./dom.js";
import { emboldenWords, row } from "./row.js";
import { articleLink, cellsOf, IN_PLACE, isPoint, MARK, pointsOf, signsAround } from "./words.js";

/** A text up to its last word, and that; Chinese, Japanese and Korean break anywhere. */
const LAST_WORD = /^(.*?)((?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}])\S){0,20})$/su;

export class Sentences {
  constructor() {
    this.element = el("div", { class: "answer" });
    this.shown = [];
    this.shortAnswer = null;
  }

  add(sentence, citations) {
    const cited = citedBy(sentence, citations);
    const cells = cellsOf(sentence, citations);
    const links = cited.map((citation) => marker(citation, () => this.shortAnswer));
    const { element, pieces } = cells.length ? cellsWith(links, sentence, cells) : wordsWith(links, sentence, cited[0]);
    this.element.append(element);
    this.shown.push({ sentence, cited, links, pieces, element });
  }

  /**
   * Brings what is shown in line with the full record: a model that failed on the way showed other
   * sentences. Gives those taken back and those added; what is right stays where it is.
   */
  settle({ sentences, citations }) {
    const wanted = sentences.map((sentence) => seen(sentence, citedBy(sentence, citations)));
    const wrong = this.shown.findIndex(({ sentence, cited }, i) => seen(sentence, cited) !== wanted[i]);
    const takenBack = wrong < 0 ? [] : this.shown.splice(wrong);
    if (takenBack.length) hideCard();
    for (const { element } of takenBack) element.remove();
    const added = sentences.slice(this.shown.length);
    for (const sentence of added) this.add(sentence, citations);
    return { takenBack, added };
  }

  /** Changes what is on the page and puts nothing in its place: focus and an open card stay. */
  showShortAnswer(shortAnswer) {
    this.shortAnswer = shortAnswer;
    for (const { cited, links, pieces } of this.shown) {
      links.forEach((link, i) => (link.href = articleLink(cited[i], shortAnswer)));
      emboldenWords(cited[0], pieces, shortAnswer);
    }
  }
}

/** A sentence in words with its markers; its text nodes are a piece of what `best` cites, if it is that. */
function wordsWith([first, ...others], sentence, best) {
  const above = pointsOf(sentence.text);
  const [, ...parts] = above.pop().match(LAST_WORD);
  const isList = above.length > 0;
  const texts = [...above, ...parts].map((part) => new Text(part));
  const [before, after] = signsAround(sentence);
  const goesOn = after.startsWith("\n");
  const marked = [goesOn ? after.trim() : after, first && "\u00a0", first];
  // The closing sign and the first marker stay on the line of the last word.
  const end = el("span", { class: "unbroken" }, texts.at(-1), ...(goesOn ? [] : marked));
  const lines = [...texts.slice(0, -2).map((text) => [text]), [texts.at(-2), end]];
  const words = isList ? lines.map(line) : lines[0];
  if (goesOn) words.push(el("span", { class: "line more" }, ...marked));
  const isReplaced = sentence.support === "replaced";
  const element = el(
    "p",
    { class: `sentence ${sentence.support} ${isList ? "of-points" : ""}`, dir: "auto", title: isReplaced && IN_PLACE },
    ...[before, ...words, ...others],
    ...(isReplaced ? [el("span", { class: "hidden" }, ` (${IN_PLACE})`)] : []),
    ...(sentence.support === "unsupported" ? [" ", el("span", { class: "mark" }, MARK)] : []),
  );
  return { element, pieces: sentence.text === best?.quote ? [{ ...best, texts }] : [] };
}

/** A line of a list on the page; where a point goes on in another line, that is set in. */
function line(words) {
  return el("span", { class: `line ${isPoint(words[0].data) ? "point" : ""}` }, ...words);
}

/** The cells of a row with its markers, and each cell as a piece of what is cited. */
function cellsWith(links, sentence, cells) {
  const { element, pieces } = row(cells, ...links, ...signsAround(sentence));
  return { element: el("div", { class: "sentence verbatim of-row" }, element), pieces };
}

function citedBy(sentence, citations) {
  return sentence.citations.map((n) => citations.find((citation) => citation.n === n)).filter(Boolean);
}

/** What a reader sees of a sentence, to be compared. */
function seen({ text, support }, cited) {
  return JSON.stringify([text, support, cited.map(({ n, article_id, start, end }) => [n, article_id, start, end])]);
}
