"""Event streams are served from here (one ASGI process); pages are WSGI's."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from chat.stream import application  # noqa: E402 - settings are ready only now

__all__ = ["application"]
