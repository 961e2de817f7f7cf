from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = _("Chats")

    def ready(self) -> None:
        from chat import notices, receivers  # noqa: F401 - registers kinds, connects receivers
