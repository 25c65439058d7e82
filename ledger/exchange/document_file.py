"""One thing as a PDF to file away: its facts and what was written; the same bytes each time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import IO

import typst

SHEET = Path(__file__).with_name("document.typ")
Named = Sequence[tuple[str, str]]


def document_file(*, language: str, title: str, facts: Named, parts: Named = ()) -> IO[bytes]:
    """
    Return a PDF of one thing: each fact with its name, then each text under its heading.

    :param language: in which all of it is written, such as de; programs read it aloud so.
    """
    sheet = {
        "language": language,
        "title": title,
        "facts": [list(one) for one in facts],
        "parts": list(map(list, parts)),
    }
    made = typst.compile(
        SHEET.read_bytes(),
        format="pdf",
        sys_inputs={"sheet": json.dumps(sheet, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=0,
    )
    return BytesIO(made)
