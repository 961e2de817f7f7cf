"""Stages for the drawn pictures: a wall, a floor, light. Each is an SVG of 800 by 800."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from .palette import oklch


@dataclass(frozen=True)
class Tones:
    """The paints of one hue, from the light on the wall to the shade under things."""

    hue: float

    @cached_property
    def glow(self) -> str:
        return oklch(0.975, 0.018, self.hue)

    @cached_property
    def wall(self) -> str:
        return oklch(0.905, 0.055, self.hue)

    @cached_property
    def shade(self) -> str:
        return oklch(0.825, 0.08, self.hue)

    @cached_property
    def floor(self) -> str:
        return oklch(0.87, 0.068, self.hue + 8)

    @cached_property
    def near(self) -> str:
        return oklch(0.935, 0.04, self.hue + 8)

    @cached_property
    def deep(self) -> str:
        return oklch(0.62, 0.11, self.hue)

    @cached_property
    def accent(self) -> str:
        return oklch(0.87, 0.06, self.hue + 150)


@dataclass(frozen=True)
class Scene:
    """An empty stage: its drawing, where things stand (None: they lie flat) and how big they are."""

    body: str
    ground: int | None
    scale: float
    defs: str = ""


def _definitions(tones: Tones) -> str:
    blurs = "".join(
        f'<filter id="blur{n}" x="-40%" y="-60%" width="180%" height="220%">'
        f'<feGaussianBlur stdDeviation="{n}"/></filter>'
        for n in (8, 16)
    )
    return (
        f'<radialGradient id="wall" cx=".34" cy=".2" r="1"><stop stop-color="{tones.glow}"/>'
        f'<stop offset=".55" stop-color="{tones.wall}"/><stop offset="1" stop-color="{tones.shade}"/></radialGradient>'
        f'<linearGradient id="floor" x2="0" y2="1"><stop stop-color="{tones.shade}"/>'
        f'<stop offset=".25" stop-color="{tones.floor}"/><stop offset="1" stop-color="{tones.near}"/></linearGradient>'
        f'<linearGradient id="side" x2="1"><stop stop-color="{tones.shade}"/><stop offset=".3" stop-color="{tones.glow}"/>'
        f'<stop offset="1" stop-color="{tones.deep}"/></linearGradient>'
        f'<linearGradient id="top" x2="1" y2=".4"><stop stop-color="{tones.glow}"/>'
        f'<stop offset="1" stop-color="{tones.wall}"/></linearGradient>{blurs}'
        f'<linearGradient id="rise" x2="0" y2="1"><stop stop-color="{tones.floor}" stop-opacity="0"/>'
        f'<stop offset=".3" stop-color="{tones.floor}" stop-opacity=".8"/><stop offset="1" stop-color="{tones.near}"/>'
        f"</linearGradient>{_light('lamp', '#fff')}{_light('halo', tones.glow)}"
    )


def _light(name: str, color: str) -> str:
    """A patch of light that fades out; far cheaper to draw than a blur."""
    return (
        f'<radialGradient id="{name}"><stop stop-color="{color}"/><stop offset=".5" stop-color="{color}" '
        f'stop-opacity=".6"/><stop offset="1" stop-color="{color}" stop-opacity="0"/></radialGradient>'
    )


def _wall() -> str:
    return '<rect width="800" height="800" fill="url(#wall)"/>'


def _floor(top: int) -> str:
    return f'<rect y="{top}" width="800" height="{800 - top}" fill="url(#floor)"/>'


def _sweep(tones: Tones) -> Scene:
    """Paper rolled down a wall, no edge between wall and floor."""
    body = (
        f'{_wall()}<rect y="520" width="800" height="280" fill="url(#rise)"/>'
        '<ellipse cx="240" cy="170" rx="320" ry="250" fill="url(#lamp)" opacity=".5"/>'
    )
    return Scene(body, 650, 0.62)


def _podium(tones: Tones) -> Scene:
    """A round plinth before a pale disc."""
    body = (
        f'{_wall()}<circle cx="400" cy="345" r="262" fill="{tones.accent}" opacity=".55"/>{_floor(640)}'
        f'<ellipse cx="436" cy="738" rx="330" ry="38" fill="{tones.deep}" opacity=".42" filter="url(#blur16)"/>'
        '<path d="M138 642v76a262 44 0 0 0 524 0v-76z" fill="url(#side)"/>'
        '<ellipse cx="400" cy="642" rx="262" ry="44" fill="url(#top)"/>'
    )
    return Scene(body, 648, 0.56)


def _arch(tones: Tones) -> Scene:
    """A niche in the wall and a small ball for company."""
    body = (
        f'{_wall()}<path d="M186 800V392a214 214 0 0 1 428 0v408z" fill="{tones.deep}" opacity=".45"/>'
        f'<path d="M202 800V394a204 204 0 0 1 408 0v406z" fill="{tones.shade}"/>{_floor(652)}'
        f'<ellipse cx="664" cy="672" rx="52" ry="9" fill="{tones.deep}" opacity=".5" filter="url(#blur8)"/>'
        f'<circle cx="660" cy="626" r="44" fill="{tones.accent}"/>'
        f'<circle cx="646" cy="611" r="15" fill="#fff" opacity=".35" filter="url(#blur8)"/>'
    )
    return Scene(body, 694, 0.58)


def _window(tones: Tones) -> Scene:
    """Morning light through four panes."""
    panes = "".join(f'<path d="M{x} {y}l150-46v-188l-150 46z"/>' for x in (300, 474) for y in (372, 584))
    body = f'{_wall()}<g fill="#fff" opacity=".55" filter="url(#blur8)">{panes}</g>{_floor(632)}'
    return Scene(body, 702, 0.62)


def _flat(tones: Tones) -> Scene:
    """Seen from above on two sheets of paper."""
    paper = oklch(0.845, 0.075, tones.hue - 22)
    body = (
        f'<rect width="800" height="800" fill="{tones.wall}"/><path d="M0 800L800 0v800z" fill="{paper}"/>'
        '<ellipse cx="230" cy="200" rx="350" ry="310" fill="url(#lamp)" opacity=".36"/>'
    )
    return Scene(body, None, 0.6)


def _shelf(tones: Tones) -> Scene:
    """A thick shelf on a wall with a leaf's shadow."""
    leaves = "".join(
        f'<ellipse cx="{560 + 40 * i}" cy="{190 + 34 * i}" rx="118" ry="26" transform="rotate({-58 + 26 * i} 600 300)"/>'
        for i in range(5)
    )
    body = (
        f'{_wall()}<g fill="{tones.deep}" opacity=".2" filter="url(#blur8)">{leaves}</g>'
        f'<rect x="20" y="690" width="800" height="60" fill="{tones.deep}" opacity=".5" filter="url(#blur16)"/>'
        f'<rect y="640" width="800" height="34" fill="url(#top)"/><rect y="672" width="800" height="42" fill="{tones.shade}"/>'
        f'<rect y="672" width="800" height="3" fill="#fff" opacity=".5"/>'
    )
    return Scene(body, 662, 0.6)


def _steps(tones: Tones) -> Scene:
    """Three blocks of a stair, the thing on the middle one."""
    body = (
        f'{_wall()}<circle cx="590" cy="230" r="120" fill="{tones.accent}" opacity=".7"/>{_floor(676)}'
        f'<ellipse cx="420" cy="752" rx="360" ry="26" fill="{tones.deep}" opacity=".4" filter="url(#blur16)"/>'
        f'<path d="M60 520h170v230H60z" fill="url(#side)"/><path d="M60 496h170v26H60z" fill="{tones.glow}"/>'
        f'<path d="M580 582h160v168H580z" fill="url(#side)"/><path d="M580 560h160v24H580z" fill="{tones.glow}"/>'
        f'<path d="M176 668h430v90H176z" fill="url(#side)"/><path d="M176 636h430v34H176z" fill="url(#top)"/>'
    )
    return Scene(body, 660, 0.56)


def _party(tones: Tones) -> Scene:
    """Paper dots thrown around a bright disc."""
    dots = "".join(
        f'<circle cx="{400 + (300 + 4 * i) * math.cos(2.4 * i):.0f}" cy="{400 + (300 + 4 * i) * math.sin(2.4 * i):.0f}"'
        f' r="{5 + 7 * i % 10}" fill="{oklch(0.8, 0.13, tones.hue + 60 * (i % 6))}" opacity=".85"/>'
        for i in range(70)
    )
    body = f'{_wall()}{dots}<circle cx="400" cy="410" r="300" fill="{tones.glow}" opacity=".9"/>'
    return Scene(body, 676, 0.56)


def _tiles(tones: Tones) -> Scene:
    """A wall of eight-pointed tiles above a counter."""
    star = (
        '<path id="star" d="M0-38l11 12 16-1-1 16 12 11-12 11 1 16-16-1-11 12-11-12-16 1 1-16-12-11 12-11-1-16 16 1z"/>'
    )
    row = "".join(f'<use href="#star" x="{x}" y="{y}"/>' for x in range(40, 840, 80) for y in range(40, 640, 80))
    body = (
        f'{_wall()}<g fill="none" stroke="{tones.deep}" stroke-width="3" opacity=".3">{row}</g>'
        '<ellipse cx="400" cy="380" rx="420" ry="390" fill="url(#halo)" opacity=".95"/>'
        f'{_floor(640)}<rect y="640" width="800" height="5" fill="#fff" opacity=".6"/>'
    )
    return Scene(body, 700, 0.6, star)


SCENES: dict[str, Callable[[Tones], Scene]] = {
    "arch": _arch,
    "flat": _flat,
    "party": _party,
    "podium": _podium,
    "shelf": _shelf,
    "steps": _steps,
    "sweep": _sweep,
    "tiles": _tiles,
    "window": _window,
}


def draw(name: str, hue: float) -> tuple[str, Scene]:
    """The stage called `name` in one hue (degrees): its SVG text and where things go."""
    tones = Tones(hue)
    scene = SCENES[name](tones)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800" width="960" height="960">'
        f"<defs>{_definitions(tones)}{scene.defs}</defs>{scene.body}</svg>"
    )
    return svg, scene


def draw_cover(hue: float) -> str:
    """A wide stage, 1600 by 600, for the head of a channel's page."""
    tones = Tones(hue)
    arches = "".join(
        f'<path d="M{x} 600V{top + 110}a110 110 0 0 1 220 0V600z" fill="{tones.shade}" opacity=".75"/>'
        for x, top in ((110, 120), (420, 60), (960, 60), (1270, 120))
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 600" width="1600" height="600">'
        f'<defs>{_definitions(tones)}</defs><rect width="1600" height="600" fill="url(#wall)"/>'
        f'<circle cx="800" cy="250" r="190" fill="{tones.accent}" opacity=".6"/>{arches}'
        '<rect y="470" width="1600" height="130" fill="url(#floor)"/>'
        '<rect y="470" width="1600" height="4" fill="#fff" opacity=".5"/></svg>'
    )
