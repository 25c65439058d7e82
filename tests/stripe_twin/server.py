"""The twin on a port: Stripe's addresses, its idempotency, and faults on script."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import RLock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.stripe_twin.books import PLATFORM, Books, No, Thing, listed, public
from tests.stripe_twin.contract import Contract

REMEMBERED = 24 * 60 * 60  # seconds for which a key is known


KINDS = {"accounts": "account", "transfers": "transfer", "topups": "topup", "payouts": "payout"}


class Cut(Exception):
    """The connection is cut before anything is answered."""


@dataclass
class Fault:
    """
    What goes wrong with the next request that begins so: busy (429), broken or cut before it is
    done, broken or cut after it is done, or whoever asked killed after it.
    """

    begins: str
    kind: str


@dataclass
class Twin:
    """One Stripe, with a clock that the test moves."""

    books: Books = field(default_factory=Books)
    faults: list[Fault] = field(default_factory=list)
    answers: dict[str, tuple[int, str, int, Thing]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    contract: Contract = field(default_factory=Contract)
    lock: Any = field(default_factory=RLock)
    address: str = ""
    victim: int = 0  # the process that a fault kills

    def answer(self, method: str, target: str, body: str, headers: Any) -> tuple[int, Thing]:
        """Return what Stripe would answer. :raises Cut: nothing at all."""
        with self.lock:
            path = urlsplit(target).path
            said = nested(body if method == "POST" else urlsplit(target).query)
            self.asked.append(f"{method} {path}")
            self.contract.check_request(method, path, said)
            fault = self._fault(f"{method} {path}")
            if fault == "busy":
                return 429, error("rate_limit", "Too many requests.", "invalid_request_error")
            if fault == "cut before":
                raise Cut
            key = headers.get("Idempotency-Key") if method == "POST" else None
            status, thing = self._once(key, method, path, said, headers, fault)
            self.contract.check_answer(method, path, status, thing)
            if fault == "killed after":
                os.kill(self.victim, signal.SIGKILL)
            if fault in ("cut after", "killed after"):
                raise Cut
            return status, thing

    def _once(
        self, key: str | None, method: str, path: str, said: Thing, headers: Any, fault: str
    ) -> tuple[int, Thing]:
        """Stripe keeps the answer to a key, whatever it was, and compares what is asked again."""
        asked = json.dumps([path, said], sort_keys=True)
        if key and key in self.answers and self.books.now - self.answers[key][0] < REMEMBERED:
            _, first, status, thing = self.answers[key]
            if first != asked:
                text = "Keys for idempotent requests can only be used with the same parameters."
                return 400, error("idempotency_key_in_use", text, "idempotency_error")
            return status, thing
        status, thing = self._done(method, path, said, headers, fault)
        if fault == "broken after":
            status, thing = 500, error("", "Something went wrong.", "api_error")
        if key:
            self.answers[key] = (self.books.now, asked, status, json.loads(json.dumps(thing)))
        return status, thing

    def _done(
        self, method: str, path: str, said: Thing, headers: Any, fault: str
    ) -> tuple[int, Thing]:
        if fault == "broken before":
            return 500, error("", "Something went wrong.", "api_error")
        try:
            account = headers.get("Stripe-Account") or PLATFORM
            return 200, public(self._route(method, path.removeprefix("/v1/"), said, account))
        except No as no:
            return no.status, error(no.code, str(no), "invalid_request_error")

    def _made(self, collection: str, rest: list[str], said: Thing) -> Thing | None:
        books = self.books
        if collection == "transfers" and rest:
            return books.reverse(books.one(rest[0], "transfer"), said)
        make = {
            "accounts": books.open_account,
            "account_links": books.account_link,
            "transfers": books.transfer,
            "topups": books.top_up,
        }.get(collection)
        return make(said) if make else None

    def _rows(self, collection: str, said: Thing, account: str) -> list[Thing]:
        since = int((said.get("created") or {}).get("gte", 0))
        if collection == "balance_transactions":
            wanted = said.get("payout")
            lines = reversed(self.books.lines[account])
            found = [
                one for one in lines if one["created"] >= since and wanted in (None, one["payout"])
            ]
            if "data.source" not in said.get("expand", ()):
                return found
            things = self.books.things
            return [one | {"source": things.get(one["source"], one["source"])} for one in found]
        group = said.get("transfer_group")
        return [
            one
            for one in self.books.of(KINDS[collection])
            if one.get("account", PLATFORM) == account
            and one["created"] >= since
            and group in (None, one.get("transfer_group"))
        ]

    def _fault(self, request: str) -> str:
        for number, fault in enumerate(self.faults):
            if request.startswith(fault.begins):
                del self.faults[number]
                return fault.kind
        return ""

    def _route(self, method: str, path: str, said: Thing, account: str) -> Thing:
        books = self.books
        collection, *rest = path.split("/")
        if method == "POST":
            made = self._made(collection, rest, said)
            if made is not None:
                return made
        elif collection == "balance":
            return books.balance(account)
        elif rest and collection in KINDS:
            thing = books.one(rest[0], KINDS[collection])
            if thing.get("account", PLATFORM) != account:
                raise No("resource_missing", f"No such {collection}: '{rest[0]}'", 404)
            return thing
        elif collection in (*KINDS, "balance_transactions"):
            rows = [public(each) for each in self._rows(collection, said, account)]
            return paged(rows, said, f"/v1/{collection}")
        raise No("url_invalid", f"Unrecognized request URL ({method}: /v1/{path}).", 404)


def paged(rows: list[Thing], said: Thing, url: str) -> Thing:
    """Stripe lists by pages, after the last one that was seen."""
    limit, after = int(said.get("limit", 10)), said.get("starting_after")
    if after:
        ids = [row["id"] for row in rows]
        rows = rows[ids.index(after) + 1 :]
    return listed(rows[:limit], url, has_more=len(rows) > limit)


def error(code: str, text: str, kind: str) -> Thing:
    said = {"type": kind, "message": text}
    return {"error": said | ({"code": code} if code else {})}


def nested(text: str) -> Thing:
    """Stripe's forms: a[b][c]=1, and a list as a[0]=1."""
    found: Thing = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = name.replace("]", "").split("[")
        place = found
        for inner in [first, *rest][:-1]:
            place = place.setdefault(inner, {})
        place[[first, *rest][-1]] = value
    return {name: _listed(value) for name, value in found.items()}


def _listed(value: Any) -> Any:
    is_list = isinstance(value, dict) and all(name.isdecimal() for name in value)
    return list(value.values()) if is_list else value


@contextmanager
def running(twin: Twin) -> Iterator[Twin]:
    """Let a twin answer on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            try:
                status, thing = twin.answer(method, self.path, body, self.headers)
            except Cut:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            data = json.dumps(thing).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Request-Id", "req_twin")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    twin.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield twin
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
