"""How we speak to providers: one request, no second try, no redirect, limits on time and size.

Nothing said or heard is logged: bodies and headers hold keys and people's data.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
import urllib3
from django.conf import settings

from payments.providers.base import ProviderAway

MAX_BYTES = 256 * 1024
CHUNK = 64 * 1024
Headers = Callable[[bytes], Mapping[str, str]]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> dict[str, Any]:
        """The object in the body; raises ProviderAway for anything else."""
        try:
            found = json.loads(self.content)
        except ValueError:  # also bytes that are no text
            raise ProviderAway("not JSON") from None
        if not isinstance(found, dict):
            raise ProviderAway("not a JSON object")
        return found


def send(method: str, url: str, *, headers: Mapping[str, str], data: bytes | str | None = None) -> Reply:
    """One exchange within PAYMENT_CONNECT_SECONDS and PAYMENT_READ_SECONDS; raises ProviderAway."""
    deadline = time.monotonic() + settings.PAYMENT_READ_SECONDS
    limits = (settings.PAYMENT_CONNECT_SECONDS, settings.PAYMENT_READ_SECONDS)
    try:
        with requests.request(
            method, url, headers=headers, data=data, timeout=limits, allow_redirects=False, stream=True
        ) as response:
            content = _read(response.raw, deadline)
            return Reply(response.status_code, response.headers, content)
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        raise ProviderAway("timeout") from None
    except urllib3.exceptions.HTTPError:  # raised by the body, requests' own errors come before it
        raise ProviderAway("broken off") from None
    except requests.RequestException as error:
        raise ProviderAway(f"unreachable: {type(error).__name__}") from None


def post_json(url: str, payload: Mapping[str, Any], headers: Headers | None = None) -> dict[str, Any]:
    """The JSON object answered to ``payload``, also when the provider calls it an error (4xx); raises ProviderAway.

    ``headers`` makes further headers from the body, such as a signature.
    """
    body = json.dumps(payload).encode()
    said = {"Content-Type": "application/json", "Accept": "application/json", **(headers(body) if headers else {})}
    reply = send("POST", url, headers=said, data=body)
    if not (200 <= reply.status < 300 or 400 <= reply.status < 500):
        raise ProviderAway(f"HTTP {reply.status}")
    return reply.json()


def _read(raw: urllib3.HTTPResponse, deadline: float) -> bytes:
    """The whole body; a server that drips is left at the deadline, one that floods at MAX_BYTES."""
    content = b""
    while part := raw.read1(CHUNK, decode_content=True):
        content += part
        if len(content) > MAX_BYTES:
            raise ProviderAway("answer too large")
        if time.monotonic() > deadline:
            raise ProviderAway("timeout")
    return content
