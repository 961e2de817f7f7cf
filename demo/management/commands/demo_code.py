from typing import Any

from django.core.management.base import BaseCommand

from demo import logins


class Command(BaseCommand):
    help = "Prints the authenticator code of the demo's staff person."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(logins.current_code())
