// How records read as words: dates, links, exact words, verdicts, an answer as plain text.

const { strongEvidence, verdicts } = document.body.dataset;
const VERDICTS = JSON.parse(verdicts);
const ESTIMATE =
  "The percentage estimates how likely this is the right answer by what the articles say. " +
  "It does not tell whether what they say is true.";
const DAY = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };

export function day(date) {
  return new Date(`${date}T00:00:00Z`).toLocaleDateString("en-GB", DAY);
}

/** The address of an article with the words of a citation or passage marked, and the exact answer. */
export function articleLink({ n, article_id, start, end }, answer = null) {
  const words = answer && answer.citation === n ? `&answer=${answer.start}-${answer.end}` : "";
  return `/articles/${encodeURIComponent(article_id)}?start=${start}&end=${end}${words}#cited`;
}

/** A quote in three: before the exact words of the answer, the words, what follows; null without. */
export function aroundExactWords({ n, start, quote }, answer) {
  if (answer?.citation !== n) return null;
  const letters = [...quote]; // offsets count code points
  const [from, to] = [answer.start - start, answer.end - start];
  const words = letters.slice(from, to).join("");
  if (from < 0 || words !== answer.text) return null;
  return [letters.slice(0, from).join(""), words, letters.slice(to).join("")];
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

/** What is left to say when the sentences of an answer have been read out. */
export function inBrief(answer) {
  const { name, likely } = verdict(answer);
  if (answer.abstained) return `${name}. ${answer.answer}`;
  const words = answer.short_answer ? `In short: ${answer.short_answer.text}. ` : "";
  return `${words}${name}, ${likely}.`;
}

/** The answer with its markers and its sources, to be pasted elsewhere. */
export function asText(answer) {
  const sources = answer.citations.map((citation) => {
    const place = [citation.title, origin(citation), citation.url].filter(Boolean).join(". ");
    return `[${citation.n}] ${place}\n    “${citation.quote}”`;
  });
  return [answer.question, answer.answer, sources.join("\n")].filter(Boolean).join("\n\n") + "\n";
}
