"""Workers are killed in the middle of a large import: each message becomes one post, and memory stays small."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config import celery_app
from sellers import services as sellers
from sellers.models import Import, ImportRow, Post, PostOrigin
from tests.exports import message, telegram_zip
from tests.factories import make_channel
from tests.prove.test_kills import environment_of_worker, start_worker, wait_for_more_than

pytestmark = [pytest.mark.prove, pytest.mark.django_db(transaction=True)]
MESSAGES = 4000 if os.environ.get("SHORT") == "1" else 20_000
KILLS = 2 if os.environ.get("SHORT") == "1" else 6
MEGABYTES = 250  # of a worker's process, most of which is the program itself


def most_memory(group: int) -> int:
    """The largest resident size, in megabytes, that a process of this group has had."""
    pids = subprocess.run(["pgrep", "-g", str(group)], capture_output=True, text=True, check=True).stdout.split()
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    return max(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def test_import_survives_killed_workers(tmp_path):
    channel = make_channel()
    texts = [
        message(n, f"Bowl {n}, glazed twice\n$5" if n % 10 == 0 else f"Good morning {n}")
        for n in range(1, MESSAGES + 1)
    ]
    path = telegram_zip(tmp_path / "a.zip", texts)
    environment = environment_of_worker() | {"PRIVATE_ROOT": str(tmp_path / "private")}
    celery_app.control.purge()
    upload = SimpleUploadedFile("a.zip", path.read_bytes())
    job = sellers.create_import(channel=channel, by=channel.members.get().person, upload=upload)
    done = Post.objects.count
    worker = start_worker(environment, tmp_path / "worker.log")
    try:
        for _ in range(KILLS):
            wait_for_more_than(done(), done)
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
            celery_app.send_task("sellers.work_on_import", [job.pk])  # the sweep's part
            worker = start_worker(environment, tmp_path / "worker.log")
        wait_for_more_than(0, lambda: Import.objects.filter(pk=job.pk, state="done").count(), 300)
        memory = most_memory(worker.pid)
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(60)
    job.refresh_from_db()
    assert (job.new, job.unchanged, job.refused, job.position) == (MESSAGES, 0, 0, MESSAGES)
    assert (done(), PostOrigin.objects.count(), ImportRow.objects.count()) == (MESSAGES,) * 3
    assert ImportRow.objects.filter(offer_state="open").count() == MESSAGES // 10
    assert memory < MEGABYTES
