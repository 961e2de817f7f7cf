"""Reads all products and channels into the search index anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sellers.models import Channel, Product
from shop import search
from shop.models import SearchWord


class Command(BaseCommand):
    help = "Makes the search index anew; the shop goes on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--missed", action="store_true", help="only what the index lacks or has in an older version"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["missed"]:
            done = search.index_missed()
        else:
            SearchWord.objects.all().delete()
            search.index_channels(Channel.objects.order_by("pk").values_list("pk", flat=True))
            done = search.index_products(Product.objects.order_by("pk").values_list("pk", flat=True).iterator())
        search.count_words()
        self.stdout.write(f"{done} products indexed.")
