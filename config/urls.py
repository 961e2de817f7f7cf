"""Every address of the site, room by room."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("insights.urls")),  # before the desk, whose channels have no word "services"
    path("dashboard/", include("sellers.urls")),
    path("", include("core.urls")),
    path("", include("news.urls")),
    path("payments/webhooks/", include("payments.webhooks.urls")),
    path("", include("payments.urls")),
    path("", include("chat.urls")),
    path("", include("community.urls")),
    path("", include("ads.urls")),
    path("", include("shop.urls")),
]
if "sandbox" in settings.PAYMENT_PROVIDERS:
    urlpatterns.insert(0, path("sandbox/", include("payments.sandbox.urls")))
if settings.DEVELOPMENT and not settings.S3_BUCKET:
    # Behind a proxy the proxy serves pictures; `make run` has none, so the program does.
    from core.views import media

    urlpatterns += [path("media/<path:name>", media, name="media")]
handler400, handler403, handler404, handler500 = (f"core.views.error_{code}" for code in (400, 403, 404, 500))
