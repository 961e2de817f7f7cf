"""Pages are served from here (any WSGI server)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_wsgi_application()

from core.shared import SharedPages  # noqa: E402 - settings are ready only now

application = SharedPages(django_application)
