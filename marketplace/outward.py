"""
Speaking to an address that somebody typed: only public ones, resolved once, without redirects.

The name is looked up one time, every answer is judged, and the connection goes to the address that
was judged: a second lookup could answer otherwise.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread, Timer
from time import monotonic
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings

Ip = IPv4Address | IPv6Address
SECONDS_MAX = 10  # in all, from looking the name up to the end of the answer
TOO_SLOW = "It took too long to answer."
ANSWER_BYTES_MAX = 1024
PLAIN = "/?%:@!$&'()*+,;=[]~"  # what an address may hold as it is; all else is written in per cent


class NotPublic(Exception):
    """Nothing is sent there."""


class NotReached(Exception):
    """It could not be spoken to."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it was judged: where to connect to, and by which name."""

    scheme: str
    host: str
    port: int
    path: str
    ip: str
    # What looking it up left of the time for all of it.
    seconds_left: float = field(default=SECONDS_MAX, compare=False)


def address_of(url: str) -> Address:
    """
    Look an address up, once, and return where it leads. :raises NotPublic: nothing is sent there.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotPublic("This is no address.") from None
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username:
        raise NotPublic("Write an address like https://example.com/path, without a password.")
    port = port or (443 if parts.scheme == "https" else 80)
    begun = monotonic()
    ips = _looked_up(parts.hostname, port)
    left = max(0.0, SECONDS_MAX - (monotonic() - begun))
    for ip in ips:
        if not _is_ours(ip) and not _is_public(ip):
            raise NotPublic(f"{parts.hostname} leads into a private network.")
    if parts.scheme == "http" and not all(map(_is_ours, ips)):
        raise NotPublic("Outside the house, only https is spoken.")
    path = quote(f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", safe=PLAIN)
    return Address(parts.scheme, parts.hostname, port, path, str(ips[0]), left)


def post(address: Address, body: bytes, headers: dict[str, str]) -> int:
    """
    Send it to the address that was judged, and return the status of the answer. A redirect is an
    answer like any other. :raises NotReached: there was none in time, however slowly it came.
    """
    line = _connection(address)
    deadline = Timer(address.seconds_left, line.cut)
    deadline.start()
    try:
        line.request("POST", address.path, body, headers)
        answer = line.getresponse()
        answer.read(ANSWER_BYTES_MAX)
    except (OSError, HTTPException, ValueError) as reason:
        if line.is_cut:
            raise NotReached(TOO_SLOW) from None
        raise NotReached(" ".join(str(reason).split())[:200] or type(reason).__name__) from None
    finally:
        deadline.cancel()
        line.close()
    if line.is_cut:
        raise NotReached(TOO_SLOW)
    return answer.status


class _Plain(HTTPConnection):
    """Connects to an address, whatever the name says by now."""

    ip: str
    is_cut = False
    sock: socket.socket | None

    def connect(self) -> None:
        self.sock = socket.create_connection((self.ip, self.port), self.timeout)
        if self.is_cut:
            raise TimeoutError

    def cut(self) -> None:
        """End the conversation, from another thread: whoever waits for a word gets none."""
        self.is_cut = True
        if self.sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class _Tls(_Plain, HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        assert self.sock is not None
        context = ssl.create_default_context()
        # The handshake comes after: until then nothing could be cut off.
        line = context.wrap_socket(
            self.sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock = line
        line.do_handshake()


def _connection(address: Address) -> _Plain:
    kind = _Tls if address.scheme == "https" else _Plain
    line = kind(address.host, address.port, timeout=max(0.1, address.seconds_left))
    line.ip = address.ip
    return line


def _looked_up(host: str, port: int) -> list[Ip]:
    told: SimpleQueue[list[Any] | None] = SimpleQueue()

    def ask() -> None:
        try:
            told.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            told.put(None)

    # The system's own lookup knows no deadline: it is left behind when it is too slow.
    Thread(target=ask, daemon=True).start()
    try:
        found = told.get(timeout=SECONDS_MAX)
    except Empty:
        raise NotPublic(f"Nobody said in time where {host} is.") from None
    if found is None:
        raise NotPublic(f"There is no such place as {host}.")
    return [ip_address(str(each[4][0]).partition("%")[0]) for each in found]


def _is_public(ip: Ip) -> bool:
    inner = _carried(ip)
    if inner is not None and not inner.is_global:
        return False
    return ip.is_global and not ip.is_multicast


def _carried(ip: Ip) -> IPv4Address | None:
    """Return the older kind of address that a newer one may carry."""
    if isinstance(ip, IPv4Address):
        return None
    if ip in ip_network("64:ff9b::/96"):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def _is_ours(ip: Ip) -> bool:
    plain = _carried(ip) or ip
    return any(plain in ip_network(name) for name in settings.WEBHOOK_NETWORKS)
