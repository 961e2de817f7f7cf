"""``manage.py load_taxonomy``: the category tree; part of set-up, after migrate."""

from typing import Any

from django.core.management.base import BaseCommand

from sellers import services as sellers


class Command(BaseCommand):
    help = "Writes the category tree and its attributes; running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        categories, attributes = sellers.load_taxonomy()
        self.stdout.write(f"{categories} categories, {attributes} attributes.")
