from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = _("Money")

    def ready(self) -> None:
        from payments import checks, notices, personal, receivers  # noqa: F401 - registers the check and kinds, connects receivers
