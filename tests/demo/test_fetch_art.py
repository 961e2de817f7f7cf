import pytest

from demo import fetch_art
from demo.fetch_art import ArtError, Package


@pytest.fixture
def package(tmp_path) -> Package:
    """A package whose tarball holds the one word `art`."""
    whole = tmp_path / "whole.tgz"
    whole.write_bytes(b"art")
    return Package("@bisat/art", "1.0.0", "bisat-art-1.0.0.tgz", fetch_art.integrity(whole))


def npm(folder, says: str) -> str:
    """A program in npm's place that packs whatever it is told to."""
    program = folder / "npm"
    program.write_text(f'#!/bin/sh\nprintf "{says}" > "$4/bisat-art-1.0.0.tgz"\n')
    program.chmod(0o755)
    return str(program)


def test_the_right_tarball_is_kept(tmp_path, package):
    folder = tmp_path / "art"
    folder.mkdir()
    fetch_art.fetch(package, folder, npm(tmp_path, "art"))
    assert fetch_art.is_whole(package, folder) is True


def test_a_wrong_tarball_is_refused_and_removed(tmp_path, package):
    folder = tmp_path / "art"
    folder.mkdir()
    with pytest.raises(ArtError) as problem:
        fetch_art.fetch(package, folder, npm(tmp_path, "other"))
    assert "is not what was pinned" in str(problem.value)
    assert list(folder.iterdir()) == []


def test_the_lock_pins_a_hash_for_every_package():
    assert [entry.package for entry in fetch_art.pinned()] == ["@iconify-json/fluent-emoji", "@vendure/create"]
    assert [entry for entry in fetch_art.pinned() if not entry.integrity.startswith("sha512-")] == []
