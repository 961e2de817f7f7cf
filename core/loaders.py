"""Our templates as they leave the house: without the blanks that help only their authors."""

import re

from django.template import Origin
from django.template.loaders.filesystem import Loader as FilesystemLoader

_BLANKS = re.compile(r"\n\s+")


class Loader(FilesystemLoader):
    """Reads HTML without empty lines and the spaces that begin a line."""

    def get_contents(self, origin: Origin) -> str:
        text = str(super().get_contents(origin))
        return _BLANKS.sub("\n", text) if str(origin.name).endswith(".html") else text
