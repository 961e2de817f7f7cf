from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = _("Shop tab")

    def ready(self) -> None:
        from shop import notices, personal, receivers  # noqa: F401 - registers kinds and personal data, connects receivers
