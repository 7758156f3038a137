// One question with its answer: waiting, sentences as they arrive, then all that belongs to it.

import { comparison } from "./compare.js";
import { announce, el, withCode } from "./dom.js";
import { judge } from "./feedback.js";
import { Sentences } from "./sentences.js";
import { around, articleLink, limited, model, origin, provenance, tokens, verdict } from "./words.js";

/** Letters shown of a passage before its likeliest sentence, so that this one is seen at once. */
const BEFORE = 120;

/** From so many letters on, a question is set smaller, so that its answer is in sight. */
const LONG = 240;

/** So many passages are shown of those nearest to a question without an answer; the others on demand. */
const NEAREST = 5;

let turns = 0;

export class Turn {
  /** `stop` ends what a model writes in the conversation of an id; a turn that was kept has none. */
  constructor(question, stop = null) {
    const id = `turn-${(turns += 1)}`;
    this.question = question;
    this.sentences = new Sentences();
    this.answer = this.sentences.element;
    this.doing = el("span", { class: "doing" }, "Searching and reading…");
    // It is over already where that fails, or the answer will tell.
    this.stop = () => this.conversationId && stop(this.conversationId).catch(() => {});
    this.status = el("p", { class: "status" }, this.doing, model && stop && this.stopButton());
    const length = question.length > LONG ? "question long" : "question";
    this.heading = el("h2", { class: length, id, dir: "auto", tabindex: "-1" }, question);
    this.element = el(
      "article",
      { class: "turn", "aria-labelledby": id, "aria-busy": "true" },
      this.heading,
      this.answer,
      this.status,
    );
  }

  /** The first event is there: the conversation that it is in, and what was found. */
  begin(conversationId, passages) {
    this.conversationId = conversationId;
    if (this.isStopping) this.stop();
    const number = passages.length === 1 ? "one passage" : `${passages.length} passages`;
    // Whether the model will write, and from how many of them, only the answer tells.
    this.tell(model ? `What ${model} writes is checked first…` : `Choosing from ${number}…`);
  }

  tell(doing) {
    if (!this.isStopping) this.doing.textContent = doing;
  }

  /** Without a model an answer is there before anybody could press it. */
  stopButton() {
    const press = () => {
      if (this.isStopping) return;
      this.tell("Stopping…");
      this.isStopping = true;
      button.setAttribute("aria-disabled", "true"); // not disabled: it would lose the focus
      this.stop();
    };
    const button = el("button", { type: "button", class: "stop", click: press }, "Stop");
    return button;
  }

  addSentence(sentence, citations) {
    const isWritten = sentence.support !== "verbatim";
    if (model) this.tell(isWritten ? "Writing…" : "Quoting the articles…");
    this.sentences.add(sentence, citations);
  }

  /**
   * All that comes with the full record; `feedback` is an earlier judgement on it, or null.
   * Gives the sentences taken back, and those added to what was shown on the way.
   */
  finish(answer, feedback = null) {
    this.element.removeAttribute("aria-busy");
    this.element.id = answer.id;
    const hadFocus = this.element.contains(document.activeElement);
    this.status.remove();
    const changes = this.sentences.settle(answer);
    if (hadFocus && !this.element.contains(document.activeElement)) this.heading.focus({ preventScroll: true });
    this.sentences.showShortAnswer(answer.short_answer);
    if (answer.abstained) this.answer.append(el("p", { class: "abstained" }, answer.answer));
    this.element.append(
      el("div", { class: "verdict" }, confidence(answer), judge(answer, feedback)),
      ...[...written(answer), searchedFor(answer), searchedIn(answer), sources(answer), passages(answer)].filter(Boolean),
    );
    return changes;
  }

  /** Says what went wrong, with a button of this name that does something about it. */
  fail(problem, name, retry) {
    this.element.removeAttribute("aria-busy");
    if (this.status.contains(document.activeElement)) this.heading.focus({ preventScroll: true });
    this.status.remove();
    this.element.append(
      el(
        "div",
        { class: "problem" },
        el("p", {}, ...withCode(problem.message)),
        el("button", { type: "button", click: retry }, name),
      ),
    );
    announce(problem.message);
  }
}

/** A finished turn, as it is kept on the server. */
export function keptTurn(answer, feedback) {
  const turn = new Turn(answer.question);
  turn.finish(answer, feedback);
  return turn;
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

/** Who wrote the answer, and the comparison with one of the other kind where a model is set. */
function written(answer) {
  const told = provenance(answer);
  const line = told ? el("p", { title: tokens(answer), dir: "auto" }, told) : null;
  if (!model) return line ? [el("div", { class: "provenance" }, line)] : [];
  const { button, place } = comparison(answer);
  return [el("div", { class: "provenance" }, line, button), place];
}

function searchedFor(answer) {
  if (answer.query.trim() === answer.question.trim()) return null;
  return el("p", { class: "searched" }, "Searched for: ", el("q", { dir: "auto" }, answer.query));
}

function searchedIn(answer) {
  const told = limited(answer);
  return told ? el("p", { class: "searched", dir: "auto" }, told) : null;
}

function sources({ citations, short_answer }) {
  if (!citations.length) return null;
  const byArticle = new Map(citations.map((citation) => [citation.article_id, []]));
  for (const citation of citations) byArticle.get(citation.article_id).push(citation);
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
  const items = answer.passages.map(passage);
  const further = answer.abstained ? items.splice(NEAREST) : [];
  return el(
    "details",
    { class: "passages", open: answer.abstained },
    el("summary", { class: "kicker" }, title),
    el("ol", {}, ...items),
    further.length ? furtherPassages(further) : null,
  );
}

function furtherPassages(items) {
  return el(
    "details",
    { class: "further" },
    el("summary", { class: "kicker" }, `Further passages (${items.length})`),
    el("ol", { start: NEAREST + 1 }, ...items),
  );
}

/** The text of a passage from a little before its likeliest sentence on, which is marked. */
function passageText({ text, likeliest }, [before, sentence, after]) {
  if (!likeliest) return [tight(text)];
  const paragraph = before.slice(before.lastIndexOf("\n") + 1);
  const near = paragraph.length > BEFORE ? paragraph.slice(-BEFORE).replace(/^\S*\s+/, "") : paragraph;
  return [near.length < before.length ? "… " : "", near, el("mark", {}, sentence), tight(after)];
}

/** A text without blank lines: a passage is cut after a few lines. */
function tight(text) {
  return text.replace(/\n\s*\n/gu, "\n");
}

function passage(found) {
  const place = found.likeliest ?? found;
  const parts = around(found.text, found.start, place);
  const ranks = [
    found.rank_dense && `number ${found.rank_dense} by meaning`,
    found.rank_lexical && `number ${found.rank_lexical} by words`,
  ];
  return el(
    "li",
    {},
    el("a", { href: articleLink({ ...found, ...place, quote: parts[1] }), dir: "auto" }, found.title),
    el("p", { class: "passage", dir: "auto" }, ...passageText(found, parts)),
    el("p", { class: "byline" }, `Found as ${ranks.filter(Boolean).join(" and ")}`),
  );
}
