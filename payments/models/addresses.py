"""Where a person wants her things sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Address(models.Model):
    """A saved delivery address. Requests keep a copy (``as_json``): changing this one changes no order."""

    FIELDS = ("name", "phone", "lines", "city", "region", "postal_code", "country")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="addresses")
    name = models.CharField(_("name"), max_length=80)
    phone = models.CharField(_("telephone number"), max_length=20, blank=True)
    lines = models.TextField(_("street and house"), max_length=300)
    city = models.CharField(_("city"), max_length=80)
    region = models.CharField(_("region"), max_length=80, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2)  # ISO 3166-1 alpha-2
    is_default = models.BooleanField(_("used first"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint("person", name="one_default_address", condition=Q(is_default=True)),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"

    def as_json(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.FIELDS}
