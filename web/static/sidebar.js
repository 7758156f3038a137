// The kept conversations: a list to open, rename, export and delete; a drawer on small screens.

import { call } from "./api.js";
import { announce, el, iconButton } from "./dom.js";
import { moment } from "./words.js";

const PAGE = 50;
const list = document.getElementById("conversations");
const none = document.getElementById("no-conversations");
const more = document.getElementById("more-conversations");
const sidebar = document.getElementById("sidebar");
const veil = document.getElementById("veil");
const page = document.getElementById("page");
const opener = document.getElementById("open-drawer");
const narrow = matchMedia("(max-width: 900px)");
const problemLine = document.getElementById("sidebar-problem");
const maxTitle = document.body.dataset.maxTitle;

let shown = PAGE;
let currentId = null;
let isPostponed = false;
let isUnreachable = false;
let onDeleted = () => {};
let onRenamed = () => {};

/** Ties the sidebar to the page; it calls `deleted` with an id, `renamed` with the conversation. */
export function startSidebar(deleted, renamed) {
  onDeleted = deleted;
  onRenamed = renamed;
  more.addEventListener("click", () => {
    shown += PAGE;
    showConversations();
  });
  opener.addEventListener("click", () => toggleDrawer(true));
  document.getElementById("close-drawer").addEventListener("click", () => toggleDrawer(false));
  veil.addEventListener("click", () => toggleDrawer(false));
  sidebar.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) toggleDrawer(false);
  });
  narrow.addEventListener("change", () => toggleDrawer(false));
  toggleDrawer(false);
  return showConversations();
}

export function markCurrent(id) {
  const isOther = id !== currentId;
  currentId = id;
  for (const row of list.children) {
    const link = row.querySelector("a.title");
    if (link) setCurrent(link, row.dataset.id);
  }
  if (isOther) reveal();
}

/** Scrolls the list until the conversation on the page is in sight. */
function reveal() {
  const current = list.querySelector("[aria-current]")?.parentElement;
  if (!current) return;
  const [row, frame] = [current, list].map((element) => element.getBoundingClientRect());
  list.scrollTop += Math.max(row.bottom - frame.bottom, 0) || Math.min(row.top - frame.top, 0);
}

export async function showConversations() {
  const rows = [];
  let total = 0;
  try {
    while (rows.length < shown) {
      const reply = await call("GET", `/api/conversations?offset=${rows.length}&limit=${PAGE}`);
      total = reply.total;
      rows.push(...reply.conversations);
      if (rows.length >= total || !reply.conversations.length) break;
    }
  } catch (problem) {
    isUnreachable = true;
    return tell(problem.message);
  }
  // A new list would take the field away in which someone is writing.
  isPostponed = Boolean(list.querySelector(".rename"));
  if (isPostponed) return undefined;
  if (isUnreachable) tell("");
  isUnreachable = false;
  const isFirst = !list.firstChild;
  list.replaceChildren(...rows.map(row));
  if (isFirst) reveal();
  none.hidden = rows.length > 0;
  more.hidden = rows.length >= total;
  return undefined;
}

/** Says in the sidebar what failed there; "" takes it back. */
function tell(text) {
  problemLine.textContent = text;
}

export function toggleDrawer(open) {
  const wasOpen = sidebar.classList.contains("open");
  sidebar.classList.toggle("open", open);
  veil.hidden = !open;
  page.inert = open;
  sidebar.inert = narrow.matches && !open;
  opener.setAttribute("aria-expanded", open);
  if (open) document.getElementById("close-drawer").focus();
  else if (wasOpen) opener.focus();
}

function setCurrent(link, id) {
  if (id === currentId) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}

function row(conversation) {
  const { id, title, updated_at: asked } = conversation;
  const when = el("time", { id: `when-${id}`, class: "when", datetime: asked }, moment(asked));
  const link = el(
    "a",
    { class: "title", href: `/c/${id}`, "data-conversation": id, "aria-describedby": when.id, dir: "auto", title },
    title,
  );
  setCurrent(link, id);
  const item = el("li", { "data-id": id }, link, when);
  item.append(
    el(
      "span",
      { class: "actions" },
      iconButton("pen", `Rename “${title}”`, () => rename(item, conversation)),
      exportLink(conversation),
      iconButton("bin", `Delete “${title}”`, () => remove(conversation)),
    ),
  );
  return item;
}

function exportLink({ id, title }) {
  const button = iconButton("save", `Save “${title}” as Markdown`, () => {});
  const link = el("a", { class: "icon", href: `/api/conversations/${id}/export.md`, download: true, "aria-label": button.title, title: button.title });
  link.append(...button.childNodes);
  return link;
}

function rename(item, conversation) {
  const input = el("input", { value: conversation.title, maxlength: maxTitle, dir: "auto", "aria-label": "Title of the conversation" });
  let isDone = false;
  const close = async (save, isLeft = false) => {
    if (isDone) return;
    isDone = true;
    const title = input.value.trim();
    let kept = conversation;
    tell("");
    if (save && title && title !== conversation.title) {
      try {
        kept = await call("PATCH", `/api/conversations/${conversation.id}`, { title });
        onRenamed(kept);
      } catch (problem) {
        tell(`“${title}” was not saved. ${problem.message}`);
      }
    }
    const renewed = row(kept);
    item.replaceWith(renewed);
    if (!isLeft) renewed.querySelector("button").focus();
    if (isPostponed) await showConversations();
  };
  const form = el("form", {
    class: "rename",
    submit: (event) => {
      event.preventDefault();
      close(true);
    },
  }, input);
  input.addEventListener("blur", () => close(true, true));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    close(false);
  });
  item.replaceChildren(form);
  input.select();
}

async function remove({ id, title, updated_at: asked }) {
  if (!(await isConfirmed(`Delete “${title}” (${moment(asked)}), with its answers?`))) return;
  try {
    await call("DELETE", `/api/conversations/${id}`);
  } catch (problem) {
    if (problem.code !== "not_found") return tell(`“${title}” was not deleted. ${problem.message}`);
  }
  tell("");
  announce("Deleted.");
  await showConversations();
  onDeleted(id);
  (list.querySelector("a.title") ?? document.querySelector("a.new")).focus();
  return undefined;
}

function isConfirmed(question) {
  const dialog = document.getElementById("confirm");
  document.getElementById("confirm-text").textContent = question;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
