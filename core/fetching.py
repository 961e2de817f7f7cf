"""Fetches what a stranger's address names without letting her reach into our own network.

The name is resolved once, every address it has must be public, and the connection goes to the very address that was
looked at: no second look-up can lead elsewhere. A redirect is a new address and is looked at like the first.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

MAX_REDIRECTS = 3
PORTS: Final = {"http": 80, "https": 443}
_CHUNK = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
# Addresses that carry an IPv4 address inside, for which somebody translates: NAT64, 6to4, Teredo.
_TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
Allowed = Callable[[str, int], bool]


class NotFetched(Exception):
    """Nothing was kept. ``str()`` is one of a few plain words for logs and tests; ``reason`` is one of REASONS."""

    REASONS = ("address", "refused", "unreachable", "slow", "large", "kind", "status")

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` for all of it, redirects included; ``kinds`` are beginnings of content types."""

    max_bytes: int
    seconds: float
    kinds: Collection[str]


def is_open(address: str) -> bool:
    """Whether a numeric address is one of the open internet."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_open(str(ip.ipv4_mapped))
        if any(ip in network for network in _TRANSLATED):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def is_public(address: str, port: int) -> bool:
    """Whether a numeric address is one of the open internet, and the port a web server's usual one."""
    return port in PORTS.values() and is_open(address)


def fetch(url: str, limits: Limits, *, allowed: Allowed = is_public) -> bytes:
    """The body of a 200 answer. Raises NotFetched.

    ``allowed`` says of a numeric address and port whether we may speak to it; only tests give another one.
    """
    deadline = time.monotonic() + limits.seconds
    for _step in range(MAX_REDIRECTS + 1):
        found = _ask(url, limits, deadline, allowed)
        if isinstance(found, bytes):
            return found
        url = urljoin(url, found)
    raise NotFetched("status", "too many redirects")


def _parts(url: str) -> tuple[SplitResult, str, int]:
    """The address in pieces with its host in ASCII and its port; raises NotFetched("address")."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, KeyError):  # UnicodeError is a ValueError
        raise NotFetched("address") from None
    if not host or parts.username is not None or parts.password is not None or len(url) > 2000:
        raise NotFetched("address")
    if not url.isprintable() or " " in url:
        raise NotFetched("address")
    return parts, host, port


def _resolve(host: str, port: int, allowed: Allowed) -> str:
    """One numeric address of the host, all of whose addresses are allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotFetched("unreachable", "no such host") from None
    addresses = [str(info[4][0]) for info in found]
    if not addresses or not all("%" not in address and allowed(address, port) for address in addresses):
        raise NotFetched("refused")
    return addresses[0]


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise NotFetched("slow")
    return left


def _ask(url: str, limits: Limits, deadline: float, allowed: Allowed) -> bytes | str:
    """The body, or where a redirect leads."""
    parts, host, port = _parts(url)
    address = _resolve(host, port, allowed)
    raw: socket.socket | None = None

    def cut() -> None:
        if raw:
            with suppress(OSError):
                raw.shutdown(socket.SHUT_RDWR)

    # Each read has a time limit of its own, so who drips byte by byte is cut off from outside.
    alarm = threading.Timer(_left(deadline), cut)
    alarm.daemon = True
    alarm.start()
    try:
        raw = socket.create_connection((address, port), timeout=_left(deadline))
        if parts.scheme == "https":
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
        return _exchange(raw, parts, host, limits, deadline)
    except TimeoutError:
        raise NotFetched("slow") from None
    except (OSError, http.client.HTTPException, ValueError):
        _left(deadline)
        raise NotFetched("unreachable") from None
    finally:
        alarm.cancel()
        if raw:
            raw.close()


def _exchange(raw: socket.socket, parts: SplitResult, host: str, limits: Limits, deadline: float) -> bytes | str:
    connection = http.client.HTTPConnection(host)
    connection.sock = raw
    target = parts.path.encode("ascii", "ignore").decode() or "/"
    connection.putrequest(
        "GET", f"{target}?{parts.query}" if parts.query else target, skip_host=True, skip_accept_encoding=True
    )
    for name, value in (
        ("Host", parts.netloc.encode("idna").decode() if parts.netloc.isascii() else host),
        ("User-Agent", "Bisat"),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
    ):
        connection.putheader(name, value)
    connection.endheaders()
    with connection.getresponse() as answer:
        if answer.status in _REDIRECTS:
            return answer.getheader("Location") or ""
        if answer.status != 200:
            raise NotFetched("status", str(answer.status))
        kind = (answer.getheader("Content-Type") or "").lower()
        if not kind.startswith(tuple(limits.kinds)) or answer.getheader("Content-Encoding", "identity") != "identity":
            raise NotFetched("kind", kind[:60])
        return _body(answer, limits, deadline)


def _body(answer: http.client.HTTPResponse, limits: Limits, deadline: float) -> bytes:
    if int(answer.getheader("Content-Length") or 0) > limits.max_bytes:
        raise NotFetched("large")
    content = b""
    while part := answer.read1(_CHUNK):
        content += part
        if len(content) > limits.max_bytes:
            raise NotFetched("large")
        _left(deadline)
    _left(deadline)
    return content
