"""Who may sign in to the demo market: the shopper, two sellers, and staff with an authenticator."""

import json
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.conf import settings

from accounts.models import User
from sellers.models import Channel

LANGUAGES = ("en", "fa", "zh-hant")
PASSWORD = "a-cloth-on-the-ground"  # noqa: S105 - printed at every start, on purpose
MAIL = "demo.bisat.example"


def is_filled() -> bool:
    return User.objects.filter(email=f"staff@{MAIL}").exists()


def enroll(staff: User) -> None:
    """Staff sign in with an authenticator."""
    TOTP.activate(staff, generate_totp_secret())


def current_code() -> str:
    """The six digits the demo's staff person types now."""
    staff = User.objects.get(email=f"staff@{MAIL}")
    secret = _secret(staff)
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def _secret(staff: User) -> str:
    authenticator = Authenticator.objects.get(user=staff, type=Authenticator.Type.TOTP)
    return str(decrypt(authenticator.data["secret"]))


def write_logins() -> None:
    """Two files under ``var/``: one for people (bin/run prints it), one for programs."""
    staff = User.objects.get(email=f"staff@{MAIL}")
    handles = {
        user: list(
            Channel.objects.filter(members__person__email=f"{user}@{MAIL}")
            .order_by("pk")
            .values_list("handle", flat=True)
        )
        for user in ("seller", "rival")
    }
    secret = _secret(staff)
    lines = [
        f"  shopper  shopper@{MAIL}   {PASSWORD}",
        *(f"  {user:8} {user}@{MAIL:20}   {PASSWORD}   (@{', @'.join(handles[user])})" for user in ("seller", "rival")),
        f"  staff    staff@{MAIL}     {PASSWORD}   authenticator secret {secret}; `make code` prints the current code",
    ]
    folder = Path(settings.VAR_DIR)
    (folder / "demo-logins.txt").write_text("\n".join(lines) + "\n")
    programs: dict[str, dict[str, str]] = {
        login: {"login": f"{login}@{MAIL}", "password": PASSWORD} for login in ("shopper", "seller", "rival", "staff")
    }
    programs["staff"]["secret"] = secret
    for user, own in handles.items():
        programs[user] |= {
            f"desk_{language}": f"/dashboard/{handle}/" for language, handle in zip(LANGUAGES, own, strict=True)
        }
    (folder / "demo-logins.json").write_text(json.dumps(programs, indent=1))
