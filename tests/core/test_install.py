"""The site can be installed: manifest, icons, service worker, offline page."""

import io
import re

import pytest
from PIL import Image

STAR, HEART, PAPER = (13, 111, 116), (240, 177, 60), (251, 250, 246)


@pytest.mark.parametrize(
    ("language", "lang", "direction", "name"),
    [
        ("en", "en", "ltr", "Bisat"),
        ("fa", "fa", "rtl", "بساط"),
        ("zh-hant", "zh-hant", "ltr", "Bisat"),
        ("xx", "en", "ltr", "Bisat"),
        ("", "en", "ltr", "Bisat"),
    ],
)
def test_the_manifest_speaks_the_language_of_its_address(client, language, lang, direction, name):
    answer = client.get("/manifest.webmanifest", {"language": language})
    manifest = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert (manifest["lang"], manifest["dir"], manifest["name"]) == (lang, direction, name)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
    }
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).status_code == 200


@pytest.mark.parametrize("size", [192, 512])
def test_icons_are_drawn_from_the_logo(client, size):
    for mask, corner in (("", (0, 0, 0, 0)), ("?mask=1", (*PAPER, 255))):
        answer = client.get(f"/icons/{size}.png{mask}")
        assert answer["Content-Type"] == "image/png"
        icon = Image.open(io.BytesIO(answer.content))
        assert icon.size == (size, size)
        assert icon.getpixel((size // 2, size // 2)) == (*HEART, 255)
        assert icon.getpixel((size // 2, round(size * 0.28))) == (*STAR, 255)
        assert icon.getpixel((1, 1)) == corner


def test_no_other_sizes(client):
    assert client.get("/icons/100000.png").status_code == 404


def test_the_service_worker_is_asked_for_anew_each_time(client):
    answer = client.get("/service-worker.js")
    script = answer.content.decode()
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    assert 'const OFFLINE = "/offline/";' in script
    assert len(script.splitlines()) <= 60
    assert "worker-src 'self'" in answer["Content-Security-Policy"]


def test_the_worker_of_another_language_is_another(client):
    english = client.get("/service-worker.js").content
    client.cookies["django_language"] = "fa"
    assert client.get("/service-worker.js").content != english


def test_the_offline_page_says_nothing_of_who_asked(shopper_client, client):
    """And leaves messages for a page that is looked at."""
    shopper_client.post("/news/settings/", {"digest": "off", "digest_hour": "9"})
    page = shopper_client.get("/offline/").content.decode()
    assert page == client.get("/offline/").content.decode()
    assert 'id="bell"' not in page
    assert "Saved." in shopper_client.get("/news/settings/").content.decode()


def test_every_page_offers_it_in_its_language(client):
    client.cookies["django_language"] = "fa"
    head = client.get("/accounts/login/").content.decode()
    assert re.findall(r'<link rel="manifest" href="([^"]+)"', head) == ["/manifest.webmanifest?language=fa"]
