"""Pictures of the demo market: drawn objects on a stage, photographs, faces.

Objects come from the Fluent emoji set and photographs from the Vendure sample catalogue;
both are npm tarballs that `demo.fetch_art` brings. Nothing of them is kept in the repository.
"""

import hashlib
import io
import json
import tarfile
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

import resvg_py
from dicebear import Avatar, Style
from PIL import Image, ImageFilter, ImageOps

from . import fetch_art, scenes
from .palette import CHANNEL_HUES, oklch, oklch_rgb
from .recipes import COVER, Item, Recipe

STAGE = 960  # pixels of a finished square picture; scenes are drawn at this size
UNIT = STAGE / 800  # pixels per unit of a scene's drawing
COVER_SIZE = (1600, 600)
FACE = 256
_ICONS, _PHOTOS = "package/icons.json", "package/assets/images/"
# Where a group stands: share of the width, of the size, units below the ground line; the first is the main thing.
_PLACES = {
    1: ((0.5, 1.0, 0),),
    2: ((0.42, 0.86, 0), (0.69, 0.52, 26)),
    3: ((0.5, 0.8, 0), (0.26, 0.46, 22), (0.73, 0.5, 26)),
}
_COVER_PLACES = (
    (0.5, 300, 0),
    (0.36, 210, 16),
    (0.64, 220, 18),
    (0.22, 240, 0),
    (0.78, 240, 0),
    (0.09, 170, 18),
    (0.91, 180, 18),
)

# Parts of Lorelei: everybody is in a good mood, and a look says what hair and skin may be.
_HAIR = {
    "long": (10, 13, 14, 15, 16, 17, 18, 19, 21, 23, 24, 29, 31, 32, 35, 40, 42, 46, 48),
    "short": (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 22, 25, 28, 37, 39, 43, 44, 47),
}
_SKIN = {
    "light": ("#fff2e6", "#fbe3d0", "#f6d7bf"),
    "tan": ("#f3cfb3", "#e8bd9b", "#d9a67f"),
    "dark": ("#b67a55", "#9a6444", "#7d4f36"),
}
_HAIR_COLORS = {
    "light": ("#2f2430", "#4a2f27", "#7a4a2c", "#a8653a", "#5a5560"),
    "tan": ("#1d1a22", "#2f2430", "#4a2f27"),
    "dark": ("#1d1a22", "#2f2430"),
}
_SMILES = (1, 2, 3, 4, 5, 6, 13)


class UnknownArt(LookupError):
    """An object or photograph that the packages do not have; the message names it."""


class Studio:
    """Draws recipes with the tarballs of one folder and keeps what it drew in `cache/` there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "cache"

    # What the demo market asks for.

    def picture(self, recipe: Recipe, size: int = STAGE) -> Path:
        """The WebP file of a recipe, drawn now unless it was drawn before. Raises `UnknownArt`."""
        path = self.cache / f"{recipe.digest(size)}.webp"
        if not path.is_file():
            self._keep(self.draw(recipe, size), path)
        return path

    def face(self, seed: str, look: str = "") -> Path:
        """The WebP file (256 px) of the face that belongs to `seed`; `look` as in `avatar`."""
        path = self.cache / f"face-{hashlib.sha256(f'2|{seed}|{look}'.encode()).hexdigest()[:16]}.webp"
        if not path.is_file():
            self._keep(avatar(seed, look), path)
        return path

    def draw(self, recipe: Recipe, size: int = STAGE) -> Image.Image:
        """A recipe as a picture: a cover is 1600 by 600, everything else a square of `size` pixels."""
        if recipe.photo:
            return self.photo(recipe.photo, recipe.center, size, zoom=recipe.zoom)
        if recipe.scene == COVER:
            return self.cover(recipe)
        still = self._still(recipe)
        return still if size == STAGE else still.resize((size, size), Image.Resampling.LANCZOS)

    def compose(
        self,
        icon: str,
        scene: str,
        hue: int,
        *,
        rotate: int = 0,
        saturation: float = 1.0,
        value: float = 1.0,
        size: int = STAGE,
    ) -> Image.Image:
        """One object in one scene. `hue` in degrees; `rotate` turns the object's colors, 0..255 the full circle."""
        return self.draw(
            Recipe(items=(Item(icon, rotate),), scene=scene, hue=hue, saturation=saturation, value=value), size
        )

    def photo(self, name: str, center: tuple[float, float], size: int, *, zoom: float = 1.0) -> Image.Image:
        """A square cut of a photograph that keeps `center` (shares of width and height) as its middle."""
        with Image.open(io.BytesIO(self._photo_bytes(name))) as source:
            image = source.convert("RGB")
        if zoom > 1:
            image = _close_up(image, center, zoom)
        return ImageOps.fit(image, (size, size), Image.Resampling.LANCZOS, centering=center)

    # What is in the tarballs.

    @property
    def icons(self) -> dict[str, str]:
        """Every object by name, as the inside of an SVG of 32 by 32."""
        return _icons(self.folder)

    @property
    def photos(self) -> dict[str, str]:
        """Every photograph: its short name and its place in the tarball."""
        return _photos(self.folder)

    def missing(self, recipe: Recipe) -> list[str]:
        """The objects and photographs a recipe needs and the packages lack."""
        wanted = [item.icon for item in recipe.items if item.icon not in self.icons]
        return wanted + ([recipe.photo] if recipe.photo and recipe.photo not in self.photos else [])

    def _photo_bytes(self, name: str) -> bytes:
        if name not in self.photos:
            raise UnknownArt(f"no photograph called {name!r}")
        with tarfile.open(_tarball(self.folder, "vendure")) as tarball:
            return _member(tarball, self.photos[name]).read()

    # How a picture is put together.

    def _still(self, recipe: Recipe) -> Image.Image:
        stage, scene = _stage(recipe.scene, recipe.hue)
        canvas = stage.copy()
        places = _PLACES[len(recipe.items)]
        # The main thing is drawn first and the smaller ones stand before it.
        for item, (across, share, lower) in zip(recipe.items, places, strict=True):
            thing = self._thing(item, recipe, round(STAGE * scene.scale * share * recipe.zoom))
            left = round(STAGE * across - thing.width / 2)
            if scene.ground is None:
                top = round(STAGE * (0.5 + lower / 260) - thing.height / 2)
                _lay(canvas, thing, left, top, recipe.hue)
            else:
                _stand(canvas, thing, left, round((scene.ground + lower) * UNIT), recipe.hue)
        return canvas

    def cover(self, recipe: Recipe) -> Image.Image:
        """A wide still life of up to seven objects, the first in the middle."""
        svg = scenes.draw_cover(recipe.hue)
        canvas = _raster(svg, COVER_SIZE).convert("RGB")
        row = list(zip(recipe.items, _COVER_PLACES, strict=False))
        for item, (across, side, lower) in sorted(row, key=lambda entry: entry[1][2]):
            thing = self._thing(item, recipe, side)
            left = round(COVER_SIZE[0] * across - thing.width / 2)
            _stand(canvas, thing, left, 512 + lower, recipe.hue)
        return canvas

    def _thing(self, item: Item, recipe: Recipe, side: int) -> Image.Image:
        if item.icon not in self.icons:
            raise UnknownArt(f"no object called {item.icon!r}")
        thing = _raster(_svg(self.icons[item.icon], side), (side, side))
        thing = _recolor(thing, item.rotate, recipe.saturation, recipe.value)
        if recipe.tilt:
            thing = thing.rotate(recipe.tilt, Image.Resampling.BICUBIC, expand=True)
        return thing.crop(thing.getbbox())

    def _keep(self, image: Image.Image, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{id(image)}.part")
        image.save(part, "WEBP", quality=84, method=4)
        part.replace(path)


def avatar(seed: str, look: str = "", size: int = FACE) -> Image.Image:
    """A drawn face on a soft ground; the same seed gives the same face.

    `look` is any of long or short (hair) and light, tan or dark (skin), with spaces between.
    """
    svg = Avatar(_lorelei(), {"seed": seed, **_features(look.split())}).to_string()
    face = _raster(svg, (size, size))
    hue = CHANNEL_HUES[hashlib.sha256(seed.encode()).digest()[0] % len(CHANNEL_HUES)]
    ground = _raster(_face_ground(hue, size), (size, size))
    return Image.alpha_composite(ground, face).convert("RGB")


def _features(words: list[str]) -> dict[str, object]:
    skin = next((word for word in words if word in _SKIN), "tan")
    hair = [number for word in words for number in _HAIR.get(word, ())]
    return {
        "mouthVariant": [f"happy{number:02}" for number in _SMILES],
        "skinColor": list(_SKIN[skin]),
        "hairColor": list(_HAIR_COLORS[skin]),
        "beardProbability": 0,
    } | ({"hairVariant": [f"variant{number:02}" for number in hair]} if hair else {})


@cache
def _lorelei() -> Style:
    return Style(json.loads((files("dicebear_styles") / "lorelei.json").read_text("utf-8")))


def _face_ground(hue: int, size: int) -> str:
    light, dark = oklch(0.95, 0.04, hue), oklch(0.86, 0.075, hue)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="{size}" height="{size}">'
        f'<radialGradient id="g" cx=".35" cy=".25" r="1"><stop stop-color="{light}"/><stop offset="1" stop-color="{dark}"/>'
        '</radialGradient><rect width="32" height="32" fill="url(#g)"/></svg>'
    )


def _svg(body: str, side: int) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 32 32">{body}</svg>'


def _raster(svg: str, size: tuple[int, int]) -> Image.Image:
    data = resvg_py.svg_to_bytes(svg_string=svg, width=size[0], height=size[1], skip_system_fonts=True)
    return Image.open(io.BytesIO(bytes(data))).convert("RGBA")


def _member(tarball: tarfile.TarFile, name: str) -> io.BufferedReader:
    member = tarball.extractfile(name)
    if member is None:
        raise UnknownArt(f"the package holds no file {name}")
    return member  # type: ignore[return-value]


@cache
def _tarball(folder: Path, word: str) -> Path:
    """The pinned tarball with `word` in its name; its hash is checked once a process."""
    package = next(entry for entry in fetch_art.pinned() if word in entry.file)
    path = folder / package.file
    if not fetch_art.is_whole(package, folder):
        raise fetch_art.ArtError(f"{path} is missing or damaged: python -m demo.fetch_art {folder}")
    return path


@cache
def _icons(folder: Path) -> dict[str, str]:
    with tarfile.open(_tarball(folder, "iconify")) as tarball:
        icons = json.load(_member(tarball, _ICONS))["icons"]
    return {name: icon["body"] for name, icon in icons.items()}


@cache
def _photos(folder: Path) -> dict[str, str]:
    with tarfile.open(_tarball(folder, "vendure")) as tarball:
        found = [name for name in tarball.getnames() if name.startswith(_PHOTOS) and name.endswith(".jpg")]
    return {name.removeprefix(_PHOTOS).removesuffix(".jpg").removesuffix("-unsplash"): name for name in found}


@lru_cache(maxsize=128)
def _stage(name: str, hue: int) -> tuple[Image.Image, scenes.Scene]:
    svg, scene = scenes.draw(name, hue)
    return _raster(svg, (STAGE, STAGE)).convert("RGB"), scene


def _recolor(thing: Image.Image, rotate: int, saturation: float, value: float) -> Image.Image:
    """Turn the colors of an object and keep its transparency."""
    if not rotate and saturation == value == 1:
        return thing
    hue, strength, light = thing.convert("RGB").convert("HSV").split()
    turned = Image.merge(
        "HSV",
        (
            hue.point([(level + rotate) % 256 for level in range(256)]),
            strength.point([min(255, round(level * saturation)) for level in range(256)]),
            light.point([min(255, round(level * value)) for level in range(256)]),
        ),
    ).convert("RGBA")
    turned.putalpha(thing.getchannel("A"))
    return turned


def _shade(
    canvas: Image.Image, shape: Image.Image, at: tuple[int, int], blur: float, strength: float, hue: int
) -> None:
    """Lay a soft shadow on the canvas; blurred at a quarter of the size, where nobody sees the difference."""
    margin = 3 * round(blur)
    small = Image.new("L", ((shape.width + 2 * margin) // 4, (shape.height + 2 * margin) // 4))
    faint = shape.resize((max(1, shape.width // 4), max(1, shape.height // 4)), Image.Resampling.BILINEAR)
    small.paste(faint.point([round(level * strength) for level in range(256)]), (margin // 4, margin // 4))
    mask = small.filter(ImageFilter.GaussianBlur(blur / 4))
    mask = mask.resize((mask.width * 4, mask.height * 4), Image.Resampling.BICUBIC)
    ink = Image.new("RGB", mask.size, oklch_rgb(0.38, 0.07, hue))
    canvas.paste(ink, (at[0] - margin, at[1] - margin), mask)


def _stand(canvas: Image.Image, thing: Image.Image, left: int, ground: int, hue: int) -> None:
    """Stand an object on the ground: a dark touch under it and a long soft shadow beside it."""
    alpha = thing.getchannel("A")
    for squash, aside, blur, strength in ((0.1, 0, 8, 0.58), (0.22, 0.1, 26, 0.4)):
        height = max(4, round(thing.height * squash))
        at = (left + round(thing.width * aside), ground - round(height * 0.62))
        _shade(canvas, alpha.resize((thing.width, height)), at, blur, strength, hue)
    canvas.paste(thing, (left, ground - thing.height), thing)


def _lay(canvas: Image.Image, thing: Image.Image, left: int, top: int, hue: int) -> None:
    """Lay an object flat under a lamp at the upper left."""
    for aside, below, blur, strength in ((10, 16, 12, 0.3), (36, 48, 38, 0.28)):
        _shade(canvas, thing.getchannel("A"), (left + aside, top + below), blur, strength, hue)
    canvas.paste(thing, (left, top), thing)


def _close_up(image: Image.Image, center: tuple[float, float], zoom: float) -> Image.Image:
    side = min(image.size) / zoom
    left = min(max(image.width * center[0] - side / 2, 0), image.width - side)
    top = min(max(image.height * center[1] - side / 2, 0), image.height - side)
    return image.crop((round(left), round(top), round(left + side), round(top + side)))
