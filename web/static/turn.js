// One question with its answer: waiting, sentences as they arrive, then all that belongs to it.

import { marker } from "./card.js";
import { announce, el, embolden } from "./dom.js";
import { judge } from "./feedback.js";
import { aroundExactWords, articleLink, origin, verdict } from "./words.js";

let turns = 0;

export class Turn {
  constructor(question) {
    const heading = `turn-${(turns += 1)}`;
    this.question = question;
    this.sentences = [];
    this.shortAnswer = null;
    this.status = el("p", { class: "status" }, "Searching the articles…");
    this.answer = el("div", { class: "answer" });
    this.element = el(
      "article",
      { class: "turn", "aria-labelledby": heading, "aria-busy": "true" },
      el("h2", { class: "question", id: heading, dir: "auto", tabindex: "-1" }, question),
      this.answer,
      this.status,
    );
  }

  addPassages(passages) {
    const number = passages.length === 1 ? "one passage" : `${passages.length} passages`;
    this.status.textContent = `Reading ${number}…`;
  }

  addSentence(sentence, citations) {
    const [, ...parts] = sentence.text.match(/^(.*?)(\S{0,20})$/su);
    const [text, lastWord] = parts.map((part) => new Text(part));
    const [first, ...others] = citations.map((citation) => marker(citation, () => this.shortAnswer));
    // The first marker stays on the line of the last word.
    const end = el("span", { class: "unbroken" }, lastWord, "\u00a0", first);
    this.answer.append(el("p", { class: "sentence", dir: "auto" }, text, end, ...others));
    this.sentences.push({ citation: citations[0], texts: [text, lastWord], text: sentence.text, link: first });
  }

  /** Changes what is on the page and puts nothing in its place: focus and an open card stay. */
  showShortAnswer(shortAnswer) {
    this.shortAnswer = shortAnswer;
    const shown = this.sentences.find(({ citation }) => citation.n === shortAnswer?.citation);
    if (!shown) return;
    shown.link.href = articleLink(shown.citation, shortAnswer);
    const parts = aroundExactWords(shown.citation, shortAnswer);
    if (!parts || shown.text !== shown.citation.quote) return;
    const [before, words] = parts;
    embolden(shown.texts, before.length, before.length + words.length);
  }

  /** All that comes with the full record; `feedback` is an earlier judgement on it, or null. */
  finish(answer, feedback = null) {
    this.element.removeAttribute("aria-busy");
    this.element.id = answer.id;
    this.status.remove();
    this.showShortAnswer(answer.short_answer);
    if (answer.abstained) this.answer.append(el("p", { class: "abstained" }, answer.answer));
    this.element.append(
      el("div", { class: "verdict" }, confidence(answer), judge(answer, feedback)),
      ...[searchedFor(answer), sources(answer), passages(answer)].filter(Boolean),
    );
  }

  fail(problem, retry) {
    this.element.removeAttribute("aria-busy");
    this.status.remove();
    this.element.append(
      el(
        "div",
        { class: "problem" },
        el("p", {}, problem.message),
        el("button", { type: "button", click: retry }, "Try again"),
      ),
    );
    announce(problem.message);
  }
}

/** A finished turn, as it is kept on the server. */
export function keptTurn(answer, feedback) {
  const turn = new Turn(answer.question);
  for (const sentence of answer.sentences) {
    turn.addSentence(sentence, citationsOf(sentence, answer.citations));
  }
  turn.finish(answer, feedback);
  return turn;
}

function citationsOf(sentence, citations) {
  return sentence.citations.map((n) => citations.find((citation) => citation.n === n));
}

function confidence(answer) {
  const { level, name, likely, meaning } = verdict(answer);
  return el(
    "details",
    { class: `confidence ${level}` },
    el(
      "summary",
      { title: meaning },
      ...(likely ? [`${name}, `, el("span", { class: "number" }, likely)] : [name]),
    ),
    el("p", { class: "hint" }, meaning),
  );
}

function searchedFor(answer) {
  if (answer.query.trim() === answer.question.trim()) return null;
  return el("p", { class: "searched" }, "Searched for: ", el("q", { dir: "auto" }, answer.query));
}

function sources({ citations, short_answer }) {
  if (!citations.length) return null;
  const byArticle = Map.groupBy(citations, (citation) => citation.article_id);
  return el(
    "section",
    { class: "sources" },
    el("h3", { class: "kicker" }, "Sources"),
    el("ul", {}, ...[...byArticle.values()].map((cited) => source(cited, short_answer))),
  );
}

/** One article with the numbers of the citations from it. */
function source(citations, shortAnswer) {
  const [first] = citations;
  const numbers = citations.map((citation) =>
    el("a", { href: articleLink(citation, shortAnswer), "aria-label": `Source ${citation.n}` }, String(citation.n)),
  );
  return el(
    "li",
    {},
    el("span", { class: "numbers" }, ...numbers),
    el(
      "span",
      {},
      el("a", { class: "title", href: articleLink(first, shortAnswer), dir: "auto" }, first.title),
      origin(first) ? el("span", { class: "byline", dir: "auto" }, origin(first)) : null,
    ),
  );
}

function passages(answer) {
  if (!answer.passages.length) return null;
  const title = answer.abstained ? "Nearest passages" : `Passages searched (${answer.passages.length})`;
  return el(
    "details",
    { class: "passages", open: answer.abstained },
    el("summary", { class: "kicker" }, title),
    el("ol", {}, ...answer.passages.map(passage)),
  );
}

function passage(found) {
  const ranks = [
    found.rank_dense && `number ${found.rank_dense} by meaning`,
    found.rank_lexical && `number ${found.rank_lexical} by words`,
  ];
  return el(
    "li",
    {},
    el("a", { href: articleLink(found), dir: "auto" }, found.title),
    el("p", { class: "passage", dir: "auto" }, found.text),
    el("p", { class: "byline" }, `Found as ${ranks.filter(Boolean).join(" and ")}`),
  );
}
