"""A form of a page, as somebody would fill it in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

NEXT_MONTH = datetime.now(UTC) + timedelta(days=20)
# What a text of this name has to look like to be read at all.
TYPED = {
    "closes_at": f"{NEXT_MONTH:%Y-%m-%dT%H:%M}",
    "email": "somebody.new@house.example",
    "currency": "EUR",
    "estimate": "100",
    "rate": "0.9",
    "digest": "0" * 64,
    "office": "finance",
}
BY_KIND = {
    "date": f"{NEXT_MONTH:%Y-%m-%d}",
    "datetime-local": f"{NEXT_MONTH:%Y-%m-%dT%H:%M}",
    "number": "1",
    "email": "somebody.new@house.example",
    "url": "https://example.com/",
}


class Forms(HTMLParser):
    """The fields of the form that a page is about, filled in."""

    def __init__(self, page: str, path: str) -> None:
        super().__init__()
        self.path, self.inside, self.fields = path, False, {}
        self.select = self.area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {key: value or "" for key, value in attrs}
        if tag == "form":
            goes = had.get("action", "").partition("?")[0]
            self.inside = had.get("method", "").lower() == "post" and goes in ("", self.path)
        name = had.get("name", "")
        if tag == "option" and self.select and had.get("value"):
            first = not self.fields.get(self.select)
            self.fields |= {self.select: had["value"]} if first or "selected" in had else {}
        if not self.inside or not name or name == "csrfmiddlewaretoken":
            return
        if tag == "select":
            self.select = name
        elif tag == "textarea":
            self.area = name
            self.fields[name] = ""
        elif tag == "input":
            self._typed(name, had)

    def _typed(self, name: str, had: dict[str, str]) -> None:
        kind = had.get("type", "text")
        if kind in ("radio", "checkbox"):
            if name not in self.fields or "checked" in had:
                self.fields[name] = had.get("value", "on")
        elif kind not in ("submit", "file", "button"):
            amount = "1" if "amount" in had.get("class", "") else "Words enough to say why."
            usual = TYPED.get(name) or BY_KIND.get(kind) or amount
            self.fields[name] = had.get("value") or ("" if kind == "hidden" else usual)

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea" and self.area:
            self.fields[self.area] = self.fields[self.area].strip() or "Words enough to say why."
            self.area = ""
