// Builds elements; all text goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes, listeners (functions under "click" and the like) and children. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** One of the icons that the page carries. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

export function iconButton(name, label, click, attributes = {}) {
  return el(
    "button",
    { class: "icon", type: "button", "aria-label": label, title: label, click, ...attributes },
    icon(name),
  );
}

/** The exact words of an answer. */
export function bold(words) {
  return el("strong", { class: "short-answer" }, words);
}

/** Makes what lies from `start` to `end` of the text nodes bold, in UTF-16 units, where it stands. */
export function embolden(texts, start, end) {
  let position = 0;
  for (const text of texts) {
    const from = Math.max(start - position, 0);
    const to = Math.min(end - position, text.length);
    position += text.length;
    if (from >= to) continue;
    const words = new Range();
    words.setStart(text, from);
    words.setEnd(text, to);
    words.surroundContents(bold());
  }
}

/** A sentence for people in parts, what stands between backticks, to be typed, as code. */
export function withCode(sentence) {
  return sentence.split("`").map((part, n) => (n % 2 ? el("code", {}, part) : part));
}

/** Tells a screen reader something that others see for themselves. */
export function announce(text) {
  document.getElementById("announcer").append(el("p", {}, text));
}
