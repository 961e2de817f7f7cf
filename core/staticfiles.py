"""Static files as they leave the house: hashed names, compressed, one style sheet."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from core.styles import bundle

ENTRY = "css/bisat.css"


class BundledManifestStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage that delivers the style sheet's entry with its imports inlined.

    Two dozen imports would cost a phone two round trips before the first paint.
    """

    # Our own modules import each other by hashed names; other people's scripts are left as they are.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", ((r'(?P<matched>(?P<head>import (?:[^"\n]+ from )?)"(?P<url>\./[^"]+)";)', '%(head)s"%(url)s";'),)),
    )

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        if ENTRY in paths:
            storage, path = paths[ENTRY]
            memory = InMemoryStorage()
            memory.save(ENTRY, ContentFile(bundle(Path(storage.path(path))).encode()))
            paths = {**paths, ENTRY: (memory, ENTRY)}
        yield from super().post_process(paths, dry_run, **options)
