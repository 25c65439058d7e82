"""What lies packed in a file is searched too: the search must be able to find it there."""

from __future__ import annotations

import gzip
import io
import zipfile

import pyarrow
import pyarrow.parquet
import pytest
import typst
import xlsxwriter

from tests.secrecy.needles import SHOWN, WORD, hits, needles
from tests.secrecy.unpacking import unpacked


def spreadsheet() -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as book:
        book.add_worksheet().write(0, 0, WORD)
    return kept.getvalue()


def archive() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("said.gz", gzip.compress(WORD.encode()))
    return kept.getvalue()


def columns() -> bytes:
    kept = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"said": [WORD]}), kept, compression="zstd")
    return kept.getvalue()


def paper() -> bytes:
    return typst.compile(f"A page. plumeria-ledger.txt, #emph[{SHOWN.decode()}]".encode())


@pytest.mark.parametrize("packed", [spreadsheet, archive, columns, paper])
def test_a_canary_is_found_in_what_is_packed(packed):
    assert hits([packed()])


@pytest.mark.parametrize("packed", [spreadsheet, archive, paper])
def test_it_is_not_there_for_whoever_does_not_open_it(packed):
    assert not any(needle in packed() for needle in needles())


def test_an_amount_is_found_on_a_page_of_a_pdf():
    assert any(SHOWN in piece for piece in unpacked(paper()))
