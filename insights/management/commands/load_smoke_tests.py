from typing import Any

from django.core.management.base import BaseCommand

from insights import services


class Command(BaseCommand):
    help = "Makes the smoke tests that come with the program as drafts, where they are not there yet."

    def handle(self, *args: Any, **options: Any) -> None:
        for smoke in services.load_smoke_tests():
            self.stdout.write(f"{smoke.slug} is a draft now: look at it in the admin site and start it.")
