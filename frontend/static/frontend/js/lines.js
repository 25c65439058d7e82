// Up and down: through the lines of the palette; with j and k through the rows of a list.
function step(lines, by) {
  const at = lines.indexOf(document.activeElement);
  const next = lines[at < 0 ? (by > 0 ? 0 : lines.length - 1) : at + by];
  next?.focus();
  return Boolean(next);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const palette = event.target.closest("dialog.palette");
  if (palette) {
    const lines = [palette.querySelector("input"), ...palette.querySelectorAll("li a")];
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) { step(lines, by); event.preventDefault(); }
    // Enter in the box takes the first line; where there is none, the words are searched for.
    if (event.key === "Enter" && event.target === lines[0] && lines.length > 1) { event.preventDefault(); lines[1].click(); }
    return;
  }
  if (document.documentElement.dataset.keys === "off" || event.target.closest("input, textarea, select, [contenteditable]")) return;
  const by = { j: 1, k: -1 }[event.key];
  const rows = [...document.querySelectorAll("main :is(tbody th[scope=row] a, .open-item__act a)")];
  if (by && step(rows, by)) event.preventDefault();
});
