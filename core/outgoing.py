"""Posting to addresses that people name: only to the open internet, once, within limits of time and size.

The name is resolved here and the connection goes to the address that was looked at, so that a name which answers
differently a moment later leads nowhere else; the certificate must still be the name's.
"""

import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import certifi
import urllib3
from django.conf import settings

from core import fetching

CONNECT_SECONDS, READ_SECONDS = 4.0, 8.0
MOST_BYTES = 2048  # of an answer; the rest is not read
PORTS = {80, 443}  # and all that need no privilege


class BadAddress(ValueError):
    """The address cannot be spoken to, or must not be."""


class NotReached(Exception):
    """No answer came; the words say why, in a word or two."""


@dataclass(frozen=True)
class Reply:
    status: int
    body: str


def check(url: str) -> SplitResult:
    """The parts of an address whose form is allowed; asks no name server. Raises BadAddress."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadAddress(url) from None
    schemes = {"https", "http"} if settings.OUTGOING_TO_LOOPBACK else {"https"}
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.password or parts.fragment:
        raise BadAddress(url)
    if port is not None and port not in PORTS and port < 1024:
        raise BadAddress(url)
    return parts


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    """One POST; redirects are not followed. Raises BadAddress, NotReached."""
    parts = check(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = str(parts.hostname)
    pool = _pool(parts.scheme, _resolve(host, port), port, host)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    deadline = time.monotonic() + CONNECT_SECONDS + READ_SECONDS
    try:
        with pool.urlopen(
            "POST",
            path,
            body=body,
            headers={"Host": parts.netloc, "User-Agent": "Bisat", **headers},
            redirect=False,
            preload_content=False,
        ) as answer:
            return Reply(answer.status, _read(answer, deadline).decode(errors="replace"))
    except urllib3.exceptions.NewConnectionError:  # which urllib3 also counts as a timeout
        raise NotReached("no connection") from None
    except urllib3.exceptions.TimeoutError:
        raise NotReached("timeout") from None
    except urllib3.exceptions.SSLError:
        raise NotReached("certificate") from None
    except urllib3.exceptions.HTTPError:
        raise NotReached("no connection") from None
    finally:
        pool.close()


def _pool(scheme: str, address: str, port: int, host: str) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    if scheme == "http":
        return urllib3.HTTPConnectionPool(address, port, timeout=timeout, retries=False)
    return urllib3.HTTPSConnectionPool(
        address,
        port,
        timeout=timeout,
        retries=False,
        cert_reqs="CERT_REQUIRED",
        ca_certs=certifi.where(),
        server_hostname=host,
        assert_hostname=host,
    )


def _read(answer: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """The beginning of the body; who dribbles is cut off."""
    found = b""
    while len(found) < MOST_BYTES:
        if time.monotonic() > deadline:
            raise NotReached("timeout")
        if not (chunk := answer.read(512)):
            break
        found += chunk
    return found[:MOST_BYTES]


def _resolve(host: str, port: int) -> str:
    """One address of the name, if all it has may be spoken to."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReached("no such name") from None
    addresses = [str(each[4][0]) for each in found]
    for address in addresses:
        if "%" in address or not (fetching.is_open(address) or _is_own(address)):
            raise BadAddress(host)
    return addresses[0]


def _is_own(address: str) -> bool:
    return bool(settings.OUTGOING_TO_LOOPBACK) and ipaddress.ip_address(address).is_loopback
