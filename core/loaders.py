"""Our templates as they leave the house: without the indentation that helps only their authors."""

import re

from django.template import Origin
from django.template.loaders.filesystem import Loader as FilesystemLoader

_INDENTATION = re.compile(r"\n[ \t]+")


class Loader(FilesystemLoader):
    """Reads HTML without the spaces that begin a line; lines stay, so that errors still name them."""

    def get_contents(self, origin: Origin) -> str:
        text = str(super().get_contents(origin))
        return _INDENTATION.sub("\n", text) if str(origin.name).endswith(".html") else text
