"""The background worker's application."""

import os

from celery import Celery

from core.broker import speak_to_older_servers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
speak_to_older_servers()
app = Celery("bisat")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
