"""What is left over goes at night; what anybody still shows, or may still send with an open form, stays."""

import datetime as dt
import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from accounts.models import Session
from config import celery_app
from core import limits, pictures, tasks
from core.models import Picture, RateLimit
from shop.models import Showcase
from tests import factories

pytestmark = pytest.mark.django_db


def add_picture(*, hours: int = 25) -> Picture:
    """A picture with all its files, uploaded so many hours ago."""
    buffer = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(buffer, "JPEG")
    picture = pictures.add_picture(ContentFile(buffer.getvalue()))
    pictures.make_widths(picture)
    Picture.objects.filter(pk=picture.pk).update(created_at=timezone.now() - dt.timedelta(hours=hours))
    return picture


def files_of(picture: Picture) -> list[bool]:
    """Whether the master and each copy exist."""
    return [default_storage.exists(name) for name in picture.file_names()]


def test_a_picture_that_any_room_shows_stays(channel, seller):
    avatar, cover, face, of_category, of_promo, in_post = shown = [add_picture() for _ in range(6)]
    seller.avatar = face
    seller.save()
    channel.avatar, channel.cover = avatar, cover
    channel.save()
    category = factories.make_category(picture=of_category)
    Showcase.objects.create(headline="Pots", channel=channel, picture=of_promo, starts_at=timezone.now())
    post = factories.make_product_post(channel, category=category)
    post.pictures.update(picture=in_post)
    factories.make_picture()  # fresh, nobody's
    assert pictures.sweep_pictures(limit=100) == 0
    assert Picture.objects.filter(pk__in=[picture.pk for picture in shown]).count() == 6


def test_what_nothing_shows_goes_with_its_files_once_that_is_certain(seller, django_capture_on_commit_callbacks):
    replaced, present, just_uploaded = add_picture(), add_picture(), add_picture(hours=23)
    seller.avatar = replaced
    seller.save()
    seller.avatar = present
    seller.save()
    with django_capture_on_commit_callbacks() as after_commit:
        assert pictures.sweep_pictures(limit=100) == 1
    assert list(Picture.objects.order_by("pk")) == [present, just_uploaded]
    assert files_of(replaced) == [True, True, True]
    for callback in after_commit:
        callback()
    assert [files_of(picture) for picture in (replaced, present)] == [[False] * 3, [True] * 3]


def test_pictures_go_in_batches_until_none_is_left(monkeypatch, at_once):
    for _ in range(4):
        add_picture()
    assert pictures.sweep_pictures(limit=1) == 1
    monkeypatch.setattr(tasks, "BATCH", 1)
    tasks.sweep_pictures()
    assert Picture.objects.count() == 0


def test_sessions_and_counters_that_ran_out_are_forgotten():
    now = timezone.now()
    for key, expires in (("old", now - dt.timedelta(minutes=1)), ("present", now + dt.timedelta(minutes=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
    limits.take("present", limit=1, seconds=60)
    limits.take("past", limit=1, seconds=0)
    tasks.forget_past()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["present"]
    assert list(RateLimit.objects.values_list("key", flat=True)) == ["present"]


def test_the_clock_knows_every_sweep():
    known = {entry["task"] for entry in celery_app.conf.beat_schedule.values()}
    celery_app.loader.import_default_modules()
    assert known <= set(celery_app.tasks)
    sweeps = {"core.sweep_pictures", "core.forget_past", "core.prune_outbox", "news.prune_news"}
    assert {*sweeps, "accounts.sweep_unfinished"} <= known
    asked_for = {"insights.note_cards"}  # by a page, not by the clock
    rooms = ("ads.", "insights.", "community.")
    assert {task for task in celery_app.tasks if task.startswith(rooms)} - asked_for <= known
