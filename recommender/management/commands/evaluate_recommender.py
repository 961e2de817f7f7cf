"""``manage.py evaluate_recommender``."""

from typing import Any

from django.core.management.base import BaseCommand

from recommender import making


class Command(BaseCommand):
    help = "Says how good lists would have been: made before the last tenth of the log, measured on it."

    def handle(self, *args: Any, **options: Any) -> None:
        figures = making.evaluate_now()
        if figures is None:
            self.stdout.write("Nobody did anything new lately: there is nothing to measure.")
            return
        for name, value in figures.as_json().items():
            self.stdout.write(f"{name} {value}")
