"""Static files as they leave the house: hashed names, compressed, one style sheet."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from core.styles import bundle

ENTRIES = (
    *("css/bisat.css", "css/desk.css", "css/money.css", "css/product.css", "css/chat.css"),
    *("css/compare.css", "css/group.css", "css/insights.css", "css/staff.css"),
)


class BundledManifestStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage that delivers style sheets with their imports inlined.

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
        memory = InMemoryStorage()
        bundled = {}
        for entry in ENTRIES:
            storage, path = paths[entry]
            memory.save(entry, ContentFile(bundle(Path(storage.path(path))).encode()))
            bundled[entry] = (memory, entry)
        yield from super().post_process({**paths, **bundled}, dry_run, **options)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Only what browsers are sent: hashed names, and no script that stands beside a minified copy of itself."""
        sources = {name.replace(".min.js", ".js") for name in self.hashed_files if name.endswith(".min.js")}
        sent = {hashed for name, hashed in self.hashed_files.items() if name not in sources}
        yield from super().compress_files(path for path in sent.intersection(paths) if not path.endswith(".map"))
