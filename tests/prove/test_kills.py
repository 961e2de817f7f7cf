"""Workers are killed in the middle of their work; nothing is lost and nothing is done twice."""

import datetime as dt
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image

from config import celery_app
from core import outbox
from core.models import OutboxEffect, OutboxMessage, Picture, RateLimit
from core.pictures import add_picture

pytestmark = [pytest.mark.prove, pytest.mark.django_db(transaction=True)]
PICTURES = 20 if os.environ.get("SHORT") == "1" else 100
MESSAGES = 300 if os.environ.get("SHORT") == "1" else 2000
KILLS = 3 if os.environ.get("SHORT") == "1" else 12


def start_worker(
    environment: dict[str, str], log: Path, app: str = "config", concurrency: int = 2, level: str = "WARNING"
) -> subprocess.Popen:
    with log.open("ab") as output:
        return subprocess.Popen(
            [
                str(Path(sys.executable).parent / "celery"),
                "-A",
                app,
                "worker",
                "--concurrency",
                str(concurrency),
                "--loglevel",
                level,
            ],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def environment_of_worker() -> dict[str, str]:
    """Ours, on the tests' database; a killed worker's jobs come back soon after."""
    database = f"{settings.DATABASE_URL.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}"
    return os.environ | {"DATABASE_URL": database, "JOB_SECONDS": "15", "MEDIA_ROOT": str(settings.MEDIA_ROOT)}


def ready() -> int:
    return Picture.objects.exclude(widths=[]).count()


def wait_for_more_than(count: int, done: Callable[[], int] = ready, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while done() <= count:
        assert time.monotonic() < deadline, f"stuck at {count}"
        time.sleep(0.05)


def waits_at_broker() -> int:
    """Jobs that no worker has taken, and those taken and not finished."""
    with celery_app.connection_for_write() as broker:
        channel = broker.channel()
        return int(channel.client.llen("celery") + channel.client.hlen(channel.unacked_key))


def test_pictures_survive_killed_workers(tmp_path):
    """A kill costs at most the one job that was on its way from the broker, and what it was for is swept up."""
    environment = environment_of_worker()
    buffer = io.BytesIO()
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(buffer, "JPEG")
    celery_app.control.purge()
    for _ in range(PICTURES):
        add_picture(ContentFile(buffer.getvalue()))
    worker = start_worker(environment, tmp_path / "worker.log")
    try:
        for _ in range(KILLS):
            wait_for_more_than(ready())
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
            worker = start_worker(environment, tmp_path / "worker.log")
        wait_for_more_than(0, lambda: int(not waits_at_broker()))
        assert PICTURES - ready() <= KILLS
        Picture.objects.filter(widths=[]).update(created_at=timezone.now() - dt.timedelta(hours=1))
        celery_app.send_task("core.make_missing_widths")  # beat's part
        while (before := ready()) < PICTURES:
            wait_for_more_than(before)
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(60)
    assert [picture.widths for picture in Picture.objects.all()] == [[240, 480, 960, 1600]] * PICTURES


def delivered() -> int:
    return OutboxMessage.objects.filter(state="delivered").count()


def test_outbox_messages_survive_killed_workers_and_count_once(tmp_path):
    """The worker dies between effect and mark; every message is delivered, every effect happened once."""
    environment, log, app = environment_of_worker(), tmp_path / "worker.log", "tests.prove.outbox_worker"
    celery_app.control.purge()
    with transaction.atomic():
        for number in range(MESSAGES):
            outbox.put("prove", {"n": number}, key=f"{number}")
    worker = start_worker(environment, log, app)
    try:
        for _ in range(KILLS):
            wait_for_more_than(delivered(), delivered)
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
            celery_app.send_task("core.deliver_outbox")  # beat's part
            worker = start_worker(environment, log, app)
        while (before := delivered()) < MESSAGES:
            wait_for_more_than(before, delivered)
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(60)
    assert OutboxMessage.objects.exclude(state="delivered").count() == 0
    assert OutboxEffect.objects.count() == MESSAGES
    assert RateLimit.objects.get(key="prove-outbox").taken == MESSAGES
