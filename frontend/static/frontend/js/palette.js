// Ctrl-K: one box that goes to the places, does what this page offers, and finds what the search finds.
const palette = document.getElementById("palette");
const box = palette?.querySelector("input");
const here = palette?.querySelector("[data-palette-here]");
const found = palette?.querySelector("[data-palette-found]");
let waiting = 0;
let asked = null;

function offered() {
  const main = document.querySelectorAll("main :is(.page-head, .acts) a.button, main a[data-key], main button.button--main");
  const always = palette.querySelectorAll("[data-palette-always] a");
  const all = [...document.querySelectorAll(".masthead__places a"), ...main, ...always, ...document.querySelectorAll(".colophon nav a")];
  return all.filter((one, at) => !one.href || all.findIndex((other) => other.href === one.href) === at);
}

function show(words) {
  here.replaceChildren(...offered().filter((one) => one.textContent.toLowerCase().includes(words)).map((one) => {
    const line = document.createElement("li");
    const go = document.createElement("a");
    go.href = one.href ?? "#main";
    go.textContent = one.textContent.trim();
    // What binds is never sent from here: the palette brings to the button, and a person presses it.
    if (!one.href) go.addEventListener("click", (event) => { event.preventDefault(); palette.close(); one.focus(); });
    line.append(go);
    return line;
  }));
  say();
}

function say() {
  const count = palette.querySelector("[data-palette-count]");
  count.textContent = `${count.dataset.words} ${palette.querySelectorAll("li a").length}`;
}

async function find(words) {
  asked?.abort();
  if (words.length < 2) return found.replaceChildren();
  asked = new AbortController();
  const address = `${box.form.action}?${new URLSearchParams({ q: words })}`;
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: asked.signal }).catch(() => null);
  if (!answer?.ok || answer.redirected) return undefined;
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  found.replaceChildren(...parsed.body.children);
  return say();
}

box?.addEventListener("input", () => {
  show(box.value.trim().toLowerCase());
  clearTimeout(waiting);
  waiting = setTimeout(() => find(box.value.trim()), 150);
});

document.addEventListener("keydown", (event) => {
  if (!palette || event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  if (palette.open) return palette.close();
  box.value = "";
  found.replaceChildren();
  show("");
  return palette.showModal();
});
