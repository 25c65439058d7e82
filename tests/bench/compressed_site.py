"""
The site with its pages compressed, as the proxy before it sends them. A session that came as a
header is given back as a cookie: a browser that was told one header sends it with pages alone, and
not with what a page asks by itself.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from typing import Any

from marketplace.project.wsgi import application as plain

TEXTS = ("text/html", "application/json")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as the house does, and compress what is text and is not compressed already."""
    begun: list[Any] = []

    def keep(status: str, headers: list[tuple[str, str]], *told: Any) -> None:
        begun[:] = [status, headers, *told]

    body = plain(environ, keep)
    status, headers, *told = begun
    if session := environ.get("HTTP_COOKIE", "").partition("session=")[2].partition(";")[0]:
        headers.append(("Set-Cookie", f"session={session}; Path=/; HttpOnly; SameSite=Lax"))
    names = {name.lower(): value for name, value in headers}
    accepts = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    if not accepts or "content-encoding" in names:
        start_response(status, headers, *told)
        return body
    if not names.get("content-type", "").startswith(TEXTS):
        start_response(status, headers, *told)
        return body
    packed = gzip.compress(b"".join(body), 6)
    if callable(close := getattr(body, "close", None)):
        close()
    left = [(name, value) for name, value in headers if name.lower() != "content-length"]
    more = [("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))]
    start_response(status, left + more, *told)
    return [packed]
