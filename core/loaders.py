"""Our templates as they leave the house: without the blanks that help only their authors."""

import re

from django.template import Origin
from django.template.loaders.filesystem import Loader as FilesystemLoader

_BLANKS = re.compile(r"\n\s+")
_BLOCK = (
    r"(?:html|head|body|title|meta|link|script|main|header|footer|nav|search|section|article|aside|form|fieldset|legend"
    r"|div|ul|ol|li|h[1-6]|p)\b"
)
_AROUND_BLOCKS = re.compile(rf"\n(?=</?{_BLOCK})")


class Loader(FilesystemLoader):
    """Reads HTML without empty lines, the spaces that begin a line, and line ends where no browser shows them."""

    def get_contents(self, origin: Origin) -> str:
        text = str(super().get_contents(origin))
        if not str(origin.name).endswith(".html"):
            return text
        return _AROUND_BLOCKS.sub("", _BLANKS.sub("\n", text))
