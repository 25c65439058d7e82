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
from django.http import HttpResponse

from tests.permissions.operations import operations
from tests.secrecy.needles import AMOUNT, SHOWN, WORD, hits, needles
from tests.secrecy.routes import everything, parameters
from tests.secrecy.test_two_worlds import compared
from tests.secrecy.unpacking import unpacked

FORMATS = ("json", "ndjson", "csv", "xlsx", "pdf", "parquet")


def spreadsheet() -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as book:
        book.add_worksheet().write(0, 0, WORD)
    return kept.getvalue()


def priced() -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as book:
        book.add_worksheet().write(0, 0, float(AMOUNT))
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


def crowded_paper() -> bytes:
    """So many letters come before that those of the canary are numbered as brackets are."""
    before = "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijk"
    return typst.compile(f"{before} {SHOWN.decode()}".encode())


@pytest.mark.parametrize("packed", [spreadsheet, archive, columns, paper, crowded_paper])
def test_a_canary_is_found_in_what_is_packed(packed):
    assert hits([packed()])


@pytest.mark.parametrize("packed", [spreadsheet, archive, paper])
def test_it_is_not_there_for_whoever_does_not_open_it(packed):
    assert not any(needle in packed() for needle in needles())


def test_an_amount_is_found_on_a_page_of_a_pdf():
    assert any(SHOWN in piece for piece in unpacked(paper()))


def answered(body: bytes) -> HttpResponse:
    """Return a file as it comes over HTTP, read whole."""
    answer = HttpResponse(body, headers={"Content-Disposition": 'attachment; filename="choices"'})
    answer.whole = answer.content  # type: ignore[attr-defined]
    return answer


@pytest.mark.parametrize("packed", [spreadsheet, priced, archive, columns, paper])
def test_a_file_that_comes_over_http_is_opened(packed):
    assert hits(everything(answered(packed())))


def test_what_stands_in_a_header_or_a_cookie_is_found_too():
    answer = answered(b"Nothing.")
    assert hits(everything(answer)) == []
    answer.set_cookie("seen", "plumeria")
    assert hits(everything(answer))


@pytest.mark.parametrize("packed", [archive, spreadsheet])
def test_two_worlds_are_compared_by_what_lies_in_an_archive(packed):
    said = compared(everything(answered(packed())), {})
    assert hits([said])
    assert b"PK\x03\x04" not in said


def test_every_format_that_a_report_knows_is_asked_for():
    (report,) = (one for one in operations() if str(one) == "GET api/v1/reports/choices/")
    asked = {one for one in parameters(report) if one.startswith("format=")}
    assert asked == {f"format={kind}" for kind in FORMATS}
