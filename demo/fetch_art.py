"""Bring the demo market's art packages into a folder: python -m demo.fetch_art DEST

Standard library only, so that it runs before anything is installed. A package that is
there already with the right hash is not asked for again.
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LOCK = Path(__file__).with_name("art.lock.json")


class ArtError(Exception):
    """The art cannot be had, or is not what was pinned; the message says what to do."""


@dataclass(frozen=True)
class Package:
    """One pinned npm package and the tarball `npm pack` makes of it."""

    package: str
    version: str
    file: str
    integrity: str


def pinned() -> list[Package]:
    """The packages of the lock file, in its order."""
    return [Package(**entry) for entry in json.loads(LOCK.read_text("utf-8"))]


def integrity(path: Path) -> str:
    """The file's hash as npm writes it: `sha512-` and base64."""
    return "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode("ascii")


def is_whole(package: Package, folder: Path) -> bool:
    """Whether the folder holds exactly the pinned tarball."""
    path = folder / package.file
    return path.is_file() and integrity(path) == package.integrity


def fetch(package: Package, folder: Path, npm: str) -> None:
    """Pack one package into the folder. Raises `ArtError` when npm fails or the hash is wrong."""
    wanted = f"{package.package}@{package.version}"
    command = [npm, "pack", wanted, "--pack-destination", str(folder), "--silent", "--ignore-scripts"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ArtError(f"npm could not pack {wanted}: {done.stderr.strip() or done.stdout.strip()}")
    path = folder / package.file
    if not path.is_file():
        raise ArtError(f"npm packed {wanted} under another name than {package.file}")
    if not is_whole(package, folder):
        found = integrity(path)
        path.unlink()
        raise ArtError(f"{wanted} is not what was pinned: expected {package.integrity}, got {found}; it was removed")


def fetch_all(folder: Path) -> None:
    """Make the folder hold every pinned package, one line of progress each. Raises `ArtError`."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in pinned():
        name = f"{package.package} {package.version}"
        if is_whole(package, folder):
            print(f"  art: {name} is here", flush=True)
            continue
        npm = os.environ.get("NPM") or shutil.which("npm")
        if not npm:
            raise ArtError("npm was not found: install it or name it in the environment variable NPM")
        print(f"  art: {name} ...", end=" ", flush=True)
        fetch(package, folder, npm)
        print(f"{(folder / package.file).stat().st_size / 1e6:.1f} MB", flush=True)


def main(arguments: list[str]) -> int:
    """Run from the shell; the exit code is 0 when everything is there."""
    if len(arguments) != 1:
        print("usage: python -m demo.fetch_art DEST", file=sys.stderr)
        return 2
    try:
        fetch_all(Path(arguments[0]))
    except ArtError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
