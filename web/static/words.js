// How records read as words: dates, links, confidence, an answer as plain text.

const STRONG = 0.6;
const DAY = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };

export function day(date) {
  return new Date(`${date}T00:00:00Z`).toLocaleDateString("en-GB", DAY);
}

/** The address of an article with the words of a citation or passage marked. */
export function articleLink({ article_id, start, end }) {
  return `/articles/${encodeURIComponent(article_id)}?start=${start}&end=${end}#cited`;
}

/** "Coastal Times, 3 May 2024", or less where less is known. */
export function origin({ source, published }) {
  return [source, published && day(published)].filter(Boolean).join(", ");
}

/** How well the articles answer: `strong`, `weak` or `none`. */
export function evidence(answer, threshold) {
  if (answer.abstained || answer.confidence < threshold) return "none";
  return answer.confidence >= STRONG ? "strong" : "weak";
}

/** The answer with its markers and its sources, to be pasted elsewhere. */
export function asText(answer) {
  const sources = answer.citations.map((citation) => {
    const place = [citation.title, origin(citation), citation.url].filter(Boolean).join(". ");
    return `[${citation.n}] ${place}\n    “${citation.quote}”`;
  });
  return [answer.question, answer.answer, sources.join("\n")].filter(Boolean).join("\n\n") + "\n";
}
