import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments import services as payments


class Command(BaseCommand):
    help = "Adds the ledger up again and compares; ends with an error if anything drifts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--statement", type=Path, help="a CSV of what providers owe us: provider, currency, amount_minor"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = payments.reconcile(statements=self._statements(options["statement"]))
        for name, wrong in report.drifts.items():
            self.stderr.write(f"DRIFT {name}:")
            for line in wrong:
                self.stderr.write(f"  {line}")
        if not report.is_clean:
            raise CommandError(f"{len(report.drifts)} of {report.checks} checks drift.")
        self.stdout.write(f"{report.checks} checks, no drift.")

    @staticmethod
    def _statements(path: Path | None) -> dict[tuple[str, str], int]:
        if path is None:
            return {}
        with path.open(newline="") as file:
            rows = csv.DictReader(file)
            return {(row["provider"], row["currency"]): int(row["amount_minor"]) for row in rows}
