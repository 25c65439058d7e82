"""A list of a page as a file: CSV, XLSX and PDF of the same rows, each at its own address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import IO, Any, TypeVar

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from frontend.list_names import LISTS
from ledger.exchange.pdf_file import Headings, pdf_file
from ledger.exchange.tables import CSV_TYPE, XLSX_TYPE, csv_file, xlsx_file
from ledger.reports.columns import Column

Row = TypeVar("Row")
View = Callable[..., HttpResponseBase]
WRITERS: dict[str, tuple[Callable[..., IO[bytes]], str]] = {
    "xlsx": (xlsx_file, XLSX_TYPE),
    "pdf": (pdf_file, "application/pdf"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """A list that was asked for as a file; its rows are not read yet."""

    name: str
    columns: Sequence[Column[Any]]
    rows: Iterable[Any]
    title: str = ""  # on paper, where its name says too little
    paper: Callable[[], IO[bytes]] | None = None  # its own PDF, where a table of names is none


class TableAnswer(StreamingHttpResponse):
    """The rows as CSV, streamed; the same table may be written as another file instead."""

    def __init__(self, table: Table) -> None:
        super().__init__(csv_file(table.columns, table.rows), content_type=CSV_TYPE)
        self["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
        self.table = table


def csv_answer(
    name: str,
    columns: Sequence[Column[Row]],
    rows: Iterable[Row],
    *,
    title: str = "",
    paper: Callable[[], IO[bytes]] | None = None,
) -> TableAnswer:
    """Return the rows as a CSV file to save, streamed."""
    return TableAnswer(Table(name, columns, rows, title, paper))


def files(route: str, view: View, *, name: str) -> list[URLPattern]:
    """Return the addresses at which a list is given as CSV, as XLSX and as PDF."""
    kinds = [path(f"{route}.{kind}", _as(kind, view), name=f"{name}-{kind}") for kind in WRITERS]
    return [path(f"{route}.csv", view, name=f"{name}-csv"), *kinds]


def title_of(name: str) -> str:
    """Return what a list is called on paper: its word, and behind it of what or when it is."""
    for known in sorted(LISTS, key=len, reverse=True):
        if name == known or name.startswith(f"{known}-"):
            return f"{LISTS[known]} {name[len(known) + 1 :]}".strip()
    return name.replace("-", " ").capitalize()


def headings() -> Headings:
    """Return what stands around the rows of a paper, in the reader's language."""
    return Headings(
        language=(get_language() or "en").partition("-")[0],
        rows=_("%d rows."),
        nothing=_("There is nothing to state."),
        note=_("The columns bear their names of the files, in English for every reader."),
    )


def _as(kind: str, view: View) -> View:
    write, content_type = WRITERS[kind]

    @wraps(view)
    def shown(*args: Any, **words: Any) -> HttpResponseBase:
        answer = view(*args, **words)
        if not isinstance(answer, TableAnswer):
            return answer  # a refusal, or the way to the sign-in
        table = answer.table
        if kind == "pdf" and table.paper is not None:
            made = table.paper()
        elif kind == "pdf":
            title = table.title or title_of(table.name)
            made = pdf_file(table.columns, table.rows, title=title, headings=headings())
        else:
            made = write(table.columns, table.rows, title=table.name)
        name = f"{table.name}.{kind}"
        return FileResponse(made, as_attachment=True, filename=name, content_type=content_type)

    return shown
