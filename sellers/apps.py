from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SellersConfig(AppConfig):
    name = "sellers"
    verbose_name = _("Channels and posts")

    def ready(self) -> None:
        from sellers import notices, personal, receivers  # noqa: F401 - registers kinds of news
