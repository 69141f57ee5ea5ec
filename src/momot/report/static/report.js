"use strict";
// The only script: the theme, kept where the browser lets us, and unfolding everything for paper.
const root = document.documentElement;
const button = document.querySelector("button.theme");
const system = matchMedia("(prefers-color-scheme: dark)");
const key = "momot-theme";

function kept() {
  try { return localStorage.getItem(key); } catch { return null; }
}

function dark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
}

function name() {
  button.textContent = dark() ? button.dataset.light : button.dataset.dark;
}

const before = kept();
if (before === "dark" || before === "light") root.dataset.theme = before;
button.hidden = false;
button.addEventListener("click", () => {
  root.dataset.theme = dark() ? "light" : "dark";
  try { localStorage.setItem(key, root.dataset.theme); } catch { /* a file without storage keeps it until it is closed */ }
  name();
});
system.addEventListener("change", name);
name();

addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("details:not([open])")) { one.dataset.closed = ""; one.open = true; }
});
addEventListener("afterprint", () => {
  for (const one of document.querySelectorAll("details[data-closed]")) { one.open = false; delete one.dataset.closed; }
});
