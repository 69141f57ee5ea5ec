// All that runs in the browser. Without it every flow still works: links load pages, buttons send forms.
const root = document.documentElement;

for (const form of document.querySelectorAll("form[data-now]")) form.requestSubmit();

addEventListener("change", event => {
  const form = event.target.closest("form[data-submit]");
  if (form) form.requestSubmit();
});

// The theme at once; the cookie is set beside it.
addEventListener("submit", event => {
  const form = event.target, theme = event.submitter?.value;
  if (!form.matches("form.theme") || !theme) return;
  event.preventDefault();
  const body = new URLSearchParams({theme, back: form.elements.back.value});
  fetch("/theme", {method: "POST", body, redirect: "manual"}).then(() => {
    root.dataset.theme = theme;
    const [button] = form.querySelectorAll("button");
    const other = theme === "dark" ? "light" : "dark";
    for (const one of [...form.querySelectorAll("button")].slice(1)) one.remove();
    button.className = `to-${other}`;
    button.value = other;
    button.textContent = form.dataset[other];
    button.focus();
  }, () => form.submit());
});

async function read(link) {
  const answer = await fetch(link, {headers: {accept: "text/html"}});
  if (!answer.ok) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// What is still being read comes into its place: the page is not loaded again, for somebody may be writing on it.
async function again(part) {
  await new Promise(done => setTimeout(done, 2500));
  const then = (await read(location.href)).getElementById(part.id);
  if (!then) return;
  part.replaceChildren(...then.childNodes);
  if ("again" in then.dataset) await again(part);
  else delete part.dataset.again;
}

for (const part of document.querySelectorAll("[data-again]")) again(part).catch(() => {});

// The map: a mark brings its moment into the panel, arrows go from mark to mark.
const map = document.querySelector(".map .drawn");

async function bring(link, push) {
  const page = await read(link);
  for (const where of ["#panel", ".map .drawn"]) {
    const now = document.querySelector(where), then = page.querySelector(where);
    if (!now || !then) throw new Error("another page");
    now.replaceChildren(...then.childNodes);
    if (then.getAttribute("aria-label")) now.setAttribute("aria-label", then.getAttribute("aria-label"));
  }
  if (push) history.pushState(null, "", link);
  document.querySelector("#told").textContent = document.querySelector("#panel").getAttribute("aria-label");
}

function marks() {
  return [...map.querySelectorAll("svg a[href]")].filter(one => one.getClientRects().length);
}

function href(mark) {
  return mark.getAttribute("href");
}

if (map && document.querySelector("#panel")) {
  map.addEventListener("click", event => {
    const mark = event.target.closest("svg.mk-map a[href]");
    if (!mark || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const link = href(mark), held = document.activeElement === mark;
    bring(link, true).then(() => {
      if (held) marks().find(one => href(one) === link)?.focus();
    }, () => location.assign(link));
  });
  map.addEventListener("keydown", event => {
    const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
    const mark = event.target.closest("svg a[href]");
    if (!step || !mark) return;
    event.preventDefault();
    const all = marks();
    all[(all.indexOf(mark) + step + all.length) % all.length].focus();
  });
  addEventListener("popstate", () => bring(location.href, false).catch(() => location.reload()));
}
