"""Background work of the demo market."""

from typing import Any

from celery import shared_task

from core.models import Picture
from demo import pictures


@shared_task(name="demo.draw_picture")
def draw_picture(pk: int, recipe: dict[str, Any]) -> None:
    picture = Picture.objects.filter(pk=pk).first()
    if picture and not picture.is_ready():
        pictures.draw(picture, pictures.unpack(recipe))
