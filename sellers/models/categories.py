"""The category tree and the attributes its products have (filled from sellers.taxonomy, edited by staff)."""

from django.db import models
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _


def translated(name: str, names: dict[str, str]) -> str:
    """Staff's own wording for the current language, else the catalogue's."""
    return names.get(get_language() or "en") or gettext(name)


class Attribute(models.Model):
    class Kind(models.TextChoices):
        CHOICE = "choice", _("One of a list")
        NUMBER = "number", _("Number")
        TEXT = "text", _("Text")

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    names = models.JSONField(_("names by language"), default=dict, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    choices = models.JSONField(_("choices"), default=list, blank=True, help_text=_('A list like [["teal", "Teal"]].'))
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    is_facet = models.BooleanField(_("shown as a filter"), default=False)
    is_variant = models.BooleanField(_("may tell variants apart"), default=False)

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")

    def __str__(self) -> str:
        return translated(self.name, self.names)

    def label_of(self, value: str) -> str:
        """The words for one choice's value; a number or text is its own label."""
        return next((gettext(label) for slug, label in self.choices if slug == value), value)

    def translated_choices(self) -> list[tuple[str, str]]:
        return [(slug, gettext(label)) for slug, label in self.choices]


class CategoryQuerySet(models.QuerySet["Category"]):
    def roots(self) -> "CategoryQuerySet":
        return self.filter(parent=None)

    def leaves(self) -> "CategoryQuerySet":
        return self.filter(is_leaf=True)


class Category(models.Model):
    """A node of the tree; ``path`` lists the ids from the root to itself."""

    parent = models.ForeignKey(
        "self", verbose_name=_("parent"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=60)
    names = models.JSONField(_("names by language"), default=dict, blank=True)
    icon = models.CharField(_("icon"), max_length=40, default="tag")
    picture = models.ForeignKey(
        "core.Picture", verbose_name=_("picture"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    path = models.JSONField(default=list, editable=False)
    is_leaf = models.BooleanField(default=True, editable=False)
    attributes = models.ManyToManyField(Attribute, verbose_name=_("attributes"), blank=True, related_name="categories")

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return translated(self.name, self.names)

    def get_absolute_url(self) -> str:
        return reverse("shop:category", args=[self.slug])
