"""Somebody who has no mouse: what is pressed, where the focus then is, and whether one sees it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# Where the focus is: its name, whether a ring is drawn for it, and whether something lies over it.
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const ringed = (e) => {
        const s = getComputedStyle(e);
        return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1;
    };
    const group = one.closest("fieldset, .field");
    const title = group?.querySelector("legend, .field__name")?.innerText ?? "";
    const label = one.labels?.[0] ?? null;
    const said = label?.innerText ?? one.getAttribute("aria-label") ?? one.innerText ?? "";
    const box = (label && one.matches("[type=radio], [type=checkbox]") ? label : one);
    const r = box.getBoundingClientRect();
    const [x, y] = [r.left + r.width / 2, Math.max(r.top, 0) + 4];
    const over = document.elementFromPoint(x, y);
    const covered = over && !box.contains(over) && !over.contains(box) && !one.contains(over);
    const all = [...document.querySelectorAll("*")];
    return {
        name: said.trim().replace(/\\s+/g, " "), title: title.trim().replace(/\\s+/g, " "),
        tag: one.tagName, kind: one.type ?? "", at: all.indexOf(one),
        ringed: ringed(one) || (label !== null && ringed(label)),
        seen: r.width > 0 && r.height > 0 && r.bottom > 0 && r.top < innerHeight
            && r.right > 0 && r.left < innerWidth,
        covered: Boolean(covered) && !one.matches("main"),
    };
}"""
MOST_STOPS = 220
Stop = dict[str, Any]


class Keys:
    """Tab, Shift-Tab, Enter, Space, arrows and letters, counted; no pointer and no script."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = self.typed = 0
        self.wrong: list[str] = []

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
        self.pressed += times

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.typed += len(words)

    def write(self, name: str, words: str) -> None:
        """Go to the box of this name and type over what stands there."""
        self.to(name)
        self.press("Control+a")
        self.type(words)

    def here(self) -> Stop | None:
        """Return where the focus is; note when nobody can see it."""
        stop: Stop | None = self.page.evaluate(FOCUSED)
        if stop is not None:
            place = f"{self.page.url}: “{stop['name'][:60]}” ({stop['tag']})"
            for fault, is_so in (
                ("has no ring", not stop["ringed"]),
                ("is out of sight", not stop["seen"]),
                ("is covered", stop["covered"]),
            ):
                if is_so:
                    self.wrong.append(f"{place} {fault}")
        return stop

    def to(self, name: str, *, group: str = "", key: str = "Tab", tags: str = "") -> Stop:
        """Go on until the focus is on what bears this name, in the group of this title."""
        passed: list[str] = []
        lost = 0
        for _ in range(MOST_STOPS):
            self.press(key)
            stop = self.here()
            if stop is None:
                lost += 1  # between the end of the page and its beginning, once a round
                assert lost <= 2, f"{self.page.url}: no “{name}{group}”; passed {passed}"
                continue
            is_such = not tags or stop["tag"] in tags
            if is_such and stop["name"].startswith(name) and group in stop["title"]:
                return stop
            passed.append(stop["name"][:30])
        message = f"{self.page.url}: “{name}” is never reached; passed {passed[:60]}"
        raise AssertionError(message)

    def skip(self) -> None:
        """Leave out what stands on every page."""
        self.to("Skip to the content")
        self.press("Enter")

    def go(self, name: str, *, key: str = "Tab") -> None:
        """Go to a link or a button, press Enter, and wait for what it brings."""
        self.to(name, key=key, tags="A BUTTON")
        self.enter()

    def enter(self, key: str = "Enter") -> None:
        with self.page.expect_navigation():
            self.press(key)

    def open(self, name: str) -> None:
        """Skip to the content, and go to what it offers."""
        self.skip()
        self.go(name)

    def pick(self, group: str, choice: str) -> None:
        """Go to a group of choices, and with the arrows to one of them."""
        self.to("", group=group)
        for _ in range(12):
            stop = self.here()
            assert stop is not None
            if stop["name"].startswith(choice):
                self.press("Space")
                return
            self.press("ArrowDown")
        message = f"{group}: “{choice}” is never reached"
        raise AssertionError(message)

    def goes_round(self) -> int:
        """Tab through the page to its end and see that one comes back; return how many stops."""
        first = self.to("Skip to the content")["at"]
        places = [first]
        for _ in range(MOST_STOPS):
            self.press("Tab")
            stop = self.here()
            if stop is None:
                continue
            if stop["at"] == first:
                return len(places)
            if stop["at"] == places[-1] and stop["kind"] not in ("date", "datetime-local", "month"):
                break
            places.append(stop["at"])
        message = f"{self.page.url}: there is no way out after {len(places)} stops"
        raise AssertionError(message)
