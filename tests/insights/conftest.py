"""A smoke test in any state."""

import pytest

from insights import services
from insights.models import SmokeField, SmokePage, SmokeTest


def make_smoke_test(**fields) -> SmokeTest:
    """A draft that can start: two pages, and a question of each kind."""
    given = {"name": "Rent", "slug": "rent", "slots": ["services", "dashboard", "me"], "min_visitors": 10}
    smoke = SmokeTest.objects.create(**given | fields)
    for code, headline in (("en", "Rent out your things"), ("fa", "اجاره"), ("zh-hant", "出租")):
        SmokePage.objects.create(
            test=smoke, language=code, headline=headline, promise="Earn twice.", points="One\nTwo", button="I want it"
        )
    labels = {"en": "Question {}", "fa": "پرسش {}", "zh-hant": "問題 {}"}
    for place, kind in enumerate(SmokeField.Kind.values):
        SmokeField.objects.create(
            test=smoke,
            key=kind,
            kind=kind,
            position=place,
            is_required=kind != "file",
            labels={code: words.format(kind) for code, words in labels.items()},
            choices={"en": ["Few", "Many"], "fa": ["کم", "زیاد"], "zh-hant": ["少", "多"]} if kind == "choice" else {},
        )
    return smoke


@pytest.fixture
def draft(db) -> SmokeTest:
    return make_smoke_test()


@pytest.fixture
def running(draft, staff) -> SmokeTest:
    """For sellers."""
    return services.start_test(smoke=draft, by=staff)


@pytest.fixture
def for_shoppers(staff) -> SmokeTest:
    smoke = make_smoke_test(slug="gifts", name="Gifts", target="shoppers")
    return services.start_test(smoke=smoke, by=staff)
