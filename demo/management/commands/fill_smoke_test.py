from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from demo.smoke import fill_smoke_test


class Command(BaseCommand):
    help = "Fills the credit ads smoke test with the case study's 8,000 visits and 3,000 applications."

    def handle(self, *args: Any, **options: Any) -> None:
        staff = User.objects.filter(is_staff=True).order_by("pk").first()
        if staff is None:
            raise CommandError("Somebody of staff has to start the test: createsuperuser first.")
        smoke = fill_smoke_test(by=staff)
        self.stdout.write(f"{smoke.name}: {smoke.visits.count()} visits, {smoke.applicants.count()} applications.")
