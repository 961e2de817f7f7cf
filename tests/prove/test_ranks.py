"""Work that can wait does: the demo market's drawings come after everything else, whenever they were asked for."""

import os
import re
import signal
from pathlib import Path

import pytest

from config import celery_app
from demo.tasks import draw_picture
from tests.prove.test_kills import environment_of_worker, start_worker, wait_for_more_than

pytestmark = [pytest.mark.prove, pytest.mark.django_db(transaction=True)]
NOBODY = 0  # no picture has this id: both tasks look for it and are done


def succeeded(log: Path) -> list[str]:
    """Names of the tasks a worker finished, in order."""
    return re.findall(r"Task (\S+)\[\S+\] succeeded", log.read_text())


def test_drawings_wait_for_all_other_work(tmp_path):
    log = tmp_path / "worker.log"
    celery_app.control.purge()
    for _ in range(3):
        draw_picture.delay(NOBODY, {})
    celery_app.send_task("core.make_widths", [NOBODY])
    worker = start_worker(environment_of_worker(), log, concurrency=1, level="INFO")
    try:
        wait_for_more_than(3, done=lambda: len(succeeded(log)))
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(60)
    assert succeeded(log) == ["core.make_widths", *["demo.draw_picture"] * 3]
