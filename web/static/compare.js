// Two answers to one question side by side: in the articles' own words, and by the model that is set.

import { call } from "./api.js";
import { announce, el, withCode } from "./dom.js";
import { Sentences } from "./sentences.js";
import { model, tokens, verdict, whatBecame } from "./words.js";

const OWN_WORDS = "In the articles’ own words";

/** The button that shows and hides the comparison of `answer`, and the place where it is shown. */
export function comparison(answer) {
  const place = el("section", { class: "comparison", id: `compare-${answer.id}`, hidden: true, "aria-label": "Comparison" });
  const other = answer.verification ? "the articles’ own words" : `an answer by ${model}`;
  const button = el(
    "button",
    {
      class: "quiet compare",
      type: "button",
      title: `Compare with ${other}`,
      "aria-expanded": "false",
      "aria-controls": place.id,
      click: () => {
        place.hidden = !place.hidden;
        button.setAttribute("aria-expanded", !place.hidden);
        if (!place.hidden && !place.firstChild) load();
      },
    },
    "Compare",
  );

  const load = async () => {
    const asking = answer.verification ? "Finding the articles’ own words…" : `Asking ${model}…`;
    place.replaceChildren(el("p", { class: "status" }, el("span", { class: "doing" }, asking)));
    announce(asking);
    try {
      const { extractive, generated } = await call("POST", "/api/compare", { answer_id: answer.id });
      place.replaceChildren(column(OWN_WORDS, extractive), column(heading(generated), generated));
      announce("Both answers are below the button.");
    } catch (problem) {
      place.replaceChildren(
        el("div", { class: "problem" }, el("p", {}, ...withCode(problem.message)), el("button", { type: "button", click: retry }, "Try again")),
      );
      announce(problem.message);
    }
  };
  const retry = () => {
    button.focus(); // the button that was pressed is about to go
    load();
  };
  return { button, place };
}

function heading({ verification, abstained, answerer }) {
  return `${verification && !abstained ? "Written by" : "With"} ${verification ? answerer : model}`;
}

function column(title, answer) {
  const sentences = new Sentences();
  const wanted = title === OWN_WORDS || !answer.fallback;
  if (wanted) {
    sentences.settle(answer);
    sentences.showShortAnswer(answer.short_answer);
  }
  const { level, name, likely } = verdict(answer);
  const said = wanted ? answer.abstained && answer.answer : `It wrote no answer: ${answer.fallback}`;
  return el(
    "div",
    { class: "compared", role: "group", "aria-label": title },
    el("h3", { class: "kicker" }, title),
    said ? el("p", { class: "abstained" }, said) : sentences.element,
    wanted ? el("p", { class: `evidence ${level}` }, [name, likely].filter(Boolean).join(", ")) : null,
    answer.verification ? el("p", { class: "hint", title: tokens(answer) }, whatBecame(answer)) : null,
  );
}
