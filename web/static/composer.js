// Where a question is written, with its filters.

const form = document.getElementById("composer");
const area = document.getElementById("question");
const count = document.getElementById("count");
const source = document.getElementById("source");
const from = document.getElementById("from");
const to = document.getElementById("to");
const maxChars = Number(document.body.dataset.maxQuestion);
const SHOWN_FROM = 0.8;

/** Calls `ask` with each question that is sent. */
export function startComposer(ask) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = area.value.trim();
    if (!question || isTooLong() || form.classList.contains("busy")) return;
    if (to && !to.checkValidity()) {
      document.getElementById("filters").open = true;
      to.reportValidity();
      return;
    }
    area.value = "";
    grow();
    if (matchMedia("(hover: none)").matches) area.blur(); // its keyboard would cover the answer
    ask(question);
  });
  area.addEventListener("keydown", (event) => {
    // 229: the Enter that ends a word of Chinese or Japanese, where composing is over already.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  area.addEventListener("input", grow);
  addEventListener("resize", grow); // a phone that is turned
  for (const field of [source, from, to]) field?.addEventListener("change", countFilters);
  document.getElementById("clear-filters")?.addEventListener("click", () => {
    for (const field of [source, from, to]) if (field) field.value = "";
    countFilters();
  });
  countFilters(); // a browser may fill the fields again after Back
  grow();
}

/** What limits the next question, as the HTTP interface takes it. */
export function chosenFilters() {
  const limits = { source: source?.value, from: from?.value, to: to?.value };
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value));
}

export function setBusy(isBusy) {
  form.classList.toggle("busy", isBusy);
  form.querySelector(".send").setAttribute("aria-disabled", isBusy);
}

export function focusComposer() {
  area.focus({ preventScroll: true });
}

function grow() {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
  const length = [...area.value].length;
  count.textContent = length < maxChars * SHOWN_FROM ? "" : `${length} of ${maxChars} characters`;
  count.classList.toggle("wrong", isTooLong());
  area.setAttribute("aria-invalid", isTooLong());
}

function isTooLong() {
  return [...area.value.trim()].length > maxChars;
}

function countFilters() {
  const number = Object.keys(chosenFilters()).length;
  to?.setCustomValidity(from.value && to.value && from.value > to.value ? "The last day is before the first." : "");
  const shown = document.getElementById("filter-count");
  if (shown) shown.textContent = number ? ` (${number})` : "";
}
