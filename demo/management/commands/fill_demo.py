from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from demo import fill, logins


class Command(BaseCommand):
    help = "Fills the demo market: two countries of twelve channels each. Does nothing where it is filled already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quick", action="store_true", help="plain pictures, no art packages needed")

    def handle(self, *args: Any, **options: Any) -> None:
        if logins.is_filled():
            logins.write_logins()
            self.stdout.write("The demo market is filled already.")
            return
        fill.fill(quick=options["quick"])
        self.stdout.write("The demo market is filled; pictures that are still missing are being drawn.")
