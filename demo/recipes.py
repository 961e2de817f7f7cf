"""How a picture is asked for: one line of text in the catalogue becomes one `Recipe`. Some lines:

teapot podium                      one object, a scene, the channel's hue
teapot+teacup@40 shelf hue=+20     two objects, the second with its colors turned by 40
watch flat hue=280 tilt=-8         an absolute hue, the object leaning
photo:eniko-kis-663725 at=.5,.4    a photograph and the point to keep in the middle
"""

import hashlib
from dataclasses import dataclass, replace

from .scenes import SCENES

COVER = "cover"


class RecipeError(ValueError):
    """A line that does not describe a picture; the message names the line."""


@dataclass(frozen=True)
class Item:
    """One object of a picture; `rotate` turns its colors, 0..255 being the full circle."""

    icon: str
    rotate: int = 0


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a picture looks; equal recipes give equal files."""

    items: tuple[Item, ...] = ()
    scene: str = ""
    photo: str = ""
    hue: int = 0
    saturation: float = 1.0
    value: float = 1.0
    tilt: int = 0
    zoom: float = 1.0
    center: tuple[float, float] = (0.5, 0.5)

    def digest(self, size: int) -> str:
        """A file name for this picture at this size, stable from run to run."""
        return hashlib.sha256(f"3|{size}|{self!r}".encode()).hexdigest()[:24]


def parse(line: str, hue: int) -> Recipe:
    """Read one line; `hue` (degrees) is the channel's own. Raises `RecipeError`."""
    head, *words = line.split()
    scene = "" if head.startswith("photo:") else (words.pop(0) if words else "")
    options = _options(line, words)
    base = Recipe(
        hue=_hue(options.pop("hue", "+0"), hue),
        saturation=float(options.pop("sat", 1)),
        value=float(options.pop("val", 1)),
        tilt=int(options.pop("tilt", 0)),
        zoom=float(options.pop("zoom", 1)),
        center=_point(options.pop("at", ".5,.5")),
    )
    rotate = int(options.pop("rotate", 0))
    if options:
        raise RecipeError(f"{line!r}: unknown option {', '.join(sorted(options))}")
    if head.startswith("photo:"):
        return replace(base, photo=head.removeprefix("photo:"))
    if scene not in SCENES and scene != COVER:
        raise RecipeError(f"{line!r}: no scene called {scene!r}; choose one of {', '.join(sorted(SCENES))}")
    return replace(base, items=tuple(_item(word, rotate) for word in head.split("+")), scene=scene)


def _options(line: str, words: list[str]) -> dict[str, str]:
    try:
        return dict(word.split("=", 1) for word in words)
    except ValueError:
        raise RecipeError(f"{line!r}: every option is written name=value") from None


def _hue(text: str, base: int) -> int:
    return (base + int(text) if text[0] in "+-" else int(text)) % 360


def _point(text: str) -> tuple[float, float]:
    across, down = text.split(",")
    return float(across), float(down)


def _item(word: str, rotate: int) -> Item:
    icon, _, own = word.partition("@")
    return Item(icon, int(own) if own else rotate)
