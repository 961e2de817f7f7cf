from django.conf import settings
from django.urls import path

from core import install, legal, views

app_name = "core"
urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("words.json", views.words, name="words"),
    path("robots.txt", views.robots, name="robots"),
    path("healthz", views.health, name="health"),
    path("manifest.webmanifest", install.manifest, name="manifest"),
    path("icons/<int:size>.png", install.icon, name="icon"),
    path("service-worker.js", install.service_worker, name="service_worker"),
    path("privacy/", legal.privacy, name="privacy"),
    path("terms/", legal.terms, name="terms"),
    path("offline/", install.offline, name="offline"),
]
if settings.DEVELOPMENT:
    urlpatterns.append(path("kit/", views.kit, name="kit"))
