from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = _("Chats")

    def ready(self) -> None:
        from chat import notices, personal, receivers  # noqa: F401 - registers kinds, connects receivers
        from chat import services as chat
        from payments import talks
        from payments.views import objections

        talks.register(lambda request: reverse("chat:about_request", args=[request.token]))
        objections.register(chat.check_may_request)
