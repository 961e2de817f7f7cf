"""Style sheets: many small sources, one file on the wire."""

import posixpath
import re
from pathlib import Path

IMPORT = re.compile(r'@import url\("([^"]+)"\)(?: layer\(([\w.]+)\))?;')
RELATIVE_URL = re.compile(r'url\("(?!data:|https?:|/|#)([^"]+)"\)')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SPACES = re.compile(r"\s+")
NEEDLESS = re.compile(r" ?([{};,>]) ?|(?<=:) ")


def bundle(entry: Path) -> str:
    """The style sheet at `entry` with its imports in place, in their order.

    A layer named by an import becomes an `@layer` block; relative addresses are made relative to
    the entry. Comments and needless space go. Addresses must stand in double quotes. Raises
    FileNotFoundError for an import that is not there.
    """
    text = SPACES.sub(" ", _inline(entry.parent, entry.name))
    return NEEDLESS.sub(lambda match: match[1] or "", text).replace(";}", "}").strip()


def _inline(root: Path, name: str) -> str:
    def rebase(match: re.Match[str]) -> str:
        return f'url("{posixpath.normpath(posixpath.join(posixpath.dirname(name), match[1]))}")'

    def imported(match: re.Match[str]) -> str:
        text, layer = _inline(root, match[1]), match[2]
        return f"@layer {layer}{{{text}}}" if layer else text

    text = COMMENT.sub("", (root / name).read_text(encoding="utf-8"))
    return IMPORT.sub(imported, RELATIVE_URL.sub(rebase, text))
