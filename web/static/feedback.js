// Copying an answer and judging it: thumbs up or down, with a note; the same thumb takes it back.

import { call } from "./api.js";
import { el, iconButton } from "./dom.js";
import { asText } from "./words.js";

const maxNote = document.body.dataset.maxNote;

/** The controls under an answer; `given` is an earlier judgement on it, or null. */
export function judge(answer, given) {
  const told = el("span", { class: "told", role: "status" });
  const note = el("textarea", {
    rows: 2,
    maxlength: maxNote,
    "aria-label": "A note on this answer",
    placeholder: "What was good or bad? (optional)",
  });
  note.value = given?.note ?? "";
  let rating = given?.rating ?? null;

  const rate = async (choice, thanks) => {
    const body = { answer_id: answer.id, rating: choice, note: note.value.trim() || null };
    try {
      await (choice ? call("POST", "/api/feedback", body) : call("DELETE", `/api/feedback/${answer.id}`));
    } catch (problem) {
      told.textContent = problem.message;
      return;
    }
    rating = choice;
    press();
    told.textContent = thanks;
    form.hidden = Boolean(thanks);
  };
  const form = el(
    "form",
    {
      class: "note",
      hidden: true,
      submit: async (event) => {
        event.preventDefault();
        await rate(rating, "Thank you.");
        (rating === "up" ? up : down).focus();
      },
    },
    note,
    el("button", { type: "submit" }, "Save the note"),
  );
  const choose = (choice) => (rating === choice ? rate(null, "Taken back.") : rate(choice, ""));
  const up = iconButton("up", "Good answer", () => choose("up"));
  const down = iconButton("down", "Bad answer", () => choose("down"));
  const press = () => {
    up.setAttribute("aria-pressed", rating === "up");
    down.setAttribute("aria-pressed", rating === "down");
  };
  press();

  const copy = iconButton("copy", "Copy the answer with its sources", async () => {
    await navigator.clipboard.writeText(asText(answer));
    told.textContent = "Copied.";
  });
  // Browsers lend the clipboard to https and this computer only.
  copy.hidden = !navigator.clipboard;
  return el("div", { class: "judge" }, told, copy, up, down, form);
}
