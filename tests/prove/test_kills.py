"""Workers are killed in the middle of their work; nothing is lost and nothing is done twice."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from PIL import Image

from config import celery_app
from core.models import Picture
from core.pictures import add_picture

pytestmark = [pytest.mark.prove, pytest.mark.django_db(transaction=True)]
PICTURES = 20 if os.environ.get("SHORT") == "1" else 100
KILLS = 3 if os.environ.get("SHORT") == "1" else 12


def start_worker(environment: dict[str, str], log: Path) -> subprocess.Popen:
    with log.open("ab") as output:
        return subprocess.Popen(
            [
                str(Path(sys.executable).parent / "celery"),
                "-A",
                "config",
                "worker",
                "--concurrency",
                "2",
                "--loglevel",
                "WARNING",
            ],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def ready() -> int:
    return Picture.objects.exclude(widths=[]).count()


def wait_for_more_than(count: int, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while ready() <= count:
        assert time.monotonic() < deadline, f"stuck at {count} of {PICTURES}"
        time.sleep(0.05)


def test_pictures_survive_killed_workers(tmp_path):
    environment = os.environ | {
        "DATABASE_URL": settings.DATABASE_URL.rsplit("/", 1)[0] + "/" + connection.settings_dict["NAME"],
        "JOB_SECONDS": "15",  # a killed worker's jobs come back soon after
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }
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
        while ready() < PICTURES:
            wait_for_more_than(ready())
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(60)
    assert [picture.widths for picture in Picture.objects.all()] == [[240, 480, 960, 1600]] * PICTURES
