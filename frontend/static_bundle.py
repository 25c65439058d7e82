"""
One stylesheet and one script, joined from many small files: no build step for the developer,
two requests for the reader.

`css/app.css` says the order and the layer of each stylesheet; the scripts are joined by name.
The finder joins again whenever a source is newer, so a change shows on the next load.
"""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

SOURCES = Path(__file__).parent / "static" / "frontend"
STYLESHEET = "frontend/choicebook.css"
SCRIPT = "frontend/choicebook.js"

_IMPORT = re.compile(r'@import url\("(?P<name>[^"]+)"\) layer\((?P<layer>\w+)\);')
_LAYERS = re.compile(r"^@layer [^;{]+;", re.MULTILINE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INDENT = re.compile(r"\n\s*")


def joined_stylesheet() -> str:
    """Return every stylesheet that app.css names, each inside its layer, in that order."""
    order = (SOURCES / "css" / "app.css").read_text(encoding="utf-8")
    layers = _LAYERS.search(order)
    parts = [layers.group() if layers else ""]
    for named in _IMPORT.finditer(order):
        css = (SOURCES / "css" / named["name"]).read_text(encoding="utf-8")
        parts.append(f"@layer {named['layer']} {{\n{_small(css)}\n}}")
    return "\n".join(parts) + "\n"


def joined_script() -> str:
    """Return every script, each in a block of its own so that no name meets another."""
    files = sorted((SOURCES / "js").glob("*.js"))
    return "\n".join(f"{{\n{path.read_text(encoding='utf-8').strip()}\n}}" for path in files) + "\n"


class JoinedFinder(BaseFinder):
    """Finds the joined files for the development server, for WhiteNoise and for collectstatic."""

    joiners: ClassVar = {STYLESHEET: joined_stylesheet, SCRIPT: joined_script}

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return where the joined file lies, freshly joined; nothing for any other path."""
        if path not in self.joiners:
            return []
        found = str(self._fresh(path))
        return [found] if find_all else found

    def list(
        self, ignore_patterns: Iterable[str] | None
    ) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield the joined files with the storage that holds them, as collectstatic wants it."""
        storage = FileSystemStorage(location=_folder())
        for path in self.joiners:
            self._fresh(path)
            yield path, storage

    def _fresh(self, path: str) -> Path:
        target = Path(_folder()) / path
        newest = max(source.stat().st_mtime for source in SOURCES.rglob("*.[cj]s*"))
        if not target.exists() or target.stat().st_mtime < newest:
            target.parent.mkdir(parents=True, exist_ok=True)
            # Written beside and moved in one step: another thread never serves half a file.
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=target.parent, delete=False
            ) as half:
                half.write(self.joiners[path]())
            Path(half.name).replace(target)
        return target


_making = threading.Lock()


@cache
def _holder() -> tempfile.TemporaryDirectory[str]:
    """One folder per process, removed with it: an installed tree may be read-only."""
    return tempfile.TemporaryDirectory(prefix="choicebook-static-")


def _folder() -> str:
    # Two first requests at once would each make a folder, and the forgotten one is removed.
    with _making:
        return _holder().name


def _small(css: str) -> str:
    return _INDENT.sub("\n", _COMMENT.sub("", css)).strip()
