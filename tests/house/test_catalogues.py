"""What people read can be read in each language, and the catalogues hold all of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.template.base import Lexer, TokenType

from tests.house import catalogue
from tests.house.rules import ROOT
from tests.house.sentences import SENTENCE, sentences

AGAIN = "run `python -m tests.house.catalogue`, and write what is without words"
GAP = re.compile(r"%\(\w+\)s|%\(\w+\)d|\{\w+\}")
WORD = re.compile(r"[^\W\d_]{2,}")
NAMES = {"Choicebook", "CSV", "XLSX", "PDF", "OCDS", "API", "Deutsch", "English", "verify", "py"}
READ_ALOUD = {"alt", "aria-label", "title", "placeholder", "summary", "legend", "label"}
# One German word for each of ours (frontend/README.md); these are the others, and too familiar.
NOT_OURS = {
    "Angebotssteller": "Anbieter",
    "Lieferant": "Firma",
    "Bieter": "Bietende",
    "Offerte": "Gebot",
    "Rechnung": "Belastung",
    "Zuschlag": "Wahl",
    "Vergabe": "Wahl",
    "Ausschreibung": "Auftrag",
    "Limit": "Grenze",
    "Token": "Zugangsschlüssel",
    "Ticket": "Auftrag",
    "Projekt": "Auftrag",
    "Firmenname": "rechtlicher Name",
    "Kunde": "Abteilung",
    "dein": "Ihr",
}


@cache
def kept() -> list[tuple[str, catalogue.Found, Catalog]]:
    return [
        (path, found, catalogue.kept(Path(path), language))
        for pattern, found in catalogue.wanted()
        for language in catalogue.languages()
        for path in [str(pattern).format(language) + ".po"]
    ]


def told(message_string: object) -> list[str]:
    return [message_string] if isinstance(message_string, str) else list(message_string or [""])  # type: ignore[call-overload]


def test_what_is_found_in_the_code_stands_in_the_catalogues_and_nothing_else():
    differing = [
        (Path(path).relative_to(ROOT).as_posix(), text)
        for path, found, kept_there in kept()
        for text in set(found) ^ {message.id for message in kept_there if message.id}
    ]

    assert differing == [], AGAIN


def test_nothing_is_without_words_or_doubted():
    without = [
        (path, message.id)
        for path, _found, kept_there in kept()
        for message in kept_there
        if message.id and (message.fuzzy or not all(told(message.string)))
    ]

    assert without == [], AGAIN


def test_what_is_compiled_is_what_is_written():
    for path, _found, kept_there in kept():
        compiled = catalogue.texts_compiled(Path(path).with_suffix(".mo"))
        assert compiled == catalogue.texts(kept_there), f"{path}: {AGAIN}"


def test_a_translation_fills_the_same_gaps():
    def gaps(text: str) -> set[str]:
        return set(GAP.findall(text))

    unequal = [
        (path, message.id, text)
        for path, _found, kept_there in kept()
        for message in kept_there
        if message.id
        for text in told(message.string)
        if (
            gaps(text) != gaps(message.id)
            if isinstance(message.id, str)
            else not gaps(text) <= gaps(message.id[1])
        )
    ]

    assert unequal == []


def strange(text: str) -> list[str]:
    """Return the words and signs of a German text that this house does not use."""
    found = [other for other in NOT_OURS if re.search(rf"\b{other}(s|e|n|en|er|em|es)?\b", text)]
    return found + [sign for sign in ("”", "'", "...", " - ") if sign in re.sub(r"'UTC'", "", text)]


def test_german_has_one_word_for_each_of_ours():
    found = [
        (text, strange(text))
        for path, _found, kept_there in kept()
        if "/de/" in path
        for message in kept_there
        for text in told(message.string)
        if message.id and strange(text)
    ]

    assert found == []
    assert strange("Der Lieferant hat dein “Limit” überschritten...")


class Bare(HTMLParser):
    """Collects the words of a template that stand outside of every mark."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._aside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._aside += tag in {"script", "style", "code", "kbd", "pre"}
        for name, value in attrs:
            if name in READ_ALOUD:
                self.take(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._aside -= tag in {"script", "style", "code", "kbd", "pre"}

    def handle_data(self, data: str) -> None:
        if not self._aside:
            self.take(data)

    def take(self, text: str) -> None:
        self.words += [word for word in WORD.findall(text) if word not in NAMES]


def bare_words(source: str) -> list[str]:
    """Return the words of a template that no language can say otherwise."""
    kept_words = []
    until = ""
    for token in Lexer(source).tokenize():
        first = (token.contents.split() or [""])[0]
        if token.token_type == TokenType.BLOCK and until:
            until = "" if first == until else until
        elif token.token_type == TokenType.BLOCK and first in {"blocktranslate", "comment"}:
            until = f"end{first}"
        elif token.token_type == TokenType.BLOCK and token.contents == "block page_class":
            until = "endblock"
        elif token.token_type == TokenType.TEXT and not until:
            kept_words.append(token.contents)
        else:
            kept_words.append("0")  # a value stands here; no letter, so no word
    parser = Bare()
    parser.feed("".join(kept_words))
    return parser.words


def pages() -> Iterator[Path]:
    # The page of components shows parts by their names, and invented people.
    for path in sorted((ROOT / "frontend").rglob("*.html")):
        if path.name != "components.html":
            yield path


def test_no_page_has_a_word_that_cannot_be_said_in_another_language():
    bare = {path.name: words for path in pages() if (words := bare_words(path.read_text("utf-8")))}

    assert bare == {}


@pytest.mark.parametrize(
    "source",
    ["<p>Not marked</p>", '<img alt="Not marked">', "{% if a %}Not marked{% endif %}"],
)
def test_a_bare_word_is_noticed(source: str):
    assert bare_words(source) == ["Not", "marked"]
    assert bare_words("<p>{% translate 'Marked' %}{{ name }} CSV</p>") == []


def unmarked(source: str) -> list[str]:
    """Return the sentences of a page's module that are neither marked nor said with a refusal."""
    tree = ast.parse(source)
    aside = {id(node) for found in (marks_in(tree), refusals_in(tree)) for node in found}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in aside
        and SENTENCE.fullmatch(node.value)
    ]


def marks_in(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value  # a docstring
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in catalogue.MARKS:
            yield from ast.walk(node)


def refusals_in(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            yield from ast.walk(node)


def test_no_sentence_of_a_page_is_unmarked_in_its_module():
    sources = {path: path.read_text("utf-8") for path in (ROOT / "frontend").rglob("*.py")}

    assert {path.name: texts for path in sources if (texts := unmarked(sources[path]))} == {}
    assert unmarked('label = "Say what it is."') == ["Say what it is."]


def test_what_the_domain_says_is_found_whole(tmp_path: Path):
    module = tmp_path / "saying.py"
    module.write_text(
        "def f(job, done):\n"
        '    """No sentence. It is a docstring."""\n'
        '    word = "is" if done else "is not"\n'
        '    raise Refused(f"“{job.title}” {word} {job.closes_at:%Y} over: 5 %.")\n'
    )

    assert list(sentences(module)) == [
        "“%(title)s” is %(closes_at)s over: 5 %%.",
        "“%(title)s” is not %(closes_at)s over: 5 %%.",
    ]
