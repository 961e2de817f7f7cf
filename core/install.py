"""What makes the site installable: manifest, icons, service worker and its offline page."""

import hashlib
import io
import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from PIL import Image, ImageDraw

from core.pages import cache_for_guests

PAPER, NIGHT = "#fbfaf6", "#0f1a1e"
SIZES = (192, 512)
DAY = 60 * 60 * 24
FILES = ("css/bisat.css", "img/logo.svg", "img/girih.svg", "fonts/figtree-latin-wght-normal.woff2")
PERSIAN_FONT = "fonts/vazirmatn-arabic-wght-normal.woff2"
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
FINER = 4  # drawn so much larger, then made small: smooth edges


@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    """In the language of the address: browsers ask for it without cookies."""
    language = request.GET.get("language", "")
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        response = JsonResponse(_manifest(), content_type="application/manifest+json")
    response["Cache-Control"] = f"public, max-age={DAY}"
    return response


def _manifest() -> dict[str, object]:
    shortcuts = ((_("Feed"), "/feed/"), (_("News"), "/news/"), (_("Saved"), "/saved/"))
    icons = [
        {
            "src": f"{reverse('core:icon', args=[size])}{query}",
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in SIZES
        for purpose, query in (("any", ""), ("maskable", "?mask=1"))
    ]
    return {
        "id": "/",
        "name": _("Bisat"),
        "short_name": _("Bisat"),
        "description": _("A bazaar of channels: follow sellers, ask about a thing, find what nobody else has."),
        "lang": translation.get_language(),
        "dir": "rtl" if translation.get_language_bidi() else "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
        "shortcuts": [{"name": name, "url": url} for name, url in shortcuts],
    }


@require_GET
def icon(request: HttpRequest, size: int) -> HttpResponse:
    """The logo as PNG; with ``mask`` on a ground of its own, for systems that cut icons to their shape."""
    if size not in SIZES:
        raise Http404
    response = HttpResponse(draw_icon(size, masked="mask" in request.GET), content_type="image/png")
    response["Cache-Control"] = f"public, max-age={DAY}"
    return response


@lru_cache(maxsize=2 * len(SIZES))
def draw_icon(size: int, *, masked: bool) -> bytes:
    """The star and its heart, drawn from the numbers in ``img/logo.svg``."""
    star, heart = _logo()
    cx, cy, r = (float(heart[name]) for name in ("cx", "cy", "r"))
    whole = size * FINER
    scale = whole * (0.6 if masked else 1) / 40  # the drawing's box is 40 units wide
    start = (whole - 40 * scale) / 2
    image = Image.new("RGBA", (whole, whole), PAPER if masked else (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.polygon([(start + x * scale, start + y * scale) for x, y in _points(star["d"])], fill=star["fill"])
    pen.ellipse(
        [start + (cx - r) * scale, start + (cy - r) * scale, start + (cx + r) * scale, start + (cy + r) * scale],
        fill=heart["fill"],
    )
    buffer = io.BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _logo() -> tuple[dict[str, str], dict[str, str]]:
    """The attributes of the logo's path and of its circle."""
    svg = Path(str(finders.find("img/logo.svg"))).read_text(encoding="utf-8")
    path, circle = (re.findall(rf"<{tag} [^>]+>", svg)[0] for tag in ("path", "circle"))
    return dict(ATTRIBUTE.findall(path)), dict(ATTRIBUTE.findall(circle))


def _points(path: str) -> list[tuple[float, float]]:
    """The corners of an SVG path of straight lines (M, L, H, V and their relative forms)."""
    points: list[tuple[float, float]] = []
    x = y = 0.0
    for command, rest in re.findall(r"([MLHVlhv])([^A-Za-z]*)", path):
        numbers = [float(number) for number in re.findall(r"-?\d*\.?\d+", rest)]
        if command in "ML":
            x, y = numbers
        elif command == "l":
            x, y = x + numbers[0], y + numbers[1]
        elif command in "Hh":
            x = numbers[0] + (x if command == "h" else 0)
        else:
            y = numbers[0] + (y if command == "v" else 0)
        points.append((x, y))
    return points


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """From the root, so that it may look after every page; asked for anew each time, so that a release arrives."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    files = [*FILES, PERSIAN_FONT] if language == "fa" else FILES
    facts = f"{settings.CACHES['default']['KEY_PREFIX']}:{language}"
    context = {"files": files, "language": language, "version": hashlib.sha256(facts.encode()).hexdigest()[:12]}
    script = render_to_string("service-worker.js", context, request)
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@cache_for_guests
@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker keeps; says nothing of who asked, since it stays in the browser."""
    return render(request, "offline.html")
