"""Text messages leave through one small door; which provider stands behind it is a setting.

``SMS_BACKEND`` names a class like those below. Without it nobody is offered to sign up by telephone.
"""

import sys
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class NotSent(Exception):
    """The provider did not take the message."""


class Backend(Protocol):
    """What a provider's class must offer; it is made anew, without arguments, for each message."""

    def send(self, *, to: str, text: str) -> None:
        """Hands ``text`` over for the number ``to`` (E.164). Raises NotSent."""


class ConsoleBackend:
    """Prints the message, for development."""

    def send(self, *, to: str, text: str) -> None:
        sys.stdout.write(f"\n--- SMS to {to}\n{text}\n---\n")
        sys.stdout.flush()


def is_offered() -> bool:
    """Whether this installation can send text messages at all."""
    return bool(settings.SMS_BACKEND)


def send(*, to: str, text: str) -> None:
    """Sends ``text`` to the number ``to``; raises NotSent, also when no provider is set."""
    if not is_offered():
        raise NotSent("SMS_BACKEND is not set.")
    backend: Backend = import_string(settings.SMS_BACKEND)()
    backend.send(to=to, text=text)
