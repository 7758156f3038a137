// How records read as words: dates, links, exact words, verdicts, who wrote it, an answer as text.

const { strongEvidence, verdicts, llm } = document.body.dataset;
/** The language model that is set, or "". */
export const model = llm ?? "";
export const IN_PLACE = "the article’s own words, in place of a sentence that its sources did not support";
export const MARK = "Not supported by the articles";
export const EMPTY_CELL = "–";
const STOPPED = "stopped before it was finished";
const VERDICTS = JSON.parse(verdicts);
const ESTIMATE =
  "The percentage estimates how likely this is the right answer by what the articles say: " +
  "of those above 80\u00a0%, five in six were right where it was measured, and two in three in news quizzes. " +
  "Where there are several sentences, it is that of the first. " +
  "It does not tell whether what they say is true.";
const DAY = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };

export function day(date) {
  return new Date(`${date}T00:00:00Z`).toLocaleDateString("en-GB", DAY);
}

/** "today, 14:05", "yesterday, 14:05", "3 May, 14:05" or "3 May 2024, 14:05". */
export function moment(stamp, now = new Date()) {
  const when = new Date(stamp);
  const isDaysAgo = (days) =>
    when.toDateString() === new Date(now.getFullYear(), now.getMonth(), now.getDate() - days).toDateString();
  const year = when.getFullYear() === now.getFullYear() ? undefined : "numeric";
  const date = when.toLocaleDateString("en-GB", { day: "numeric", month: "short", year });
  const day = ["today", "yesterday"].find((_, days) => isDaysAgo(days)) ?? date;
  return `${day}, ${when.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}

/** What begins a point of a list; see `begins_point` in qa/spans.py. */
const POINT = /(?:[-–—•*▪◦·+→]\s|\(?(?:\d{1,3}|[a-z]|[ivx]{2,4})[.)]\s|\(?[A-Z]\)\s|[●○■□‣⁃➢✓✔])/u.source;
const BEFORE_POINT = new RegExp(`(?<=\\n\\s*)(?=${POINT})`, "u");
const BEGINS_POINT = new RegExp(`^${POINT}`, "u");

/** A text in parts: each point of a list in it, and what stands before the first. */
export function pointsOf(text) {
  return text.split(BEFORE_POINT);
}

/** Whether one of them is a point. */
export function isPoint(part) {
  return BEGINS_POINT.test(part);
}

/** Whether a quote is a list: its lines are kept, where others only break at a column. */
export function isList(quote) {
  return pointsOf(quote).length > 1;
}

/** The cells of the row of a table that a sentence is, where its columns have names; else none. */
export function cellsOf({ text, citations: [n] }, citations) {
  const best = citations.find((citation) => citation.n === n);
  return best?.quote === text ? best.cells : [];
}

/** What is shown of a sentence: its text, or the cells of a row with their names; see qa/rows.py. */
function shownText(sentence, citations) {
  const named = cellsOf(sentence, citations).map(
    ({ column, value }) => (column.text && `${column.text}: `) + (value.text || EMPTY_CELL),
  );
  return named.join("; ") || sentence.text;
}

/** The address of an article with the words of a citation or passage marked, and the exact answer. */
export function articleLink({ n, article_id, start, end, quote }, answer = null) {
  const exact = answer && answer.citation === n ? `&answer=${answer.start}-${answer.end}` : "";
  const query = `start=${start}&end=${end}${exact}&words=${fingerprint(quote).toString(16)}`;
  return `/articles/${encodeURIComponent(article_id)}?${query}#cited`;
}

/** Tells the cited words from others, should the article change; see web/links.py. */
function fingerprint(text) {
  return [...text].reduce((number, letter) => (Math.imul(number, 31) + letter.codePointAt(0)) >>> 0, 0);
}

/** A quote in three: before the exact words of the answer, the words, what follows; null without. */
export function aroundExactWords({ n, start, quote }, answer) {
  if (answer?.citation !== n) return null;
  const parts = around(quote, start, answer);
  return answer.start < start || parts[1] !== answer.text ? null : parts;
}

/** A text that begins at `start` in three: before a place of its article, the place, what follows. */
export function around(text, start, place) {
  const letters = [...text]; // offsets count code points
  const [from, to] = [place.start - start, place.end - start];
  return [letters.slice(0, from), letters.slice(from, to), letters.slice(to)].map((part) => part.join(""));
}

/** "Only searched: Coastal Times, from 3 May 2024", or "" for an answer from all articles. */
export function limited({ limits: { source, published_from: from, published_to: to } }) {
  const told = [source, from && `from ${day(from)}`, to && `to ${day(to)}`].filter(Boolean);
  return told.length ? `Only searched: ${told.join(", ")}` : "";
}

/** "Coastal Times, 3 May 2024", or less where less is known. */
export function origin({ source, published }) {
  return [source, published && day(published)].filter(Boolean).join(", ");
}

/** What is said of the evidence: its level, the name of that, the chance to be right, and more. */
export function verdict({ abstained, confidence }) {
  const chance = `${Math.round(confidence * 100)}\u00a0%`;
  const level = abstained ? "none" : confidence >= Number(strongEvidence) ? "strong" : "weak";
  return {
    level,
    name: VERDICTS[level],
    likely: abstained ? null : `${chance} likely right`,
    meaning: {
      strong: ESTIMATE,
      weak: `Read the cited words before you rely on this. ${ESTIMATE}`,
      none: `The best that was found has a chance of ${chance} to be right, too little to answer with.`,
    }[level],
  };
}

/** Who wrote an answer and what became of its sentences, or ""; see `provenance` in qa/wording.py. */
export function provenance({ answerer, verification, fallback, cached, stopped, abstained }) {
  if (fallback) return `${abstained ? "Without the language model" : "The articles’ own words"}: ${fallback}`;
  if (!verification) return "";
  const fates = whatBecame({ verification, cached, stopped, abstained });
  return [`${verification.sentences ? "Written" : "Refused"} by ${answerer}`, fates].filter(Boolean).join(" · ");
}

/** What became of the sentences that a model wrote, and whether it wrote them earlier, or was stopped. */
export function whatBecame({ verification, cached, stopped, abstained }) {
  const told = [counts(verification, abstained), cached && "from an earlier answer", stopped && STOPPED];
  return told.filter(Boolean).join(" · ");
}

function counts({ sentences, supported, replaced, dropped }, abstained) {
  if (!sentences) return "";
  const unshown = sentences - supported - replaced;
  const marked = abstained ? 0 : unshown - dropped;
  const told = [
    [replaced, "replaced by the articles’ own words"],
    [unshown - marked, "left out"],
    [marked, "not supported"],
  ];
  return [
    `${supported} of ${sentences} ${sentences === 1 ? "sentence" : "sentences"} supported`,
    ...told.filter(([count]) => count > 0).map(([count, fate]) => `${count} ${fate}`),
  ].join(", ");
}

/** What an answer cost, or null. */
export function tokens({ usage }) {
  if (!usage) return null;
  const [read, written] = [usage.tokens_in, usage.tokens_out].map((count) => count.toLocaleString("en-GB"));
  return `${read} tokens read, ${written} written`;
}

/** What is put before and after a sentence: quotation marks around a quote in its place, or what is left out. */
export function signsAround({ text, support, left_out: leftOut }) {
  const gap = isList(text) ? "\n" : " ";
  if (leftOut) return ["", `${gap}… and ${leftOut} more in the article`];
  return support === "replaced" ? ["“", "”"] : ["", ""];
}

/** A sentence where its marks can't be seen: read out, or pasted elsewhere. */
export function inWords(sentence, citations) {
  const note = sentence.support === "unsupported" ? ` (${MARK.toLowerCase()})` : "";
  const [before, after] = signsAround(sentence);
  return before + shownText(sentence, citations) + after + note;
}

/** What is left to say when the sentences of an answer have been read out. */
export function inBrief(answer) {
  const { name, likely } = verdict(answer);
  if (answer.abstained) return `${name}. ${answer.answer}`;
  const words = answer.short_answer ? `In short: ${answer.short_answer.text}. ` : "";
  return `${words}${name}, ${likely}${answer.stopped ? `; ${STOPPED}` : ""}.`;
}

/** The answer with its markers, how much to rely on it, and its sources, to be pasted elsewhere. */
export function asText(answer) {
  const sources = answer.citations.map((citation) => {
    const place = [citation.title, origin(citation), citation.url].filter(Boolean).join(". ");
    const link = new URL(articleLink(citation, answer.short_answer), location.origin);
    return `[${citation.n}] ${place}\n    “${citation.quote}”\n    ${link}`;
  });
  const { name, likely } = verdict(answer);
  const relied = likely && `${name}, ${likely}`;
  const parts = [answer.question, shown(answer), relied, limited(answer), provenance(answer), sources.join("\n")];
  return parts.filter(Boolean).join("\n\n") + "\n";
}

function shown(answer) {
  if (answer.abstained) return answer.answer;
  const sentences = answer.sentences.map((sentence) => {
    // A number in brackets that the sentence itself holds is no marker of ours.
    const text = inWords(sentence, answer.citations).replace(/\[(?=\d+\])/g, "[\u2060");
    return [text, sentence.citations.map((n) => `[${n}]`).join("")].filter(Boolean).join(" ");
  });
  const areLines = answer.sentences.some((s) => isList(s.text) || cellsOf(s, answer.citations).length);
  return sentences.join(areLines ? "\n" : " ");
}
