// The chat page: shows a conversation, asks the next question, keeps the address in step.

import { askEvents, call } from "./api.js";
import { hideCard } from "./card.js";
import { chosenFilters, focusComposer, setBusy, startComposer } from "./composer.js";
import { announce, el, withCode } from "./dom.js";
import { markCurrent, showConversations, startSidebar, toggleDrawer } from "./sidebar.js";
import { Turn, keptTurn } from "./turn.js";
import { inBrief, inWords } from "./words.js";

const NAME = "Ask the articles";
const thread = document.getElementById("thread");
const hasPointer = matchMedia("(hover: hover)").matches; // else the focus would raise a keyboard
const welcome = document.getElementById("welcome");

// The conversation on the page; an answer that arrives after the reader has moved on finds another.
let current = { id: null };
/** The turns that are being answered, by the conversation that they are in. */
const waiting = new Map();
const LOST_MS = 500;
const LOST_TRIES = 6;

function show(id, turns) {
  hideCard();
  current = { id };
  thread.replaceChildren(...turns.map((turn) => turn.element));
  welcome.hidden = turns.length > 0;
  setBusy(false);
  markCurrent(id);
}

function begin() {
  show(null, []);
  document.title = NAME;
  scrollTo(0, 0);
}

async function open(id) {
  const wanted = (current = { id });
  let detail;
  try {
    detail = await conversation(id);
  } catch (problem) {
    if (wanted !== current) return; // the reader has opened another one meanwhile
    show(null, []);
    welcome.hidden = true;
    const next =
      problem.code === "not_found"
        ? el("a", { href: "/", "data-new": true }, "Begin a new conversation")
        : el("button", { type: "button", click: () => open(id) }, "Try again");
    thread.append(el("div", { class: "problem" }, el("p", {}, ...withCode(problem.message)), next));
    return;
  }
  if (wanted !== current) return;
  const feedback = new Map(detail.feedback.map((given) => [given.answer_id, given]));
  show(id, detail.answers.map((answer) => keptTurn(answer, feedback.get(answer.id))));
  document.title = `${detail.title} · ${NAME}`;
  const asked = waiting.get(id);
  if (asked) {
    thread.append(asked.element);
    setBusy(true);
  }
  const turn = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  (turn ?? thread.lastElementChild)?.scrollIntoView();
}

/** One conversation, as far as it is kept; that of one that was left in the middle is waited for. */
async function conversation(id) {
  const isNew = sessionStorage.getItem("begun") === id;
  for (let tries = 1; ; tries += 1) {
    try {
      return await call("GET", `/api/conversations/${id}`);
    } catch (problem) {
      const isUnknown = problem.code === "not_found";
      if (isUnknown && waiting.has(id)) return { title: waiting.get(id).question, answers: [], feedback: [] };
      if (!isUnknown || !isNew || tries === LOST_TRIES) throw problem;
      await new Promise((resolve) => setTimeout(resolve, LOST_MS));
    }
  }
}

function openLocation() {
  toggleDrawer(false);
  const [, id] = location.pathname.match(/^\/c\/([^/]+)$/) ?? [];
  return id ? open(decodeURIComponent(id)) : begin();
}

async function ask(question) {
  const conversation = current;
  const turn = new Turn(question, (id) => call("POST", `/api/conversations/${id}/stop`));
  turn.conversationId = conversation.id;
  if (conversation.id) waiting.set(conversation.id, turn);
  welcome.hidden = true;
  thread.append(turn.element);
  turn.element.scrollIntoView({ block: "start" });
  setBusy(true);
  announce("Searching the articles.");
  try {
    await receive(turn, conversation, { question, conversation_id: conversation.id, ...chosenFilters() });
  } catch (problem) {
    waiting.delete(turn.conversationId);
    // What broke off here may well be kept there, and then a reload shows it.
    if (conversation === current && !conversation.id && problem.code !== "cut_off") history.replaceState(null, "", "/");
    const isGone = problem.code === "not_found" && conversation.id;
    turn.fail(problem, isGone ? "Ask in a new conversation" : "Try again", () => {
      if (isGone) go("/");
      turn.element.remove();
      if (hasPointer) focusComposer(); // the button that was pressed is gone
      ask(question);
    });
  }
  // The reader may have left it and come back meanwhile.
  if (conversation === current || (current.id && current.id === turn.conversationId)) setBusy(false);
}

async function receive(turn, conversation, body) {
  for await (const [name, data] of askEvents(body)) {
    if (name === "passages") begun(turn, conversation, data);
    if (name === "sentence") {
      turn.addSentence(data.sentence, data.citations);
      announce(inWords(data.sentence, data.citations));
    }
    if (name === "answer") finish(turn, conversation, data);
  }
}

/** The address is there from now on, so that a reload in the middle finds the answer. */
function begun(turn, conversation, { passages, conversation_id: id }) {
  turn.begin(id, passages);
  waiting.set(id, turn);
  if (conversation !== current || conversation.id) return;
  history.replaceState(null, "", `/c/${id}`);
  sessionStorage.setItem("begun", id);
}

function finish(turn, conversation, answer) {
  waiting.delete(answer.conversation_id);
  if (sessionStorage.getItem("begun") === answer.conversation_id) sessionStorage.removeItem("begun");
  const { takenBack, added } = turn.finish(answer);
  if (takenBack.length) announce("The answer has changed.");
  for (const sentence of added) announce(inWords(sentence, answer.citations));
  announce(inBrief(answer));
  if (conversation === current) {
    if (!conversation.id) document.title = `${answer.question} · ${NAME}`;
    history.replaceState(null, "", `/c/${answer.conversation_id}`);
    markCurrent(answer.conversation_id);
  } else if (current.id === answer.conversation_id) {
    open(current.id); // the reader has left the conversation and come back meanwhile
  }
  conversation.id = answer.conversation_id;
  showConversations();
}

function go(path) {
  history.pushState(null, "", path);
  toggleDrawer(false);
  openLocation();
  if (hasPointer) focusComposer();
}

function followLink(event) {
  if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a");
  if (!link) return;
  if ("new" in link.dataset || link.dataset.conversation) {
    event.preventDefault();
    go(link.pathname);
  } else if (link.pathname.startsWith("/articles/") && current.id) {
    // So that Back, and the link on the article's page, return to this very answer.
    const turn = link.closest(".turn");
    if (!turn?.id) return;
    history.replaceState(null, "", `/c/${current.id}#${encodeURIComponent(turn.id)}`);
    sessionStorage.setItem(`answer:${link.pathname}`, location.pathname + location.hash);
  }
}

function askExample(question) {
  if (hasPointer) focusComposer(); // the button that was pressed is hidden now
  ask(question);
}

async function showExamples() {
  const box = document.getElementById("examples");
  if (!box) return;
  const { examples } = await call("GET", "/api/examples").catch(() => ({ examples: [] }));
  box.hidden = !examples.length;
  box.querySelector("ul").replaceChildren(
    ...examples.map((question) =>
      el("li", {}, el("button", { type: "button", dir: "auto", click: () => askExample(question) }, question)),
    ),
  );
}

addEventListener("popstate", openLocation);
document.addEventListener("visibilitychange", () => {
  // Another tab may have begun some; but a new list would take the focus away.
  if (!document.hidden && !document.activeElement.closest("#conversations")) showConversations();
});
document.addEventListener("click", followLink);
startSidebar(
  (id) => {
    sessionStorage.clear(); // no way back to an answer that is gone
    if (id === current.id) go("/");
  },
  ({ id, title }) => {
    if (id === current.id) document.title = `${title} · ${NAME}`;
  },
);
startComposer((question) => ask(question));
showExamples();
openLocation();
if (hasPointer) focusComposer();
