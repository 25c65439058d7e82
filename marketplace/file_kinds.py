"""Which files a bid or a job may have, told by their bytes and not by what they are called."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from marketplace.refusals import Refusal

LARGEST_BYTES = 10_000_000
MOST_FILES = 10
MOST_BYTES = 25_000_000  # of all files of a bid, or of a job
LONGEST_NAME = 120
UNPACKED_MAX = 200_000_000  # of an office document: more is a trap, not an offer
PARTS_MAX = 2_000
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FileNotTaken(Refusal):
    """Only documents and pictures of a few kinds are taken, and only what they say they are."""

    code = "file_not_taken"
    field = "file"


class FileTooLarge(Refusal):
    """A file, and all files together, have a limit."""

    code = "file_too_large"
    field = "file"


class TooManyFiles(Refusal):
    """A bid has few files, and so has a job."""

    code = "too_many_files"
    field = "file"


def _is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-")


def _is_png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG\r\n\x1a\n")


def _is_jpeg(content: bytes) -> bool:
    return content.startswith(b"\xff\xd8\xff")


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return not any(char < " " and char not in "\t\r\n\f" for char in text)


def _holds(part: str) -> Callable[[bytes], bool]:
    """Return whether a packed office document holds this part, and no programs."""

    def look(content: bytes) -> bool:
        try:
            with ZipFile(BytesIO(content)) as packed:
                parts = packed.infolist()
        except (BadZipFile, ValueError, NotImplementedError):
            return False
        names = {one.filename for one in parts}
        runs = any(name.lower().endswith("vbaproject.bin") for name in names)
        is_sane = len(parts) <= PARTS_MAX and sum(one.file_size for one in parts) <= UNPACKED_MAX
        return "[Content_Types].xml" in names and part in names and is_sane and not runs

    return look


# By the end of the name: what it is, and whether the bytes are that.
KINDS: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    "pdf": ("application/pdf", _is_pdf),
    "png": ("image/png", _is_png),
    "jpg": ("image/jpeg", _is_jpeg),
    "jpeg": ("image/jpeg", _is_jpeg),
    "docx": (WORD, _holds("word/document.xml")),
    "xlsx": (EXCEL, _holds("xl/workbook.xml")),
    "txt": ("text/plain", _is_text),
    "csv": ("text/csv", _is_text),
}
ACCEPTED = ",".join(f".{end}" for end in KINDS)


def kind_of(name: str, content: bytes) -> str:
    """
    Return the media type of a file, of which its name and its bytes agree.

    :raises FileNotTaken, FileTooLarge: none that is taken; empty; or more than is taken.
    """
    end = name.rpartition(".")[2].lower() if "." in name else ""
    if end not in KINDS:
        raise FileNotTaken(f"These kinds of files are taken: {', '.join(KINDS)}.")
    if len(content) > LARGEST_BYTES:
        raise FileTooLarge(f"A file has at most {LARGEST_BYTES // 1_000_000} MB.")
    kind, is_that = KINDS[end]
    if not content or not is_that(content):
        raise FileNotTaken(f"The file is called .{end}, and its content is not that.")
    return kind


def plain_name(name: str) -> str:
    """
    Return what a file may be called: its last part, without what would steer a screen or a path.

    :raises FileNotTaken: nothing is left of it.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    told = unicodedata.normalize("NFC", last)
    kept = "".join(char for char in told if unicodedata.category(char)[0] != "C").strip(" .")
    stem, dot, end = kept.rpartition(".")
    if not stem or not dot:
        raise FileNotTaken("The file needs a name with an ending, such as offer.pdf.")
    return f"{stem[: LONGEST_NAME - len(end) - 1]}.{end}"
