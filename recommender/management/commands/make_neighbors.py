"""``manage.py make_neighbors``: the table now and here, without workers; part of set-up, later made every night."""

from typing import Any

from django.core.management.base import BaseCommand

from recommender import making, services


class Command(BaseCommand):
    help = "Makes the table of neighbors that recommendations are read from."

    def handle(self, *args: Any, **options: Any) -> None:
        run = services.start_run()
        for block in run.blocks.select_related("run").order_by("number"):
            making.make_block(block)
        run.refresh_from_db()
        self.stdout.write(f"{run.get_state_display()}: {run.figures}")
