"""A file that somebody else made, handed to a browser so that it is kept and never run."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

# Even opened in the browser it has no origin of ours, runs nothing and loads nothing.
NOTHING_RUNS = "sandbox; default-src 'none'"


def handed_out(*, name: str, kind: str, content: bytes) -> HttpResponse:
    """Return the answer that holds a file."""
    shown = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    answer = HttpResponse(content, content_type=shown)
    ascii_name = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    answer["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = NOTHING_RUNS
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    return answer
