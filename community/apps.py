from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommunityConfig(AppConfig):
    name = "community"
    verbose_name = _("Storekeepers group")

    def ready(self) -> None:
        from community import notices, personal, receivers  # noqa: F401 - registers kinds and handlers
