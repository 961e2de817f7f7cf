#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it speaks to the servers that `make run` started."""

import os
import sys
from pathlib import Path


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from core.environment import use_running_servers

    use_running_servers(Path(__file__).resolve().parent, sys.argv)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
