"""Style sheets: many small sources, one file on the wire."""

import posixpath
import re
from pathlib import Path

IMPORT = re.compile(r'@import url\("([^"]+)"\)(?: layer\(([\w.]+)\))?;')
RELATIVE_URL = re.compile(r'url\("(?!data:|https?:|/|#)([^"]+)"\)')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SPACES = re.compile(r"\s+")
TIGHT = re.compile(r" ?([{};,>]) ?|(?<=:) ")


def bundle(source: Path, *, base: str = "") -> str:
    """The style sheet at `source` with its imports in place, in their order.

    A layer named by an import becomes an `@layer` block; relative addresses are made relative to
    the entry. Comments and needless space go. Addresses must stand in double quotes. Raises
    FileNotFoundError for an import that is not there.
    """

    def inline(match: re.Match[str]) -> str:
        path, layer = match.groups()
        text = bundle(source.parent / path, base=posixpath.join(base, posixpath.dirname(path)))
        return f"@layer {layer}{{{text}}}" if layer else text

    def rebase(match: re.Match[str]) -> str:
        return f'url("{posixpath.normpath(posixpath.join(base, match[1]))}")'

    text = COMMENT.sub("", source.read_text(encoding="utf-8"))
    # Imported text is in its final form already, so own addresses are moved first.
    parts = IMPORT.split(text)
    own = [TIGHT.sub(lambda match: match[1] or "", SPACES.sub(" ", RELATIVE_URL.sub(rebase, part))) for part in parts[::3]]
    found = [inline(match) for match in IMPORT.finditer(text)]
    woven = [own[0]]
    for imported, after in zip(found, own[1:], strict=True):
        woven += [imported, after]
    return "".join(woven).replace(";}", "}").strip()
