"""What stands between a right password and being signed in."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage


class EmailCodeStage(EmailVerificationStage):
    """E-mail must be verified by whoever gave one; people known by their telephone only have none to verify."""

    def handle(self) -> tuple[Any, bool]:
        person, email = self.login.user, self.login.email
        if person is None and not email:
            return None, True
        if person and not email and not person.email and not EmailAddress.objects.filter(user=person).exists():
            return None, True
        return super().handle()
