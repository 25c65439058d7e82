"""
The catalogues of what people read: found in the code, kept beside each app, translated.

    python -m tests.house.catalogue     finds what is new, keeps what is translated, compiles

`django.po` holds what is marked (pages, forms, files); `said.po` holds what the domain says in
English and `marketplace/saying.py` says again in the reader's language. Only Python is needed.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, TypeGuard

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from tests.house.rules import APPS, ROOT
from tests.house.sentences import sentences

MARKS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), 1),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), 2),
}
_TEXT = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_IN_TEMPLATE = re.compile(rf"\b(?:n?gettext|_)\(\s*{_TEXT}(?:\s*,\s*{_TEXT})?", re.DOTALL)
_ACCOUNT = re.compile(r"^\s*\('\w+', '([^']+)', '[A-Z]', '(?:debit|credit)'\)", re.MULTILINE)
_BEGUN = datetime(2026, 11, 22, tzinfo=UTC)  # a date that moves would change each file each time
HEADER = "# What people read, in {language}: see frontend/README.md for the words.\n#"

Id = str | tuple[str, str]
Found = dict[Id, set[str]]


def paths(root: Path, app: str, ending: str) -> list[Path]:
    return sorted(p for p in (root / app).rglob(f"*{ending}") if "migrations" not in p.parts)


def marked(app: str, root: Path = ROOT) -> Found:
    """Return what is marked in an app's code and templates, each with the files it stands in."""
    found: Found = {}
    for path in paths(root, app, ".py"):
        source = path.read_text(encoding="utf-8")
        for text in _in_module(ast.parse(source)) if "gettext" in source else ():
            _add(found, text, path, root)
    for path in paths(root, app, ".html"):
        source = path.read_text(encoding="utf-8")
        for hit in _IN_TEMPLATE.finditer(templatize(source)) if "translate" in source else ():
            one, many = (ast.literal_eval(text) if text else None for text in hit.groups())
            _add(found, (one, many) if many else one, path, root)
    return found


def _in_module(tree: ast.Module) -> Iterator[Id]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            said = [arg.value for arg in node.args[: MARKS[node.func.id]] if _is_text(arg)]
            if len(said) == MARKS[node.func.id]:
                yield said[0] if len(said) == 1 else (said[0], said[1])


def _is_text(node: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def spoken(app: str, root: Path = ROOT) -> Found:
    """Return what an app's domain says in English, each with the files it stands in."""
    found: Found = {}
    for path in paths(root, app, ".py"):
        for text in sentences(path):
            _add(found, text, path, root)
    for path in paths(root, app, ".up.sql"):
        for name in _ACCOUNT.findall(path.read_text(encoding="utf-8")):
            _add(found, name, path, root)
    return found


def _add(found: Found, text: Id, path: Path, root: Path) -> None:
    found.setdefault(text, set()).add(path.relative_to(root).as_posix())


def wanted() -> Iterator[tuple[Path, Found]]:
    """Return each catalogue that there must be, without its ending, and what it must hold."""
    for app in APPS:
        for name, found in (("django", marked(app)), ("said", spoken(app))):
            if found:
                yield ROOT / app / "locale" / "{}" / "LC_MESSAGES" / name, found


def languages() -> list[str]:
    """Return the languages beside the one that the code is written in."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def kept(path: Path, language: str) -> Catalog:
    """Return a catalogue as it lies there; an empty one where none does."""
    if not path.exists():
        return Catalog(locale=language)
    return read_po(BytesIO(path.read_bytes()), locale=language)


def renewed(before: Catalog, found: Found, language: str) -> Catalog:
    """Return the catalogue of what is found, with the translations that there were."""
    catalogue = Catalog(
        locale=language,
        domain="django",
        project="choicebook",
        version="0",
        header_comment=HEADER.format(language=language),
        creation_date=_BEGUN,
        revision_date=_BEGUN,
        last_translator="Choicebook",
        language_team=language,
        fuzzy=False,
    )
    for text in sorted(found, key=lambda text: (min(found[text]), str(text))):
        told = before.get(text if isinstance(text, str) else text[0])
        catalogue.add(
            text,
            string=told.string if told and told.id == text else None,
            locations=[(name, 0) for name in sorted(found[text])],
        )
    return catalogue


def compiled(catalogue: Catalog) -> bytes:
    made = BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


def texts(catalogue: Catalog) -> dict[Id, object]:
    return {_plain(message.id): _plain(message.string) for message in catalogue if message.id}


def _plain(text: Any) -> Any:
    return text if isinstance(text, str) else tuple(text or ())


def texts_compiled(path: Path) -> dict[Id, object]:
    with path.open("rb") as file:
        return texts(read_mo(file))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.project.settings")
    for pattern, found in wanted():
        for language in languages():
            path = Path(str(pattern).format(language)).with_suffix(".po")
            path.parent.mkdir(parents=True, exist_ok=True)
            catalogue = renewed(kept(path, language), found, language)
            with path.open("wb") as file:
                write_po(file, catalogue, width=100, include_lineno=False)
            path.with_suffix(".mo").write_bytes(compiled(catalogue))
            lacking = [
                text for text, told in texts(catalogue).items() if not told or told == ("", "")
            ]
            print(f"{path.relative_to(ROOT)}: {len(found)}, without words {len(lacking)}")  # noqa: T201


if __name__ == "__main__":
    main()
