"""How often one may try: counted in PostgreSQL by core.limits, so it holds while Redis is away.

A person's lock belongs to the account, whichever name it was tried by; a name nobody has is locked
just the same, so that a lock tells nothing.
"""

import hashlib
import ipaddress
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import ngettext

from accounts.models import User
from core import limits
from core.limits import TooMany
from core.money import localize_digits

WRONG_PASSWORDS, LOCKED_SECONDS = 10, 15 * 60
WRONG_FACTORS = 10
TRIES_FROM_ADDRESS, TRIES_SECONDS = 30, 5 * 60
SIGN_UPS_FROM_ADDRESS, HOUR = 10, 60 * 60
CODES_TO_TARGET = 5
FACTOR_SECONDS = 90  # longer than a one-time code lives


def _hash(text: str) -> str:
    return hashlib.sha256(text.strip().lower().encode()).hexdigest()


def address_of(request: HttpRequest) -> str:
    """Where the request comes from: one IPv4 address, or the /64 a household has of IPv6."""
    address = limits.client_address(request)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:45]
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if parsed.version == 6 else address


def account_key(credentials: dict[str, Any]) -> str:
    """The name under which tries at an account are counted."""
    email, phone = credentials.get("email"), credentials.get("phone")
    named = Q(email=email.lower()) if email else Q(phone=phone)
    found = User.objects.filter(named).values_list("pk", flat=True).first() if email or phone else None
    return f"person-{found}" if found else f"name-{_hash(str(email or phone or credentials.get('username', '')))}"


def wait(seconds: int) -> str:
    """How long until one may try again, in the words a person would use."""
    minutes = max(1, -(-seconds // 60))
    return localize_digits(ngettext("Try again in {n} minute.", "Try again in {n} minutes.", minutes).format(n=minutes))


def mark(request: HttpRequest, seconds: int) -> None:
    """Has the page that explains the refusal leave with status 429 (accounts.middleware)."""
    request.too_many_seconds = max(seconds, 1)  # type: ignore[attr-defined]


def _wrong(account: str, *, what: str, limit: int) -> None:
    """Counts a try that is taken back when it turns out right; the one too many locks for the full time."""
    lock = f"{what}-lock:{account}"
    if left := limits.seconds_left(lock, limit=1):
        raise TooMany(left)
    try:
        limits.take(f"{what}:{account}", limit=limit, seconds=LOCKED_SECONDS)
    except TooMany:
        limits.take(lock, limit=WRONG_PASSWORDS**3, seconds=LOCKED_SECONDS)
        raise TooMany(LOCKED_SECONDS) from None


def try_address(request: HttpRequest) -> None:
    """One more sign-in from this address; raises TooMany."""
    limits.take(f"sign-in:{address_of(request)}", limit=TRIES_FROM_ADDRESS, seconds=TRIES_SECONDS)


def try_password(account: str) -> None:
    """One more password for this account (of ``account_key``); raises TooMany while it is locked."""
    _wrong(account, what="password", limit=WRONG_PASSWORDS)


def try_factor(person: User) -> None:
    """One more code of the second factor; raises TooMany while the person is locked."""
    _wrong(f"person-{person.pk}", what="factor", limit=WRONG_FACTORS)


def forgive(account: str) -> None:
    """Forgets wrong passwords and unlocks: the right one came, or a new one was set."""
    limits.give_back(f"password:{account}")
    limits.give_back(f"password-lock:{account}")


def forgive_factor(person: User) -> None:
    limits.give_back(f"factor:person-{person.pk}")


def use_factor(person: User, code: str) -> None:
    """A one-time code opens once; raises TooMany when it was used a moment ago."""
    limits.take(f"factor-used:{person.pk}:{_hash(code)}", limit=1, seconds=FACTOR_SECONDS)


def sign_up(request: HttpRequest) -> None:
    """One more account from this address; raises TooMany."""
    limits.take(f"sign-up:{address_of(request)}", limit=SIGN_UPS_FROM_ADDRESS, seconds=HOUR)


def take_code(target: str) -> None:
    """One more code to this e-mail address or telephone number; raises TooMany."""
    limits.take(f"code:{_hash(target)}", limit=CODES_TO_TARGET, seconds=HOUR)


def refuse_code(target: str) -> None:
    """Raises TooMany if no code may be sent there now; counts nothing."""
    if left := limits.seconds_left(f"code:{_hash(target)}", limit=CODES_TO_TARGET):
        raise TooMany(left)
