"""What all blocks of a run share, in files that the workers of a machine map: the log is read once, not by everyone.

Whoever comes first makes them; the others come again. Machines that share RECOMMENDER_DIR share the files too, others make
their own. Needs numpy: workers and commands only.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import joblib
from django.conf import settings

from recommender import inputs
from recommender.inputs import Inputs
from recommender.models import Run
from recommender.training.settings import Settings
from recommender.training.table import Maker, foretell

SHARE = 4  # of a task's time that one regression may have: a task may solve two, and reads and writes besides
_READ = (Run.State.RUNNING, Run.State.STOPPED, Run.State.LIVE)  # runs whose files are needed


class BeingMade(Exception):
    """Another process of this machine makes them now."""


def regression_seconds() -> float:
    """What one regression has. A worker that is killed when a task's time is over would be given the block again, and
    be killed again, whatever RECOMMENDER_REGRESSION_SECONDS says."""
    return min(settings.RECOMMENDER_REGRESSION_SECONDS, settings.CELERY_TASK_TIME_LIMIT / SHARE)


def prepare(run: Run) -> None:
    """Makes this run's files if nobody did. Raises BeingMade: work that waited would hold up other work."""
    _made(run, wait=False)


def inputs_of(run: Run) -> Inputs:
    found: Inputs = _opened(_made(run) / "inputs")
    return found


def maker_of(run: Run) -> Maker:
    found: Maker = _opened(_made(run) / "maker")
    return found


@lru_cache(maxsize=2)
def _opened(path: Path) -> Any:
    """Pages come from the file as they are needed, and all processes share them."""
    return joblib.load(
        path, mmap_mode="c"
    )  # nobody writes, but the product of matrices asks for arrays that are not locked


def _made(run: Run, *, wait: bool = True) -> Path:
    """The folder of this run's files, made now if nobody did."""
    home = Path(settings.RECOMMENDER_DIR)
    folder = home / f"run-{run.pk}-{run.until:%Y%m%d%H%M%S%f}"
    if not folder.exists():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(home / "lock", wait=wait):
            if not folder.exists():
                _clear(home)
                _make(run, folder)
    return folder


def _make(run: Run, folder: Path) -> None:
    half = folder.with_suffix(".half")
    half.mkdir(exist_ok=True)
    made, read = Settings(**run.settings), inputs.read(run.until)
    joblib.dump(read, half / "inputs")
    foretold = foretell(read.log, made, regression_seconds())
    joblib.dump(Maker(read.log, made, read.content, foretold=foretold), half / "maker")
    half.rename(folder)


def _clear(home: Path) -> None:
    """Files of runs that nobody reads any more; who has them mapped keeps them until she is done."""
    wanted = {f"run-{pk}-" for pk in Run.objects.filter(state__in=_READ).values_list("pk", flat=True)}
    for folder in home.glob("run-*"):
        if not folder.name.startswith(tuple(wanted)):
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()


@contextmanager
def _alone(lock: Path, *, wait: bool) -> Iterator[None]:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise BeingMade from None
        yield
