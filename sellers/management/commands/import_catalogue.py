"""``manage.py import_catalogue FILE.csv --channel HANDLE``: a catalogue becomes product posts."""

import resource
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from sellers import services as sellers
from sellers.models import Category, Channel, Role


class Command(BaseCommand):
    help = (
        "Takes a catalogue (CSV in the columns of the Google Merchant product format) into a channel. Rows that "
        "cannot be used are listed on stderr with their line; all others go in. Running it again changes nothing. "
        "Exits with 0 when the file was read to its end, whatever rows were refused; with 1 when nothing was done."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--channel", required=True, metavar="HANDLE")
        parser.add_argument("--category", metavar="SLUG", help="a leaf for all rows; without it, guessed by words")
        parser.add_argument("--announce", action="store_true", help="show the new posts in followers' feeds")
        parser.add_argument("--stock", type=int, default=1, help='what "in stock" means without a quantity (1)')

    def handle(self, *args: Any, **options: Any) -> None:
        channel = self._channel(options["channel"])
        category = self._category(options["category"])
        owner = channel.members.select_related("person").get(role=Role.OWNER).person
        try:
            with tqdm(total=sellers.count_lines(options["file"]), unit=" lines", file=sys.stderr) as bar:
                report = sellers.import_catalogue(
                    path=options["file"],
                    channel=channel,
                    author=owner,
                    category=category,
                    announce=options["announce"],
                    stock=options["stock"],
                    is_checked=True,  # who may run commands is staff enough
                    on_progress=lambda line: bar.update(line - bar.n),
                    on_error=self._report_row,
                )
                bar.update((bar.total or 0) - bar.n)
        except sellers.BadFile as error:
            raise CommandError(str(error)) from error
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
        self.stdout.write(
            f"{report.rows} rows: {report.new} new, {report.changed} changed, {report.unchanged} unchanged, "
            f"{report.refused} refused; {report.seconds:.1f} s, at most {megabytes:.0f} MB of memory."
        )

    def _report_row(self, line: int, reason: str) -> None:
        with tqdm.external_write_mode(file=sys.stderr):
            self.stderr.write(f"line {line}: {reason}")

    def _channel(self, handle: str) -> Channel:
        try:
            return Channel.objects.get(handle__iexact=handle.removeprefix("@"))
        except Channel.DoesNotExist:
            raise CommandError(f"There is no channel @{handle}.") from None

    def _category(self, slug: str | None) -> Category | None:
        if not slug:
            return None
        category = Category.objects.leaves().filter(slug=slug).first()
        if category is None:
            raise CommandError(f"There is no leaf category {slug}.")
        return category
