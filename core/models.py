"""What three apps share and the database keeps."""

import secrets
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


def new_key() -> str:
    """A name nobody can guess, for a picture's files: 72 random bits in twelve letters, as lists carry many of them."""
    return secrets.token_urlsafe(9)


class Picture(models.Model):
    """A picture that was decoded and encoded again by us; its files lie under ``pictures/<key>/``.

    ``widths`` lists the smaller copies that exist by now; until then pages show a placeholder.
    """

    WIDTHS: ClassVar = (240, 480, 960, 1600)

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    width = models.PositiveIntegerField(_("width in pixels"))
    height = models.PositiveIntegerField(_("height in pixels"))
    widths = ArrayField(models.PositiveIntegerField(), default=list, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [models.CheckConstraint(condition=models.Q(width__gt=0, height__gt=0), name="picture_has_a_size")]
        indexes = [models.Index("id", name="picture_without_widths", condition=models.Q(widths=[]))]

    def __str__(self) -> str:
        return f"{self.width} × {self.height}"

    @property
    def master_name(self) -> str:
        return f"pictures/{self.key[:2]}/{self.key}/master.webp"

    def name_for(self, width: int) -> str:
        """The storage name of the copy ``width`` pixels wide."""
        return f"pictures/{self.key[:2]}/{self.key}/{width}.webp"

    def wanted_widths(self) -> list[int]:
        """The copies this picture should have: never wider than itself, and at least one."""
        return [width for width in self.WIDTHS if width < self.width] + [min(self.width, self.WIDTHS[-1])]

    def file_names(self) -> list[str]:
        """Storage names of the master and of every copy, made or not."""
        return [self.master_name, *map(self.name_for, self.wanted_widths())]

    def is_ready(self) -> bool:
        return bool(self.widths)


class RateLimit(models.Model):
    """One counter of core.limits; rows of past windows are overwritten or swept."""

    key = models.CharField(max_length=200, primary_key=True)
    window_ends_at = models.DateTimeField(db_index=True)
    taken = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("rate limit")
        verbose_name_plural = _("rate limits")

    def __str__(self) -> str:
        return self.key
