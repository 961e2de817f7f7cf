"""The command that starts everything."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent


def test_started_twice_it_says_so(tmp_path: Path):
    with (tmp_path / "run.lock").open("w") as lock:
        lock.write("http://127.0.0.1:8000 (process 1)\n")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(
            [sys.executable, "bin/run"],
            cwd=BASE,
            env=os.environ | {"BISAT_VAR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.strip() == "Bisat is already running: http://127.0.0.1:8000 (process 1)"


def test_no_address_of_a_registry_is_locked():
    for name in ("package-lock.json", "bench/package-lock.json", *(path.name for path in BASE.glob("requirements*"))):
        text = (BASE / name).read_text()
        assert '"resolved"' not in text
        assert "index-url" not in text
        assert "--hash=" in text or not name.endswith(".txt")
