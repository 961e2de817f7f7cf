from django.conf import settings
from django.urls import path

from core import views

app_name = "core"
urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("robots.txt", views.robots, name="robots"),
    path("healthz", views.health, name="health"),
]
if settings.DEVELOPMENT:
    urlpatterns.append(path("kit/", views.kit, name="kit"))
