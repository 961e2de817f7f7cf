"""``manage.py tune_recommender``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from recommender import making


class Command(BaseCommand):
    help = "Finds the recommender's settings on later-in-time slices of the log; the next table is made with them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, default=150)

    def handle(self, *args: Any, **options: Any) -> None:
        for name, value in making.tune(options["seconds"]).items():
            self.stdout.write(f"{name} {value}")
