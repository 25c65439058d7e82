"""Pages obey the content policy: nothing inline, nothing unescaped, nothing from elsewhere."""

import re
from pathlib import Path

import pytest

from tests.house.rules import ROOT

FORBIDDEN = {
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "an event handler": re.compile(r"\s(on[a-z]+|hx-on[:a-z-]*)\s*=", re.IGNORECASE),
    "a script as an address": re.compile(r"javascript:", re.IGNORECASE),
    "text that is not escaped": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
    "an element in an attribute": re.compile(
        r"\s[\w:-]+=\"[^\"<>]*\{\{[^}\"]*\|(day|at|moment|money)\s*\}\}"
    ),
    "something fetched from elsewhere": re.compile(
        r"<(script|link|img|iframe)\b[^>]*\s(src|href)\s*=\s*[\"'](https?:)?//", re.IGNORECASE
    ),
}
SAMPLES = {
    "an inline style": '<p style="color: red">',
    "an inline script": "<script>go()</script>",
    "an event handler": '<a onclick="go()">',
    "a script as an address": '<a href="javascript:go()">',
    "text that is not escaped": "{{ need|safe }}",
    "an element in an attribute": '<table aria-label="Lines of {{ entry.on|day }}">',
    "something fetched from elsewhere": '<img src="https://elsewhere.example/x.png">',
}


SECTION = re.compile(r"<c-section [^>]*?title=\"\{% translate '([^']*)' %\}")
TABLE = re.compile(r"<c-ledger caption=\"\{% translate '([^']*)' %\}")


def templates() -> list[Path]:
    return sorted(path for path in (ROOT / "frontend" / "templates").rglob("*.html"))


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what):
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in templates()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]

    assert templates()
    assert found == []


def test_no_table_bears_the_name_of_the_section_around_it():
    """Both are places that a screen reader lists; of two with one name, nobody knows which."""
    found = [
        (path.relative_to(ROOT).as_posix(), name)
        for path in templates()
        for text in [path.read_text(encoding="utf-8")]
        for name in set(SECTION.findall(text)) & set(TABLE.findall(text))
    ]

    assert found == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_rule_notices(what):
    assert FORBIDDEN[what].search(SAMPLES[what])
    assert not FORBIDDEN[what].search('<script src="{% static "a.js" %}" defer></script>')
