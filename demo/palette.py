"""Colors of the drawn pictures, in OKLCH so that every hue is equally light."""

import math

# hue-0 .. hue-11 of the style sheet, in degrees.
CHANNEL_HUES = (15, 45, 75, 105, 145, 170, 195, 220, 250, 280, 320, 345)

_TO_LMS = ((1, 0.3963377774, 0.2158037573), (1, -0.1055613458, -0.0638541728), (1, -0.0894841775, -1.2914855480))
_TO_RGB = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


def _gamma(channel: float) -> int:
    channel = max(0.0, channel)
    curved = 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
    return round(min(1.0, curved) * 255)


def oklch_rgb(lightness: float, chroma: float, hue: float) -> tuple[int, int, int]:
    """The nearest sRGB color as three bytes; `hue` in degrees, colors out of gamut are clipped."""
    angle = math.radians(hue)
    lab = (lightness, chroma * math.cos(angle), chroma * math.sin(angle))
    cone = [sum(k * x for k, x in zip(row, lab, strict=True)) ** 3 for row in _TO_LMS]
    red, green, blue = (sum(k * x for k, x in zip(row, cone, strict=True)) for row in _TO_RGB)
    return _gamma(red), _gamma(green), _gamma(blue)


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """The same color as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*oklch_rgb(lightness, chroma, hue))
