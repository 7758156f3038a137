// Light or dark as the system says, until the reader chooses; loaded before the first paint.
(() => {
  "use strict";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const remembered = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage can be switched off
    }
  };
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const label = () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.textContent = isDark() ? "Light" : "Dark";
      button.setAttribute("aria-label", isDark() ? "Use light colours" : "Use dark colours");
    }
  };
  const choose = (theme) => {
    root.dataset.theme = theme;
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // then the choice holds for this page only
    }
    label();
  };

  if (["light", "dark"].includes(remembered())) root.dataset.theme = remembered();
  system.addEventListener("change", label);
  document.addEventListener("DOMContentLoaded", () => {
    label();
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.addEventListener("click", () => choose(isDark() ? "light" : "dark"));
    }
  });
})();
